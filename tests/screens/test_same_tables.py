"""One table, three readers: a step, the papers and a command show the same cells."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from planner.analysis.economics.probabilistic import simulate
from planner.analysis.population.inequality import QUINTILES
from planner.analysis.results.projections import Projections
from planner.analysis.results.results import results
from planner.cli.main import main
from planner.documents.assemble import specification
from planner.documents.set_of_documents import COVERAGE, names
from planner.model.document import DASH, Section, Table
from planner.model.edit import with_value
from planner.model.library import SpecLibrary
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.screens.ui.plan_state import PLAN
from planner.store.plan_file import plan_to_json
from tests.screens.test_wizard import APP, unfold

# Processes of their own, servers or large files: left out of the quick loop.
pytestmark = pytest.mark.slow

Rows = list[dict[str, str]]
COST = (
    "WTE",
    "Cost a year",
    "Cost a year with practices' time",
    "Cost per head",
    "Cost per person assessed",
    "Cost per person who starts",
)
REACH = (
    "Referrals there is room for",
    "Referrals taken",
    "People assessed",
    "Start",
    "Waiting after a full year",
    "Weeks to work down the list after a full year",
)
LETTERS = ("People the letters are meant for", "People written to", "Cost per person written to")
LIMITS = ("Most over least", "Slope index per 1,000", "Relative index")
SURE = ("Option", "Cost per additional person who stops", "Chance that no more stop")
YEARS = (
    "Cash", "Present value", "Assessed", "Start", "Waiting at its end",
    "Planning ceiling less cash",
)  # fmt: skip
# On paper what tells a row from the others is one cell, of two here.
STUDIES = ("Published", "Recomputed", "Uprated", "Modelled")
MIX = ("Option", "Size (1 = as planned)", "Cost a year", "Of people a year")
SCENARIOS = ("People assessed", "Start", "Stop beyond usual care (net)")
AT_SIZE = ("Option", "Size (1 = as planned)", "Cost a year", "People assessed", "Note")
CONSEQUENCES = ("What", "Therapists with peer support")
# How a source is named is each reader's own: by number on paper, in full elsewhere.
SHARED = {
    "prescribing": ("need", ("Class", "People")),
    "quintile counts": ("reach", ("Class", *QUINTILES)),
    "quintile gaps": ("reach", ("Class", *LIMITS)),
    "need by place": ("reach", ("Place", "Part of need", "Expected referrals")),
    "benchmark": ("case_studies", STUDIES),
    "options": ("options", ("Option", *COST)),
    "reach of options": ("options", ("Option", *REACH)),
    "letters": ("options", ("Option", *LETTERS)),
    # The papers print classes with the same evidence together.
    "evidence": (
        "outcomes",
        ("Stop with support", "With usual care", "Added"),
    ),
    "outcomes": ("outcomes", CONSEQUENCES),
    "how sure": ("outcomes", SURE),
    "scenarios": ("outcomes", SCENARIOS),
    "at equal budget and reach": ("options", AT_SIZE),
    "years": ("outcomes", ("Year", *YEARS)),
    "mix": ("outcomes", MIX),
}
COMMANDS = {
    "need": ("Step", "Figure", "Likely range"),
    "options": CONSEQUENCES,
    "years": ("Year", *YEARS),
    "mix": MIX,
    "benchmark": ("Case study", *STUDIES),
}


def those_with(columns: tuple[str, ...], tables: list[Rows]) -> list[list[tuple[str, ...]]]:
    """The rows, under these columns, of each table that has them all."""
    return [
        [tuple(row[c] for c in columns) for row in table]
        for table in tables
        if set(columns) <= set(table[0])
    ]


@pytest.fixture(scope="module")
def chosen(maximal: Plan) -> Plan:
    """The maximal plan, whose papers print the mix too."""
    return with_value(maximal, "mix.in_documents", True)


@pytest.fixture(scope="module")
def paper(chosen: Plan, reference: ReferenceData, library: SpecLibrary) -> list[Rows]:
    """Every table of the set of documents, before it is laid out on pages."""
    projections = Projections(results(chosen, reference), reference)
    return [
        block.records
        for name in names(library)
        if name != COVERAGE
        for section in specification(
            projections.results, name, reference, library, projections
        ).sections
        for block in section.blocks
        if isinstance(block, Table)
    ]


@pytest.fixture(scope="module")
def screen(chosen: Plan) -> dict[str, list[Rows]]:
    """Every table of each step, all panels open, read back from what is sent to the browser."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.session_state[PLAN] = chosen
    app.run()
    steps: dict[str, list[Rows]] = {}
    for step in [*dict.fromkeys(step for step, _ in SHARED.values()), "summary"]:
        next(button for button in app.button if button.key == f"go:{step}").click().run()
        unfold(app)
        assert not app.exception
        frames = [
            table.value.map(lambda cell: str(cell).replace("\\", "")) for table in app.main.table
        ]
        frames = [
            frame.rename(columns=lambda name: str(name).replace("\\", "")) for frame in frames
        ]
        steps[step] = [
            [{str(k): str(v) for k, v in row.items()} for row in frame.to_dict("records")]
            for frame in frames
        ]
    return steps


@pytest.mark.parametrize("name", SHARED)
def test_a_step_and_the_papers_hold_the_same_cells(
    name: str, paper: list[Rows], screen: dict[str, list[Rows]]
) -> None:
    step, columns = SHARED[name]
    printed, on_screen = those_with(columns, paper), those_with(columns, screen[step])
    assert printed and on_screen, f"{len(printed)} on paper, {len(on_screen)} on screen"
    # The papers leave out rows of dashes, and no row of theirs is other than the step's.
    assert any(set(printed[0]) <= set(rows) for rows in on_screen)


def test_the_papers_hold_the_reach_of_the_options_that_say_whom_they_reach(
    paper: list[Rows], screen: dict[str, list[Rows]]
) -> None:
    printed = those_with(("Option", *QUINTILES), paper)[0]
    on_screen = those_with(("Option", *QUINTILES), screen["options"])[0]
    assert printed == [row for row in on_screen if set(row[1:]) != {DASH}] != []


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_prints_the_cells_of_the_papers(
    command: str,
    paper: list[Rows],
    chosen: Plan,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path, columns = tmp_path / "plan.json", COMMANDS[command]
    path.write_text(plan_to_json(chosen), encoding="utf-8")
    assert main([command, str(path)]) == 0
    printed = capsys.readouterr().out
    _, *parts = re.split(r"\n  (?! )(.*)\n", printed)
    for first, *cells in those_with(columns, paper)[0]:
        # A name may stand in more than one table of the command, and begin one on paper.
        blocks = [
            block
            for heading, block in zip(parts[::2], parts[1::2], strict=True)
            if f"{first}, ".startswith(f"{heading}, ")
        ]
        wanted = [
            f"\n    {column}: {cell}\n" for column, cell in zip(columns[1:], cells, strict=True)
        ]
        assert any(all(line in f"\n{block}\n" for line in wanted) for block in blocks), first


def test_columns_are_picked_by_name_and_reasons_follow_them(
    maximal: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    from planner.documents import tables

    sure = tables.how_sure(simulate(results(maximal, reference).case), library)
    few = sure.only("Option", "Antidepressants")
    assert few.rows == tuple((row[0], row[5]) for row in sure.rows)
    assert few.reasons and set(few.reasons) < set(sure.reasons)
    with pytest.raises(KeyError):
        sure.only("Option", "Reduced")
    # Nine columns are for the screen and the terminal: a page has room for seven.
    with pytest.raises(ValueError, match="more columns than a page has room for"):
        Section(id="one", heading="One", level=1, number="1", blocks=(sure,))


@pytest.mark.parametrize("rows_left", [0, 1])
def test_a_plan_whose_options_do_nothing_is_drawn_and_printed_without_them(
    rows_left: int, minimal: Plan, maximal: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    idle = [option for option in maximal.options if option.is_do_nothing]
    plan = minimal.model_copy(update={"options": tuple(idle[:rows_left])})
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.session_state[PLAN] = plan
    app.run()
    for step in ("options", "outcomes"):
        next(button for button in app.button if button.key == f"go:{step}").click().run()
        unfold(app)
        assert not app.exception, step
    path = tmp_path / "plan.json"
    path.write_text(plan_to_json(plan), encoding="utf-8")
    assert main(["options", str(path)]) == 0
    assert ("no option yet" in capsys.readouterr().out) is (not rows_left)
