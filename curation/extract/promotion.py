"""Paragraphs that ask for something or send the reader elsewhere, told from an article's own by how they begin."""

import re

from curation.extract.labels import is_furniture_line, lead_length

MOST = 300
"""Characters that a paragraph of this kind has at most; a longer one tells something besides."""

POINTERS = (
    r"read (?:more|also|next|our|the)",
    r"also (?:read|on)",
    r"see (?:also|more)",
    r"related(?: (?:posts?|story|stories|articles?|content|coverage|links?|video|reading))?",
    r"more (?:on|from|about|stories|news|in)",
    r"watch|trending|must[- ]read|recommended|check out|top stories",
    r"don['’]t miss|in case you missed it",
    r"you (?:may|might) (?:also )?(?:like|be interested)",
    r"(?:continue|keep) reading",
    r"(?:most|popular) (?:read|popular|viewed|now|stories)",
)
"""Beginnings of paragraphs that are links to other pages; without a link they are an article's own words."""

LABELS = (
    r"most (?:read|popular|viewed)(?: (?:in|on|stories)\b.{0,40})?",
    r"related (?:posts?|story|stories|articles?|links?|topics?)",
    r"you (?:may|might) also (?:like|enjoy)",
    r"more (?:stories|on this|from .{1,40}|.{0,40} stories)",
    r"(?:recommended|trending|read|also)(?: (?:for you|reading|now|more|next|read))",
    r"(?:article|story) continues below.{0,30}",
    r"advertisement|scroll (?:down )?(?:for more|to continue).{0,30}",
    r"click to tweet|(?:tweet|share) this(?: (?:post|article|story))?",
    r"filed under.{0,60}|tags?:.{0,80}",
    r"comments?(?: \(\d+\))?|leave a (?:comment|reply)",
    r"(?:copyright|©).{0,100}|copyright .{0,40}\d{4}.{0,250}",
    r"(?:about )?\d+ min(?:ute)?s? read",
    r"(?:tempo de leitura|reading time|lesezeit|temps de lecture)\W.{0,20}",
)
"""Whole paragraphs that belong to the page around an article."""

REQUESTS = (
    r"(?:like|enjoy(?:ed)?|love) (?:this|what you)\b.{0,60}\b(?:share|follow|subscribe|support|sign)",
    r"(?:click|tap) here\b.{0,80}\b(?:app|newsletter|subscribe|sign up|alerts?)\b",
    r"get .{2,60} (?:app|on the go|newsletter)\b",
    r"(?:please )?(?:sign up|subscribe)\b.{0,120}"
    r"\b(?:newsletters?|e-?mail|inbox|alerts|channel|podcast|updates|briefing|daily|free)",
    r"(?:please )?(?:follow|like|join|find) (?:us|me|the|him|her|them|our|@\w|(?-i:[A-Z])[\w. ]{1,40})\b.{0,120}"
    r"\b(?:twitter|facebook|instagram|telegram|youtube|linkedin|whatsapp|pinterest|tiktok|mastodon|bluesky|reddit)",
    r"download (?:the|our) .{1,40}\bapp\b",
    r"(?:additional )?(?:reporting|writing|editing|compiled|translated|edited) by (?-i:[A-Z])",
    r"(?:contact|reach|e-?mail) (?:the (?:reporter|writer|author)s?|him|her)\b.{0,60}(?:@|twitter|\bat\b)",
    r"(?:do you )?have a (?:news )?(?:tip|story)\b",
)
"""Beginnings of paragraphs that want the reader to do something, or sign a report."""

_BEFORE = r"[\W_]*"
_POINTER = re.compile(rf"{_BEFORE}(?:{'|'.join(POINTERS)})\b", re.IGNORECASE)
_LABEL = re.compile(rf"{_BEFORE}(?:{'|'.join(LABELS)}){_BEFORE}", re.IGNORECASE)
_REQUEST = re.compile(rf"{_BEFORE}(?:{'|'.join(REQUESTS)})", re.IGNORECASE)


def may_be_promotion(text: str) -> bool:
    """Whether a paragraph begins like one; to tell for sure, its links must be measured."""
    if len(text) > MOST:
        return False
    if (_POINTER.match(text) or _REQUEST.match(text) or _LABEL.fullmatch(text)) is not None:
        return True
    return lead_length(text) > 0 or is_furniture_line(text)


def is_promotion(text: str, linked: float) -> bool:
    """Whether a paragraph only points elsewhere or asks for a click; `linked` is the share of its text in links, 0 to 1."""
    if len(text) > MOST:
        return False
    if _LABEL.fullmatch(text) or _REQUEST.match(text):
        return True
    found = _POINTER.match(text)
    pointing = max(found.end() if found else 0, lead_length(text))
    return pointing > 0 and linked > 0.4 and linked * len(text) >= 0.9 * (len(text) - pointing) - 3
