"""The workbook recalculated elsewhere gives what Python gave; nothing typed is a formula."""

from __future__ import annotations

import io
import math
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openxml_audit import OpenXmlValidator

from planner.analysis.calculation.formulas import SCENARIOS, WITHHELD
from planner.analysis.calculation.measures import REGISTER
from planner.analysis.economics.example import options_from_case_studies
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.population.need import need
from planner.analysis.results.results import results
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.outputs.workbook.build import workbook

# Whole workbooks, read back cell by cell: left out of the quick loop.
pytestmark = pytest.mark.slow

SHEETS = [
    "Read me",
    "Inputs",
    "Posts",
    "Demand",
    "Cost",
    "Outcomes",
    "Years",
    "Benchmark",
    "Sources",
]
HOSTILE = (
    "=1+1",
    "@SUM(A1)",
    "+cmd|' /C calc'!A0",
    '-HYPERLINK("x","y")',
    "{=1+1}",
    "שירות תמיכה",
    "Peer support 🌱👩🏽‍⚕️ & <b>tea</b>",
    "_x0041_ http://example.org 007",
    "x" * 300,
)
YELLOW = "FFFFF6CC"


def changed(plan: Plan, **parts: object) -> Plan:
    """The plan with some of its parts changed, checked anew."""
    values = plan.model_dump()
    for part, new in parts.items():
        values[part] = values[part] | new if isinstance(new, dict) else new
    return Plan.model_validate(values)


def with_counts(plan: Plan, counts: list[int | None]) -> Plan:
    classes = plan.model_dump()["prescribing"]["classes"]
    return changed(
        plan,
        prescribing={
            "classes": [row | {"patients": n} for row, n in zip(classes, counts, strict=True)]
        },
    )


def shares(low: float, central: float, high: float) -> dict[str, float]:
    return {"low": low, "central": central, "high": high}


def post(**values: object) -> dict[str, object]:
    return {"title": "Pharmacist", "band": "8a", "wte": 1.4} | values


@pytest.fixture(scope="module")
def plans(
    reference: ReferenceData, minimal: Plan, starter: Plan, example: Plan, maximal: Plan
) -> dict[str, Plan]:
    # Three texts to an option: each stands in a post and in a cost.
    everything = [
        {
            "id": f"typed-{number}",
            "name": texts[0],
            "description": texts[1],
            "posts": [
                *(post(title=text, zone="inner") for text in texts),
                *(post(title=text, band="medical", salary=100_000, headcount=3) for text in texts),
            ],
            "other_costs": [
                {"label": text, "heading": heading, "amount": amount}
                for text in texts
                for heading, amount in (("non-pay", 1234.5), ("set-up", 4321))
            ],
        }
        for number, texts in enumerate((HOSTILE[:3], HOSTILE[3:6], HOSTILE[6:]))
    ]
    outcomes = {
        "classes": [
            row
            | {
                "stopped": shares(0.1, 0.2, 0.3),
                "usual": shares(0.02, 0.05, 0.1),
                "reduced": shares(0.2, 0.3, 0.4),
                "left": shares(0.1, 0.2, 0.25),
                "source": "=1+1",
            }
            for row in example.model_dump()["outcomes"]["classes"]
        ],
        "starting_share": shares(0.5, 0.7, 0.9),
        "relapse": shares(0.1, 0.2, 0.4),
        "relapse_source": "@SUM(A1)",
    }
    odd = [
        {
            "id": "stated",
            "name": "Stated by its provider",
            "stated_capacity": shares(100, 200, 300),
            "other_costs": [
                {"label": "Contract", "heading": "voluntary-sector contract", "amount": 90_000}
            ],
        },
        {"id": "free", "name": "Stated and free", "stated_capacity": shares(10, 20, 30)},
        {"id": "unseen", "name": "Nobody sees anyone", "posts": [post(patient_facing=0)]},
        {
            "id": "roles",
            "name": "Two roles with hours of their own",
            "posts": [
                post(wte=3, hours_each=shares(1, 2, 3)),
                post(title="Nurse", band="6"),
                post(
                    title="Doctor",
                    band="medical",
                    salary=100_000,
                    wte=0.1,
                    hours_each=shares(0.2, 0.3, 0.4),
                ),
            ],
            "other_costs": [
                {
                    "label": "A quote",
                    "heading": "non-pay",
                    "amount": 10_000,
                    "price_year": "2018/19",
                }
            ],
        },
        {
            "id": "volunteers",
            "name": "Volunteers",
            "posts": [post(band="voluntary")],
            "effect": shares(0.5, 1, 2),
        },
    ]
    one_class = [
        row | {"included": row["medicine_class"] == "opioids"}
        for row in example.model_dump()["prescribing"]["classes"]
    ]
    return {
        "minimal": minimal,
        "starter": starter,
        "example": example,
        "maximal": maximal,
        "small": with_counts(changed(starter, options=odd), [3, 12, 4, None, 1]),
        "nobody": with_counts(changed(starter, options=odd, outcomes=outcomes), [0, 1, 2, 0, 0]),
        "unknown": changed(example, population={"basis": "registered_adults", "entered": 900_000}),
        "one class": changed(
            minimal,
            prescribing={"classes": one_class},
            options=odd,
            outcomes=outcomes,
            horizon={"years": 1},
        ),
        "typed": changed(
            example,
            title="=1+1",
            author="@me",
            place=example.place.model_dump() | {"area": "+44"},
            options=everything,
            preferred_option=None,
            outcomes=outcomes,
            horizon={"years": 10},
        ),
        "ten": changed(
            starter,
            options=[
                o.model_dump()
                for o in (*starter.options, *options_from_case_studies(starter, reference))
            ][:10],
        ),
    }


@dataclass(frozen=True)
class Opened:
    """A workbook as written: its formulas, and the values it holds beside them."""

    data: bytes
    formulas: Workbook
    values: Workbook

    def of(self, name: str, book: Workbook | None = None) -> Any:
        """The value of a defined name."""
        sheet, place = self.formulas.defined_names[name].attr_text.split("!")
        return (book or self.values)[sheet.strip("'")][place.replace("$", "")].value


@pytest.fixture(scope="module")
def made(plans: dict[str, Plan], reference: ReferenceData) -> dict[str, Opened]:
    opened = {}
    for name, plan in plans.items():
        data = workbook(results(plan, reference), reference)
        opened[name] = Opened(
            data, load_workbook(io.BytesIO(data)), load_workbook(io.BytesIO(data), data_only=True)
        )
    return opened


def cells(book: Workbook) -> Iterator[Any]:
    for sheet in book:
        for row in sheet.iter_rows():
            yield from (cell for cell in row if cell.value is not None)


def formulas(book: Workbook) -> list[Any]:
    return [cell for cell in cells(book) if cell.data_type == "f"]


PLANS = (
    "minimal",
    "starter",
    "example",
    "maximal",
    "small",
    "nobody",
    "unknown",
    "one class",
    "typed",
    "ten",
)
every_plan = pytest.mark.parametrize("name", PLANS)


@every_plan
def test_sheets_are_as_promised(made: dict[str, Opened], name: str) -> None:
    book = made[name].formulas
    assert book.sheetnames == SHEETS
    for sheet in book:
        assert sheet["A1"].value and sheet["A1"].font.bold and sheet["A2"].value
        assert sheet.freeze_panes and sheet.print_title_rows
        assert (
            sheet.page_setup.orientation == "landscape"
            and sheet.sheet_properties.pageSetUpPr.fitToPage
        )
        assert sheet.protection.sheet and not sheet.protection.password


@every_plan
def test_inputs_are_yellow_and_open_and_all_else_is_locked(
    made: dict[str, Opened], name: str
) -> None:
    for cell in cells(made[name].formulas):
        is_open = not cell.protection.locked
        if is_open:
            assert cell.data_type == "n" and cell.fill.fgColor.rgb == YELLOW, (
                f"{cell.parent.title}!{cell.coordinate}"
            )
        elif cell.parent.title != "Read me":
            # Whose legend is coloured too.
            assert cell.fill.fgColor.rgb != YELLOW, f"{cell.parent.title}!{cell.coordinate}"


@every_plan
def test_every_name_is_sound_and_every_name_used_is_defined(
    made: dict[str, Opened], name: str
) -> None:
    book = made[name].formulas
    names = list(book.defined_names)
    assert len({one.lower() for one in names}) == len(names)
    places = set()
    for one in names:
        assert re.fullmatch(r"(o\d+_)?(low|central|high)_[a-z][a-z0-9_]*", one), one
        sheet, place = book.defined_names[one].attr_text.split("!")
        assert book[sheet.strip("'")][place.replace("$", "")].value is not None, one
        places.add((sheet, place))
    assert len(places) == len(names)
    for cell in formulas(book):
        bare = re.sub(r'"[^"]*"', "", cell.value)
        used = set(re.findall(r"[a-z][a-z0-9_]*", bare))
        assert used <= set(names), f"{cell.parent.title}!{cell.coordinate} uses {used - set(names)}"


@every_plan
def test_every_input_and_step_is_there_under_its_name(
    made: dict[str, Opened], plans: dict[str, Plan], reference: ReferenceData, name: str
) -> None:
    """The workbook holds Python's own numbers, but for local counts, which are rounded to 5
    first."""
    plan, opened = rounded(plans[name]), made[name]
    worked = results(plan, reference)
    for number, option in enumerate(plan.options, 1):
        sums = worked.case.sums_of(option)
        result = worked.options[number - 1]
        for scenario in SCENARIOS:
            for key, value in sums.values[scenario].items():
                own = f"o{number}_{scenario}_{key}"
                display = opened.of(
                    own if own in opened.formulas.defined_names else f"{scenario}_{key}"
                )
                if display == WITHHELD:
                    assert value is None or key in result.withheld or key == "sustained", own
                else:
                    assert math.isclose(display, value, rel_tol=1e-12, abs_tol=1e-12), own


def rounded(plan: Plan) -> Plan:
    counts = [row.patients for row in plan.prescribing.classes]
    return with_counts(plan, [None if n is None else 5 * ((n + 2) // 5) for n in counts])


@every_plan
def test_no_error_and_no_leftover_shows(made: dict[str, Opened], name: str) -> None:
    for cell in cells(made[name].values):
        text = str(cell.value)
        assert (
            not text.startswith("#") and "nan" not in text.split() and "None" not in text.split()
        ), text


@pytest.mark.parametrize("name", ["minimal", "maximal", "typed"])
def test_the_same_plan_gives_the_same_bytes(
    made: dict[str, Opened], plans: dict[str, Plan], reference: ReferenceData, name: str
) -> None:
    assert workbook(results(plans[name], reference), reference) == made[name].data


@pytest.mark.slow
@pytest.mark.parametrize("name", ["minimal", "typed"])
def test_the_file_keeps_the_rules_of_its_format(
    made: dict[str, Opened], tmp_path: Path, name: str
) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(made[name].data)
    result = OpenXmlValidator().validate(str(path))
    assert not result.errors, [str(error) for error in result.errors][:5]


def test_the_file_is_dated_by_its_plan(made: dict[str, Opened]) -> None:
    assert made["example"].formulas.properties.created == datetime(2026, 11, 22)
    assert made["minimal"].formulas.properties.created == datetime(2026, 1, 1)
    assert made["example"].formulas.properties.creator == "Example author"


def test_what_a_person_typed_stays_text(
    made: dict[str, Opened], plans: dict[str, Plan], reference: ReferenceData
) -> None:
    typed, plain = made["typed"], plans["typed"].model_dump()
    for number, option in enumerate(plain["options"]):
        option.update(name=f"Option {number}")
        for thing, key in ((option["posts"], "title"), (option["other_costs"], "label")):
            for one in thing:
                one[key] = "Plain"
    plain_book = load_workbook(
        io.BytesIO(workbook(results(Plan.model_validate(plain), reference), reference))
    )
    assert [c.value for c in formulas(typed.formulas)] == [c.value for c in formulas(plain_book)]
    display = {str(cell.value) for cell in cells(typed.formulas) if cell.data_type == "s"}
    assert (
        typed.formulas["Read me"]["A1"].value == "=1+1"
        and typed.formulas["Read me"]["A1"].data_type == "s"
    )
    for text in HOSTILE:
        assert text in display
        assert f"– {text}" in display
    assert not [cell for cell in cells(typed.formulas) if cell.hyperlink]


def test_a_count_of_one_to_four_is_nowhere(made: dict[str, Opened], plans: dict[str, Plan]) -> None:
    opened = made["small"]
    for name, count in zip(
        ("antidepressants", "benzodiazepines", "gabapentinoids", "z_drugs"),
        (5, 10, 5, 0),
        strict=True,
    ):
        assert [opened.of(f"{scenario}_patients_{name}") for scenario in SCENARIOS] == [count] * 3
    # Modelled: left as it is.
    assert opened.of("low_patients_opioids") < opened.of("high_patients_opioids")
    for sheet in ("Read me", "Inputs", "Demand"):
        assert any(
            "rounded to 5" in str(cell.value)
            for cell in cells(opened.values)
            if cell.parent.title == sheet
        )


def test_missing_need_is_said_and_leaves_cost_alone(
    made: dict[str, Opened], plans: dict[str, Plan], reference: ReferenceData
) -> None:
    why = need(plans["unknown"], reference).missing_because
    assert why
    opened = made["unknown"]
    for sheet in ("Inputs", "Demand", "Cost", "Outcomes"):
        assert any(
            why in str(cell.value) for row in opened.values[sheet]["A1:A6"] for cell in row
        ), sheet
    assert opened.of("o2_central_annual_cost") > 0
    assert "central_demand" not in opened.formulas.defined_names


def test_reasons_for_withholding_are_given(
    made: dict[str, Opened], plans: dict[str, Plan], reference: ReferenceData
) -> None:
    for name in ("example", "small", "unknown"):
        text = "\n".join(
            str(cell.value) for cell in cells(made[name].values) if cell.parent.title == "Read me"
        )
        for option in results(rounded(plans[name]), reference).options:
            assert option.name in text
            for measure, why in option.withheld.items():
                assert why in text or measure not in {one.name for one in REGISTER}


def test_the_benchmark_keeps_four_columns_and_leans_on_the_cost_sheet(
    made: dict[str, Opened], reference: ReferenceData, plans: dict[str, Plan]
) -> None:
    sheet = made["example"].formulas["Benchmark"]
    heads = [cell.value for cell in sheet[5]]
    rows = [
        dict(zip(heads, (cell.value for cell in row), strict=True))
        for row in sheet.iter_rows(min_row=6)
    ]
    bench = results(plans["example"], reference).benchmark
    for row, expected in zip(rows, bench.rows, strict=False):
        for kind in ("published", "recomputed", "uprated", "modelled"):
            cell = getattr(expected, kind)
            assert alike(row[kind.capitalize()], "none" if cell is None else cell.value)
    ours = rows[len(bench.rows) :]
    assert len(ours) == 2 * len(plans["example"].options)
    assert {row["Published"] for row in ours} == {None}
    assert ours[2]["This plan, central"] == "=o2_central_cost_per_head_all_ages"
    assert ours[3]["This plan, high"] == "=o2_high_cost_per_person"


# --- recalculated by LibreOffice
# ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def recalculated(
    made: dict[str, Opened], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Workbook]:
    """Each workbook with its values stripped and worked out again, and one more with inputs
    changed."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    assert office, "install LibreOffice Calc"
    folder = tmp_path_factory.mktemp("workbooks")
    (folder / "out").mkdir()
    stripped = {name: opened.formulas for name, opened in made.items()}
    stripped["changed"] = load_workbook(io.BytesIO(made["example"].data))
    _change(stripped["changed"], made["example"])
    paths = []
    # Openpyxl writes formulas without the values they had.
    for name, book in stripped.items():
        paths.append(folder / f"{name}.xlsx")
        book.save(paths[-1])
    bare = load_workbook(folder / "example.xlsx", data_only=True)
    assert all(
        bare[c.parent.title][c.coordinate].value is None for c in formulas(made["example"].formulas)
    )
    subprocess.run(
        [
            office,
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--convert-to",
            "xlsx",
            "--outdir",
            str(folder / "out"),
            *map(str, paths),
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )
    for path in paths:
        assert (folder / "out" / path.name).exists(), "install LibreOffice Calc, not Writer alone"
    return {path.stem: load_workbook(folder / "out" / path.name, data_only=True) for path in paths}


UPTAKE, WTE, OVERHEADS = 0.0612, 0.9, 0.37


def _change(book: Workbook, opened: Opened) -> None:
    sheet, place = opened.formulas.defined_names["central_uptake"].attr_text.split("!")
    book[sheet.strip("'")][place.replace("$", "")].value = UPTAKE
    sheet, place = opened.formulas.defined_names["o3_high_overhead_share"].attr_text.split("!")
    book[sheet.strip("'")][place.replace("$", "")].value = OVERHEADS
    posts = book["Posts"]
    column = next(cell.column for row in posts["A4:Z7"] for cell in row if cell.value == "wte")
    rows = [
        row[0].row
        for row in posts.iter_rows()
        if row[0].value == "o2" and row[1].value != "All posts"
    ]
    # The first of two lines of posts, in each case.
    for row in rows[::2]:
        posts.cell(row, column).value = WTE


def alike(display: object, expected: object) -> bool:
    if isinstance(display, int | float) and isinstance(expected, int | float):
        return math.isclose(display, expected, rel_tol=1e-9, abs_tol=1e-9)
    return display == expected


@pytest.mark.office
@every_plan
def test_every_formula_recalculates_to_the_value_beside_it(
    made: dict[str, Opened], recalculated: dict[str, Workbook], name: str
) -> None:
    result = formulas(made[name].formulas)
    assert len(result) > (20 if name == "minimal" else 100) or name == "unknown"
    for cell in result:
        sheet, place = cell.parent.title, cell.coordinate
        display, current = (
            recalculated[name][sheet][place].value,
            made[name].values[sheet][place].value,
        )
        assert current is not None
        assert alike(display, current), (
            f"{name}, {sheet}!{place} {cell.value}: {display} is not {current}"
        )


@pytest.mark.office
@every_plan
def test_recalculated_options_are_what_the_planner_says(
    made: dict[str, Opened],
    recalculated: dict[str, Workbook],
    plans: dict[str, Plan],
    reference: ReferenceData,
    name: str,
) -> None:
    worked = results(rounded(plans[name]), reference)
    for number, option in enumerate(worked.options, 1):
        assert_option(made[name], recalculated[name], f"o{number}", option)


def assert_option(opened: Opened, book: Workbook, key: str, option: OptionResult) -> None:
    for measure, values in option.measures.items():
        for scenario in SCENARIOS:
            own = f"{key}_{scenario}_{measure}"
            display = opened.of(
                own if own in opened.formulas.defined_names else f"{scenario}_{measure}", book
            )
            if display == WITHHELD:
                assert measure == "sustained" and "stopped" in option.withheld, own
            else:
                assert alike(display, getattr(values, scenario)), (
                    f"{own}: {display} is not {getattr(values, scenario)}"
                )
    for measure in option.withheld:
        if f"{key}_low_{measure}" in opened.formulas.defined_names:
            assert {opened.of(f"{key}_{scenario}_{measure}", book) for scenario in SCENARIOS} == {
                WITHHELD
            }, measure


@pytest.mark.office
def test_a_changed_input_gives_what_a_changed_plan_gives(
    made: dict[str, Opened],
    recalculated: dict[str, Workbook],
    plans: dict[str, Plan],
    reference: ReferenceData,
) -> None:
    plan = plans["example"]
    values = plan.model_dump()
    uptake = next(row.values for row in need(plan, reference).inputs if row.key == "uptake")
    values["demand"]["uptake"] = shares(uptake.low, uptake.central, uptake.high) | {
        "central": UPTAKE
    }
    values["options"][1]["posts"][0]["wte"] = WTE
    values["options"][2]["overhead"]["high"] = OVERHEADS
    worked = results(Plan.model_validate(values), reference)
    before = results(plan, reference)
    assert len(plan.options[1].posts) == 2
    for number in (2, 3, 4):
        option, was = worked.options[number - 1], before.options[number - 1]
        for measure, expected in option.measures.items():
            own = f"o{number}_central_{measure}"
            own = own if own in made["example"].formulas.defined_names else f"central_{measure}"
            if measure not in was.withheld:
                assert alike(made["example"].of(own, recalculated["changed"]), expected.central), (
                    own
                )
    high = made["example"].of("o3_high_annual_cost", recalculated["changed"])
    assert (
        alike(high, worked.options[2].annual_cost.high)
        and high != before.options[2].annual_cost.high
    )
    assert worked.options[1].capacity.central != before.options[1].capacity.central
    assert worked.need.demand.central != before.need.demand.central
