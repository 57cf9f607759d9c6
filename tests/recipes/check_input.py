"""Run in a copy of the project with the input of docs/contributing.md: it is looked for wherever an
input shows, its pages are written, and the tests named are run."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from openpyxl import load_workbook
from streamlit.testing.v1 import AppTest

from planner.analysis.economics.example import EXAMPLE_CODE, example_plan
from planner.analysis.results.projections import Projections
from planner.analysis.results.results import Results, results
from planner.documents.assemble import specification
from planner.documents.changes.inputs import input_changes
from planner.model.document import Table
from planner.model.plan import Plan
from planner.outputs.workbook.build import workbook
from planner.reference import load_reference
from planner.reference.library import load_library
from planner.screens.navigation import STEPS
from planner.screens.ui.plan_state import PLAN
from tests import generated_docs
from tests.present import present
from tests.screens.test_wizard import unfold

LABEL, NAME = "Share of people who need an interpreter", "interpreter_share"
REFERENCE = load_reference()


def with_share(plan: Plan, share: float) -> Plan:
    values = plan.model_dump(mode="json")
    values["demand"][NAME] = {"low": share, "central": share, "high": share}
    return Plan.model_validate(values)


def amount(cell: str) -> float:
    return float(cell.replace("£", "").replace(",", ""))


def check_draws_and_tornado(before: Results, none: Results) -> None:
    projections = Projections(before, REFERENCE)
    assert NAME in dict(projections.simulated.distributions)
    assert projections.sensitivity is not None
    (row,) = (row for row in projections.sensitivity.swings if row.name == NAME)
    assert row.label == LABEL and row.width > 0
    preferred = before.plan.preferred_option
    highs = [
        present(one.of(present(preferred))).estimates["annual_cost"].high
        for one in (projections.simulated, Projections(none, REFERENCE).simulated)
    ]
    assert highs[0] > highs[1] * 1.001, highs


def check_documents(result: Results) -> None:
    projections, library = Projections(result, REFERENCE), load_library()
    finance = registers = 0
    for outline in library.outlines:
        document = specification(result, outline.name, REFERENCE, library, projections)
        tables = [
            block
            for section in document.sections
            for block in section.blocks
            if isinstance(block, Table)
        ]
        for register in (table for table in tables if table.caption == "Assumptions in use"):
            registers += 1
            (row,) = (row for row in register.rows if row[0] == LABEL)
            assert row[1] == "5.0% (2.0% to 10.0%)", row
        for table in tables:
            names = [row[0] for row in table.rows]
            if "Interpreters" in names:
                finance += 1
                # One figure of each line; what is likely stands beside it and does not add up.
                *lines, total = (
                    amount(row[1]) for row in table.rows[: names.index("Cost a year") + 1]
                )
                assert abs(sum(lines) - total) <= len(lines), (table.caption, lines, total)
    assert registers == 1, "the register of assumptions stands in one document"
    assert finance, "no printed table has the line of cost"


def check_workbook(result: Results) -> None:
    written = workbook(result, REFERENCE)
    book = load_workbook(io.BytesIO(written))
    (row,) = (row for row in book["Inputs"].iter_rows() if row[1].value == NAME)
    # What was entered, then how each scenario reads it, then its likely range.
    assert row[0].value == LABEL and row[3].value == 0.05
    assert [cell.value for cell in row[8:10]] == [0.02, 0.1]
    assert any(
        row[3].coordinate in rule.sqref for rule in book["Inputs"].data_validations.dataValidation
    )
    lines = [row for row in book["Cost"].iter_rows() if row[2].value == "interpreting"]
    assert len(lines) == len(result.options)
    assert all(NAME in str(cell.value) for line in lines for cell in line[5:8])
    # In the view of one option its line stands with the others, under their total.
    book_of_values = load_workbook(io.BytesIO(written), data_only=True)
    view = [row[0] for row in book_of_values["One option"].iter_rows(values_only=True)]
    places = [view.index(label) for label in ("Cost a year", "Interpreters", "People assessed")]
    assert places == sorted(places)
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        print("no LibreOffice: not recalculated")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.xlsx"
        row[3].value = 0.25
        book.save(path)
        subprocess.run(
            [
                office,
                f"-env:UserInstallation=file://{folder}/profile",
                "--headless",
                "--convert-to",
                "xlsx:Calc MS Excel 2007 XML",
                "--outdir",
                f"{folder}/out",
                str(path),
            ],
            check=True,
            capture_output=True,
            timeout=300,
        )
        again = load_workbook(Path(folder) / "out" / "model.xlsx", data_only=True)
    changed = results(with_share(result.plan, 0.25), REFERENCE)
    for number, option in enumerate(changed.options, 1):
        sheet, place = book.defined_names[f"o{number}_central_annual_cost"].attr_text.split("!")
        value = again[sheet.strip("'")][place.replace("$", "")].value
        assert abs(value - option.annual_cost.central) <= 1e-6 * max(
            1.0, option.annual_cost.central
        )


def check_screen(plan: Plan) -> None:
    app = AppTest.from_file(str(Path("streamlit_app.py").resolve()), default_timeout=120)
    app.session_state[PLAN] = plan
    app.run()
    options = next(step for step in STEPS if step.id == "options")
    next(button for button in app.button if button.key == f"go:{options.id}").click().run()
    unfold(app)
    boxes = {present(box.key): box for box in app.main.number_input}
    key = next((key for key in boxes if key.endswith(f":demand.{NAME}.low")), None)
    assert key is not None, sorted(key for key in boxes if "demand" in key)
    assert boxes[key].label == f"{LABEL}, low, %"
    assert "interpreting service" in boxes[key].proto.help
    before = app.session_state[PLAN].demand
    boxes[key].set_value(101.0).run()
    refused = [error.value.replace("\\", "") for error in app.error]
    assert refused == [f"{LABEL}, low, %: 101 is more than 100, the most there can be."], refused
    assert app.session_state[PLAN].demand == before


def main() -> None:
    generated_docs.main()
    plan = example_plan(REFERENCE.find_organisation(EXAMPLE_CODE), REFERENCE)
    # The measure of the tornado is one that the input moves.
    simulation = plan.simulation.model_copy(update={"measure": "annual_cost"})
    plan = plan.model_copy(update={"simulation": simulation})
    before, none = results(plan, REFERENCE), results(with_share(plan, 0.0), REFERENCE)
    check_draws_and_tornado(before, none)
    check_documents(before)
    (change,) = input_changes(plan, with_share(plan, 0.25))
    assert (change.what, change.after) == (LABEL, "25%"), change
    check_workbook(before)
    check_screen(plan)
    print("the input is everywhere")
    # In this process, which has all that they import.
    if tests := sys.argv[1:]:
        sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "-n", "0", *tests]))


if __name__ == "__main__":
    main()
