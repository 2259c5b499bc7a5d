"""Policies: the thresholds by which each domain keeps or drops a document.

Published web rules are wrong for other domains: Gopher's drop every Python file, C4's every transcript. So each domain
has defaults of its own, and 0 switches a rule off.
"""

from copy import copy
from typing import Any

from pydantic import BaseModel, Field

from curation.domains import Domain, is_code
from curation.switches import CleaningSwitches


class Thresholds(BaseModel):
    """Quality thresholds. 0 (or an empty list) switches a rule off."""

    languages: list[str] = Field(["en"], title="Languages", description="Languages kept, as ISO 639-1 codes.")
    min_language_confidence: float = Field(
        0.5,
        ge=0,
        le=1,
        title="Language confidence",
        description="Below it a document is not dropped for its language.",
    )
    min_characters: int = Field(200, ge=0, title="Shortest document", description="Characters after cleaning.")
    max_characters: int = Field(2_000_000, ge=0, title="Longest document", description="Characters after cleaning.")
    min_words: int = Field(40, ge=0, title="Fewest words", description="Words after cleaning.")
    min_mean_word_length: float = Field(3.0, ge=0, title="Shortest mean word", description="Gopher (arXiv 2112.11446, A.1).")
    max_mean_word_length: float = Field(10.0, ge=0, title="Longest mean word", description="Gopher (arXiv 2112.11446, A.1).")
    max_symbol_ratio: float = Field(0.1, ge=0, title="Symbols per word", description='"#" and ellipses per word (Gopher).')
    min_alphabetic_words: float = Field(0.7, ge=0, le=1, title="Words with a letter", description="Least share of words with a letter.")
    min_alphanumeric: float = Field(0.5, ge=0, le=1, title="Letters and digits", description="Least share of characters.")
    min_stop_words: int = Field(5, ge=0, title="Stop words", description="Least number of different ones of the commonest words.")
    max_short_items: float = Field(0.55, ge=0, le=1, title="Short items", description="Largest share of words in short items of lists.")
    max_short_cells: float = Field(0.6, ge=0, le=1, title="Short cells", description="Largest share of words in short cells of tables.")
    max_ellipsis_lines: float = Field(0.3, ge=0, le=1, title="Ellipsis lines", description="Largest share of lines (Gopher).")
    max_duplicate_lines: float = Field(0.3, ge=0, le=1, title="Repeated lines", description="Largest share of lines (Gopher).")
    max_duplicate_line_characters: float = Field(
        0.2, ge=0, le=1, title="Characters in repeated lines", description="Largest share (Gopher)."
    )
    max_top_2gram: float = Field(0.2, ge=0, le=1, title="Commonest 2-gram", description="Largest share of characters (Gopher).")
    max_top_3gram: float = Field(0.18, ge=0, le=1, title="Commonest 3-gram", description="Largest share of characters (Gopher).")
    max_top_4gram: float = Field(0.16, ge=0, le=1, title="Commonest 4-gram", description="Largest share of characters (Gopher).")
    max_duplicate_paragraphs: float = Field(
        0.3, ge=0, le=1, title="Repeated paragraphs", description="Largest share of paragraphs (Gopher)."
    )
    max_duplicate_paragraph_characters: float = Field(
        0.2, ge=0, le=1, title="Characters in repeated paragraphs", description="Largest share (Gopher)."
    )
    max_duplicate_5grams: float = Field(0.5, ge=0, le=1, title="Repeated 5-grams", description="Largest share of characters.")
    max_duplicate_10grams: float = Field(0.3, ge=0, le=1, title="Repeated 10-grams", description="Largest share of characters.")
    max_lost_words: float = Field(0.02, ge=0, le=1, title="Lost words", description="Largest share of words that are a stand-in: <unk>.")
    max_markup: float = Field(0.1, ge=0, le=1, title="Markup", description="Largest share of characters in markup that was left.")
    max_short_lines: float = Field(0.45, ge=0, le=1, title="Short lines", description="Largest share of words in lines of 3 words at most.")
    max_data_lines: float = Field(0.6, ge=0, le=1, title="Data lines", description="Largest share of lines with keys, tags, quoted names.")
    max_fenced_code: float = Field(0.5, ge=0, le=1, title="Code in prose", description="Largest share of characters between code fences.")
    max_sounds: float = Field(0.0, ge=0, title="Sounds", description="Most words in brackets, such as [Music], per word.")
    max_timing_marks: float = Field(0.0, ge=0, title="Timing marks", description="Most times and tags of captions per word.")
    min_words_per_turn: float = Field(0.0, ge=0, title="Words per turn", description="Least number, where speakers are named.")
    max_literals: float = Field(0.0, ge=0, le=1, title="Literals", description="Largest share of characters in numbers and strings (code).")
    max_numbers: float = Field(0.0, ge=0, le=1, title="Numbers", description="Largest share among numbers and words (code).")
    min_mean_identifier: float = Field(0.0, ge=0, title="Shortest mean name", description="Characters of different names (code).")
    max_mean_identifier: float = Field(0.0, ge=0, title="Longest mean name", description="Characters of different names (code).")
    max_longest_line: int = Field(0, ge=0, title="Longest line", description="Characters.")
    max_mean_line: float = Field(0.0, ge=0, title="Longest mean line", description="Characters.")
    max_comment_ratio: float = Field(0.0, ge=0, le=1, title="Comments", description="Largest share of comment lines (code).")
    max_replacement_characters: float = Field(0.001, ge=0, le=1, title="Unreadable characters", description="Largest share of U+FFFD.")


class Policy(Thresholds):
    """Quality thresholds of one domain, and the cleaners that it uses. 0 (or an empty list) switches a rule off."""

    cleaning: CleaningSwitches = Field(CleaningSwitches(), title="Cleaning", description="Which cleaners the text goes through.")


def _default(name: str, value: float) -> Any:
    """The field of the base policy with another default, its bounds and words unchanged."""
    field = copy(Thresholds.model_fields[name])
    field.default = value
    return field


class WikiPolicy(Policy):
    """Encyclopedia articles: prose with lists and tables, whose figures count as words without a letter."""

    min_alphabetic_words: float = _default("min_alphabetic_words", 0.5)


class LorePolicy(Policy):
    """Game text: item descriptions are short, dialogue breaks off, bestiaries say the same of many monsters."""

    min_characters: int = _default("min_characters", 100)
    min_words: int = _default("min_words", 15)
    min_stop_words: int = _default("min_stop_words", 1)
    min_alphanumeric: float = _default("min_alphanumeric", 0.4)
    max_symbol_ratio: float = _default("max_symbol_ratio", 0.2)
    min_alphabetic_words: float = _default("min_alphabetic_words", 0.5)
    max_duplicate_lines: float = _default("max_duplicate_lines", 0.0)
    max_duplicate_line_characters: float = _default("max_duplicate_line_characters", 0.3)
    max_duplicate_paragraphs: float = _default("max_duplicate_paragraphs", 0.0)
    max_duplicate_5grams: float = _default("max_duplicate_5grams", 0.0)
    max_duplicate_10grams: float = _default("max_duplicate_10grams", 0.0)
    max_ellipsis_lines: float = _default("max_ellipsis_lines", 0.0)


class TranscriptPolicy(Policy):
    """Speech: no punctuation to rely on, short words, refrains, and pauses written as ellipses."""

    max_symbol_ratio: float = _default("max_symbol_ratio", 0.2)
    max_duplicate_lines: float = _default("max_duplicate_lines", 0.0)
    max_ellipsis_lines: float = _default("max_ellipsis_lines", 0.0)
    max_duplicate_5grams: float = _default("max_duplicate_5grams", 0.3)
    max_duplicate_10grams: float = _default("max_duplicate_10grams", 0.15)
    max_sounds: float = _default("max_sounds", 0.05)
    max_timing_marks: float = _default("max_timing_marks", 0.02)
    min_words_per_turn: float = _default("min_words_per_turn", 3.0)


class CodePolicy(Policy):
    """Source files: the rules for prose are off, line lengths count instead (BigCode's thresholds).

    BigCode drops files with more than 80 % of comments; here they are functions under their documentation with examples. It
    drops lines of more than 1,000 characters and a mean above 100; here most of those files are written by hand, around one table.
    """

    languages: list[str] = Field([], title="Languages", description="Natural languages kept; empty: no rule, as code has none.")
    min_words: int = _default("min_words", 0)
    min_mean_word_length: float = _default("min_mean_word_length", 0.0)
    max_mean_word_length: float = _default("max_mean_word_length", 0.0)
    max_symbol_ratio: float = _default("max_symbol_ratio", 0.0)
    min_alphabetic_words: float = _default("min_alphabetic_words", 0.0)
    min_alphanumeric: float = _default("min_alphanumeric", 0.25)
    min_stop_words: int = _default("min_stop_words", 0)
    max_ellipsis_lines: float = _default("max_ellipsis_lines", 0.0)
    max_duplicate_lines: float = _default("max_duplicate_lines", 0.0)
    max_duplicate_line_characters: float = _default("max_duplicate_line_characters", 0.0)
    max_top_2gram: float = _default("max_top_2gram", 0.0)
    max_top_3gram: float = _default("max_top_3gram", 0.0)
    max_top_4gram: float = _default("max_top_4gram", 0.0)
    max_duplicate_paragraphs: float = _default("max_duplicate_paragraphs", 0.0)
    max_duplicate_paragraph_characters: float = _default("max_duplicate_paragraph_characters", 0.0)
    max_duplicate_5grams: float = _default("max_duplicate_5grams", 0.0)
    max_duplicate_10grams: float = _default("max_duplicate_10grams", 0.0)
    max_lost_words: float = _default("max_lost_words", 0.0)
    max_literals: float = _default("max_literals", 0.65)
    max_numbers: float = _default("max_numbers", 0.7)
    min_mean_identifier: float = _default("min_mean_identifier", 2.5)
    max_mean_identifier: float = _default("max_mean_identifier", 30.0)
    max_longest_line: int = _default("max_longest_line", 2000)
    max_mean_line: float = _default("max_mean_line", 150.0)
    max_comment_ratio: float = _default("max_comment_ratio", 0.95)


class DocumentationPolicy(Thresholds):
    """Prose in a source of code, such as a README: lists of changes are all bullets, numbers of issues and examples of code.

    What it is cleaned of is as the policy of code says.
    """

    min_characters: int = _default("min_characters", 100)
    min_words: int = _default("min_words", 20)
    min_stop_words: int = _default("min_stop_words", 1)
    max_symbol_ratio: float = _default("max_symbol_ratio", 0.3)
    min_alphabetic_words: float = _default("min_alphabetic_words", 0.5)
    max_duplicate_lines: float = _default("max_duplicate_lines", 0.0)
    max_duplicate_line_characters: float = _default("max_duplicate_line_characters", 0.3)
    max_short_lines: float = _default("max_short_lines", 0.6)
    max_fenced_code: float = _default("max_fenced_code", 0.8)


class PaperPolicy(Policy):
    """Papers and textbooks: formulas lower the share of words, programs repeat their lines."""

    min_alphabetic_words: float = _default("min_alphabetic_words", 0.5)
    max_duplicate_lines: float = _default("max_duplicate_lines", 0.0)
    max_duplicate_line_characters: float = _default("max_duplicate_line_characters", 0.3)
    max_fenced_code: float = _default("max_fenced_code", 0.8)


class Policies(BaseModel):
    """One policy per domain, and thresholds for prose among code."""

    wiki: WikiPolicy = Field(WikiPolicy(), title="Wiki", description="Encyclopedia articles.")
    lore: LorePolicy = Field(LorePolicy(), title="Lore", description="Game text: books, dialogue, item descriptions.")
    transcript: TranscriptPolicy = Field(TranscriptPolicy(), title="Transcripts", description="Captions and spoken word.")
    code: CodePolicy = Field(CodePolicy(), title="Code", description="Source files.")
    paper: PaperPolicy = Field(PaperPolicy(), title="Papers", description="Papers and textbooks.")
    documentation: DocumentationPolicy = Field(
        DocumentationPolicy(), title="Documentation", description="READMEs, manuals and other prose in a source of code."
    )

    def of(self, domain: Domain) -> Policy:
        """The policy of one domain."""
        policy: Policy = getattr(self, domain)
        return policy

    def judging(self, domain: Domain, extractor: str | None) -> Thresholds:
        """The thresholds for a document: those of its domain, but for prose in a source of code."""
        return self.documentation if domain is Domain.CODE and not is_code(domain, extractor) else self.of(domain)

    def thresholds(self) -> dict[str, Any]:
        """What decides over a text that is cleaned, for the key of that stage."""
        return self.model_dump(mode="json", exclude={str(domain): {"cleaning"} for domain in Domain})
