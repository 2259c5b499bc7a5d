"""The version of a stage's code: it changes with what the code does, and with nothing else."""

import importlib.util
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import warehouse.code_version

STAGE = '''"""A stage."""
import json
from curation.helper import twice

def run(engine):
    """Runs it."""
    # a comment
    engine.execute("pairs")
    return twice(1)
'''
HELPER = "from warehouse import digests\n\ndef twice(x):\n    return 2 * x\n"


class Tree:
    """A copy of the module under test over a small tree of floors."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name, text in {
            "stage.py": STAGE,
            "helper.py": HELPER,
            "pairs.sql": "SELECT 1",
            "unrelated.py": "x = 1",
            "other.sql": "SELECT 2",
        }.items():
            self.write(f"curation/{name}", text)
        (root / "warehouse").mkdir()
        for name in ("code_version", "digests"):
            shutil.copy(Path(warehouse.code_version.__file__).with_name(f"{name}.py"), root / "warehouse")

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text)

    def version(self, *modules: str) -> str:
        spec = importlib.util.spec_from_file_location("copied", self.root / "warehouse" / "code_version.py")
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return str(module.code_version(*(modules or ("curation.stage",))))


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def edits(name: str, old: str, new: str) -> Callable[[Tree], None]:
    def edit(tree: Tree) -> None:
        text = (tree.root / name).read_text()
        assert old in text
        tree.write(name, text.replace(old, new))

    return edit


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(edits("curation/stage.py", "# a comment", "# another one"), id="a comment"),
        pytest.param(edits("curation/stage.py", "Runs it.", "Runs it well."), id="the docstring of a function"),
        pytest.param(edits("curation/stage.py", "A stage.", "The stage."), id="the docstring of a module"),
        pytest.param(edits("curation/stage.py", "twice(1)", "twice( 1 )"), id="white space"),
        pytest.param(edits("curation/unrelated.py", "1", "2"), id="a module that it does not import"),
        pytest.param(edits("curation/other.sql", "2", "3"), id="a statement that it does not name"),
    ],
)
def test_what_changes_no_behaviour_changes_no_version(tree: Tree, edit: Callable[[Tree], None]) -> None:
    before = tree.version()
    edit(tree)
    assert tree.version() == before


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(edits("curation/stage.py", "twice(1)", "twice(2)"), id="the module itself"),
        pytest.param(edits("curation/helper.py", "2 * x", "x + x"), id="an imported module"),
        pytest.param(edits("warehouse/digests.py", "hexdigest()", "hexdigest()[:9]"), id="a module imported by that one"),
        pytest.param(edits("curation/pairs.sql", "SELECT 1", "SELECT 11"), id="a statement that it names without its ending"),
        pytest.param(edits("curation/stage.py", "import json", "import json, pyarrow"), id="the libraries that it imports"),
    ],
)
def test_what_changes_behaviour_changes_the_version(tree: Tree, edit: Callable[[Tree], None]) -> None:
    before = tree.version()
    edit(tree)
    assert tree.version() != before


def test_a_statement_that_is_named_by_its_file_counts(tree: Tree) -> None:
    tree.write("curation/stage.py", 'FILE = "other.sql"')
    before = tree.version()
    tree.write("curation/other.sql", "SELECT 3")
    assert tree.version() != before


def test_a_template_in_a_folder_beside_the_module_counts(tree: Tree) -> None:
    tree.write("curation/stage.py", 'TEMPLATE = "page.j2"')
    tree.write("curation/templates/page.j2", "<h1>")
    before = tree.version()
    tree.write("curation/templates/page.j2", "<h2>")
    assert tree.version() != before


def test_an_import_within_a_function_counts(tree: Tree) -> None:
    tree.write("curation/stage.py", "def run():\n    from curation import unrelated\n    return unrelated.x")
    before = tree.version()
    tree.write("curation/unrelated.py", "x = 2")
    assert tree.version() != before


def test_modules_may_import_each_other(tree: Tree) -> None:
    tree.write("curation/helper.py", "import curation.stage")
    assert tree.version()


def test_the_order_in_which_modules_are_named_does_not_count(tree: Tree) -> None:
    assert tree.version("curation.stage", "curation.unrelated") == tree.version("curation.unrelated", "curation.stage")


def test_an_unknown_module_is_refused(tree: Tree) -> None:
    with pytest.raises(ModuleNotFoundError, match=r"curation\.absent"):
        tree.version("curation.absent")
