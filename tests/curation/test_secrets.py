"""Secrets: a recipe names them, and what names them holds none of them."""

import pytest
from pydantic import BaseModel, ValidationError

from curation.secrets import SecretReference, masked, resolve, spellings, variable
from warehouse.errors import SourceError


class Holder(BaseModel):
    """Something with a secret."""

    key: SecretReference = ""


@pytest.mark.parametrize("reference", ["", "env:TOKEN", "env:_token2", "block:wiki", "block:my-wiki-2"])
def test_a_reference_names_a_variable_or_a_block(reference: str) -> None:
    assert Holder(key=reference).key == reference


@pytest.mark.parametrize(
    "value", ["Bearer raspberry", "raspberry", "env:", "env:2raspberry", "block:Raspberry", "env:A\n", "file:raspberry"]
)
def test_a_secret_in_place_of_a_reference_is_refused(value: str) -> None:
    with pytest.raises(ValidationError, match="must not hold the secret itself: put that into an environment variable"):
        Holder(key=value)


def test_a_form_knows_what_a_reference_looks_like() -> None:
    assert "env:" in Holder.model_json_schema()["properties"]["key"]["pattern"]


def test_a_variable_is_read_where_the_secret_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "raspberry\n")
    assert resolve("env:TOKEN") == "raspberry"


def test_a_block_is_read_from_the_variable_that_the_service_fills(monkeypatch: pytest.MonkeyPatch) -> None:
    assert variable("block:my-wiki") == "BERRY_SECRET_MY_WIKI"
    monkeypatch.setenv("BERRY_SECRET_MY_WIKI", "raspberry")
    assert resolve("block:my-wiki") == "raspberry"


@pytest.mark.parametrize(
    ("reference", "remedy"),
    [("env:TOKEN", "TOKEN is not set. Set it, and try again"), ("block:my-wiki", "BERRY_SECRET_MY_WIKI is not set. Save a Secret block")],
)
@pytest.mark.parametrize("value", [None, "", " \n"])
def test_a_secret_that_is_not_there_is_an_error_that_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, reference: str, remedy: str, value: str | None
) -> None:
    if value is None:
        monkeypatch.delenv(variable(reference), raising=False)
    else:
        monkeypatch.setenv(variable(reference), value)
    with pytest.raises(SourceError, match=remedy):
        resolve(reference)


@pytest.mark.parametrize("value", ["rasp\nberry", "räspberry", "rasp\x7fberry"])
def test_a_secret_that_no_header_can_carry_is_an_error_without_it(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("TOKEN", value)
    with pytest.raises(SourceError, match="TOKEN holds line breaks or characters beyond ASCII") as raised:
        resolve("env:TOKEN")
    assert "berry" not in str(raised.value)


def test_a_masked_text_holds_no_secret_not_even_the_rest_of_a_longer_one() -> None:
    assert masked("sent rasp berry, got berry", ["berry", "rasp berry", ""]) == "sent ***, got ***"


def test_a_header_comes_back_whole_or_without_its_scheme_or_quoted() -> None:
    assert spellings("Bearer a/berry") == ["Bearer a/berry", "a/berry", "Bearer%20a%2Fberry", "a%2Fberry"]


def test_credentials_too_short_to_be_told_from_text_are_looked_for_with_their_scheme_only() -> None:
    assert spellings("Bearer abc") == ["Bearer abc", "Bearer%20abc"]
