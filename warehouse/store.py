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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from warehouse.digests import digest, sha256_file
from warehouse.errors import WorkspaceError
from warehouse.layout import Workspace

MANIFEST = "manifest.json"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


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
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    artifacts = {}
    for name, facts in manifest["files"].items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != facts["bytes"]:
            return None
        artifacts[name] = Artifact(path, facts["sha256"], facts["bytes"], facts["rows"])
    return Output(stage, key, folder, artifacts)


def commit(workspace: Workspace, stage: str, key: str, produce: Callable[[Path], object]) -> Output:
    """Runs `produce` on an empty scratch folder and publishes what it wrote there under the key, atomically.

    Raises WorkspaceError when the disk is full; then nothing is published and everything finished before stays.
    """
    target = workspace.store / stage / key
    scratch = workspace.scratch / f"{stage}-{key}-{uuid.uuid4().hex[:8]}"
    try:
        scratch.mkdir(parents=True)
        produce(scratch)
        _seal(scratch, stage, key)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() and find(workspace, stage, key) is None:
            shutil.rmtree(target)
        _publish(scratch, target)
    except OSError as error:
        if error.errno in _FULL:
            raise disk_full(workspace.root, error) from error
        raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    output = find(workspace, stage, key)
    if output is None:
        raise WorkspaceError(f"{target}: was published and is gone; does something else clean this folder?")
    return output


def disk_full(place: Path, error: OSError) -> WorkspaceError:
    """The error that a person sees when a disk is full, whoever met it."""
    free = shutil.disk_usage(place).free / 1e6
    return WorkspaceError(
        f"{place}: no space left to write ({error.strerror}; {free:.0f} MB free). Everything finished so far is kept: "
        "free some space and run the same command again, it goes on from there."
    )


def expose(artifact: Artifact, target: Path) -> None:
    """Makes a finished file appear at another path by a hard link (a copy across file systems), atomically."""
    if target.exists() and target.samefile(artifact.path):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
    try:
        os.link(artifact.path, aside)
    except OSError as error:
        if error.errno not in {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP}:
            raise
        shutil.copyfile(artifact.path, aside)
    os.replace(aside, target)
    # rename() of two links to one inode does nothing and leaves the first behind (POSIX)
    aside.unlink(missing_ok=True)


def faults(workspace: Workspace) -> list[str]:
    """Every file of the store whose bytes are not those that its manifest promises: empty when all is well."""
    found = []
    for manifest in sorted(workspace.store.glob(f"*/*/{MANIFEST}")):
        for name, facts in json.loads(manifest.read_text())["files"].items():
            path = manifest.parent / name
            if not path.is_file():
                found.append(f"{path}: missing")
            elif sha256_file(path) != facts["sha256"]:
                found.append(f"{path}: bytes differ from the manifest")
    return found


def write_atomic(path: Path, content: str) -> None:
    """Writes a small text file so that readers see the old or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.read_text() == content:
        return
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    with aside.open("w") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(aside, path)


def _seal(folder: Path, stage: str, key: str) -> None:
    files = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        with path.open("rb") as handle:
            os.fsync(handle.fileno())
        rows = pq.read_metadata(path).num_rows if path.suffix == ".parquet" else 0
        name = path.relative_to(folder).as_posix()
        files[name] = {"sha256": sha256_file(path), "bytes": path.stat().st_size, "rows": rows}
    write_atomic(folder / MANIFEST, json.dumps({"stage": stage, "key": key, "files": files}, indent=1, sort_keys=True))


def _publish(scratch: Path, target: Path) -> None:
    try:
        scratch.rename(target)
    except OSError as error:
        # another process finished the same key first: its bytes are the same
        if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
            raise
    descriptor = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
