"""Recipes: one file, one model, and errors that name the file, the key and the nearest valid key."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from curation.policies import Policies
from curation.recipe import BUILT_IN, Recipe, built_in_recipes, find_recipe, load_recipe, named_recipes
from curation.schedule import RetrainSettings, ScheduleSettings
from curation.settings import DuplicateSettings, MixSettings, ShardSettings, Shares, SplitSettings, TokenizerSettings, TrainingSettings
from curation.sources.columns import Columns
from curation.sources.kinds import KINDS, capture_settings
from curation.switches import CleaningSwitches
from warehouse.code_version import code_version
from warehouse.errors import RecipeError

FILES = '[[sources]]\nkind = "files"\nid = "dump"\ndomain = "wiki"\npath = "dump.xml"\n'
WEB = '[[sources]]\nkind = "web"\nid = "site"\ndomain = "wiki"\nstart = ["https://a.example/"]\n'
WHOLE = f'name = "r"\n{FILES}'


class Recipes:
    """Writes recipe files and reads them."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "r.toml"

    def load(self, text: str | bytes) -> Recipe:
        self.path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_recipe(self.path)

    def complaint(self, text: str | bytes) -> str:
        with pytest.raises(RecipeError) as raised:
            self.load(text)
        lines = str(raised.value).splitlines()
        assert all(line.startswith(f"{self.path}: ") for line in lines)
        return "\n".join(line.removeprefix(f"{self.path}: ") for line in lines)


@pytest.fixture
def recipes(tmp_path: Path) -> Recipes:
    return Recipes(tmp_path)


def test_a_recipe_needs_a_name_and_a_source_and_nothing_else(recipes: Recipes) -> None:
    recipe = recipes.load(WHOLE)
    assert (recipe.name, [source.id for source in recipe.sources]) == ("r", ["dump"])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("tokeniser = 3\n" + WHOLE, "tokeniser: unknown key; did you mean 'tokenizer'?"),
        (WHOLE + "[mix]\ntemprature = 1.0", "mix.temprature: unknown key; did you mean 'temperature'?"),
        (WHOLE + "[mix.shares]\nwikis = 1.0", "mix.shares.wikis: unknown key; did you mean 'wiki'?"),
        (WHOLE + "[policies.cod]\nmin_words = 1", "policies.cod: unknown key; did you mean 'code'?"),
        (
            WHOLE + "[policies.code]\nmax_longest_lines = 1",
            "policies.code.max_longest_lines: unknown key; did you mean 'max_longest_line'?",
        ),
        (WHOLE + "[splits]\nzzz = 1", "splits.zzz: unknown key; valid keys: validation, test, seed, largest_group"),
        (WHOLE + 'fromat = "text"', "sources[0] (dump).fromat: unknown key; did you mean 'format'?"),
        (f'name = "r"\n{WEB}max_page = 1', "sources[0] (site).max_page: unknown key; did you mean 'max_pages'?"),
    ],
)
def test_an_unknown_key_is_an_error_that_names_the_nearest_valid_one(recipes: Recipes, text: str, complaint: str) -> None:
    assert recipes.complaint(text) == complaint


@pytest.mark.parametrize(
    ("kind", "required", "typo", "meant"),
    [
        ("files", 'path = "x"', "includes = []", "include"),
        ("python", "", 'contents = "code"', "content"),
        ("web", 'start = ["http://a.example/"]', "delay = 1", "delay_seconds"),
        ("mediawiki", 'wiki = "http://a.example"\nwhole_wiki = true', "title = []", "titles"),
        ("captions", 'videos = ["aircAruvnKk"]', "playlist = []", "playlists"),
        ("dataset", 'path = "x"', "max_row = 1", "max_rows"),
        ("repository", 'url = "http://a.example/"', 'revison = "main"', "revision"),
        ("papers", 'ids = ["1706.03762"]', "max_paper = 1", "max_papers"),
    ],
)
def test_a_mistyped_key_is_found_in_a_source_of_every_kind(recipes: Recipes, kind: str, required: str, typo: str, meant: str) -> None:
    source = f'[[sources]]\nkind = "{kind}"\nid = "s"\ndomain = "code"\n{required}\n{typo}\n'
    key = typo.split(" ")[0]
    assert recipes.complaint(f'name = "r"\n{FILES}{source}') == f"sources[1] (s).{key}: unknown key; did you mean {meant!r}?"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (FILES, "name: this key is required"),
        ('name = "r"', "sources: this key is required"),
        ('name = "r"\nsources = []', "sources: List should have at least 1 item"),
        ('name = "r"\nsources = ["a"]', "sources[0]: must be a table of settings, got 'a'"),
        (WHOLE.replace('"files"', '"file"'), "sources[0] (dump): kind 'file' is unknown; did you mean 'files'?"),
        (WHOLE.replace('kind = "files"\n', ""), "sources[0] (dump): the key 'kind' is required; one of files, python, web"),
        (WHOLE.replace("kind =", "knd ="), "sources[0] (dump).knd: unknown key; did you mean 'kind'?"),
        (WHOLE.replace('"wiki"', '"wikki"'), "not 'wikki'; did you mean 'wiki'?"),
        (WHOLE + 'format = "mediawiki_xml"', "not 'mediawiki_xml'; did you mean 'mediawiki-xml'?"),
        (
            WHOLE + '[tokenizer]\npattern = "gtp4"',
            "tokenizer.pattern: Input should be 'gpt2', 'gpt4' or 'o200k', not 'gtp4'; did you mean 'gpt4'?",
        ),
        (WHOLE + "[duplicates]\njaccard = 1.7", "duplicates.jaccard: Input should be less than or equal to 1, got 1.7"),
        (WHOLE + "[training]\nsteps = 0", "training.steps: Input should be greater than or equal to 1, got 0"),
        (WHOLE + '[training]\nsteps = "many"', "training.steps: Input should be a valid integer"),
        (WHOLE + "[mix]\ntemperature = nan", "mix.temperature: must be a finite number, got nan"),
        (f'name = "r"\n{WEB}delay_seconds = inf', "sources[0].delay_seconds: must be a finite number, got inf"),
        ("mix = 3\n" + WHOLE, "mix: must be a table of settings, got 3"),
        (WHOLE + "[duplicates]\nbands = 33", "duplicates: bands (33) must divide permutations (128)"),
        (WHOLE.replace('"r"', '"My Recipe"'), "name: String should match pattern"),
        (WHOLE.replace('"dump"', '"a/b"'), "sources[0] (a/b).id: String should match pattern"),
        (WHOLE + 'document_start = "(a"', "sources[0] (dump).document_start: is no regular expression"),
        (f'name = "r"\n{WEB}'.replace("https://", ""), "sources[0] (site).start: 'a.example/' is no address; it begins with http"),
        (WHOLE + 'on_failure = "continued"', "not 'continued'; did you mean 'continue'?"),
        (WHOLE + '[schedule]\ncron = "0 25 * * *"', "schedule.cron: is no cron schedule (bad hour); its fields are minute, hour"),
        (WHOLE + '[schedule]\ncron = "0 3 * * *"\nevery_minutes = 5', "schedule: names both cron and every_minutes"),
        (WHOLE + '[schedule]\ntimezone = "Paris"', "schedule.timezone: is no time zone; did you mean 'Europe/Paris'?"),
        (WHOLE + "[retrain]\ntolerance = 2", "retrain.tolerance: Input should be less than or equal to 1, got 2"),
    ],
)
def test_a_value_that_cannot_be_used_is_an_error_that_names_its_key(recipes: Recipes, text: str, complaint: str) -> None:
    assert complaint in recipes.complaint(text)


def test_two_sources_of_one_id_are_refused_by_name(recipes: Recipes) -> None:
    assert recipes.complaint(WHOLE + FILES) == "the recipe: two sources are called dump; give each an id of its own"


def test_all_faults_are_told_at_once(recipes: Recipes) -> None:
    complaint = recipes.complaint(WHOLE.replace('"wiki"', '"wikki"') + "[mix]\ntemprature = 1.0\nmax_repetitions = 0.5")
    assert [line.split(":")[0] for line in complaint.splitlines()] == ["mix.temprature", "sources[0] (dump).domain", "mix.max_repetitions"]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"name = ", "is not valid TOML"),
        (b'name = "a"\nname = "b"', "is not valid TOML"),
        ('name = "é"'.encode("latin-1"), "is not UTF-8 text (byte 8)"),
        (WHOLE.encode("utf-16"), "is not UTF-8 text (byte 0)"),
    ],
)
def test_a_file_that_is_no_toml_in_utf8_is_refused(recipes: Recipes, content: bytes, complaint: str) -> None:
    assert complaint in recipes.complaint(content)


def test_a_byte_order_mark_does_no_harm(recipes: Recipes) -> None:
    assert recipes.load(b"\xef\xbb\xbf" + WHOLE.encode()) == recipes.load(WHOLE)


def test_a_missing_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=rf"{tmp_path}/absent.toml: cannot be read: No such file"):
        load_recipe(tmp_path / "absent.toml")


@pytest.mark.parametrize("secret", ['"Bearer raspberry"', "[['raspberry']]", "20240229", '"env:rasp berry"'])
def test_a_secret_in_a_recipe_is_refused_and_not_repeated(recipes: Recipes, secret: str) -> None:
    complaint = recipes.complaint(f'name = "r"\n{WEB}authorization = {secret}')
    assert complaint.startswith("sources[0] (site).authorization: must not hold the secret itself: put that into an environment variable")
    assert secret.strip("\"[]'") not in complaint


@pytest.mark.parametrize("start", ["https://me:raspberry@a.example/", "me:raspberry@a.example"])
def test_a_password_in_an_address_is_refused_and_not_repeated(recipes: Recipes, start: str) -> None:
    complaint = recipes.complaint(f'name = "r"\n{WEB}'.replace("https://a.example/", start))
    assert complaint.startswith("sources[0] (site).start: holds a name or a password before an @")
    assert "raspberry" not in complaint


def test_a_recipe_that_is_refused_by_its_model_alone_repeats_no_secret(recipes: Recipes) -> None:
    facts = recipes.load(f'name = "r"\n{WEB}').model_dump(mode="json")
    facts["sources"][0]["authorization"] = "Bearer raspberry"
    with pytest.raises(ValidationError) as raised:
        Recipe.model_validate(facts)
    assert "raspberry" not in str(raised.value)


def test_the_digest_of_a_recipe_knows_the_secret_by_its_name_alone(recipes: Recipes, monkeypatch: pytest.MonkeyPatch) -> None:
    digests = []
    for reference, value in (("env:ONE", "a"), ("env:ONE", "b"), ("env:TWO", "a")):
        monkeypatch.setenv(reference.removeprefix("env:"), value)
        digests.append(recipes.load(f'name = "r"\n{WEB}authorization = "{reference}"').digest)
    assert digests[0] == digests[1] != digests[2]


@pytest.fixture
def own_recipes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "recipes"
    folder.mkdir()
    monkeypatch.setenv("BERRY_RECIPES", str(folder))
    return folder


def test_a_recipe_of_the_own_folder_is_found_by_name(own_recipes: Path) -> None:
    (own_recipes / "mine.toml").write_text(WHOLE)
    assert find_recipe("mine") == (own_recipes / "mine.toml").resolve()
    assert named_recipes() == sorted(["mine", *built_in_recipes()])


def test_an_own_recipe_goes_before_a_built_in_one_of_its_name(own_recipes: Path) -> None:
    (own_recipes / "quickstart.toml").write_text(WHOLE)
    assert find_recipe("quickstart") == (own_recipes / "quickstart.toml").resolve()
    assert named_recipes() == built_in_recipes()


def test_a_name_does_not_lead_out_of_the_folder(own_recipes: Path) -> None:
    (own_recipes.parent / "outside.toml").write_text(WHOLE)
    with pytest.raises(RecipeError, match="no recipe of that name"):
        find_recipe("../outside")


@pytest.mark.parametrize(("present", "listed"), [(["mine", "also", ".hidden"], "also, mine"), ([], "none")])
def test_an_unknown_name_is_an_error_that_lists_both_folders(own_recipes: Path, present: list[str], listed: str) -> None:
    for name in present:
        (own_recipes / f"{name}.toml").write_text(WHOLE)
    with pytest.raises(RecipeError) as raised:
        find_recipe("absent")
    built_in = ", ".join(built_in_recipes())
    assert str(raised.value) == (
        f"absent: no such recipe file, and no recipe of that name. In {own_recipes}: {listed}. Built in: {built_in}."
    )


def test_without_a_folder_of_their_own_recipes_are_the_built_in_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BERRY_RECIPES", raising=False)
    assert named_recipes() == built_in_recipes()


def test_an_unknown_name_is_an_error_that_lists_the_built_in_recipes() -> None:
    with pytest.raises(RecipeError, match=", ".join(built_in_recipes())):
        find_recipe("quickstrat")


def test_a_recipe_is_found_by_its_path_and_by_its_built_in_name(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(WHOLE)
    assert find_recipe(str(own)) == own.resolve()
    assert [find_recipe(name) for name in built_in_recipes()] == sorted(BUILT_IN.glob("*.toml"))


@pytest.mark.parametrize("name", built_in_recipes())
def test_a_built_in_recipe_loads_and_bears_its_own_name(name: str) -> None:
    assert load_recipe(find_recipe(name)).name == name


def test_the_order_of_sources_does_not_change_the_digest(recipes: Recipes) -> None:
    assert recipes.load(f'name = "r"\n{FILES}{WEB}').digest == recipes.load(f'name = "r"\n{WEB}{FILES}').digest


def test_a_setting_changes_the_digest_and_its_default_does_not(recipes: Recipes) -> None:
    bare = recipes.load(WHOLE)
    assert recipes.load(WHOLE + "[duplicates]\njaccard = 0.7").digest == bare.digest
    assert recipes.load(WHOLE + "[duplicates]\njaccard = 0.8").digest != bare.digest


def test_when_a_recipe_runs_is_no_part_of_what_it_makes(recipes: Recipes) -> None:
    timed = WHOLE + '[schedule]\ncron = "0 3 * * 1"\ntimezone = "Europe/Paris"\n[retrain]\ntolerance = 0.2'
    assert recipes.load(timed).schedule == ScheduleSettings(cron="0 3 * * 1", timezone="Europe/Paris")
    assert recipes.load(timed).digest == recipes.load(WHOLE).digest


def test_how_a_failure_is_met_is_no_part_of_a_capture(recipes: Recipes) -> None:
    strict, lenient = (recipes.load(WHOLE + f'on_failure = "{what}"').sources[0] for what in ("fail", "continue"))
    assert strict.on_failure != lenient.on_failure
    assert (
        strict.capture_settings() == lenient.capture_settings() != recipes.load(WHOLE + 'licence = "CC0-1.0"').sources[0].capture_settings()
    )


def test_the_code_of_its_kind_is_part_of_what_a_capture_is(recipes: Recipes) -> None:
    source = recipes.load(WHOLE).sources[0]
    assert capture_settings(source) == source.capture_settings() | {"origin": code_version("curation.sources.files")}


def test_a_threshold_of_one_domain_keeps_that_domains_other_thresholds(recipes: Recipes) -> None:
    default = Policies()
    policies = recipes.load(WHOLE + "[policies.code]\nmax_longest_line = 2000").policies
    assert policies.code == default.code.model_copy(update={"max_longest_line": 2000})
    assert policies.code.min_words != policies.wiki.min_words
    assert policies.wiki == default.wiki


MODELS: list[type[BaseModel]] = [
    *(Recipe, DuplicateSettings, SplitSettings, Shares, MixSettings, TokenizerSettings, ShardSettings, TrainingSettings),
    *(ScheduleSettings, RetrainSettings),
    *KINDS.values(),
    Columns,
    CleaningSwitches,
    *(Policies, *(type(policy) for policy in dict(Policies()).values())),
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_of_the_form_has_a_title_and_a_description(model: type[BaseModel]) -> None:
    assert [name for name, field in model.model_fields.items() if not (field.title and field.description)] == []


def models_below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield model
    for field in model.model_fields.values():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from models_below(field.annotation)


def test_every_model_of_the_form_is_looked_at() -> None:
    assert set(models_below(Recipe)) <= set(MODELS)


def test_a_share_of_a_domain_that_no_source_has_is_refused(tmp_path: Path) -> None:
    recipe = tmp_path / "mine.toml"
    recipe.write_text(
        'name = "mine"\n[[sources]]\nkind = "files"\nid = "notes"\ndomain = "lore"\npath = "."\n[mix.shares]\nlore = 0.5\ncode = 0.5\n'
    )
    with pytest.raises(RecipeError, match=r"mix\.shares asks for code, and no source has that domain"):
        load_recipe(recipe)
