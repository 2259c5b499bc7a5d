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
  scratch/                temporary files, safe to delete while nothing runs
  *.lock                  held while a build works, or while the views are replaced
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Workspace:
    """Where things lie below one folder. Knows paths only; creates nothing."""

    root: Path

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
        return self.root / "scratch"

    @property
    def lock(self) -> Path:
        return self.root / "build.lock"

    @property
    def publish_lock(self) -> Path:
        return self.root / "publish.lock"

    def current(self, recipe: str) -> Path:
        """The folder of a recipe's pointers."""
        return self.root / "current" / recipe

    def checkpoints(self, key: str) -> Path:
        """Where a training that is not finished keeps its state."""
        return self.root / "checkpoints" / key

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
