"""The shape of the house: imports point one way, each outside library has its place, the map is
true."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PLANNER = ROOT / "planner"
MODULES = sorted(PLANNER.rglob("*.py"))

LAYERS = {
    "model": set(),
    "reference": {"model"},
    "analysis": {"model"},
    "documents": {"model", "analysis"},
    "store": {"model", "analysis", "reference", "documents"},
    "intake": {"model", "analysis", "documents"},
    "review": {"model", "analysis", "reference", "documents", "intake"},
    "outputs": {"model", "analysis", "reference", "documents", "review"},
    "screens": {
        "model",
        "analysis",
        "reference",
        "documents",
        "store",
        "intake",
        "review",
        "outputs",
    },
    "hosting": {
        "model",
        "analysis",
        "reference",
        "documents",
        "store",
        "intake",
        "review",
        "outputs",
        "screens",
    },
    "cli": {
        "model",
        "analysis",
        "reference",
        "documents",
        "store",
        "intake",
        "review",
        "outputs",
        "hosting",
    },
}
"""What each room may import: cli → hosting → screens → outputs, review → intake, store → documents
→ analysis → model."""
OWNERS = {
    "streamlit": (
        "planner/screens/",
        "planner/hosting/",
        "streamlit_app.py",
    ),
    "starlette": ("planner/hosting/",),
    "uvicorn": ("planner/hosting/",),
    "docxtpl": ("planner/outputs/word/",),
    "docx": (
        "planner/outputs/word/",
        "planner/review/word_reader.py",
        "planner/review/word_styles.py",
    ),
    "altair": ("planner/outputs/charts/",),
    "vl_convert": ("planner/outputs/charts/",),
    "pandas": ("planner/outputs/", "planner/intake/"),
    "polars": ("planner/intake/",),
    "openpyxl": ("planner/intake/",),
    "numpy": ("planner/intake/", "planner/analysis/"),
    "scipy": ("planner/analysis/economics/option_mix.py", "planner/analysis/statistics/"),
    "dateutil": ("planner/analysis/completeness/",),
    "xlsxwriter": ("planner/outputs/workbook/",),
    "ruamel": ("planner/reference/",),
    "sqlalchemy": ("planner/store/",),
    "sqlite3": ("planner/store/",),
    "blake3": ("planner/intake/",),
    "httpx": ("planner/intake/",),
    "jinja2": ("planner/outputs/word/",),
    "markupsafe": ("planner/outputs/word/",),
    "lxml": ("planner/outputs/word/", "planner/review/", "planner/intake/"),
    "platformdirs": ("planner/cli/", "planner/reference/", "planner/store/"),
    "pyarrow": ("planner/screens/ui/",),
}
TOP_LEVEL = {
    "README.md", "pyproject.toml", "requirements.txt", "LICENSE", "CHANGELOG.md", "docs",
    "streamlit_app.py", "case_studies", "spec_templates", "planner", "tests",
}  # fmt: skip


def imported(path: Path) -> set[str]:
    """Every module a file imports, wherever in the file, `importlib` and `__import__` with a name
    included."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in ("__import__", "importlib.import_module", "import_module"):
                # The front door; its names are tested below.
                if path == PLANNER / "__init__.py":
                    continue
                assert isinstance(node.args[0], ast.Constant), (
                    f"{path}: an import by a name made at run time"
                )
                names.add(str(node.args[0].value))
    return names


def layer(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "planner" and parts[1] in LAYERS else None


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    here = path.relative_to(PLANNER).parts[0].removesuffix(".py")
    if here == "__init__":
        return
    for name in imported(path):
        there = layer(name)
        if there is not None and there != here:
            assert there in LAYERS[here], f"{path.relative_to(ROOT)} must not import {name}"


@pytest.mark.parametrize(
    "path", [*MODULES, ROOT / "streamlit_app.py"], ids=lambda p: str(p.relative_to(ROOT))
)
def test_each_outside_library_has_its_place(path: Path) -> None:
    at = path.relative_to(ROOT).as_posix()
    for name in imported(path):
        owners = OWNERS.get(name.split(".")[0])
        if owners is not None:
            assert at.startswith(owners), f"{at} must not import {name}: that is for {owners}"


def test_the_front_door_is_small_and_every_name_opens() -> None:
    import planner

    assert 8 <= len(planner.__all__) <= 12
    for name in planner.__all__:
        assert getattr(planner, name).__module__.startswith("planner.")
    assert set(planner._HOME) == set(planner.__all__)
    assert all(home.startswith("planner.") for home in planner._HOME.values())
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        planner.nothing  # noqa: B018


def test_models_and_sums_touch_no_files_clocks_or_chance() -> None:
    for path in [*PLANNER.glob("model/**/*.py"), *PLANNER.glob("analysis/**/*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        called = {
            ast.unparse(node.func).rsplit(".", 1)[-1]
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
        }
        assert not called & {
            "open",
            "print",
            "input",
            "today",
            "now",
            "read_text",
            "read_bytes",
            "write_text",
        }, path
        assert not {n.split(".")[0] for n in imported(path)} & {
            "pathlib",
            "os",
            "csv",
            "pandas",
            "random",
            "time",
        }, path


def test_every_module_opens_with_a_sentence() -> None:
    for path in [*MODULES, ROOT / "streamlit_app.py"]:
        words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        assert words and words.split("\n")[0].rstrip().endswith("."), path


def test_types_are_told_and_not_silenced() -> None:
    silenced = re.compile(r"#\s*type:\s*ignore")
    for path in (
        *sorted((ROOT / "planner").rglob("*.py")),
        *sorted((ROOT / "tests").rglob("*.py")),
    ):
        assert not silenced.search(path.read_text(encoding="utf-8")), path


def test_front_door_is_under_60_lines() -> None:
    assert len((ROOT / "streamlit_app.py").read_text().splitlines()) < 60


def test_the_front_of_a_package_only_hands_names_on() -> None:
    for path in PLANNER.rglob("__init__.py"):
        # The front door of all, which opens each name when it is asked for.
        if path == PLANNER / "__init__.py":
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            assert isinstance(node, ast.Expr | ast.ImportFrom) or (
                isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
            ), f"{path}: {ast.unparse(node)[:60]}"


def statements(path: Path) -> int:
    """Statements of a module, without docstrings."""
    nodes = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.stmt)
    ]
    words = sum(
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for node in nodes
    )
    return len(nodes) - words


def test_no_room_holds_more_than_a_good_quarter_of_the_house() -> None:
    rooms: dict[str, int] = {}
    for path in MODULES:
        room = path.relative_to(PLANNER).parts[0]
        rooms[room] = rooms.get(room, 0) + statements(path)
    largest = max(rooms, key=lambda room: rooms[room])
    assert rooms[largest] <= 0.27 * sum(rooms.values()), (
        f"{largest}: {rooms[largest]} of {sum(rooms.values())}"
    )


def test_analysis_has_at_most_six_floors() -> None:
    """A subject stands one floor above the highest subject that it imports."""
    subjects: dict[str, set[str]] = {}
    for path in (PLANNER / "analysis").rglob("*.py"):
        parts = path.relative_to(PLANNER / "analysis").with_suffix("").parts
        below = subjects.setdefault(parts[0], set())
        for name in imported(path):
            there = name.split(".")
            if there[:2] == ["planner", "analysis"] and len(there) > 2 and there[2] != parts[0]:
                below.add(there[2])

    def floor(subject: str, above: tuple[str, ...] = ()) -> int:
        assert subject not in above, f"subjects import each other: {' -> '.join((*above, subject))}"
        return 1 + max(
            (floor(one, (*above, subject)) for one in subjects.get(subject, ())), default=0
        )

    assert max(floor(subject) for subject in subjects) <= 6


def test_there_is_no_drawer_for_odds_and_ends() -> None:
    assert not [path for path in MODULES if path.stem in {"utils", "helpers", "common", "misc"}]


def test_top_level_holds_what_was_agreed() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout
    top = {line.split("/")[0] for line in tracked.splitlines()} or {p.name for p in ROOT.iterdir()}
    assert {name for name in top if not name.startswith(".")} <= TOP_LEVEL


def test_nothing_names_a_host_or_a_machine() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout
    for name in listed.splitlines():
        path = ROOT / name
        if path.suffix in {".py", ".toml", ".txt", ".md", ".yaml", ".sh", ""} and path.is_file():
            text = path.read_text(encoding="utf-8", errors="ignore")
            assert "index-url" not in text or path == Path(__file__), name
            assert not re.search(r"/(root|home)/\w+/", text), name
