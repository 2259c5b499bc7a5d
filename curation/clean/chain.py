"""The chain of cleaners: which ones a domain has, in which order, and what a text is after all of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from curation.clean import boilerplate, payments, private, text, typeset
from curation.clean.edits import MOST_EDITS, Pass, Step, apply, whole
from curation.clean.licence_header import licence_header
from curation.clean.secrets import SECRET, secrets
from curation.clean.verbatim import outside_code
from curation.domains import Domain
from curation.switches import ALL_ON, CleaningSwitches

Link = tuple[str, Pass]
"""A pass, and the name of the cleaner that it belongs to."""

MOST_ROUNDS = 8
"""Rounds through the chain. What one cleaner uncovers another may clean; real texts are at rest after two or three."""

_HIDING = frozenset({"secrets", "emails", "cards", "ip_addresses", "phones"})
"""Cleaners of what nobody may see again."""

_PLACEHOLDERS = frozenset({SECRET, private.EMAIL, payments.CARD, payments.IBAN, private.IP, private.PHONE})

MOST_PAIRS = 1_000_000
"""Of what was hidden and what was put elsewhere, whose comparison takes some tenths of a second."""

_CALM: frozenset[Pass] = frozenset({text.trailing_spaces, text.blank_lines, text.code_blank_lines})
"""Passes that uncover nothing for others."""

_NEAR_CALM: frozenset[Pass] = _CALM | {text.odd_spaces, text.line_ends, text.code_line_ends}
"""Passes that uncover nothing but lines whose encoding may be mended now."""

_PRIVATE: tuple[Link, ...] = (
    ("secrets", secrets),
    ("emails", private.emails),
    ("emails", private.spelt_emails),
    ("cards", payments.cards),
    ("cards", payments.ibans),
    ("ip_addresses", private.ip_addresses),
    ("ip_addresses", private.ip6_addresses),
    ("phones", private.phones),
)

_PROSE: tuple[Link, ...] = (
    ("mojibake", text.twice_decoded),
    ("mojibake", text.mojibake),
    ("entities", text.entities),
    ("line_ends", text.line_ends),
    ("controls", text.controls),
    ("controls", text.zero_width_spaces),
    ("spacing", text.odd_spaces),
    *(("stray_markup", each) for each in text.STRAY_MARKUP),
    ("line_ends", outside_code(typeset.parted_words)),
    ("composed", text.composed),
    ("composed", outside_code(typeset.ligatures)),
    *_PRIVATE,
    ("spacing", text.trailing_spaces),
    ("spacing", text.blank_lines),
)
"""What running text goes through; before the last two, lines that recur in its source are taken out."""

_CODE: tuple[Link, ...] = (
    ("mojibake", text.code_mojibake),
    ("line_ends", text.code_line_ends),
    ("controls", text.code_controls),
    ("licence_header", licence_header),
    *_PRIVATE,
    ("spacing", text.trailing_spaces),
    ("spacing", text.code_blank_lines),
)
"""What source files go through: what is boilerplate in prose is syntax here."""

_TITLE: tuple[Link, ...] = (*(link for link in _PROSE if link[0] in ("mojibake", "entities", "controls")), *_PRIVATE)
"""What a title goes through, in every domain: it is prose above code too."""

CLEANERS: Mapping[Domain, tuple[Link, ...]] = {domain: _CODE if domain is Domain.CODE else _PROSE for domain in Domain}
"""The passes of each domain in order, without boilerplate, which is a source's own."""


@dataclass(frozen=True)
class Cleaned:
    """A text after cleaning, and what was done to it: `replay` makes the one from the extracted text and the other."""

    text: str
    steps: tuple[Step, ...]
    cleaners: tuple[str, ...]  # those that changed something, in the order in which they first did


def clean(
    extracted: str, domain: Domain, switches: CleaningSwitches = ALL_ON, recurring: boilerplate.Recurring = boilerplate.NOTHING
) -> Cleaned:
    """A text as its domain wants it; `recurring` is what recurs in its source. Cleaning it once more changes nothing."""
    links, work = _links(domain, switches, recurring), _Work(extracted)
    mending = [(name, each) for name, each in links if name == "mojibake"]
    for _ in range(MOST_ROUNDS):
        changed = work.go_through(links)
        if changed <= _CALM or (changed <= _NEAR_CALM and not work.go_through(mending)):
            break
    steps = work.steps
    names = tuple(dict.fromkeys(step.cleaner for step in steps))
    if sum(len(step.skip) for step in steps) > MOST_EDITS or _tell(steps, work.hidden):
        return Cleaned(work.text, (whole(extracted, work.text),), names)
    return Cleaned(work.text, tuple(steps), names)


def clean_title(title: str, switches: CleaningSwitches = ALL_ON) -> str:
    """A title by the cleaners of characters and of personal data; empty where nothing is left."""
    work, links = _Work(title), [(name, each) for name, each in _TITLE if getattr(switches, name)]
    for _ in range(MOST_ROUNDS):
        if not work.go_through(links):
            break
    return work.text.strip()


class _Work:
    """A text on its way through the chain: what was done to it so far, and what was hidden."""

    def __init__(self, extracted: str) -> None:
        self.text = extracted
        self.steps: list[Step] = []
        self.hidden: list[str] = []

    def go_through(self, links: list[Link]) -> set[Pass]:
        """Runs passes one after another; gives those that changed the text."""
        changed = set[Pass]()
        for name, each in links:
            before = self.text
            self.text, step = apply(before, name, each(before))
            if step is not None:
                changed.add(each)
                self.steps.append(step)
                self.hidden += step.cuts(before) if name in _HIDING else ()
        return changed


def _tell(steps: list[Step], hidden: list[str]) -> bool:
    """Whether what was hidden can be read in what an earlier step put: a line whose encoding was mended may hold a whole address.

    Of more pairs than can be looked at quickly, it is taken for granted.
    """
    known = set(hidden)
    shortest = min(map(len, known), default=0)
    puts = {put for step in steps for put in step.put if len(put) >= shortest and put not in _PLACEHOLDERS} if known else set()
    return len(known) * len(puts) > MOST_PAIRS or any(secret in put for secret in known for put in puts)


def _links(domain: Domain, switches: CleaningSwitches, recurring: boilerplate.Recurring) -> list[Link]:
    links = [(name, each) for name, each in CLEANERS[domain] if getattr(switches, name)]
    if domain is Domain.CODE or not recurring.keys or not switches.boilerplate:
        return links
    last = next((place for place, (_, each) in enumerate(links) if each is text.trailing_spaces), len(links))
    return [*links[:last], ("boilerplate", boilerplate.without(recurring, domain)), *links[last:]]
