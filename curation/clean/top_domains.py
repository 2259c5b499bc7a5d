"""Top-level domains by which an address of e-mail is told from code: those of countries, and the common ones of others.

Of the 1,400 that IANA lists most have hardly an address, and many are words that programs use, such as `name`.
"""

_COUNTRIES = (
    "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd cf cg ch ci ck cl "
    "cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gd ge gf gg gh gi gl gm gn gp gq gr gs gt "
    "gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv "
    "ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm "
    "pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to "
    "tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw"
)
_OTHERS = (
    "com org net edu gov mil int info biz name pro aero coop museum mobi jobs cat tel travel asia app dev xyz online site "
    "website shop store tech club blog cloud email live life work works world group team agency studio digital design "
    "solutions company network systems center academy institute foundation university church media news press plus zone space "
    "fun art games software technology consulting engineering international london berlin paris tokyo nyc wien koeln hamburg "
    "bayern swiss amsterdam moscow scot wales eus gal quebec "
    "codes ninja guru rocks expert page link wiki community social chat cool fyi run sh tools services care health law legal bank "
    "finance money capital ventures global earth one top vip win icu fun lol wtf pub bar cafe pizza coffee farm garden house land city"
)
_BEYOND_ASCII = "рф рус бел укр срб мкд мон қаз бг ею онлайн сайт москва дети орг ελ ευ հայ ישראל مصر السعودية امارات ایران भारत"

_ALL = frozenset(f"{_COUNTRIES} {_OTHERS} {_BEYOND_ASCII}".split())

_OF_MEMBERS = (
    "app art as at center data design dev do email fun group id im in info is it media me my name no plus pro re so space st team to"
)
MEMBERS = frozenset(_OF_MEMBERS.split())
"""Domains that are names of members or methods in programs as well."""


def is_top_domain(top: str) -> bool:
    """Whether an address in lower case may end so."""
    return top in _ALL or top.startswith("xn--")
