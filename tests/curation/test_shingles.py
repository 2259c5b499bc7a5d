"""Shingles: what makes two texts equal, and what keeps them apart."""

import subprocess
import sys
from itertools import permutations
from pathlib import Path

import numpy as np

from curation.domains import Domain
from curation.duplicates.shingles import Shingler, exact_digest, tokens
from curation.settings import DuplicateSettings

ROOT = Path(__file__).resolve().parents[2]


def digest_of(text: str, domain: Domain = Domain.WIKI) -> str:
    return exact_digest(text, domain, tokens(text, domain))


def shingles_of(text: str, domain: Domain = Domain.WIKI) -> list[int]:
    return Shingler(DuplicateSettings()).shingles(tokens(text, domain), domain).tolist()


def test_prose_is_equal_up_to_case_punctuation_and_whitespace() -> None:
    assert digest_of("The Sword, of\r\n  DAWN!") == digest_of("the sword of dawn")


def test_numbers_tell_prose_apart() -> None:
    assert digest_of("It deals 12 damage.") != digest_of("It deals 13 damage.")


def test_code_is_equal_up_to_whitespace_only() -> None:
    assert digest_of("if x:\n    y()", Domain.CODE) == digest_of("if x:\n\ty()\n", Domain.CODE)
    assert digest_of("x = Y", Domain.CODE) != digest_of("x = y", Domain.CODE)
    assert digest_of("x += 1", Domain.CODE) != digest_of("x -= 1", Domain.CODE)


def test_texts_without_words_are_not_all_the_same() -> None:
    assert digest_of("???") != digest_of("!!!")


def test_a_shingle_is_three_words_of_prose_and_five_tokens_of_code() -> None:
    assert len(shingles_of("one two three four")) == 2
    assert len(shingles_of("f(a, b)", Domain.CODE)) == 2


def test_a_text_shorter_than_a_shingle_has_none() -> None:
    assert shingles_of("one two") == []


def test_shingles_are_distinct_and_sorted() -> None:
    found = shingles_of("a b c " * 50)
    assert len(found) == 3
    assert found == sorted(found)


def test_the_order_of_words_counts() -> None:
    orders = [" ".join(order) for order in permutations(["one", "two", "three"])]
    assert len({shingles_of(text)[0] for text in orders}) == 6


def test_two_hundred_thousand_shingles_do_not_collide() -> None:
    text = " ".join(map(str, range(200_000)))
    assert len(shingles_of(text)) == 199_998


def test_shingles_do_not_depend_on_what_was_read_before() -> None:
    fresh, used = Shingler(DuplicateSettings()), Shingler(DuplicateSettings())
    used.shingles(["quite", "another", "text"], Domain.WIKI)
    words = ["a", "quite", "new", "text"]
    assert np.array_equal(fresh.shingles(words, Domain.WIKI), used.shingles(words, Domain.WIKI))


def test_shingles_do_not_depend_on_the_hash_seed() -> None:
    program = (
        "from curation.duplicates.shingles import *; from curation.settings import *\n"
        "print(Shingler(DuplicateSettings()).shingles('the sword of dawn'.split(), Domain.WIKI).tolist())"
    )
    outputs = {
        subprocess.run([sys.executable, "-c", program], cwd=ROOT, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
