"""Marks of Markdown around words: front matter, pictures, links, line breaks."""

import re

_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_KEY = re.compile(r"""["']?[A-Za-z_][\w.-]{0,60}(?: [\w.-]{1,60})?["']?[ \t]*:(?:\s|\Z)""")
_IN_KEY = ("#", "-", "]", "}", " ", "\t")  # what lines begin with that belong to the key above, or to none
_PICTURE = re.compile(r"[ \t]?!\[([^\[\]\n]{0,300})\](?:\([^()\n]{0,2000}\)|\[[^\[\]\n]{0,100}\])")
_LINK = re.compile(r"\[([^\[\]\n]{1,500})\]\((?:[^()\n]|\([^()\n]{0,200}\)){0,2000}\)")
_EMPTY_LINK = re.compile(r"[ \t]?\[\s{0,9}\](?:\((?:[^()\n]|\([^()\n]{0,200}\)){0,2000}\)|\[[^\[\]\n]{1,100}\])")
_PAGE = re.compile(r"(?<![\w\]\[$\\])\[\[(?=[^\W\d_])(?:[\w /#'’-]{3,100}\|)?([\w '’-]{3,100})\]\](?![(\[\w$])")
_HEADING_OR_ROW = re.compile(r"[ \t]*(?:#|\|)")
_SPEAKS_ON = re.compile(r"[^\W\d_][,;:]?\Z")  # a picture that follows is a word of its sentence
_GOES_ON = re.compile(r"[ \t]+[a-z]|[,.;:]")
_BREAK = re.compile(r"[ \t]{0,9}<br\s{0,9}/?>[ \t]{0,9}", re.IGNORECASE)
_BLOCK_END = re.compile(r"(</(?:p|div|tr|summary|details|center|table)>)[ \t]{0,9}(?=\S)", re.IGNORECASE)
_CELL_END = re.compile(r"(</t[dh]>)", re.IGNORECASE)
_MEANT_BREAK = re.compile(r"(?<=[\w.,;:!?)\"'*])\\\n(?=\S)")
_SEEN = 40  # characters before a picture


def front_matter(source: str) -> re.Match[str] | None:
    """What stands between two rules at the top of a file, if it consists of keys with values: a text may begin with a rule."""
    found = _FRONT_MATTER.match(source)
    lines = [line for line in found[1].split("\n") if line.strip()] if found else []
    if found is None or not lines or found[1].startswith("\n"):
        return None
    own = [line for line in lines if not line.startswith(_IN_KEY)]
    keys = sum(_KEY.match(line) is not None for line in own)
    return found if own and _KEY.match(own[0]) and 2 * keys > len(own) else None


def without_targets(text: str) -> str:
    """Prose with the words of its links, and with those of pictures that stand in for a word; breaks are line ends."""
    if "![" in text:
        text = _PICTURE.sub(_pictured, text)
    if "](" in text or "][" in text:
        text = _EMPTY_LINK.sub("", _LINK.sub(r"\1", text))
    text = _PAGE.sub(r"\1", text) if "[[" in text else text
    if "<" in text:
        text = _CELL_END.sub(r"\1 ", _BLOCK_END.sub("\\1\n\n", text))
        text = "\n".join(_broken(line) for line in text.split("\n")) if _BREAK.search(text) else text
    return _MEANT_BREAK.sub("\n", text) if "\\\n" in text else text


def _pictured(found: re.Match[str]) -> str:
    """The words for a picture inside a sentence; of any other nothing."""
    before = found.string[max(0, found.start() - _SEEN) : found.start()].rpartition("\n")[2]
    in_sentence = (
        found.group().startswith((" ", "\t"))
        and _SPEAKS_ON.search(before)
        and not _HEADING_OR_ROW.match(before)
        and _GOES_ON.match(found.string, found.end())
    )
    return f" {found[1]}" if in_sentence and found[1].strip() else ""


def _broken(line: str) -> str:
    """A line with a line end at each break; a row of a table stays in one line."""
    return _BREAK.sub(" " if "|" in line else "\n", line) if "<" in line else line
