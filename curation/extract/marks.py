"""What a source says of an item beside its media type, carried as the type's parameters.

`text/x-code; generated=yes; language="visual basic"`: parameters as RFC 9110, 8.3.1 has them.
"""

from collections.abc import Mapping
from email.message import Message

from curation.decisions import Reason
from curation.document import Dropped

_WORDS = {True: "yes", False: "no"}


def with_marks(media_type: str, **said: bool | str | None) -> str:
    """A media type with what is said of its item; what is None is not said."""
    message = Message()
    message["content-type"] = media_type
    for name, value in said.items():
        if value is not None:
            # behind a backslash at the end of a value the library reads no further
            message.set_param(name, _WORDS[value] if isinstance(value, bool) else value.replace("\\", "/"))
    return str(message["content-type"])


def read_marks(media_type: str) -> dict[str, str]:
    """The parameters of a media type, names in lower case."""
    message = Message()
    message["content-type"] = media_type
    found = message.get_params(failobj=[])[1:]
    return {name.lower(): value for name, value in found if isinstance(value, str)}


def require_own(marks: Mapping[str, str]) -> None:
    """Raises Dropped where the source says that the item is no document of its own, which its text may not show."""
    if marks.get("generated") == "yes":
        raise Dropped(Reason.GENERATED, "marked linguist-generated in .gitattributes")
    if marks.get("vendored") == "yes":
        raise Dropped(Reason.VENDORED, "marked linguist-vendored in .gitattributes")
    if marks.get("page") == "disambiguation":
        raise Dropped(Reason.DISAMBIGUATION, "the wiki says that it is a disambiguation page")
    if "namespace" in marks:
        raise Dropped(Reason.OTHER_NAMESPACE, f"namespace {marks['namespace']}")
