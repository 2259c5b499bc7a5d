"""The store of finished stage outputs: caching, resumption and reproducibility by one mechanism.

A stage is a pure function from input files and settings to output files. Its key is the digest of exactly what it reads:
the inputs' digests, the settings, and its code. Outputs are written into a scratch folder, fsynced, described by a
manifest, and the folder is renamed into place. A key that exists is never computed again; a kill leaves either the
whole output or nothing.
"""

import errno
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from warehouse.digests import digest, sha256_file
from warehouse.errors import BerryError, WorkspaceError
from warehouse.layout import Workspace

MANIFEST = "manifest.json"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FULL_IN_WORDS = tuple(os.strerror(code) for code in (errno.ENOSPC, errno.EDQUOT))


@dataclass(frozen=True)
class Artifact:
    """One finished file: where it lies and what it is."""

    path: Path
    sha256: str
    bytes: int
    rows: int  # of a Parquet file; 0 otherwise


@dataclass(frozen=True)
class Output:
    """What one stage made for one key: its files by name."""

    stage: str
    key: str
    folder: Path
    artifacts: Mapping[str, Artifact]

    @property
    def digest(self) -> str:
        """Digest of the content alone, so that equal outputs of different code are equal inputs downstream."""
        return digest({name: artifact.sha256 for name, artifact in self.artifacts.items()})

    def only(self) -> Artifact:
        """The one file of a stage that makes one."""
        (artifact,) = self.artifacts.values()
        return artifact

    def __getitem__(self, name: str) -> Artifact:
        return self.artifacts[name]


def stage_key(stage: str, inputs: Sequence[str], settings: Any, code: str) -> str:
    """The key of a stage's output. `inputs` are digests in a meaningful order, `settings` any JSON-like value."""
    return digest({"stage": stage, "inputs": list(inputs), "settings": settings, "code": code})[:32]


def find(workspace: Workspace, stage: str, key: str) -> Output | None:
    """The finished output of a key, or None. An output with a missing or shortened file counts as absent."""
    folder = workspace.store / stage / key
    artifacts = _promised(folder)
    if artifacts is None or any(not a.path.is_file() or a.path.stat().st_size != a.bytes for a in artifacts.values()):
        return None
    return Output(stage, key, folder, artifacts)


def commit(workspace: Workspace, stage: str, key: str, produce: Callable[[Path], object]) -> Output:
    """Runs `produce` on an empty scratch folder and publishes what it wrote there under the key, atomically.

    A key that is finished is not computed again. Raises WorkspaceError when the disk is full; then nothing is
    published and everything finished before stays.
    """
    finished = find(workspace, stage, key)
    if finished is not None:
        return finished
    target = workspace.store / stage / key
    scratch = workspace.scratch / f"{stage}-{key}-{uuid.uuid4().hex[:8]}"
    with room_in(workspace.root):
        try:
            scratch.mkdir(parents=True)
            produce(scratch)
            _seal(scratch, stage, key)
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.exists() and find(workspace, stage, key) is None:
                shutil.rmtree(target)
            _publish(scratch, target)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    output = find(workspace, stage, key)
    if output is None:
        raise WorkspaceError(f"{target}: was published and is gone; does something else clean this folder?")
    return output


def forget(workspace: Workspace, stage: str, key: str) -> None:
    """Takes an output out of the store, so that it is computed again; what was exposed of it elsewhere stays."""
    shutil.rmtree(workspace.store / stage / key, ignore_errors=True)


def disk_full(place: Path, error: Exception) -> WorkspaceError:
    """The error that a person sees when a disk is full, whoever met it."""
    free = shutil.disk_usage(next(p for p in (place, *place.absolute().parents) if p.exists())).free / 1e6
    why = getattr(error, "strerror", None) or str(error)
    return WorkspaceError(
        f"{place}: no space left to write ({why}; {free:.0f} MB free). Everything finished so far is kept: "
        "free some space and run the same command again, it goes on from there."
    )


def expose(artifact: Artifact, target: Path) -> None:
    """Makes a finished file appear at another path by a hard link (a copy across file systems), atomically."""
    if target.exists() and target.samefile(artifact.path):
        return
    aside = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
    with room_in(target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            _link(artifact.path, aside)
            aside.replace(target)
        finally:
            # rename() of two links to one inode does nothing and leaves the first behind (POSIX)
            aside.unlink(missing_ok=True)


def faults(workspace: Workspace) -> list[str]:
    """Every file of the store whose bytes are not those that its manifest promises: empty when all is well."""
    found = []
    for folder in sorted(workspace.store.glob("*/*")):
        artifacts = _promised(folder)
        if artifacts is None:
            found.append(f"{folder / MANIFEST}: missing or damaged")
        else:
            found += [f"{artifact.path}: {fault}" for artifact in artifacts.values() if (fault := _fault(artifact))]
    return found


def write_atomic(path: Path, content: str) -> None:
    """Writes a small text file, in UTF-8, so that readers see the old or the new one, never a part."""
    encoded = content.encode()
    if path.exists() and path.read_bytes() == encoded:
        return
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    with room_in(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            aside.write_bytes(encoded)
            _sync(aside)
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)


@contextmanager
def room_in(place: Path) -> Iterator[None]:
    """Tells a full disk from other errors, whichever library met it."""
    try:
        yield
    except BerryError:
        raise
    except Exception as error:
        # DuckDB says it in words alone
        if getattr(error, "errno", None) in _FULL or any(words in str(error) for words in _FULL_IN_WORDS):
            raise disk_full(place, error) from error
        raise


def _promised(folder: Path) -> dict[str, Artifact] | None:
    """What a manifest says that a folder holds, or None where there is no manifest that can be read."""
    try:
        files = json.loads((folder / MANIFEST).read_bytes())["files"]
        return {name: Artifact(folder / name, facts["sha256"], facts["bytes"], facts["rows"]) for name, facts in files.items()}
    except (FileNotFoundError, NotADirectoryError, ValueError, LookupError, TypeError, AttributeError):
        return None


def _fault(artifact: Artifact) -> str | None:
    try:
        return None if sha256_file(artifact.path) == artifact.sha256 else "bytes differ from the manifest"
    except FileNotFoundError:
        return "missing"
    except OSError as error:
        return f"cannot be read ({error.strerror})"


def _link(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError as error:
        if error.errno not in {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP}:
            raise
        shutil.copyfile(source, target)


def _seal(folder: Path, stage: str, key: str) -> None:
    """Makes everything in a folder durable and describes it; the manifest comes last."""
    files = {}
    below = sorted(folder.rglob("*"))
    for path in below:
        _sync(path)
        if path.is_file():
            rows = pq.read_metadata(path).num_rows if path.suffix == ".parquet" else 0
            name = path.relative_to(folder).as_posix()
            files[name] = {"sha256": sha256_file(path), "bytes": path.stat().st_size, "rows": rows}
    write_atomic(folder / MANIFEST, json.dumps({"stage": stage, "key": key, "files": files}, indent=1, sort_keys=True))
    _sync(folder)


def _publish(scratch: Path, target: Path) -> None:
    try:
        scratch.rename(target)
    except OSError as error:
        # another process finished the same key first: its bytes are the same
        if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
            raise
    _sync(target.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
