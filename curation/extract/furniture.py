"""Names of templates that are no part of a page's text: boxes, notes to editors, footnotes, links to other places, layout."""

import re

from curation.extract.elements import names

_NAMES = names(
    "cn|fact|clarify|when|when?|who|who?|which|where|whom|by whom|why|how|what|according to whom|dubious|discuss|verify|page needed|"
    "better source|failed verification|update|update inline|dead link|webarchive|wayback|rp|r|refn|efn|efn-ua|efn-lr|notetag|ref|"
    "ref label|note label|sfn|sfnp|sfnm|sfnref|harvid|main|main article|cmain|see|see also|see2|further|further2|details|about|for|"
    "for2|google buch|other uses|other uses2|redirect|redirect2|redirect-distinguish|distinguish|distinguish2|hatnote|two other uses|"
    "other people|other places|otheruses|other persons|lookfrom|intitle|commons|commonscat|commons cat|wiktionary|wikiquote|"
    "wikispecies|wikivoyage|wikinews|wikiversity|wikibooks|wikidata|siehe auch|hauptartikel|article détaillé|voir aussi|مفصلة|"
    "artículo principal|vedi anche|zie hoofdartikel|good article|featured article|featured list|authority control|normdaten|taxonbar|"
    "reflist|references|notelist|notelist-ua|refbegin|refend|clear|clear left|clear right|clr|-|toc|anchor|anker|anchors|"
    "flagicon|flag icon|flagdeco|flagu|country data|zászló|flaga|прапорець|bots|nobots|orphan|pov|in use|advert|copypaste|weasel|"
    "peacock|tone|globalize|original research|or|synthesis|citations missing|more footnotes|no footnotes|primary sources|blp sources|"
    "multiple issues|multiple image|double image|triple image|wide image|tall image|annotated image|css image crop|image label|"
    "image label small|image frame|gallery|chess diagram|chart|chart/start|chart/end|clade|cladogram|ahnentafel|familytree|"
    "familytree/start|familytree/end|tree chart|weather box|location map|location map+|location map many|superimpose|col-begin|"
    "col-end|div col|div col end|multicol-end|end div col|s-start|s-end|s-bef|s-aft|"
    "s-ttl|s-off|s-break|s-hou|s-non|s-roy|s-reg|succession box|start box|end box|imdb title|imdb name|imdb|oclc|google books|doi|"
    "pmid|pmc|issn|lccn|ol author|gutenberg author|gutenberg|librivox author|internet archive author|worldcat|worldcat id|find a grave|"
    "dmoz|curlie|official website|official|allmovie title|mojo title|rotten-tomatoes|sep|sep entry|iep|in our time|update after|"
    "colorbox|color box|0|eqm|lesenswert|exzellent|absatz|stub|sectstub|empty section|"
    "short description|italic title|italictitle|displaytitle|lowercase|lowercase title|correct title|defaultsort|use dmy dates|"
    "use mdy dates|engvarb|eng|pp|sprotect|protected|pic of the day|nosplit|navboxes|navbox|sidebar|portal|portal bar|portalbar|"
    "books-inline|wikipedia books|sister project links|sisterlinks|subject bar|spoken wikipedia|listen|audio|bio-stub|"
    "inconsistent citations|relevance inline|disputed inline|undue inline|improve categories|cleanup|wikify|merge|mergeto|mergefrom|"
    "prod|afd|delete|speedy|db|underlinked|uncategorized|coi|autobiography|notability|unreferenced|refimprove|expand|disambiguation|"
    "geobox|chembox|drugbox|taxobox|speciesbox|subspeciesbox|automatic taxobox|paraphyletic group|mycomorphbox|s-rail|rail line|"
    "ghissue|flyspray|progress bar|ping|re|reply to|od|outdent|unsigned|non signé|cent|purge|stack|"
    "stack begin|stack end|noprint|nomobile|hidden begin|hidden end|collapse top|collapse bottom|bulleted list end|"
    "endflatlist|endplainlist|ext|externallink|imbox|ombox|fmbox|tmbox|cmbox|mbox|style|css|noname|vr|lbc",
    separator="|",
)
_PATTERN = re.compile(
    r"(?:^|[ _-])(?:infobox|taxobox|navbox|navigation|ambox|userbox|sidebar|topics|navbar|portal|stub|footer|header)(?:$|[ _/-])|box$|"
    r"^(?:pp|use|expand|cleanup|unreferenced|refimprove|commons|wikisource|wikiquote|wiktionary|sister|cite(?! )|citation|citations|"
    r"clarify|more citations|missing|outdated|copy ?edit|lead|too|self-published|better|needs|requires|r from|r to|campaignbox|flag ?icon|"
    r"cbignore|portal|multiple|other|redirect|not to be|verify|verification|dubious|attribution|geodata|authority|good|"
    r"featured|imdb|osm(?:relace|relation|way)?|wiki(?!pedia|link)[^\W\d_]{4,}|defaultsort|nav|template|category|cat|stub|db|del|s|pov|reflist|ref|notelist|toc|clear|end|col|"
    r"infobox|geographic location|climate chart|largest cities|unreliable|original research|dead|fix|who|when|specify)(?=$|[ :_-])|"
    r"(?:needed|inline|missing)$|-stub$|^(?:lists?|countries|states|members|districts|history) of\b|in topic$|related articles$"
)
_TEXT_BOXES = names("textbox|text box|quote box|quotebox|dialogue box|dialog box|dialogbox|message box|speech box", separator="|")


def is_furniture(name: str) -> bool:
    """Whether a template of this name, in lower case, shows nothing that belongs to the text."""
    return name in _NAMES or (name not in _TEXT_BOXES and _PATTERN.search(name) is not None)
