"""The names that pages give to what stands in or beside an article without being part of it."""

import re

from lxml import etree

_BESIDE = re.compile(
    r"(?:^|[\s_-])(?:comment(?!ar(?:y|ies))\w*|disqus|repl(?:y|ies)|related\w*|recommend(?:ed|ations?)|newsletter|trending|popular|outbrain|"
    r"taboola|authors?|postauthor|author(?:box|bio|info)|bio|cookies?|consent|gdpr|foot|footer|disclaim(?:er)?|sidebar|rail|"
    r"(?:side|right)-?(?:bar|rail|col|column)|nav|navigation|navbar|menu|breadcrumbs?|popup|modal|overlay|banner|teasers?|"
    r"(?:next-prev(?:ious)?|prev(?:ious)?-next|more-from|you-may-like|also-like|read-also|most-read|most-popular)|"
    r"subscri(?:be|ption)|signup|promo|promotion|sponsor(?:ed)?|advert|advertisement|ads?|captions?|credits?)(?=[\s_-]|$)"
)
"""Names of what stands in an article without being part of it, whatever it says."""

_TOOLS = re.compile(
    r"(?:^|[\s_-])(?:shar(?:e|ing)(?:bar)?|social|sociable|byline|tags?|taglist|toolbar|meta|metadata|timestamp|dateline|image|photo|"
    r"img|picture|rating|widget|pagination|pager|print|readmore|button|gallery|slideshow|embedded|interactive|qrcode|follow|"
    r"(?:text|font)-?size\w*|(?:article|story|page)-?tools?|railtool)(?=[\s_-]|$)"
)
"""Names of what is no part of an article as long as it says little."""

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def own_names(element: etree._Element) -> str:
    """Classes and id of an element in lower case, the words of a joined name apart."""
    names = " ".join(filter(None, (element.get("class"), element.get("id"))))
    return _CAMEL.sub("-", names).lower()


def is_beside(names: str) -> bool:
    """Whether one of some names says that an element is no part of an article."""
    return _BESIDE.search(names) is not None


def is_tool(names: str) -> bool:
    """Whether one of some names is that of a picture, a row of buttons, or a line about the article."""
    return _TOOLS.search(names) is not None
