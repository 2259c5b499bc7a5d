"""The kinds of source that a recipe may name, told apart by `kind`: those of the product, and those that others add.

Another distribution adds one by an entry point of group `berrypatch.sources` that names a subclass of `Source`.
"""

import logging
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args

from pydantic import Field

from curation.sources.captions import CaptionsSource
from curation.sources.dataset import DatasetSource
from curation.sources.files import FilesSource
from curation.sources.mediawiki import MediaWikiSource
from curation.sources.package import PackageSource
from curation.sources.papers import PapersSource
from curation.sources.python_library import PythonSource
from curation.sources.repository import RepositorySource
from curation.sources.source import Source
from curation.sources.web import WebSource
from warehouse.code_version import code_version

GROUP = "berrypatch.sources"

_LOG = logging.getLogger(__name__)

_OWN: tuple[type[Source], ...] = (
    FilesSource,
    PythonSource,
    WebSource,
    MediaWikiSource,
    CaptionsSource,
    DatasetSource,
    RepositorySource,
    PackageSource,
    PapersSource,
)


def word(model: type[Source]) -> str:
    """What a recipe calls a kind."""
    return str(get_args(model.model_fields["kind"].annotation)[0])


def _added() -> dict[str, tuple[type[Source], str]]:
    """Kinds of other distributions by their words, each with its distribution and version. One that is of no use is a warning."""
    found: dict[str, tuple[type[Source], str]] = {}
    taken = {word(model) for model in _OWN}
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        origin = f"{point.dist.name}=={point.dist.version}" if point.dist else point.value
        try:
            model = _loaded(point)
            if word(model) in taken:
                raise ValueError(f"there is a kind {word(model)!r} already")
        except (Exception, SystemExit) as error:  # noqa: BLE001 (somebody else's code; without it everything else works)
            _LOG.warning("the source kind %s of %s cannot be used: %s: %s", point.name, origin, type(error).__name__, error)
            continue
        taken.add(word(model))
        found[word(model)] = (model, origin)
    return found


def _loaded(point: EntryPoint) -> type[Source]:
    model = point.load()
    if not (isinstance(model, type) and issubclass(model, Source)):
        raise TypeError(f"{point.value} is no subclass of curation.sources.source.Source")
    words = get_args(model.model_fields["kind"].annotation)
    if len(words) != 1 or not isinstance(words[0], str):
        raise TypeError(f"the field `kind` of {point.value} must be a Literal of one word")
    # a field of a type that is nowhere defined would make every recipe unreadable
    model.model_rebuild(raise_errors=True)
    return model


_ADDED = _added()

KINDS: dict[str, type[Source]] = {word(model): model for model in _OWN} | {name: model for name, (model, _) in _ADDED.items()}
"""Every kind by the word that a recipe names it by."""

ORIGINS: dict[str, str] = {name: origin for name, (_, origin) in _ADDED.items()}
"""The distribution, with its version, of kinds that are not of the product: it decides what they capture."""

if TYPE_CHECKING:
    AnySource = Source
else:
    AnySource = Annotated[Union[tuple(KINDS.values())], Field(discriminator="kind")]  # noqa: UP007 (of a tuple)


def capture_settings(source: Source) -> dict[str, Any]:
    """What decides what a capture of a source holds: its settings, and the version of its kind's code, ours or of others."""
    origin = ORIGINS.get(source.kind) or code_version(type(source).__module__)
    return source.capture_settings() | {"origin": origin}
