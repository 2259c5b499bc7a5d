"""Encoding loses nothing, obeys nothing that a document says, and takes time in proportion to the text."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from small_corpus import Made

from tokenizer.encode import Encoder
from warehouse.errors import ShardError, WorkspaceError

ODD_TEXTS = [
    "",
    "\x00",
    "a\x00b",
    "🍓👩‍👩‍👧‍👦🇫🇷",
    " ",
    "\u00a0\u2003\u3000",
    "\r\n\r\n \t\n",
    "\ufeffbom",
    "e\u0301 é \u0627\u0644\u0639",
    "\u202e\u200bhidden",
    "\U0010ffff",
    "'S 'Re DON'T don't",
    "١٢٣ 1234567 ①②",
    "<|endoftext|>",
]


@pytest.fixture(scope="module")
def encoder(made: Made) -> Encoder:
    return Encoder.load(made.vocabulary.path)


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_odd_text_comes_back_as_it_went_in(encoder: Encoder, text: str) -> None:
    assert encoder.decode(encoder.encode(text)) == text


def any_text(seed: int) -> str:
    """Up to 300 code points of all planes, plain ones more often."""
    chance = random.Random(seed)
    ranges = [(0, 0x7F), (0x20, 0x2FF), (0x300, 0x2FFF), (0x3000, 0xD7FF), (0xE000, 0xFFFF), (0x10000, 0x10FFFF)]
    return "".join(chr(chance.randint(*chance.choice(ranges))) for _ in range(chance.randrange(300)))


def test_any_text_comes_back_as_it_went_in(encoder: Encoder) -> None:
    texts = [any_text(seed) for seed in range(1000)]
    assert [encoder.decode(ids) for ids in encoder.encode_batch(texts)] == texts


def test_the_control_token_written_in_a_document_is_text(encoder: Encoder) -> None:
    ids = encoder.encode("before<|endoftext|>after <|endoftext|>")
    assert encoder.end_of_text not in ids
    assert encoder.decode(ids) == "before<|endoftext|>after <|endoftext|>"


def test_ids_are_16_bit_and_below_the_number_of_entries(encoder: Encoder) -> None:
    (ids,) = encoder.encode_batch(["the berry patch"])
    assert ids.dtype == np.uint16
    assert ids.max() < encoder.entries == 400


def test_byte_lengths_and_character_counts_add_up_to_the_text(encoder: Encoder) -> None:
    text = "".join(ODD_TEXTS) + "数学 Straße"
    ids = encoder.encode(text)
    assert encoder.byte_lengths[ids].sum() == len(text.encode())
    assert encoder.character_counts[ids].sum() == len(text)


def test_end_of_text_stands_for_no_bytes(encoder: Encoder) -> None:
    assert encoder.decode_bytes([encoder.end_of_text, *encoder.encode("fox"), encoder.end_of_text]) == b"fox"


def test_half_a_character_decodes_to_a_replacement_character(encoder: Encoder) -> None:
    ids = encoder.encode("🍓")
    assert len(ids) > 1
    assert "\ufffd" in encoder.decode(ids[:1])


@pytest.mark.parametrize("unit", ["a", "A", " ", "\n", "=", "7", "数", "ab"])
def test_a_million_equal_characters_take_seconds_not_hours(encoder: Encoder, unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    started = time.monotonic()
    ids = encoder.encode(text)
    assert time.monotonic() - started < 15
    assert encoder.byte_lengths[ids].sum() == len(text.encode())


ENCODE_ELSEWHERE = """
import sys
from pathlib import Path
from tokenizer.encode import Encoder
from warehouse.digests import sha256_bytes
texts = ["the old foxes read " * number for number in range(200)]
print(sha256_bytes(b"".join(ids.tobytes() for ids in Encoder.load(Path(sys.argv[1])).encode_batch(texts))))
"""


def test_threads_do_not_change_the_ids(made: Made) -> None:
    printed = set()
    for threads, parallel in (("1", "false"), ("3", "true")):
        more = {"RAYON_NUM_THREADS": threads, "TOKENIZERS_PARALLELISM": parallel, "PYTHONPATH": str(Path(__file__).parents[2])}
        command = [sys.executable, "-c", ENCODE_ELSEWHERE, str(made.vocabulary.path)]
        printed.add(subprocess.run(command, env=os.environ | more, capture_output=True, text=True, check=True).stdout)
    assert len(printed) == 1


def test_an_id_of_another_vocabulary_is_refused(encoder: Encoder) -> None:
    with pytest.raises(ShardError, match="token id 401 is not in the vocabulary of 400 entries"):
        encoder.decode([1, 401])


def test_a_missing_vocabulary_says_what_to_build(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="build the recipe up to its vocabulary"):
        Encoder.load(tmp_path / "tokenizer.json")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": "1.0", "model": {"type": "WordPiece"}}'])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text(content)
    with pytest.raises(WorkspaceError, match="is not a"):
        Encoder.load(path)
