"""Words of the page around an article, in many languages: headings of lists that lead elsewhere, and whole lines of furniture."""

import re

_LEADS = (
    # English
    r"related (?:posts?|stor(?:y|ies)|articles?|content|coverage|links?|topics?|news|videos?|reading)(?: (?:on|from|in) .{1,30})?",
    r"you (?:may|might|could)(?: also)? (?:like|enjoy|be interested in)(?: this| these)?",
    r"(?:more|other|latest|recent|top|featured|popular|trending|recommended) (?:stories|posts|articles|news|headlines|videos|reading)"
    r"(?: .{1,30})?",
    r"most (?:read|popular|viewed|shared|commented|discussed|e-?mailed)(?: .{1,25})?",
    r"elsewhere on .{1,30}|also on .{1,30}|(?:around|from around) the web|"
    r"(?:what to )?read next|up next|editors?['’]?s?['’]? picks?",
    r"recommended for you|trending now|sponsored (?:content|links|headlines|stories)|promoted stories",
    # German
    r"das könnte (?:sie|dich|euch) (?:auch )?interessieren|auch interessant|(?:lesen sie|lies) (?:auch|hierzu|dazu|mehr)",
    r"mehr zum thema|zum thema|mehr (?:aus|zu|von|über) .{1,40}|"
    r"ähnliche (?:artikel|beiträge|themen)|verwandte (?:artikel|beiträge|themen)",
    r"weitere (?:artikel|meldungen|nachrichten|themen|beiträge|videos)(?: .{1,40})?|(?:am )?meist ?gelesen(?:e artikel)?",
    r"(?:neueste|aktuelle) (?:artikel|beiträge|meldungen|nachrichten)",
    # French
    r"(?:à )?lire (?:aussi|également)|à voir (?:aussi|également)|"
    r"sur le même (?:sujet|thème)|dans la même rubrique|derniers articles",
    r"articles? (?:similaires?|liés?|connexes?|recommandés?)|"
    r"les plus (?:lus|partagés|commentés|populaires)|vous aimerez (?:aussi|peut-être).{0,20}",
    # Spanish, Portuguese, Italian
    r"(?:también )?(?:te|le) puede interesar|le[ea] también|"
    r"(?:artículos|noticias|contenidos?|notas) relacionad[oa]s?|lo más (?:leído|visto|comentado)",
    r"leia (?:também|mais)|veja também|"
    r"(?:artigos|notícias|matérias|posts|conteúdos?) relacionad[oa]s?|mais lid[oa]s|últimas notícias",
    r"leggi anche|(?:ti )?potrebbe(?:ro)? interessarti(?: anche)?|articoli correlati|(?:i )?più letti",
    # Dutch, Scandinavian, Finnish
    r"lees (?:ook|meer|verder)|meest gelezen|gerelateerde? (?:artikelen|berichten|nieuws)|baca juga",
    r"läs (?:också|även|mer)|les også|læs (?:også|mere)|relaterade artiklar|mest l(?:ästa|est)|lue myös",
    # Slavic, Hungarian, Turkish
    r"(?:czytaj|zobacz|przeczytaj) (?:także|też|również|więcej)|(?:podobne|powiązane) artykuły|najczęściej czytane",
    r"читайте (?:также|ещ[её]|по теме|також)|(?:материалы )?по теме|"
    r"похожие (?:статьи|новости|материалы|записи)|смотрите также|самое читаемое",
    r"виж още|още по темата|čtěte (?:také|též)|související články|mohlo by vás zajímat|nejčtenější|prečítajte si (?:aj|tiež)",
    r"kapcsolódó (?:cikkek|írások|hírek)|ilgili (?:haberler|yazılar|içerikler)|en çok okunanlar|bunlar da ilginizi çekebilir",
    # Arabic, Thai, Vietnamese
    r"اقرأ (?:أيض[اًا]{1,2}|المزيد)|(?:مواضيع|مقالات|أخبار) ذات صلة|الأكثر (?:قراءة|مشاهدة)",
    r"(?:เรื่อง|ข่าว|บทความ)ที่เกี่ยวข้อง|อ่านเพิ่มเติม|(?:tin|bài(?: viết)?) liên quan|xem thêm|đọc thêm",
    # Japanese, Chinese, Korean
    r"関連(?:記事|ニュース|リンク|キーワード|トピックス)|おすすめの?記事|人気記事|(?:アクセス)?ランキング|[あ合]わせて読みたい",
    r"(?:相关|相關|延伸|推荐|推薦)(?:阅读|閱讀|新闻|新聞|文章|报道|報導|链接|連結|专题)|热门(?:文章|新闻|推荐|评论)|猜你喜欢|更多(?:新闻|文章|精彩内容)",
    r"(?:관련|추천|인기) ?(?:기사|뉴스|글)|많이 본 (?:기사|뉴스)",
)
"""What heads a list of other pages, wherever it stands."""

_FURNITURE = (
    # advertisements
    r"anzeige|werbung|publicité|publicidad|publicidade|pubblicità|"
    r"reklam[ay]?|реклама|hirdetés|annons|annonce|advertentie|iklan|quảng cáo",
    r"広告|スポンサーリンク|广告|廣告|광고|إعلان|διαφήμιση|ads? by .{1,20}|sponsored",
    # counts of comments, and where they are made
    r"\d{1,6} (?:kommentare?|commentaires?|réactions?|comentarios?|comentários?|commenti|reacties|"
    r"komentarz[ey]|komentarzy|комментари\w{1,2}|"
    r"коментар\w{0,2}|yorum|hozzászólás|replies|reactions|responses)",
    r"(?:blog )?comments (?:powered by|for this thread are).{1,40}|"
    r"(?:view|show|hide|load|read|post|add|leave) (?:all |a |your )?comments?(?: \(\d+\))?",
    r"kommentar schreiben|kommentieren|laisser un commentaire|dejar? un comentario|deixe um comentário|lascia un commento|"
    r"コメントする|发表评论|發表評論",
    r"trackback(?:s| url| link).{0,180}|kommentar-?feed.{0,60}|(?:rss )?feed (?:for|of) (?:the )?comments.{0,60}|comments? (?:rss|feed)",
    # sharing and reading aids
    r"(?:hinzufügen zu|bookmark(?: this)?(?: on| at)?|add (?:this )?to|share (?:this )?on|teilen (?:auf|mit|über|bei)|partager sur)\b"
    r"(?=.{0,120}(?:technorati|del\.?icio|digg|stumbleupon|facebook|twitter|whatsapp|reddit|linkedin|pinterest|mr\.? wong)).{0,150}",
    r"(?:artikel )?teilen|(?:artikel )?drucken|partager(?: cet article)?|"
    r"compartir|compartilh(?:ar|e)|condividi|delen|udostępnij|podziel się|"
    r"поделиться|paylaş|megosztás|sdílet|この記事をシェア(?:する)?|シェアする|分享(?:到(?:微信|微博|朋友圈)?|至)?|공유하기|شارك",
    r"(?:text|font|type|schrift)[ -]?(?:size|größe)(?:\W{0,3}[aA+]){0,4}|"
    r"(?:back|return) to (?:the )?top|nach oben|zurück nach oben|haut de page|"
    r"(?:last|next|previous) slide(?: ?(?:last|next|previous) slide)?|continue reading (?:the main story|below)|skip advertisement",
    r"don['’]t miss stories,? follow .{1,30}|stay connected\W.{0,40}|follow @\w{1,30}",
    # what the page asks of its reader
    r"(?:please enable|please activate|bitte aktivieren|veuillez activer|to (?:view|play|see) this|your (?:browser|javascript))\b"
    r"(?=.{0,150}(?:javascript|flash|html5)).{0,180}",
    r"(?:you must be logged in|please (?:log|sign) in|(?:log|sign) in(?: or register)?) to .{0,40}(?:comment|reply|vote|rate)\b.{0,60}",
    r"(?=.{0,120}(?:ошибк|опечатк|помилк|kļūd|redaktor)).{0,120}ctrl ?\+ ?enter.{0,80}",
    # who is responsible, and whose it is
    r"[【(（]?(?:责任编辑|責任編輯|编辑|編輯|责编|校对)[:：].{1,30}|.{0,20}版权(?:所有|声明).{0,40}|.{0,20}版權所有.{0,40}|【?纠错】?|无断転載.{0,20}|.{0,20}無断転載.{0,30}",
    r"alle rechte vorbehalten.{0,60}|tous droits réservés.{0,60}|todos los derechos reservados.{0,60}|all rights reserved.{0,60}",
    r"(?-i:[A-Z])[\w. ]{1,30} (?:©|\(c\)) ?\d{4}.{0,160}",
)
"""Whole paragraphs that belong to the page around an article."""

_AROUND = r"[\W_]*"
_LEAD = re.compile(rf"{_AROUND}(?:{'|'.join(_LEADS)}){_AROUND}", re.IGNORECASE)
_LEAD_BEGINS = re.compile(rf"{_AROUND}(?:{'|'.join(_LEADS)})(?!(?-i:[a-zà-ÿа-яё]))", re.IGNORECASE)
_LINE = re.compile(rf"{_AROUND}(?:{'|'.join(_FURNITURE)}){_AROUND}", re.IGNORECASE)

_BACK = ("«", "←", "‹", "<<")
_ON = ("»", "→", "›", ">>")
_SENTENCE = (".", "!", "?", "。", "！", "？")

LONGEST = 200
"""Characters of a line of furniture at most."""


def heads_other_pages(text: str) -> bool:
    """Whether a whole line announces other pages: related articles, what is read most. A sentence is none."""
    return len(text) <= LONGEST and not text.endswith(_SENTENCE) and _LEAD.fullmatch(text) is not None


def lead_length(text: str) -> int:
    """Characters at the beginning of a paragraph that announce other pages; 0 where it begins otherwise."""
    found = _LEAD_BEGINS.match(text)
    return found.end() if found else 0


def is_furniture_line(text: str) -> bool:
    """Whether a whole paragraph is the page's: the word over an advertisement, a count of comments, a row of buttons."""
    return len(text) <= LONGEST and _LINE.fullmatch(text) is not None


def leads_on(text: str) -> bool:
    """Whether a line is an arrow and the title of the page before or behind this one; guillemets around a title are no arrow."""
    back, on = text.startswith(_BACK), text.endswith(_ON)
    return len(text) <= LONGEST and back != on and not (back and "»" in text) and not (on and "«" in text)
