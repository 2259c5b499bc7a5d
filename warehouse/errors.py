"""The tree of errors that a person may meet.

    BerryError
    ├── RecipeError       a recipe that cannot be used as it stands
    ├── SourceError       a source that cannot be read at all
    ├── WorkspaceError    a workspace that is missing, foreign, busy or out of space
    ├── LedgerError       a document that is neither kept, dropped nor failed
    ├── MixError          a mix that cannot be made from the text at hand
    ├── QueryError        a SQL statement that cannot be answered
    ├── ShardError        a token shard that is damaged or belongs to something else
    └── TrainingError     a training run that cannot start or must not go on

Each message says what happened, where, and what to do about it.
"""


class BerryError(Exception):
    """Anything that the product reports to a person in place of a traceback."""


class RecipeError(BerryError):
    """A recipe names something unknown, contradicts itself, or cannot be read."""


class SourceError(BerryError):
    """A source as a whole is missing or unreadable (one bad page is a recorded failure instead)."""


class WorkspaceError(BerryError):
    """A workspace is missing, written by another version, in use by another build, or its disk is full."""


class LedgerError(BerryError):
    """The ledger law is broken: captured is not kept + dropped + failed."""


class MixError(BerryError):
    """The mix that a recipe asks for cannot be made from the text that was kept."""


class QueryError(BerryError):
    """A SQL statement is wrong, or asks for what a read-only warehouse does not give."""


class ShardError(BerryError):
    """A token shard is truncated, of another format, or was written with another vocabulary."""


class TrainingError(BerryError):
    """A training run has too little text, meets a loss that is not a number, or another run's checkpoint."""
