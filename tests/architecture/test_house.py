"""What the import linter cannot see: doors, string references, words that must be there or must not."""

import ast
import functools
import re
from pathlib import Path

import pytest

SRC = Path("src/paraphe")
APPS = sorted(path.parent for path in SRC.rglob("apps.py"))
LABELS = {
    match.group(1): str(path.parent.relative_to(SRC)).replace("/", ".")
    for path in SRC.rglob("apps.py")
    if (match := re.search(r'label = "(\w+)"', path.read_text(encoding="utf-8")))
}


@functools.cache
def _imports(path: Path) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    return names


@pytest.mark.parametrize("app", APPS, ids=str)
def test_an_app_is_entered_by_its_door_only(app: Path) -> None:
    """Another app's models, rules and jobs are its own business; its errors and ports may be named."""
    package = "paraphe." + ".".join(app.relative_to(SRC).parts)
    inner = re.compile(rf"^{re.escape(package)}\.(models|rules|jobs|actions|queries|migrations)\b")
    trespassers = [
        f"{path}: {name}"
        for path in SRC.rglob("*.py")
        if app not in path.parents and "config" not in path.parts
        for name in _imports(path)
        if inner.match(name)
    ]
    assert trespassers == []


@pytest.mark.parametrize("app", APPS, ids=str)
def test_an_app_tells_what_it_owns(app: Path) -> None:
    assert (app / "README.md").is_file() or not (app / "models.py").exists()


def test_a_foreign_key_by_name_stays_on_its_site() -> None:
    for path in SRC.rglob("models.py"):
        site = path.relative_to(SRC).parts[0]
        for label in re.findall(
            r'(?:ForeignKey|OneToOneField|ManyToManyField)\(\s*"(\w+)\.', path.read_text(encoding="utf-8")
        ):
            assert LABELS[label].split(".")[0] in (site, "floor"), f"{path} refers to {label}"


def test_each_model_says_which_personal_data_it_holds() -> None:
    silent = []
    for path in SRC.rglob("models.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.ClassDef)
                and any("Model" in ast.unparse(b) or "Chained" in ast.unparse(b) for b in node.bases)
                and "personal data" not in (ast.get_docstring(node) or "").lower()
            ):
                silent.append(f"{path}:{node.name}")
    assert silent == []


def test_nothing_is_left_for_later() -> None:
    unfinished = re.compile(
        r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b|pragma: no cover|coming soon|bientôt disponible"
    )
    found = [
        f"{path}:{number}"
        for folder in (SRC, Path("tests"))
        for path in folder.rglob("*.py")
        if path != Path("tests/architecture/test_house.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if unfinished.search(line)
    ]
    assert found == []


def test_the_table_of_settings_in_the_documentation_is_the_one_in_the_code() -> None:
    from paraphe.config.environment import SETTINGS

    text = Path("docs/operations.md").read_text(encoding="utf-8")
    for setting in SETTINGS:
        default = "(none)" if setting.default is None else setting.default or "(empty)"
        assert f"| `{setting.name}` | `{default}` | {setting.meaning} |" in text


def test_every_test_is_run_by_a_step() -> None:
    """A new folder of tests, or a new journey, is named in scripts/test.py; otherwise nobody would run it."""
    steps = Path("scripts/test.py").read_text(encoding="utf-8")
    forgotten = [
        str(path)
        for path in Path("tests").rglob("test_*.py")
        if not any(f'"{place}"' in steps for place in (path, *path.parents))
    ]
    assert forgotten == []
