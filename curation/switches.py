"""Switches: which cleaners a domain uses."""

from pydantic import BaseModel, ConfigDict, Field


class CleaningSwitches(BaseModel):
    """The cleaners that a text goes through. Columns `cleaners` and `edits` of a document say which changed it, and where."""

    model_config = ConfigDict(frozen=True)

    mojibake: bool = Field(True, title="Mojibake", description="Undo text that was decoded wrongly; in code only what is surely wrong.")
    entities: bool = Field(True, title="Entities", description="Resolve character references that are left (prose).")
    line_ends: bool = Field(True, title="Line ends", description="One kind of line end; in prose words that one parts are whole.")
    controls: bool = Field(True, title="Control characters", description="Remove control characters; in prose also those without width.")
    stray_markup: bool = Field(True, title="Stray markup", description="Remove tags of layout and emphasis that are left (prose).")
    composed: bool = Field(True, title="Composed letters", description="Unicode normal form C, no ligatures (prose).")
    licence_header: bool = Field(True, title="Licence headers", description="Remove the licence at the top of a file (code).")
    emails: bool = Field(True, title="E-mail addresses", description="Replace them with `<EMAIL>`.")
    phones: bool = Field(True, title="Telephone numbers", description="Replace them with `<PHONE>`.")
    ip_addresses: bool = Field(True, title="IP addresses", description="Replace public ones with `<IP>`.")
    cards: bool = Field(True, title="Card and account numbers", description="Replace them with `<CARD>` and `<IBAN>`.")
    secrets: bool = Field(True, title="Secrets", description="Replace keys, tokens and passwords with `<SECRET>`.")
    boilerplate: bool = Field(True, title="Boilerplate", description="Remove lines that recur in many documents of a source (prose).")
    spacing: bool = Field(True, title="Spacing", description="Remove odd spaces, spaces at line ends and superfluous blank lines.")


ALL_ON = CleaningSwitches()
