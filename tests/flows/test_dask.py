"""The Dask engine: the same bytes as embedded, also when a worker of the cluster dies, and plain words where no cluster is to be had."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.flows.artifacts import digests, reaches
from tests.flows.conftest import ROOT, SAMPLE, TINY

if TYPE_CHECKING:
    from distributed import Client

WORKERS = 2
NO_SCHEDULER = "tcp://127.0.0.1:9"
"""An address of this machine where nothing listens."""

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect_home")]
needs_dask = pytest.mark.skipif(find_spec("prefect_dask") is None, reason="Dask is not installed: pip install 'berrypatch[dask]'")


def curate(recipe: Path, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs `berry curate` with more environment variables."""
    return subprocess.run(
        command(recipe, home), cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, timeout=180, check=False
    )


def command(recipe: Path, home: Path) -> list[str]:
    """The command line of a curation."""
    return [sys.executable, "-m", "flows", "curate", str(recipe), "--home", str(home)]


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The tiny recipe, and the digests of what its curation makes without a cluster."""
    folder = tmp_path_factory.mktemp("embedded")
    recipe = folder / "tiny.toml"
    recipe.write_text(TINY.replace("SAMPLE", str(SAMPLE)))
    done = curate(recipe, folder / "home")
    assert done.returncode == 0, done.stdout + done.stderr
    return recipe, digests(folder / "home")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Client"]:
    """A client of a cluster whose scheduler and workers are processes of their own, as someone who runs one starts them."""
    from distributed import Client

    folder = tmp_path_factory.mktemp("cluster")
    address = folder / "scheduler.json"
    workers = ["--nworkers", str(WORKERS), "--nthreads", "1", "--local-directory", str(folder)]
    common = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(address)]
    with dask("scheduler", "--port", "0", *common), dask("worker", *workers, *common):
        deadline = time.monotonic() + 60
        while not address.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        with Client(scheduler_file=str(address), set_as_default=False, timeout=60) as client:
            client.wait_for_workers(WORKERS, timeout=60)
            yield client


@contextmanager
def dask(*arguments: str) -> Iterator[None]:
    """A process of Dask's own command line for the length of a block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # a worker takes ten seconds to end in peace
        process.wait()


def engine(cluster: "Client") -> dict[str, str]:
    """The variables that name a cluster as the engine."""
    return {"BERRY_ENGINE": "dask", "BERRY_DASK_ADDRESS": str(cluster.scheduler.address)}  # type: ignore[union-attr]


def batches(cluster: "Client", fact: str) -> int:
    """How often the scheduler has noted something of a batch: `suspicious` counts those whose worker died."""

    def count(dask_scheduler: Any) -> int:
        prefix = dask_scheduler.task_prefixes.get("compute_batch")
        return 0 if prefix is None else int(prefix.suspicious if fact == "suspicious" else prefix.state_counts[fact])

    return int(cluster.run_on_scheduler(count))


def kill_one_at_work(cluster: "Client", run: subprocess.Popen[bytes]) -> bool:
    """Kills the first worker found with a batch in hand, with SIGKILL. False where the run ended before."""
    processes = {name: int(pid) for name, pid in cluster.run(os.getpid).items()}
    while run.poll() is None:
        for worker in (name for name, tasks in cluster.processing().items() if tasks):
            os.kill(processes[worker], signal.SIGSTOP)
            time.sleep(0.1)  # word of a batch that it has just finished may be under way
            if cluster.processing([worker])[worker]:
                os.kill(processes[worker], signal.SIGKILL)
                return True
            os.kill(processes[worker], signal.SIGCONT)
    return False


@needs_dask
def test_a_cluster_makes_the_same_bytes_as_the_processes_of_one_machine(
    embedded: tuple[Path, dict[str, str]], cluster: "Client", tmp_path: Path
) -> None:
    recipe, expected = embedded
    done = curate(recipe, tmp_path / "home", **engine(cluster))
    assert done.returncode == 0, done.stdout + done.stderr
    assert batches(cluster, "memory") + batches(cluster, "forgotten") + batches(cluster, "released") > 0, "the cluster was given no work"
    assert digests(tmp_path / "home") == expected


@needs_dask
def test_a_run_whose_worker_is_killed_completes_with_the_same_bytes(
    embedded: tuple[Path, dict[str, str]], cluster: "Client", tmp_path: Path
) -> None:
    recipe, expected = embedded
    home, lost = tmp_path / "home", batches(cluster, "suspicious")
    run = subprocess.Popen(command(recipe, home), cwd=ROOT, env=os.environ | engine(cluster), stdout=subprocess.DEVNULL)
    assert reaches(run, home, "extract")
    assert kill_one_at_work(cluster, run), "the run ended before a worker could be killed"
    assert run.wait(120) == 0
    assert batches(cluster, "suspicious") > lost, "the worker that was killed had nothing to lose"
    assert digests(home) == expected


@needs_dask
def test_a_scheduler_that_does_not_answer_is_named_with_what_to_do(tiny: Path, tmp_path: Path) -> None:
    done = curate(tiny, tmp_path / "home", BERRY_ENGINE="dask", BERRY_DASK_ADDRESS=NO_SCHEDULER)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert f"BERRY_DASK_ADDRESS is {NO_SCHEDULER}" in done.stderr
    assert "dask scheduler" in done.stderr


def test_an_engine_that_does_not_exist_is_named_with_those_that_do(tiny: Path, tmp_path: Path) -> None:
    done = curate(tiny, tmp_path / "home", BERRY_ENGINE="nonsense")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "BERRY_ENGINE is 'nonsense'; it is one of embedded," in done.stderr
    assert "dask" in done.stderr


def test_where_dask_is_not_installed_the_command_that_installs_it_is_said(tiny: Path, tmp_path: Path) -> None:
    hide = tmp_path / "hide"
    hide.mkdir()
    (hide / "sitecustomize.py").write_text("import sys\n\nsys.modules['prefect_dask'] = None\n")
    done = curate(tiny, tmp_path / "home", BERRY_ENGINE="dask", PYTHONPATH=str(hide))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "pip install 'berrypatch[dask]'" in done.stderr
