"""What a page holds and does not show: elements that say so themselves, or that bear the names which style sheets hide."""

import re

from lxml import etree

from curation.extract.elements import names

POPUP_ROLES = names("tooltip dialog alertdialog")
POPUPS = ("tooltip", "tool-tip", "popover", "pop-over", "popup", "pop-up", "rollover", "hovercard", "hover-card", "flyout")
"""Words without which no class names what is shown on demand; they are looked for in all of a page's at once."""

HIDDEN = names(
    "hidden hide hide-text hidden-text is-hidden d-none invisible element-invisible element-hidden visually-hidden visuallyhidden sr-only "
    "screen-reader-text screen-reader-only screenreader assistive-text a11y-hidden u-hidden u-visually-hidden display-none "
    "uk-hidden",
)
"""Classes by which the style sheets of common frameworks hide an element, or keep it for programs that read pages aloud."""

_POPUP = re.compile(
    r"(?:^|[\s_-])(?:tool-?tip|pop-?over|rollover|hover-?card|flyout)(?:[_-]{0,2}(?:block|content|text|body|inner|box|panel|card))?(?=\s|$)",
    re.I,
)
_MAY_POP_UP = ("div", "span", "section", "aside")
_INVISIBLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_SHOWN_WHERE_WIDE = re.compile(r"(?:^|[\s:-])(?:sm|md|lg|x{1,2}l|2xl)[:-](?:block|flex|grid|inline\S*|table\S*|contents|visible)(?=\s|$)")


def is_invisible(element: etree._Element, *, named: bool = True) -> bool:
    """Whether an element says itself that it is not shown, or, where names count, is named like what is shown on demand."""
    keys = element.keys()
    if "style" in keys and _INVISIBLE.search(element.get("style")):
        return True
    if "role" in keys and element.get("role") in POPUP_ROLES:
        return True
    if "hidden" in keys or ("aria-hidden" in keys and element.get("aria-hidden") == "true"):
        return True
    if not named or "class" not in keys or element.tag not in _MAY_POP_UP or not _POPUP.search(element.get("class")):
        return False
    return next(element.iter("a"), None) is not None or next(element.iterancestors("p"), None) is not None


def is_hidden_by_class(element: etree._Element) -> bool:
    """Whether an element bears a class that hides it, and none that shows it again where the window is wide."""
    classes = element.get("class")
    if not classes or HIDDEN.isdisjoint(classes.split()):
        return False
    return _SHOWN_WHERE_WIDE.search(classes) is None
