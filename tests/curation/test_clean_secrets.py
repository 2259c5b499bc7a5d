"""Secrets: which are told by their place, and what of the same form is none. Values of tests are glued from parts, so that no
search for secrets in this repository finds them."""

import time

import pytest

from curation.clean import clean
from curation.clean.secrets import secrets
from curation.domains import Domain

DRAWN = "Xk9rT22p" + "qLmZ8wQ4"
HEX = "9f8e7d6c5b4a3928" + "1706f5e4d3c2b1a0"
AMAZON = "q8Zr1TgPz0Kx7VbN3mHs" + "Yd5WcLfJ2aUe9RiQo4Xt"
CHOSEN = "hunter2" + "swordfish"


def cleaned(text: str, domain: Domain = Domain.CODE) -> str:
    return clean(text, domain).text.rstrip("\n")


@pytest.mark.parametrize(
    "value",
    [
        CHOSEN,
        CHOSEN + "!",
        "Tr0ub4" + "dor&3",
        "kR9$vT2!" + "qLmZ8w",
        "Xk9-rT22-" + "pq",
        "gull-nest-" + "77",
        "correct-horse-battery-" + "staple",
    ],
)
@pytest.mark.parametrize(
    "place",
    [
        'password = "{}"',
        "db_password = '{}'",
        'userPassword: "{}",',
        'passwd: str = "{}"',
        '{{"password": "{}"}}',
        '"{{\\"password\\": \\"{}\\"}}"',
        'connect(user="maren", password="{}")',
        'put("password", "{}")',
        'if password == "{}":',
        "SMTP_PASS={}",
        "export PGPASSWORD={}",
        "<password>{}</password>",
        "mysql --password={} tides",
    ],
)
def test_a_password_that_somebody_chose_is_told_by_the_name_it_is_given_to(place: str, value: str) -> None:
    assert cleaned(place.format(value)) == place.format("<SECRET>")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("export AWS_SECRET_ACCESS_KEY={}", AMAZON),
        ("aws_secret_access_key = {}", AMAZON),
        ('AWS_SECRET = "{}"', "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYzQ1234567x"),
        ("API_TOKEN={}", HEX),
        ("SECRET_KEY={}", "django-insecure-q8zr1tgpz0kx7vbn3mhsyd5wclfj2aue9"),
        ("SECRET_KEY_BASE={} rails s", HEX),
        ("api_key: {}", HEX),
        ("curl -H 'X-Api-Key: {}' https://tides.org", HEX),
        ("https://tides.org/now?api_key={}&at=4", HEX),
        ('secret = "{}"', CHOSEN),
        ("deploy --token {} tides", HEX),
    ],
)
def test_a_key_is_told_by_the_name_it_is_given_to(place: str, value: str) -> None:
    assert cleaned(place.format(value)) == place.format("<SECRET>")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ('headers = {{"Authorization": "Bearer {}"}}', HEX),
        ('curl -H "Authorization: Bearer {}" https://tides.org', HEX),
        ('curl -H "Authorization: Basic {}" https://tides.org', "bWFyZW46Z3VsbC1" + "uZXN0LTc3"),  # maren:gull-nest-77
        ("curl -u maren:{} https://tides.org", DRAWN),
        ('curl --user "maren:{}" https://tides.org', "gull-nest"),
        ('DSN = "mysql://root:{}@db/x"', "Xk9rT22" + "pq"),
        ("redis://:{}@cache:6379/0", DRAWN),
    ],
)
def test_logins_of_headers_commands_and_addresses_are_secrets(place: str, value: str) -> None:
    assert cleaned(place.format(value)) == place.format("<SECRET>")


@pytest.mark.parametrize(
    ("text", "without"),
    [
        (f"The wifi password is: gull-nest-{77}", "The wifi password is: <SECRET>"),
        (f"Take the password: Xk9-rT22-{'pq'}. Then go.", "Take the password: <SECRET>. Then go."),
    ],
)
def test_a_password_in_a_note_is_a_secret(text: str, without: str) -> None:
    assert cleaned(text, Domain.WIKI) == without


@pytest.mark.parametrize(
    "text",
    [
        'password = os.environ["DATABASE_URL_2"]',
        "password = getpass.getpass2()",
        "password: str",
        "password: Base64String",
        "token = tokens[i]",
        "token = next_token2(line)",
        "secret: Uint8Array",
        '{"password": "string"}',
        "PASSWORD_MIN_LENGTH = 8",
        'PASSWORD_HASHER = "pbkdf2_sha256"',
        'password = "changeme2"',
        'password="<password-2>"',
        'password = "xxxx0000"',
        'api_key = "your-api-key-2"',
        'login("user", "password1")',
        'os.getenv("PASSWORD", "changeme")',
        "PASSWORD=$DB_PASSWORD_2",
        "PASSWORD=${DB_PASSWORD_2}",
        'password = f"{first}{second2}"',
        "const token = user.token2;",
        'token = "T_INT8_CONST_VALUE"',
        'token: "k8s-cluster-reader"',
        'token = "left-brace-or-comma"',
        'password_file = "/run/secrets/db2/password"',
        'publicKeyToken="1fc8b3b9a1e18e3b"',
        'kdf("password", "78578E5A5D63CB06")',
        'compass = "north2north-west"',
        "Authorization: Bearer <token>",
        "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
        "curl -u user:password https://tides.org",
        "postgres://user:password1@localhost/db",
    ],
)
def test_references_placeholders_types_and_examples_are_no_secrets(text: str) -> None:
    assert cleaned(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "The password: see the note on the 2nd door.",
        "Password: 12-character minimum, the password is SHA-256-hashed.",
        "The password is 4815162342.",
        "The secret: 1920s-style brass2brass pipes.",
    ],
)
def test_a_sentence_on_passwords_holds_none(text: str) -> None:
    assert cleaned(text, Domain.LORE) == text


def test_a_secret_of_two_kinds_is_hidden_as_a_whole() -> None:
    assert cleaned('password = "' + "AKIA" + 'QWERTYUIOP5DFGHJ.x9"') == 'password = "<SECRET>"'


@pytest.mark.parametrize(
    "unit", ["pwd:", "password=", "?token=", "password:a1B2", "curl -u a:b ", "password is ", "Authorization: Bearer a1b2"]
)
def test_a_long_text_of_beginnings_takes_time_by_its_length(unit: str) -> None:
    def seconds(length: int) -> float:
        text, taken = unit * (length // len(unit)), []
        for _ in range(3):
            started = time.process_time()
            list(secrets(text))
            taken.append(time.process_time() - started)
        return min(taken)

    assert seconds(200_000) < 40 * max(seconds(20_000), 0.01)
