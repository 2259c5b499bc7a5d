"""Paths of a workspace: one folder that holds everything a recipe produced.

WORKSPACE/
  store/STAGE/KEY/        finished partitions, addressed by the digest of what made them; never edited
  tables/TABLE/recipe=R/  the current partitions of each table, hard links into the store; what SQL reads
  warehouse.duckdb        views and macros over the tables, replaced by rename
  shards/R/               the token shards of a recipe
  models/R/               its trained model
  reports/R.html          its report; it and table `runs` alone tell the time of day
  current/R/              pointers to what the recipe's flows made last
  checkpoints/            trainings that are not finished
  scratch/                temporary files, one room per run, safe to delete while nothing runs
  service/                logs and state of `berry up`
  locks/                  held while a run works on a recipe's corpus or model
  publish.lock            held while the views are replaced
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Workspace:
    """Where things lie below one folder. Knows paths only; creates nothing.

    `room` names the folder of one run's temporary files, so that runs side by side do not clear each other's.
    """

    root: Path
    room: str = ""

    @property
    def store(self) -> Path:
        return self.root / "store"

    @property
    def tables(self) -> Path:
        return self.root / "tables"

    @property
    def database(self) -> Path:
        return self.root / "warehouse.duckdb"

    @property
    def scratch(self) -> Path:
        return self.rooms / self.room

    @property
    def rooms(self) -> Path:
        return self.root / "scratch"

    @property
    def service(self) -> Path:
        return self.root / "service"

    @property
    def publish_lock(self) -> Path:
        return self.root / "publish.lock"

    def lock(self, recipe: str, work: str) -> Path:
        """The lock of one kind of work on a recipe: its corpus or its model."""
        return self.root / "locks" / f"{recipe}.{work}.lock"

    def current(self, recipe: str) -> Path:
        """The folder of a recipe's pointers."""
        return self.root / "current" / recipe

    def checkpoints(self, key: str) -> Path:
        """Where a training that is not finished keeps its state."""
        return self.root / "checkpoints" / key

    @property
    def source_cache(self) -> Path:
        """What is dear to fetch and can be fetched again, such as clones. May be removed between captures."""
        return self.root / "cache"

    def crawl(self, key: str) -> Path:
        """Where a capture that is not finished keeps what servers have answered."""
        return self.crawls / key

    @property
    def crawls(self) -> Path:
        return self.root / "crawls"

    def table(self, name: str) -> Path:
        """The folder of a table, over all recipes."""
        return self.tables / name

    def partition(self, table: str, recipe: str, part: str) -> Path:
        """The file of one partition of a table as SQL sees it."""
        return self.tables / table / f"recipe={recipe}" / f"{part}.parquet"

    def shards(self, recipe: str) -> Path:
        return self.root / "shards" / recipe

    def model(self, recipe: str) -> Path:
        return self.root / "models" / recipe

    def report(self, recipe: str) -> Path:
        return self.root / "reports" / f"{recipe}.html"
