"""Texts for the tests of cleaning: strings of what cleaners look for, glued at random."""

from hypothesis import strategies as st

_PIECES = (
    "é", "e\u0301", "Ã©", "â\x80\x93", "â€™", "\ufffd", "\ud800", "\u200b", "\ufeff", "\x00", "\x0c", "\u2029", "\r\n", "\r", "\u0085",
    "\u00a0", "\u1680", "\n", "\n\n\n\n", " ", "\t", "   \n", "&amp;", "&amp;lt;", "&#8203;", "&#38;#60;", "&Atilde;&copy;", "&ampamp;",
    "<br>", "<p>", "<", ">", "<p ", "</div", "[pagebreak]", "---", "\n----\n", "[샤드 제목: Open]\n", "a@b.org", "<a@b.org>", "@", ".", ":",
    "/", "mailto:c.d@e-f.co.uk", "+44 20 7946 0958", "(212) 555-0123", "Tel. 030 1234567", "212-555-0123", "86.134.2.11", "user 1.2.3.4",
    "2a01:e35:8ae2:3e10::1", "::", "4111 1111 1111 1111", "card 5500005555555559", "AKIAIOSFODNN7ABCDEFG", "ghp_" + "aB3" * 12, '"', "'",
    "password = 'x9Kd82hQpLz01mVb'", "https://joe:s3cr3tpw@host.org/", "0", "7", "word ", "Words that say something in one line. ", "# ",
    "// ", "/* ", " */\n", '"""', "#!/bin/sh\n", "Copyright (c) 2020 A\n", "SPDX-License-Identifier: MIT\n", "```\n", "- item\n",
    "- item\n" * 12, "\n## Head\n", "≯",
    "Licensed under the MIT license.", "\u0338", "İ", "ﬁ", "\udc80", "\ud800\udc00", "Ã\x83Â©", "Ð¿Ñ€Ð¸", "ï»¿", "ä½\xa0", "\x1b[0m",
    "\u202e", "\u00ad", "\ufff9", "\ufdd0", "\U0010ffff", "\u2028", "가",
    "\u1112\u1161\u11ab", "각\u11a8", "Ω", "&#x0;", "&#xD800;", "&NotEqualTilde;",
    "3782 822463 10005", "4111-1111-1111-1111", "6011000990139424", "2001:0db8::1", "8.8.8.8", "999.1.2.3", "-----BEGIN PRIVATE KEY-----\n",
    "-----END PRIVATE KEY-----", "sk-proj-" + "aB3" * 12, "token: \"", "Retrieved from http://a.org\n", "word word word word word.\n",
    "<br/>",
    "<img src='a/T_letter.png'>", "e\u0301@b.org", "<EMAIL>", "<SECRET>@b.org", "+<PHONE>",
    "DE89 3704 0044 0532 0130 00", "GB82WEST", "12345698765432", "ann [at] site [dot] org", " (at) ", "[dot]", "Mobil: 0151 23456789",
    "password: ", "gull-nest-77", "PASSWORD=", "export DB_PASS=Xk9rT22pqLm", "Authorization: Bearer ", "9f8e7d6c5b4a39281706f5e4d3c2b1a0",
    "curl -u ann:", "?api_key=", "<password>", "the password is ", "secret = \"", "00 44 20 7946 0958", "mysql://root:",
)  # fmt: skip

texts = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(_PIECES), max_size=30).map("".join),
    st.lists(st.one_of(st.sampled_from(_PIECES), st.text(max_size=4)), max_size=30).map("".join),
)
"""Any text, and texts in which cleaners meet each other."""
