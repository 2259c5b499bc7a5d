"""Decisions: why a document was kept, dropped or failed.

Every reason in the product is here, so that a table of reasons never needs a legend elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any

from curation.policies import Thresholds


class Verdict(StrEnum):
    """What became of a document. In the documents table, "extracted" stands for: not decided yet."""

    KEPT = "kept"
    DROPPED = "dropped"
    FAILED = "failed"


class Reason(StrEnum):
    """Why a document is not in the corpus, with one sentence that explains it to a person."""

    explanation: str

    def __new__(cls, value: str, explanation: str = "") -> "Reason":
        reason = str.__new__(cls, value)
        reason._value_ = value
        reason.explanation = explanation
        return reason

    # capture and extraction
    CAPTURE_FAILED = "capture_failed", "The source could not give the item."
    GONE = "gone", "The source no longer has it."
    EXTRACTION_FAILED = "extraction_failed", "The text could not be taken out of the item."
    UNDECODABLE = "undecodable", "The bytes are not text in any encoding that was declared or guessed."
    MALFORMED = "malformed", "The item does not parse as what it says it is."
    TOO_LARGE = "too_large", "The item has more bytes than are read of its kind."
    TOO_DEEP = "too_deep", "The markup is nested deeper than any page that people wrote."
    EMPTY = "empty", "No text was left."
    BINARY = "binary", "The bytes are not text."
    UNSUPPORTED = "unsupported", "Nothing here can read this kind of file."
    REDIRECT = "redirect", "The page only points to another page."
    OTHER_NAMESPACE = "other_namespace", "The wiki page is not an article: talk, user, file, template, help or special."
    DISAMBIGUATION = "disambiguation", "The wiki page only lists pages of the same name."
    STUB = "stub", "The wiki page calls itself a stub and has hardly a sentence or two."
    LISTING = "listing", "The page is a list of search results or of links."
    TRANSLATION_TABLE = "translation_table", "The file pairs sentences with translations made by a machine."
    GENERATED = "generated", "The code was written by a program."
    MINIFIED = "minified", "The code was squeezed for machines."
    VENDORED = "vendored", "The code is another project's, carried along."
    LICENCE_TEXT = "licence_text", "The file is the text of a licence, which every repository repeats."
    DATA = "data", "The file holds data: numbers, tables, settings or encoded bytes."

    # quality
    SCORING_FAILED = "scoring_failed", "The text could not be measured."
    LANGUAGE = "language", "The text is in a language that the policy does not keep."
    TOO_SHORT = "too_short", "The text has too few characters."
    TOO_LONG = "too_long", "The text has too many characters."
    FEW_WORDS = "few_words", "The text has too few words."
    SHORT_WORDS = "short_words", "The words are too short on average: tables, formulas or noise."
    LONG_WORDS = "long_words", "The words are too long on average: identifiers, links or glued text."
    SYMBOLS = "symbols", "Too many hash signs and ellipses."
    FEW_ALPHABETIC_WORDS = "few_alphabetic_words", "Too few words have a letter in them."
    FEW_LETTERS = "few_letters", "Too few characters are letters or digits."
    FEW_STOP_WORDS = "few_stop_words", "Hardly any of the words that English prose cannot do without."
    BULLETS = "bullets", "Most of the text is short items of lists."
    ELLIPSES = "ellipses", "Too many lines break off with an ellipsis."
    REPEATED_LINES = "repeated_lines", "Too many lines occurred before in the same text."
    REPEATED_LINE_CHARACTERS = "repeated_line_characters", "Too much of the text lies in repeated lines."
    TOP_2GRAM = "top_2gram", "One pair of words makes up too much of the text."
    TOP_3GRAM = "top_3gram", "One run of three words makes up too much of the text."
    TOP_4GRAM = "top_4gram", "One run of four words makes up too much of the text."
    REPEATED_5GRAMS = "repeated_5grams", "Too much of the text lies in runs of five words that occur again."
    REPEATED_10GRAMS = "repeated_10grams", "Too much of the text lies in runs of ten words that occur again."
    REPEATED_PARAGRAPHS = "repeated_paragraphs", "Too many paragraphs occurred before in the same text."
    REPEATED_PARAGRAPH_CHARACTERS = "repeated_paragraph_characters", "Too much of the text lies in repeated paragraphs."
    LOST_WORDS = "lost_words", "Too many words were replaced by a stand-in before the text came here."
    MARKUP = "markup", "Too much markup was left in the text."
    SHORT_CELLS = "short_cells", "Most of the text is short cells of tables."
    SHORT_LINES = "short_lines", "Too many words stand in lines of three or fewer: a list of names."
    DATA_LINES = "data_lines", "Too many lines are keys with values, tags or quoted names, which programs read."
    FENCED_CODE = "fenced_code", "Too much of the page is code."
    SOUNDS = "sounds", "Too much of the speech is sounds in brackets."
    TIMING_MARKS = "timing_marks", "Too many times and tags of captions were left in the text."
    SHORT_TURNS = "short_turns", "The speakers say too few words before the next one speaks."
    LITERALS = "literals", "Too much of the file is numbers and strings: a table or an index, not a program."
    NUMBERS = "numbers", "Most of the file is numbers: a table, not a program."
    SHORT_NAMES = "short_names", "The names in the code are too short to say anything: squeezed or disguised code."
    LONG_NAMES = "long_names", "The names in the code are too long on average: encoded data or generated names."
    LONG_LINE = "long_line", "The longest line is too long for code that people write."
    LONG_LINES = "long_lines", "The lines are too long on average."
    COMMENTS = "comments", "The file is nearly all comments."
    UNREADABLE = "unreadable", "Too many characters were lost before the text came here."

    # duplicates and balance
    EXACT_DUPLICATE = "exact_duplicate", "Another document has the same text, but for white space and, in prose, case and punctuation."
    NEAR_DUPLICATE = "near_duplicate", "Another document has nearly the same text."
    CONTAINED = "contained", "Nearly all of the text lies in a longer document."
    OVER_SHARE = "over_share", "The mix has enough of this domain without it."


class Stage(StrEnum):
    """Where a decision was made, in the order in which a document passes."""

    EXTRACT = "extract"
    QUALITY = "quality"
    DUPLICATES = "duplicates"
    BALANCE = "balance"


@dataclass(frozen=True)
class Decision:
    """One verdict on one document at one stage; a document's decisive row is the one that counts."""

    stage: Stage
    verdict: Verdict
    reason: Reason | None = None
    value: float | None = None
    threshold: float | None = None
    detail: str | None = None
    decisive: bool = True


class Bound(Enum):
    """Which side of a threshold is the good one."""

    AT_LEAST = "at least"
    AT_MOST = "at most"


@dataclass(frozen=True)
class Rule:
    """Compares one signal with one setting of a policy; a setting of 0 switches the rule off."""

    reason: Reason
    signal: str
    setting: str
    bound: Bound

    def broken(self, value: float, threshold: float) -> bool:
        return value < threshold if self.bound is Bound.AT_LEAST else value > threshold


RULES: tuple[Rule, ...] = (
    Rule(Reason.UNREADABLE, "replacement_characters", "max_replacement_characters", Bound.AT_MOST),
    Rule(Reason.TOO_SHORT, "characters", "min_characters", Bound.AT_LEAST),
    Rule(Reason.TOO_LONG, "characters", "max_characters", Bound.AT_MOST),
    Rule(Reason.FEW_WORDS, "words", "min_words", Bound.AT_LEAST),
    Rule(Reason.LOST_WORDS, "lost_words", "max_lost_words", Bound.AT_MOST),
    Rule(Reason.MARKUP, "markup", "max_markup", Bound.AT_MOST),
    Rule(Reason.TIMING_MARKS, "timing_marks", "max_timing_marks", Bound.AT_MOST),
    Rule(Reason.SOUNDS, "sounds", "max_sounds", Bound.AT_MOST),
    Rule(Reason.SHORT_TURNS, "words_per_turn", "min_words_per_turn", Bound.AT_LEAST),
    Rule(Reason.DATA_LINES, "data_lines", "max_data_lines", Bound.AT_MOST),
    Rule(Reason.SHORT_LINES, "short_lines", "max_short_lines", Bound.AT_MOST),
    Rule(Reason.FENCED_CODE, "fenced_code", "max_fenced_code", Bound.AT_MOST),
    Rule(Reason.LITERALS, "literals", "max_literals", Bound.AT_MOST),
    Rule(Reason.NUMBERS, "numbers", "max_numbers", Bound.AT_MOST),
    Rule(Reason.SHORT_NAMES, "mean_identifier", "min_mean_identifier", Bound.AT_LEAST),
    Rule(Reason.LONG_NAMES, "mean_identifier", "max_mean_identifier", Bound.AT_MOST),
    Rule(Reason.LONG_LINE, "longest_line", "max_longest_line", Bound.AT_MOST),
    Rule(Reason.LONG_LINES, "mean_line", "max_mean_line", Bound.AT_MOST),
    Rule(Reason.FEW_LETTERS, "alphanumeric", "min_alphanumeric", Bound.AT_LEAST),
    Rule(Reason.COMMENTS, "comment_ratio", "max_comment_ratio", Bound.AT_MOST),
    Rule(Reason.SHORT_WORDS, "mean_word_length", "min_mean_word_length", Bound.AT_LEAST),
    Rule(Reason.LONG_WORDS, "mean_word_length", "max_mean_word_length", Bound.AT_MOST),
    Rule(Reason.SYMBOLS, "symbol_ratio", "max_symbol_ratio", Bound.AT_MOST),
    Rule(Reason.FEW_ALPHABETIC_WORDS, "alphabetic_words", "min_alphabetic_words", Bound.AT_LEAST),
    Rule(Reason.FEW_STOP_WORDS, "stop_words", "min_stop_words", Bound.AT_LEAST),
    Rule(Reason.BULLETS, "short_items", "max_short_items", Bound.AT_MOST),
    Rule(Reason.SHORT_CELLS, "short_cells", "max_short_cells", Bound.AT_MOST),
    Rule(Reason.ELLIPSES, "ellipsis_lines", "max_ellipsis_lines", Bound.AT_MOST),
    Rule(Reason.REPEATED_LINES, "duplicate_lines", "max_duplicate_lines", Bound.AT_MOST),
    Rule(Reason.REPEATED_LINE_CHARACTERS, "duplicate_line_characters", "max_duplicate_line_characters", Bound.AT_MOST),
    Rule(Reason.REPEATED_PARAGRAPHS, "duplicate_paragraphs", "max_duplicate_paragraphs", Bound.AT_MOST),
    Rule(Reason.REPEATED_PARAGRAPH_CHARACTERS, "duplicate_paragraph_characters", "max_duplicate_paragraph_characters", Bound.AT_MOST),
    Rule(Reason.TOP_2GRAM, "top_2gram", "max_top_2gram", Bound.AT_MOST),
    Rule(Reason.TOP_3GRAM, "top_3gram", "max_top_3gram", Bound.AT_MOST),
    Rule(Reason.TOP_4GRAM, "top_4gram", "max_top_4gram", Bound.AT_MOST),
    Rule(Reason.REPEATED_5GRAMS, "duplicate_5grams", "max_duplicate_5grams", Bound.AT_MOST),
    Rule(Reason.REPEATED_10GRAMS, "duplicate_10grams", "max_duplicate_10grams", Bound.AT_MOST),
)
"""Every quality rule but the one on language, in the order in which the first broken one decides."""


def judge(signals: Mapping[str, Any], policy: Thresholds) -> list[Decision]:
    """All broken rules of a policy, the first one decisive; one kept row where none is broken."""
    broken = [*_language(signals, policy), *(row for rule in RULES for row in _apply(rule, signals, policy))]
    if not broken:
        return [Decision(Stage.QUALITY, Verdict.KEPT)]
    first, *others = broken
    return [first, *(Decision(**{**vars(row), "decisive": False}) for row in others)]


def _apply(rule: Rule, signals: Mapping[str, Any], policy: Thresholds) -> list[Decision]:
    value, threshold = signals[rule.signal], getattr(policy, rule.setting)
    if not threshold or value is None or not rule.broken(value, threshold) or _foreign(rule, signals):
        return []
    found, wanted = _figures(value, threshold)
    detail = f"{rule.signal} must be {rule.bound.value} {wanted} ({rule.setting}), not {found}. {rule.reason.explanation}"
    return [Decision(Stage.QUALITY, Verdict.DROPPED, rule.reason, float(value), float(threshold), detail)]


def _figures(*values: float) -> tuple[str, ...]:
    """Different numbers as a person reads them, as short as they still differ."""
    short = tuple(f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}" for value in values)
    return short if len(set(short)) > 1 else tuple(f"{value:,.10g}" for value in values)


def _foreign(rule: Rule, signals: Mapping[str, Any]) -> bool:
    """The stop words are English ones: they say nothing about a text in another language that the policy keeps."""
    return rule.reason is Reason.FEW_STOP_WORDS and signals["language"] not in ("en", None)


def _language(signals: Mapping[str, Any], policy: Thresholds) -> list[Decision]:
    language, confidence = signals["language"], signals["language_confidence"]
    if not policy.languages or language is None or language in policy.languages:
        return []
    if confidence < policy.min_language_confidence:
        return []
    detail = f"language is {language}, kept: {', '.join(policy.languages)}"
    threshold = policy.min_language_confidence
    return [Decision(Stage.QUALITY, Verdict.DROPPED, Reason.LANGUAGE, confidence, threshold, detail)]
