"""Personal data: what is replaced, by what, and what only looks like it."""

import pytest

from curation.clean import clean
from curation.domains import Domain


def cleaned(text: str) -> str:
    return clean(text, Domain.WIKI).text


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("Write to ann.lee+news@mail.site.co.uk today.", "Write to <EMAIL> today."),
        ("Ann Lee <ann@site.org>, 2020", "Ann Lee <EMAIL>, 2020"),
        ("See mailto:ann@site.org.", "See <EMAIL>."),
        ("ann@site.org,bob@site.org", "<EMAIL>,<EMAIL>"),
        ("Write to ann [at] mail [dot] site [dot] org.", "Write to <EMAIL>."),
        ("Write to müller@site.de, иван@почта.рф and joe@bücher.de.", "Write to <EMAIL>, <EMAIL> and <EMAIL>."),
        ("Milić<ann@site.org>, Ann Lee <ann@site.codes>", "Milić<EMAIL>, Ann Lee <EMAIL>"),
        ("请联系ann@site.org谢谢", "请联系<EMAIL>谢谢"),
        ("author_email = ann@site.info", "author_email = <EMAIL>"),
        ("ann.lee(at)site.org or bob {dot} ray {at} site.org", "<EMAIL> or <EMAIL>"),
    ],
)
def test_addresses_of_email_are_replaced(text: str, without: str) -> None:
    assert cleaned(text) == without


@pytest.mark.parametrize(
    "text",
    [
        "ann@example.com and bob@mail.example.org",
        "git@github.com:team/project.git",
        "sprite@2x.png",
        "the package @scope/name@1.2.3",
        "@app.route and @pytest.mark.slow",
        "root@localhost",
        "noreply@site.org",
        "att = q@k.transpose(-2, -1) + W@x.shape + A@B.mean(axis=0) + W@x.to(device)",
        "y = W@x.name, z = A@B.mT and this@Screen.finish()",
        "seurat@assays.RNA and getty@tty1.service",
        "postgres://bob:p4ssw0rd@db.host.com",
        "nobody (at) home, x[at].y and look (at) this.",
        "ann [at] example [dot] com",
    ],
)
def test_addresses_of_nobody_stay(text: str) -> None:
    assert cleaned(text) == text


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("Call +44 20 7946 0958 now", "Call <PHONE> now"),
        ("+4915112345678", "<PHONE>"),
        ("(212) 736-5000 or 212-736-5000 or 212.736.5000", "<PHONE> or <PHONE> or <PHONE>"),
        ("Tel.: 030 1234567, Fax: 030/7654321", "Tel.: <PHONE>, Fax: <PHONE>"),
        ("Mobil: 0151 23456789, Teléfono 91 123 45 67, Tél. 01 23 45 67 89", "Mobil: <PHONE>, Teléfono <PHONE>, Tél. <PHONE>"),
        ("David 212-555-2345, he said 212-555-2345, Kid +44 20 7946 0958", "David <PHONE>, he said <PHONE>, Kid <PHONE>"),
        ("Ann Lee (212-736-5000), Tel. (030 1234567)", "Ann Lee (<PHONE>), Tel. (<PHONE>)"),
        ("Call 00 44 20 7946 0958 now", "Call <PHONE> now"),
    ],
)
def test_telephone_numbers_are_replaced(text: str, without: str) -> None:
    assert cleaned(text) == without


@pytest.mark.parametrize(
    "text",
    [
        "On 2016-03-12 and 12.03.2016, from 1914 to 1918, pp. 123-4567",
        "ISBN 978-0-306-40615-7 and doi 10.1000/202-736-5000",
        "ID 212-555-2345, serial: +44 20 7946 0958 and range 212-555-2345",
        "Windows Phone 2010–2015, the fax 1843-1980, telephone. 1876 1877 1878",
        "grew by +12 345 678 tonnes, by +48 601 234 and +1 234 567 890 people",
        "[+1234567890, +4930123456]",
        "x = 1 + 2147483647 + 3.14159265358979",
        "solutions +1.4142135623731 and 6.02214076e23",
        "a range of 100 200 300 400 metres",
        "+999 123 4567 89",
        "order 030 1234567",
        "pages 212-555-0187 of 900",
        "columns of 12 00 44 20 7946 0958 and 00 12 34 56 78",
    ],
)
def test_numbers_that_are_no_telephones_stay(text: str) -> None:
    assert cleaned(text) == text


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("Unsigned comment by 86.134.2.11 (talk)", "Unsigned comment by <IP> (talk)"),
        ("inserito da 79.31.32.66 (discussioni)", "inserito da <IP> (discussioni)"),
        ("the server at 5.9.3.7:8080", "the server at <IP>:8080"),
        ("IP 2a01:e35:8ae2:3e10:40f5:eb62:596a:89db (talk)", "IP <IP> (talk)"),
    ],
)
def test_public_addresses_of_machines_are_replaced(text: str, without: str) -> None:
    assert cleaned(text) == without


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1, 192.168.1.20, 10.1.2.3, 203.0.113.9 and 224.0.0.1",
        "version 86.134.2.11, Chrome/86.134.2.11, v86.134.2.11",
        "NACE code 45.32.11.40, iOS 14.40.33.20 and in the case 13.45.67.89",
        "section 4.2.1.3 and OID 1.3.6.1.4.1",
        "Ask the server at 8.8.8.8, or the server at 1.1.1.1",
        "2001:db8::1, ::1, fe80::1:2:3:4 and 12:34:56:78",
        "std::vector and a::b",
    ],
)
def test_addresses_of_no_one_machine_and_versions_stay(text: str) -> None:
    assert cleaned(text) == text


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("4111 1111 1111 1111", "<CARD>"),
        ("Pay with 5500-0055-5555-5559.", "Pay with <CARD>."),
        ("3782 822463 10005", "<CARD>"),
        ("Visa card 4111111111111111", "Visa card <CARD>"),
    ],
)
def test_numbers_of_cards_are_replaced(text: str, without: str) -> None:
    assert cleaned(text) == without


@pytest.mark.parametrize(
    "text",
    [
        "The row 4000 0000 0000 0002",
        "4000 0000 0000 0002 7000 1000",
        "4111 1111 1111 1112",
        "9999 9999 9999 9995",
        "status/4111111111111111",
        "id 4111111111111111",
        "0.4111111111111111",
    ],
)
def test_numbers_with_another_check_digit_or_issuer_or_without_a_word_stay(text: str) -> None:
    assert cleaned(text) == text


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("Pay to DE89 3704 0044 0532 0130 00.", "Pay to <IBAN>."),
        ("GB82WEST12345698765432, NO93 8601 1117 947", "<IBAN>, <IBAN>"),
        ("ES91 2100 0418 4502 0005 1332 NEXT", "<IBAN> NEXT"),
    ],
)
def test_numbers_of_bank_accounts_are_replaced(text: str, without: str) -> None:
    assert cleaned(text) == without


@pytest.mark.parametrize(
    "text",
    [
        "DE88 3704 0044 0532 0130 00",
        "DE89 3704 0044 0532 0130",
        "ZZ89370400440532013000",
        "XDE89370400440532013000",
        "DE89370400440532013000X",
    ],
)
def test_numbers_with_other_check_digits_or_of_another_length_are_no_accounts(text: str) -> None:
    assert cleaned(text) == text


AWS, GITHUB = "AKIA" + "QWERTYUIOP5DFGHJ", "ghp_" + "aB3dE6gH9" * 4
KEY = "-----BEGIN RSA PRIVATE KEY-----\n" + "MIIEpAIBAAKCAQEA7bq\n" * 4 + "-----END RSA PRIVATE KEY-----"
JWT = ".".join(("eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0NSJ9", "dBjftJeZ4CVPmB92K27uhbUJU1p1r"))


@pytest.mark.parametrize("secret", [AWS, GITHUB, KEY, JWT, "xoxb-2134567890-abcdefABCDEF", "sk-proj-" + "aB3dE6gH9" * 5])
@pytest.mark.parametrize("domain", [Domain.CODE, Domain.WIKI])
def test_keys_and_tokens_are_told_by_their_shape(secret: str, domain: Domain) -> None:
    assert clean(f'use("{secret}")\n', domain).text.strip() == 'use("<SECRET>")'


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("password = 'q8Zr2LmX0vTd'\n", "password = '<SECRET>'\n"),
        ('{"api_key": "9f86d081884c7d659a2feaa0c55ad015"}\n', '{"api_key": "<SECRET>"}\n'),
        ("postgres://anna:hunter22@db.site.org/x\n", "postgres://anna:<SECRET>@db.site.org/x\n"),
    ],
)
def test_random_values_of_names_that_speak_of_a_secret_are_replaced(text: str, without: str) -> None:
    assert clean(text, Domain.CODE).text == without


@pytest.mark.parametrize(
    "text",
    [
        "AKIAIOSFODNN7EXAMPLE\n",
        "password = 'correct horse battery'\n",
        "password = os.environ['DATABASE_PASSWORD']\n",
        "token_url = 'https://login.site.org/oauth2/v2.0/token1'\n",
        "secret = 'your-secret-key-1234'\n",
        "sha256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'\n",
        "http://user:pass1234@host/\n",
    ],
)
def test_examples_words_and_digests_are_no_secrets(text: str) -> None:
    assert clean(text, Domain.CODE).text == text
