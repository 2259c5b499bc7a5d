"""Licence headers: cut from the top of a file, and read for the licence that they name."""

from pathlib import Path

import pytest
from identify.vendor.licenses import LICENSES

from curation.clean import clean
from curation.clean.licence_header import header_licence
from curation.domains import Domain
from curation.partitions import Cleaning, extract_partition
from curation.sources.git.licences import identified
from warehouse.tables import CAPTURES, read_table, write_table

CODE = "int main() { return 0; }\n"
MIT = dict(LICENSES)["MIT"].replace("[year] [fullname]", "2020 Ann Lee")


def commented(text: str) -> str:
    return "/*\n" + "".join(f" * {line}".rstrip() + "\n" for line in text.strip().split("\n")) + " */\n\n"


APACHE = 'Copyright 2020 Ann\n\nLicensed under the Apache License, Version 2.0 (the "License");\nyou may not use this file'
GPL = (
    "This program is free software: you can redistribute it under the terms of the GNU General Public\n"
    "License, either version 3 of the License, or (at your option) any later version."
)
EDITED = MIT.replace("free of charge", "for a yearly fee to be paid in silver coins, in advance and by hand, by each of its users")


@pytest.mark.parametrize(
    ("header", "licence"),
    [
        ("// SPDX-License-Identifier: GPL-2.0-or-later\n", "GPL-2.0-or-later"),
        ("# Copyright 2020 Ann\n# SPDX-License-Identifier: MIT OR Apache-2.0\n", "MIT OR Apache-2.0"),
        (commented(MIT), "MIT"),
        (commented(EDITED), "unknown"),
        (commented(APACHE), "Apache-2.0"),
        (commented(GPL), "GPL-3.0-or-later"),
        ("// Copyright 2020 Ann\n// Distributed under the MIT License\n", "MIT"),
        ("// Copyright 2020 Ann. All rights reserved.\n", None),
        ("// Copyright 2020 Ann\n// See LICENSE for the terms.\n", None),
        ("// Copyright 2020 Ann\n// Permission to use this on Sundays is granted.\n", "unknown"),
    ],
)
def test_a_header_is_cut_and_tells_the_licence(header: str, licence: str | None) -> None:
    made = clean(header + CODE, Domain.CODE)
    assert (made.text, made.cleaners) == (CODE, ("licence_header",))
    assert header_licence(header + CODE) == licence


def test_what_a_comment_says_of_the_code_stays() -> None:
    text = "/* Reads a clock.\n *\n * Copyright 2020 Ann\n * Licensed under the MIT license.\n *\n * Not for sundials.\n */\n" + CODE
    assert clean(text, Domain.CODE).text == "/* Reads a clock.\n *\n * Not for sundials.\n */\n" + CODE


@pytest.mark.parametrize(
    ("header", "left"),
    [
        (
            "# Copyright 2020 Ann. MIT License.\n# This script tars the rope of the ferry, twice.\n",
            "# This script tars the rope of the ferry, twice.\n",
        ),
        ("// rope.c - tars the rope of the ferry\n// Copyright 2020 Ann\n", "// rope.c - tars the rope of the ferry\n"),
        (
            "# Tars the rope of the ferry, and then\n# dries it.\n# Copyright 2020 Ann\n# Bob Lee and others\n",
            "# Tars the rope of the ferry, and then\n# dries it.\n",
        ),
    ],
)
def test_what_a_paragraph_says_of_the_code_before_and_after_its_legal_words_stays(header: str, left: str) -> None:
    assert clean(header + CODE, Domain.CODE).text == left + CODE


def test_a_frame_of_bars_parts_paragraphs() -> None:
    blank, says = "|*" + " " * 40 + "*|", "|* This file says how the rope of the ferry is tarred. *|"
    top, legal = "/*===-- rope.h - Ropes of the ferry ---*- C -*-===*\\", "|* Part of Rope, under the Apache License. *|"
    left = clean("\n".join((top, blank, legal, blank, says, blank, "\\*===----===*/")) + "\n" + CODE, Domain.CODE).text
    assert "how the rope of the ferry is tarred" in left and "Ropes of the ferry" in left and "Apache" not in left


@pytest.mark.parametrize("name", ["MIT", "BSD-3-Clause", "BSD-2-Clause", "Zlib", "ISC", "BSL-1.0", "Unlicense"])
def test_the_whole_text_of_a_licence_goes_in_one_paragraph_too(name: str) -> None:
    lines = "Copyright 2020 Ann\n" + "\n".join(line for line in dict(LICENSES)[name].split("\n") if line.strip())
    assert clean(commented(lines) + CODE, Domain.CODE).text == CODE


def test_the_line_for_the_shell_stays_first() -> None:
    assert clean("#!/bin/sh\n# Copyright 2020 Ann\n\necho\n", Domain.CODE).text == "#!/bin/sh\necho\n"


@pytest.mark.parametrize(
    "text",
    [
        "# Reads the licence of a file.\nimport re\n",
        "import re\n\n# Copyright 2020 Ann\n",
        '"""Prints a copy."""\n\nprint(1)\n',
        "# Shows licence plates of cars.\nx = 1\n",
        '"""Client of the licence server.\n\nIt asks whether the software is licensed under a plan.\n"""\nimport os\n',
        '"""Extracts copyright lines.\n\nA copyright line begins with (c) 2020 or ©.\n"""\nimport re\n',
        "# Parses licence plates.\n# A licence: ABC-123. Copyright does not matter.\nimport re\n",
        "// The load is distributed by hash; work is available under lock.\n// Copyright notices are parsed here.\nint x;\n",
        "-- Warranty claims report. Copyright holder table.\n-- all rights reserved flag\nSELECT 1;\n",
    ],
)
def test_other_comments_stay(text: str) -> None:
    assert clean(text, Domain.CODE).text == text
    assert header_licence(text) is None


@pytest.mark.parametrize(
    ("header", "licence"), [("// SPDX-License-Identifier: MIT\n", "MIT"), ("// Copyright 2020 Ann\n", "CC0-1.0"), ("", "CC0-1.0")]
)
def test_the_licence_of_a_file_is_its_headers_else_its_sources(tmp_path: Path, header: str, licence: str) -> None:
    named = {"capture_id": "a", "source": "s", "domain": "code", "uri": "test:a.c", "native_id": "a.c", "licence": "CC0-1.0"}
    content = {"media_type": "text/x-code", "content": (header + CODE).encode()}
    write_table(tmp_path / "captures", [{**dict.fromkeys(CAPTURES.names), **named, **content}], CAPTURES)
    extract_partition(tmp_path / "captures", tmp_path / "raw")
    Cleaning(Domain.CODE)(tmp_path / "raw", tmp_path / "documents")
    (row,) = read_table(tmp_path / "documents").to_pylist()
    assert (row["licence"], row["text"]) == (licence, CODE)


def test_the_shortest_licence_is_known_without_its_notice() -> None:
    name, text = min(LICENSES, key=lambda licence: len(licence[1]))
    terms = "\n".join(line for line in text.splitlines() if "copyright" not in line.lower())
    assert identified(terms.encode()) == name
