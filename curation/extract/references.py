"""References inside a sentence: the kind of thing they point to, so that the sentence keeps its noun."""

import re

_KINDS = {
    "sec": "Section", "subsec": "Section", "section": "Section", "chap": "Chapter", "cha": "Chapter", "ch": "Chapter",
    "chapter": "Chapter", "part": "Part", "app": "Appendix", "fig": "Figure", "figure": "Figure", "tab": "Table", "tbl": "Table",
    "table": "Table", "eq": "Equation", "eqn": "Equation", "alg": "Algorithm", "thm": "Theorem", "lem": "Lemma",
    "cor": "Corollary", "prop": "Proposition", "def": "Definition", "defn": "Definition", "rmk": "Remark", "rem": "Remark",
    "axiom": "Axiom",
}  # fmt: skip
_PARTS = re.compile(r"[^\s_-]+")
_PREFIX = re.compile(r"\s*([A-Za-z]+)[:_.-]")
_AUTHORED = re.compile(r"([A-Z][^.\s\d]*(?:\.[A-Z][^.\s\d]*){0,40}?)(\.ea)?\.(\d{4})[a-z]?")


def referred_kind(label: str) -> str:
    """What a label such as `fig:loss` names, without its number; empty where its prefix does not tell."""
    found = _PREFIX.match(label)
    return _KINDS.get(found.group(1).lower(), "") if found else ""


def named_label(label: str) -> str:
    """A label in quotes as a name for what it refers to: `"own blocks"` for `sec_own-blocks`."""
    found = _PREFIX.match(label)
    name = label[found.end() :] if found and (referred_kind(label) or ":" in found.group()) else label
    return f'"{" ".join(_PARTS.findall(name)) or label.strip()}"'


def cited_authors(keys: str) -> str:
    """Keys such as `Bahdanau.Cho.2014` as a sentence names them; empty where one has another form."""
    found = [_AUTHORED.fullmatch(key.strip()) for key in keys.split(",")]
    return ", ".join(_authors(match) for match in found if match) if all(found) else ""


def _authors(key: re.Match[str]) -> str:
    first, *others = key.group(1).split(".")
    if key.group(2) or len(others) > 1:
        return f"{first} et al. ({key.group(3)})"
    return f"{' and '.join([first, *others])} ({key.group(3)})"
