"""The service on a Postgres-backed server, as several machines would have it."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.services import service
from tests.flows.small import QUICK, ended, small

pytestmark = pytest.mark.slow


def programs() -> Path | None:
    """The folder of Postgres's own programs, which Debian keeps off the PATH."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((folder for folder in reversed(folders) if (folder / "initdb").exists()), None)


def as_somebody(folder: Path, *command: str | Path) -> None:
    """Runs a command of Postgres, which refuses to be run by root, in a folder that is its own."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    done = subprocess.run([*prefix, *map(str, command)], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def database() -> Iterator[str]:
    """Address of an empty database of a Postgres that is there for one test and listens in a folder alone."""
    found = programs()
    if found is None:
        pytest.skip("needs Postgres: apt-get install postgresql")
    if os.geteuid() == 0 and shutil.which("runuser") is None:
        pytest.skip("needs runuser, since Postgres refuses to be run by root")
    with tempfile.TemporaryDirectory(prefix="berry-postgres-") as name:  # a short path: that of a socket may hold 107 characters
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        as_somebody(folder, found / "initdb", "--pgdata", folder / "data", "--username", "berry", "--auth", "trust", "--no-sync")
        server: list[str | Path] = [found / "pg_ctl", "--pgdata", folder / "data", "--wait"]
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
        as_somebody(folder, *server, "--log", folder / "log", "--options", options, "start")
        try:
            yield f"postgresql+asyncpg://berry@/postgres?host={folder}"
        finally:
            as_somebody(folder, *server, "--mode", "immediate", "stop")


def test_the_service_runs_on_a_postgres_server(database: str, tmp_path: Path) -> None:
    small(tmp_path / "recipes")
    with service(tmp_path / "home", tmp_path / "recipes", PREFECT_SERVER_DATABASE_CONNECTION_URL=database, **QUICK) as up:
        run = ended(up, up.start("curate", recipe="small"))
        assert run["state_type"] == "COMPLETED", run["state"]
        up.says(run["id"], "source texts: 17 captured = 17 kept + 0 dropped + 0 failed")
    assert not (tmp_path / "home" / "service" / "prefect" / "prefect.db").exists()
    logs = "".join(log.read_text() for log in (tmp_path / "home" / "service").glob("*.log"))
    assert "database is locked" not in logs
    assert "Traceback" not in logs
