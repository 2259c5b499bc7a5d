"""Boxes of facts in wikitext: what a page says that consists of nothing else."""

import re

from curation.extract.arguments import Arguments

DESCRIPTIONS = (
    *("description", "desc", "intro", "summary", "biography", "lore", "story", "plot", "effect", "flavor", "flavour", "notes"),
    *("beschreibung", "описание", "opis", "descripción", "descrizione"),
)
"""Arguments that hold sentences about the thing."""

_LONGEST_FACT = 120  # characters; what is longer describes
_FEWEST_FACTS = 3
_LAYOUT = re.compile(
    r"image|img|picture|photo|caption|alt$|style|width|height|align|colou?r|^bg|float|class|url|link|logo|map$|icon|screenshot|size|"
    r"position|^(?:id|lang|date|footnotes?|source|ref|refs|type|format|list\d*|border|state|lat|long?|download|group|label\d*|prev|next)$|"
    r"bild|^col|row|px$|direction|total|font|text-|padding|margin|background|nocat|category|sort"
)
_NO_FACT = re.compile(
    r"^\W*$|https?:|\.(?:png|jpe?g|gif|svg|ogg)\b|^\d+px$|^#[0-9a-f]{3,6}$|^(?:yes|no|on|off|y|n|none|true|false)$|\n", re.IGNORECASE
)


def is_infobox(name: str) -> bool:
    """Whether a template's name, in lower case, says that it is a box of facts."""
    return name.startswith("infobox") or name.endswith("infobox")


def box_facts(arguments: Arguments) -> str:
    """The named facts of a box, one a line, and its descriptions in paragraphs of their own; nothing where it has no facts."""
    named = {name: value for name, value in arguments.items() if not (name.isdecimal() or _LAYOUT.search(name))}
    facts = {name: value for name, value in named.items() if not _NO_FACT.search(value)}
    if len(facts) < _FEWEST_FACTS:
        return ""
    lines = [f"* {name.replace('_', ' ').capitalize()}: {value}" for name, value in facts.items() if len(value) <= _LONGEST_FACT]
    paragraphs = [value for value in facts.values() if len(value) > _LONGEST_FACT]
    return "\n\n".join(("", "\n".join(lines), *paragraphs, ""))
