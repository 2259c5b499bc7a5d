"""Git, run so that nothing that a repository holds is ever executed.

Git runs on repositories of our own making only, with an environment that holds nothing but what is set here: no hooks, no
helpers, no settings of the user, the machine or the repository, no transport that starts a command, no questions.
"""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from curation.secrets import masked
from curation.sources.item import printable
from warehouse.errors import SourceError

SECONDS = 3_600.0
"""The longest that one git command may take; a host that stalls is given up much sooner."""

STALLED_SECONDS = 60
"""A transfer over HTTP of less than STALLED_BYTES a second for so long is given up."""

STALLED_BYTES = 1_000

LONGEST_MESSAGE = 400  # characters of git's own words

_MOVED = re.compile(r"returned error: 30[12378]")

_KEPT = ("PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "SSH_AUTH_SOCK", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy")

_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.attributesFile": os.devnull,
    "core.sshCommand": "ssh -oBatchMode=yes -oConnectTimeout=30",
    "credential.helper": "",
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    # a redirect could lead into a private network after the address was found to be a public one
    "http.followRedirects": "false",
    "http.lowSpeedLimit": str(STALLED_BYTES),
    "http.lowSpeedTime": str(STALLED_SECONDS),
    "protocol.version": "2",
    "transfer.bundleURI": "false",
}


class GitError(SourceError):
    """A git command that failed, in git's own words, without secrets and places on this machine."""


@dataclass(frozen=True)
class Git:
    """Git on one bare repository that is our own. `protocols` are those that it may use; by default it may reach nothing."""

    repository: Path
    protocols: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict, repr=False)  # beside ours; in the environment, as a secret may be in them
    secrets: tuple[str, ...] = field(default=(), repr=False)
    most_bytes: int = 0  # that the repository may grow to; 0: not looked at
    held: int = -1  # a file that a command keeps open, so that a lock outlives us where the command does

    def run(self, *arguments: str, given: bytes = b"") -> bytes:
        """What a command prints. Raises GitError."""
        with self.reading(*arguments, given=given) as output:
            return output.read()

    @contextmanager
    def reading(self, *arguments: str, given: bytes = b"") -> Iterator[IO[bytes]]:
        """What a command prints, as it comes; left early, the command is ended. Raises GitError."""
        with tempfile.TemporaryFile() as words, tempfile.TemporaryFile() as typed:
            typed.write(given)
            typed.seek(0)
            process = self._started(arguments, typed, words)
            watch = _Watch(process, self)
            try:
                assert process.stdout is not None
                yield process.stdout
                ended = not process.stdout.read(1)
            except BaseException:
                _kill(process)
                raise
            finally:
                if process.stdout is not None:
                    process.stdout.close()
            if not ended:
                _kill(process)
            status = process.wait()
            watch.stop()
            if watch.fault or (status and ended):
                words.seek(0)
                raise GitError(watch.fault or self._explained(arguments[0], words.read(1 << 16)))

    def _started(self, arguments: tuple[str, ...], typed: IO[bytes], words: IO[bytes]) -> "subprocess.Popen[bytes]":
        program = shutil.which("git")
        if program is None:
            raise GitError("there is no program `git` on this machine. Install git (2.37 or newer), and try again.")
        return subprocess.Popen(
            [program, "--no-pager", *arguments],
            stdin=typed,
            stdout=subprocess.PIPE,
            stderr=words,
            cwd=self.repository,
            env=self.environment(),
            start_new_session=True,
            pass_fds=(self.held,) if self.held >= 0 else (),
        )

    def environment(self) -> dict[str, str]:
        """All variables that git sees."""
        settings = {**_SETTINGS, **self.settings}
        counted = {
            name: text
            for number, (key, value) in enumerate(settings.items())
            for name, text in ((f"GIT_CONFIG_KEY_{number}", key), (f"GIT_CONFIG_VALUE_{number}", value))
        }
        return {
            **{name: os.environ[name] for name in _KEPT if name in os.environ},
            **counted,
            "GIT_CONFIG_COUNT": str(len(settings)),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "false",
            "GIT_ALLOW_PROTOCOL": ":".join(self.protocols) or "none",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_DIR": str(self.repository),
            "HOME": str(self.repository),
            "LC_ALL": "C",
        }

    def _explained(self, command: str, words: bytes) -> str:
        text = masked(printable(os.fsdecode(words)), self.secrets).replace(str(self.repository), "the clone")
        lines = [line.removeprefix("fatal: ").removeprefix("error: ").strip() for line in text.splitlines()]
        told = " ".join(line for line in lines if line and not line.startswith(("hint:", "warning:")))
        moved = ". It redirects to another address: name that one in the recipe" if _MOVED.search(told) else ""
        return f"git {command} failed: {told[:LONGEST_MESSAGE] or 'it did not say why'}{moved}"


class _Watch:
    """Ends a command that takes too long, or whose repository grows too large."""

    def __init__(self, process: "subprocess.Popen[bytes]", git: Git) -> None:
        self.fault = ""
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, args=(process, git), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._done.set()
        self._thread.join()

    def _look(self, process: "subprocess.Popen[bytes]", git: Git) -> None:
        end = time.monotonic() + SECONDS
        while not self._done.wait(0.2) and process.poll() is None:
            self.fault = f"git had not ended after {SECONDS:g} s" if time.monotonic() > end else _too_large(git)
            if self.fault:
                _kill(process)
                return
        self.fault = _too_large(git)  # a quick one ends between two looks


def _too_large(git: Git) -> str:
    if not git.most_bytes or size_of(git.repository) <= git.most_bytes:
        return ""
    return f"the clone is larger than max_clone_megabytes ({git.most_bytes / 1e6:g})"


def _kill(process: "subprocess.Popen[bytes]") -> None:
    # its children too: a transport is a process of its own
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder; one that goes away meanwhile counts nothing."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_size  # noqa: PTH118  (called for every file of a large folder)
            except OSError:
                continue
    return total


def new_repository(folder: Path, settings: Mapping[str, str]) -> None:
    """Makes a bare repository without git's templates, and so without hooks."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "objects").mkdir(exist_ok=True)
    (folder / "refs").mkdir(exist_ok=True)
    if not (folder / "HEAD").exists():
        (folder / "HEAD").write_text("ref: refs/heads/none\n")
    sections: dict[str, list[str]] = {"core": ["repositoryformatversion = 1", "bare = true"]}
    for key, value in settings.items():
        section, _, name = key.rpartition(".")
        sections.setdefault(section, []).append(f"{name} = {value}")
    lines = []
    for section, entries in sections.items():
        name, _, part = section.partition(".")
        lines += [f'[{name} "{part}"]' if part else f"[{name}]", *(f"\t{entry}" for entry in entries)]
    (folder / "config").write_text("\n".join(lines) + "\n")
