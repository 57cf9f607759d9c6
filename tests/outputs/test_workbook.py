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

from planner.analysis.calculation.formulas import WITHHELD
from planner.analysis.calculation.measures import REGISTER
from planner.analysis.economics.cash_flow import option_years
from planner.analysis.economics.compare import scenarios
from planner.analysis.economics.example import options_from_case_studies
from planner.analysis.economics.probabilistic import draw_years
from planner.analysis.results.results import Results, results
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.outputs.workbook.build import workbook
from tests.present import present

# Whole workbooks, read back cell by cell: left out of the quick loop.
pytestmark = pytest.mark.slow

SCENARIOS = ("central", "cautious", "hopeful")
SHEETS = [
    "Read me",
    "Summary",
    "One option",
    "Inputs",
    "Posts",
    "Demand",
    "Cost",
    "Outcomes",
    "Years",
    "Checks",
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
                "source": "=1+1",
            }
            for row in example.model_dump()["outcomes"]["classes"]
        ],
        "carry_over": shares(0.2, 0.6, 0.9),
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
        {
            "id": "unsaid",
            "name": "Its effect has not been said",
            "posts": [post()],
            "effect": None,
            "classes": ["opioids"],
            "who_comes": "as a specialist service sees",
            "did_not_attend": shares(0.05, 0.1, 0.2),
        },
        {
            "id": "letters",
            "name": "Letters",
            "kind": "letters and education",
            "posts": [post(band="4", wte=0.4, patient_facing=0)],
            "letters_a_year": 4000,
            "effect": shares(1, 1, 1),
        },
    ]
    invites = {
        "letters_a_year": 1500,
        "start_share": shares(0.4, 0.6, 0.8),
        "referral_profile": [0.5, 1],
    }
    contract = {"years": 3, "price_uplift": 0.03, "efficiency": 0.011}
    one_class = [
        row | {"included": row["medicine_class"] == "opioids"}
        for row in example.model_dump()["prescribing"]["classes"]
    ]
    from_studies = [o.model_dump() for o in options_from_case_studies(starter, reference)[:2]]
    small = changed(starter, options=[*odd, *from_studies], demand=invites, horizon=contract)
    return {
        "minimal": minimal,
        "example": example,
        "maximal": maximal,
        "small": with_counts(small, [3, 12, 4, None, 1]),
        "nobody": with_counts(changed(starter, options=odd, outcomes=outcomes), [0, 1, 2, 0, 0]),
        "unknown": changed(
            example,
            population={"basis": "registered_adults", "entered": 900_000},
            options=example.model_dump()["options"][:4],
        ),
        "one class": changed(
            minimal,
            prescribing={"classes": one_class},
            options=odd,
            outcomes=outcomes,
            horizon={"years": 1},
            pricing={"budget": 60_000},
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
            demand={"letters_a_year": 100},
        ),
    }


@pytest.fixture(scope="module")
def plan_results(plans: dict[str, Plan], reference: ReferenceData) -> dict[str, Results]:
    """Every plan worked out once."""
    return {name: results(plan, reference) for name, plan in plans.items()}


@dataclass(frozen=True)
class OpenWorkbook:
    """A workbook as written: its formulas, and the values it holds beside them."""

    data: bytes
    formulas: Workbook
    values: Workbook

    def of(self, name: str, book: Workbook | None = None) -> Any:
        """The value of a defined name."""
        sheet, place = self.formulas.defined_names[name].attr_text.split("!")
        return (book or self.values)[sheet.strip("'")][place.replace("$", "")].value


@pytest.fixture(scope="module")
def workbooks(
    plan_results: dict[str, Results], reference: ReferenceData
) -> dict[str, OpenWorkbook]:
    opened = {}
    for name, worked in plan_results.items():
        data = workbook(worked, reference)
        opened[name] = OpenWorkbook(
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
    "example",
    "maximal",
    "small",
    "nobody",
    "unknown",
    "one class",
    "typed",
)
every_plan = pytest.mark.parametrize("name", PLANS)


@every_plan
def test_sheets_are_as_promised(workbooks: dict[str, OpenWorkbook], name: str) -> None:
    book = workbooks[name].formulas
    assert book.sheetnames == SHEETS
    for sheet in book:
        assert sheet["A1"].value and sheet["A1"].font.bold and sheet["A2"].value
        assert sheet.freeze_panes and sheet.print_title_rows
        assert (
            sheet.page_setup.orientation == "landscape"
            and present(sheet.sheet_properties.pageSetUpPr).fitToPage
        )
        assert sheet.protection.sheet and not sheet.protection.password
    for on_one_page in ("Summary", "One option"):
        setup = book[on_one_page].page_setup
        assert (setup.fitToWidth, setup.fitToHeight) == (None, None) or (
            setup.fitToWidth,
            setup.fitToHeight,
        ) == (1, 1)
    assert book["Cost"].page_setup.fitToHeight == 0


@every_plan
def test_inputs_are_yellow_open_and_bounded_and_all_else_is_locked(
    workbooks: dict[str, OpenWorkbook], name: str
) -> None:
    book = workbooks[name].formulas
    bounded = {
        (sheet.title, place.coord): rule
        for sheet in book
        for rule in sheet.data_validations.dataValidation
        for place in rule.sqref.ranges
    }
    entries = set()
    for cell in cells(book):
        here = f"{cell.parent.title}!{cell.coordinate}"
        if not cell.protection.locked:
            rule = bounded[cell.parent.title, cell.coordinate]
            assert cell.fill.fgColor.rgb == YELLOW and not rule.allowBlank, here
            assert (cell.data_type, rule.type) in (("n", "decimal"), ("s", "list")), here
            entries.add((cell.parent.title, cell.coordinate))
        elif cell.parent.title != "Read me":
            # Whose legend is coloured too.
            assert cell.fill.fgColor.rgb != YELLOW, here
    assert entries == set(bounded)


@every_plan
def test_every_name_is_sound_and_every_name_used_is_defined(
    workbooks: dict[str, OpenWorkbook], name: str
) -> None:
    book = workbooks[name].formulas
    names = list(book.defined_names)
    assert len({one.lower() for one in names}) == len(names)
    places = set()
    for one in names:
        assert re.fullmatch(r"(o\d+_)?(central|cautious|hopeful)_[a-z][a-z0-9_]*", one), one
        sheet, place = book.defined_names[one].attr_text.split("!")
        assert book[sheet.strip("'")][place.replace("$", "")].value is not None, one
        places.add((sheet, place))
    assert len(places) == len(names)
    for cell in formulas(book):
        bare = re.sub(r"\"[^\"]*\"|'[^']*'!", "", cell.value)
        used = set(re.findall(r"[a-z][a-z0-9_]*", bare))
        assert used <= set(names), f"{cell.parent.title}!{cell.coordinate} uses {used - set(names)}"


@every_plan
def test_every_input_and_step_is_there_under_its_name(
    workbooks: dict[str, OpenWorkbook],
    plan_results: dict[str, Results],
    plans: dict[str, Plan],
    name: str,
) -> None:
    """The workbook holds Python's own numbers, and withholds what the planner withholds with all
    that rests on it."""
    plan, opened = plans[name], workbooks[name]
    worked = plan_results[name]
    for number, (option, result) in enumerate(zip(plan.options, worked.options, strict=True), 1):
        sums = worked.case.sums_of(option)
        steps = (*sums.steps, *sums.years)
        withheld = result.withheld | draw_years(option.id, worked.case).withheld
        rest = {step.name for step in steps if step.name in withheld}
        for step in steps:
            if rest.intersection(step.uses):
                rest.add(step.name)
        for key, value in sums.values.items():
            display = opened.of(named(opened, f"o{number}", "central", key, option.is_letters))
            if display == WITHHELD:
                assert value is None or key in rest, key
            else:
                assert key not in rest and math.isclose(
                    display, present(value), rel_tol=1e-12, abs_tol=1e-12
                ), key


def named(
    opened: OpenWorkbook, key: str, scenario: str, name: str, is_letters: bool = False
) -> str:
    """The name of a value in the workbook: an option's own, that of people written to, or the whole
    plan's."""
    choices = [f"{key}_{scenario}_{name}", f"{scenario}_{name}"]
    if is_letters:
        choices.insert(1, f"{scenario}_letters_{name}")
    return next(one for one in choices if one in opened.formulas.defined_names)


@every_plan
def test_no_error_and_no_leftover_shows(workbooks: dict[str, OpenWorkbook], name: str) -> None:
    for cell in cells(workbooks[name].values):
        text = str(cell.value)
        assert (
            not text.startswith("#") and "nan" not in text.split() and "None" not in text.split()
        ), text


@pytest.mark.parametrize("name", ["minimal", "maximal", "typed"])
def test_the_same_plan_gives_the_same_bytes(
    workbooks: dict[str, OpenWorkbook], plans: dict[str, Plan], reference: ReferenceData, name: str
) -> None:
    assert workbook(results(plans[name], reference), reference) == workbooks[name].data


@pytest.mark.slow
@pytest.mark.parametrize("name", ["minimal", "typed"])
def test_the_file_keeps_the_rules_of_its_format(
    workbooks: dict[str, OpenWorkbook], tmp_path: Path, name: str
) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(workbooks[name].data)
    result = OpenXmlValidator().validate(str(path))
    assert not result.errors, [str(error) for error in result.errors][:5]


def test_the_file_is_dated_by_its_plan(workbooks: dict[str, OpenWorkbook]) -> None:
    assert workbooks["example"].formulas.properties.created == datetime(2026, 11, 30)
    assert workbooks["minimal"].formulas.properties.created == datetime(2026, 1, 1)
    assert workbooks["example"].formulas.properties.creator == "Example author"


def test_what_a_person_typed_stays_text(
    workbooks: dict[str, OpenWorkbook], plans: dict[str, Plan], reference: ReferenceData
) -> None:
    typed, plain = workbooks["typed"], plans["typed"].model_dump()
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


def test_a_count_of_one_to_four_is_nowhere(
    workbooks: dict[str, OpenWorkbook], plans: dict[str, Plan]
) -> None:
    opened = workbooks["small"]
    for name, count in zip(
        ("antidepressants", "benzodiazepines", "gabapentinoids", "z_drugs"),
        (5, 10, 5, 0),
        strict=True,
    ):
        assert [opened.of(f"{scenario}_patients_{name}") for scenario in SCENARIOS] == [count] * 3
    # Modelled: left as it is.
    assert opened.of("central_patients_opioids") % 5
    for sheet in ("Read me", "Inputs", "Demand"):
        assert any(
            "rounded to 5" in str(cell.value)
            for cell in cells(opened.values)
            if cell.parent.title == sheet
        )


def test_missing_need_is_said_and_leaves_cost_alone(
    workbooks: dict[str, OpenWorkbook], plan_results: dict[str, Results]
) -> None:
    why = plan_results["unknown"].need.missing_because
    assert why
    opened = workbooks["unknown"]
    for sheet in ("Inputs", "Demand", "Cost", "Outcomes"):
        assert any(
            why in str(cell.value) for row in opened.values[sheet]["A1:A6"] for cell in row
        ), sheet
    assert opened.of("o3_central_annual_cost") > 0
    assert "central_demand" not in opened.formulas.defined_names


def test_reasons_for_withholding_are_given(
    workbooks: dict[str, OpenWorkbook], plan_results: dict[str, Results]
) -> None:
    for name in ("example", "small", "unknown"):
        text = "\n".join(
            str(cell.value)
            for cell in cells(workbooks[name].values)
            if cell.parent.title == "Read me"
        )
        for option in plan_results[name].options:
            assert option.name in text
            for measure, why in option.withheld.items():
                assert why in text or measure not in {one.name for one in REGISTER}


def test_the_benchmark_keeps_four_columns_and_leans_on_the_cost_sheet(
    workbooks: dict[str, OpenWorkbook], plan_results: dict[str, Results], plans: dict[str, Plan]
) -> None:
    sheet = workbooks["example"].formulas["Benchmark"]
    heads = [cell.value for cell in sheet[5]]
    rows = [
        dict(zip(map(str, heads), (cell.value for cell in row), strict=True))
        for row in sheet.iter_rows(min_row=6)
    ]
    bench = plan_results["example"].benchmark
    for row, expected in zip(rows, bench.rows, strict=False):
        for kind in ("published", "recomputed", "uprated", "modelled"):
            cell = getattr(expected, kind)
            assert alike(row[kind.capitalize()], "none" if cell is None else cell.value)
    ours = rows[len(bench.rows) :]
    assert len(ours) == 2 * len(plans["example"].options)
    assert {row["Published"] for row in ours} == {None}
    assert ours[4]["This plan, central"] == "=o3_central_cost_per_head_all_ages"
    cost = plan_results["example"].options[2].cost_per_assessed
    assert cost is not None
    assert alike(ours[5]["Likely from"], cost.low) and alike(ours[5]["Likely to"], cost.high)


LINKS = {one.name for one in REGISTER if one.is_link}


def rows_of(book: Workbook, sheet: str, head: str) -> list[dict[str, Any]]:
    """The rows of a sheet under its row of headings, which holds that one."""
    lines = [[cell.value for cell in row] for row in book[sheet].iter_rows()]
    at = next(number for number, line in enumerate(lines) if head in line)
    return [dict(zip(map(str, lines[at]), line, strict=True)) for line in lines[at + 1 :]]


@pytest.mark.parametrize("name", ["example", "small"])
def test_likely_ranges_and_medians_are_those_of_the_planner(
    workbooks: dict[str, OpenWorkbook],
    plan_results: dict[str, Results],
    plans: dict[str, Plan],
    name: str,
) -> None:
    """Each range, each median that is printed and each reason stands beside its step; the seed
    stands once."""
    worked = plan_results[name]
    opened = workbooks[name].values
    steps = {
        (row["Option"], row["Name"]): row
        for sheet in ("Cost", "Outcomes")
        for row in rows_of(opened, sheet, "Likely from")
    }
    medians = 0
    for number, option in enumerate(worked.options, 1):
        for measure, values in option.measures.items():
            row = steps[f"o{number}", measure]
            if values.low < values.high:
                assert (row["Likely from"], row["Likely to"]) == (
                    pytest.approx(values.low, rel=1e-12, abs=1e-12),
                    pytest.approx(values.high, rel=1e-12, abs=1e-12),
                ), measure
            else:
                assert row["Likely from"] is None, measure
            is_median = measure in option.medians
            medians += is_median
            printed = row["Median, if printed"] if is_median else row["Central"]
            # A ratio of two medians is not the central case's, and is no median of its own.
            if is_median or not measure.startswith("cost_per"):
                assert alike(printed, values.central), measure
            assert (row["Median, if printed"] is not None) == is_median, measure
        for measure, why in option.withheld.items():
            if (f"o{number}", measure) in steps and measure not in LINKS:
                row = steps[f"o{number}", measure]
                assert (row["Central"], row["Likely from"], row["Note"]) == (WITHHELD, None, why)
    assert medians
    text = [str(cell.value) for cell in cells(opened)]
    simulation = plans[name].simulation
    assert sum(f"{simulation.simulations:,} simulations" in one for one in text) == 1
    assert sum(f"seed {simulation.seed}" in one for one in text) == 1


def test_years_are_financial_and_say_what_the_budget_leaves(
    workbooks: dict[str, OpenWorkbook], plan_results: dict[str, Results], plans: dict[str, Plan]
) -> None:
    for name, number in (("example", 4), ("one class", 4)):
        case = plan_results[name].case
        years = option_years(plans[name].options[number - 1].id, case)
        matches = {
            (row["Case"], row["What"]): row
            for row in rows_of(workbooks[name].values, "Years", "All years")
            if row["Option"] == f"o{number}"
        }
        short = "Within the budget, or above it by"
        for row in years.rows:
            year = row.financial_year
            assert alike(matches["central", "Cash"][year], row.cash.central)
            assert alike(matches["likely from", "Cash"][year], row.cash.low)
            assert row.balance is not None
            funded = matches["central", short][year]
            assert alike(funded, "within" if row.balance >= 0 else -row.balance)
            assert alike(matches["central", "Budget less cash"][year], row.balance)
    assert isinstance(matches["central", short]["2026/27"], float)
    prices = {
        row["Case"]: row
        for row in rows_of(workbooks["small"].values, "Years", "All years")
        if row["Option"] == "o3" and row["What"] == "Contract price"
    }
    assert alike(prices["central"]["2028/29"], prices["central"]["2026/27"] * 1.019**2)


def test_the_summary_marks_the_preferred_option_and_its_likely_ranges(
    workbooks: dict[str, OpenWorkbook], plan_results: dict[str, Results]
) -> None:
    lines = [
        [cell.value for cell in row] for row in workbooks["example"].formulas["Summary"].iter_rows()
    ]
    at = next(n for n, line in enumerate(lines) if line[0] == "Preferred")
    worked = plan_results["example"]
    assert worked.preferred is not None and worked.preferred.name in str(lines[at - 1][0])
    assert "=o4_central_people_assessed" in lines[at - 1]
    assert "£640,000 to £750,000" in lines[at]
    assert any(str(value).startswith("median ") for line in lines for value in line)


def test_the_view_of_one_option_offers_every_option(
    workbooks: dict[str, OpenWorkbook], plans: dict[str, Plan]
) -> None:
    sheet = workbooks["example"].formulas["One option"]
    (rule,) = sheet.data_validations.dataValidation
    block = rule.formula1.rpartition("!")[2].replace("$", "")
    assert [row[0].value for row in sheet[block]] == [
        f"o{number}: {option.name}" for number, option in enumerate(plans["example"].options, 1)
    ]
    assert sheet["A4"].value == "o4: Therapists with peer support"


# --- recalculated by LibreOffice
# ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def recalculated(
    workbooks: dict[str, OpenWorkbook], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Workbook]:
    """Each workbook with its values stripped and worked out again, and three more: with inputs
    changed, with a total broken, and with cells emptied or wrong."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    assert office, "install LibreOffice Calc"
    folder = tmp_path_factory.mktemp("workbooks")
    (folder / "out").mkdir()
    stripped = {name: opened.formulas for name, opened in workbooks.items()}
    for name, change in (("changed", _change), ("broken", _break), ("emptied", _empty)):
        stripped[name] = load_workbook(io.BytesIO(workbooks["example"].data))
        change(stripped[name], workbooks["example"])
    paths = []
    # Openpyxl writes formulas without the values they had.
    for name, book in stripped.items():
        paths.append(folder / f"{name}.xlsx")
        book.save(paths[-1])
    bare = load_workbook(folder / "example.xlsx", data_only=True)
    assert all(
        bare[c.parent.title][c.coordinate].value is None
        for c in formulas(workbooks["example"].formulas)
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


REFERRAL_RATE, WTE, OVERHEADS, CAUTIOUS_START = 0.6123, 0.9, 0.27, 0.41
ENTERED = "D"


def place_of(opened: OpenWorkbook, name: str) -> tuple[str, str]:
    """The sheet and the cell of a defined name."""
    sheet, place = opened.formulas.defined_names[name].attr_text.split("!")
    return sheet.strip("'"), place.replace("$", "")


def enter(book: Workbook, opened: OpenWorkbook, name: str, value: object, below: int = 0) -> None:
    """Type over the entry that a value stands on, or one so many rows below it."""
    sheet, place = place_of(opened, name)
    assert sheet == "Inputs"
    cell = book[sheet][f"{ENTERED}{int(place.lstrip('ABCDEFGHIJKL')) + below}"]
    assert not cell.protection.locked
    cell.value = value


def post_cell(book: Workbook, option: str, column: str) -> Any:
    """The cell of an input of an option's first line of posts."""
    posts = book["Posts"]
    across = next(cell.column for row in posts["A4:Z7"] for cell in row if cell.value == column)
    down = next(row[0].row for row in posts.iter_rows() if row[0].value == option)
    return posts.cell(down, across)


def _change(book: Workbook, opened: OpenWorkbook) -> None:
    enter(book, opened, "central_referral_rate", REFERRAL_RATE)
    enter(book, opened, "central_start_share", CAUTIOUS_START, below=1)
    enter(book, opened, "o4_central_overhead_share", OVERHEADS)
    post_cell(book, "o3", "wte").value = WTE
    book["One option"]["A4"].value = "o5: whatever stands after it"


def _break(book: Workbook, opened: OpenWorkbook) -> None:
    sheet, place = place_of(opened, "o4_central_annual_cost")
    book[sheet][place].value = 1.0


def _empty(book: Workbook, opened: OpenWorkbook) -> None:
    enter(book, opened, "central_referral_rate", None)
    enter(book, opened, "o3_central_overhead_share", "a fifth")
    post_cell(book, "o4", "wte").value = None
    enter(book, opened, "o5_central_hours_programme", -5)
    enter(book, opened, "o6_central_other_costs", None, below=-1)
    book["One option"]["A4"].value = "nothing of the kind"


def alike(display: object, expected: object) -> bool:
    if isinstance(display, int | float) and isinstance(expected, int | float):
        return math.isclose(display, expected, rel_tol=1e-9, abs_tol=1e-9)
    return display == expected


@pytest.mark.office
@every_plan
def test_every_formula_recalculates_to_the_value_beside_it(
    workbooks: dict[str, OpenWorkbook], recalculated: dict[str, Workbook], name: str
) -> None:
    result = formulas(workbooks[name].formulas)
    assert len(result) > (20 if name == "minimal" else 100) or name == "unknown"
    for cell in result:
        sheet, place = cell.parent.title, cell.coordinate
        display, current = (
            recalculated[name][sheet][place].value,
            workbooks[name].values[sheet][place].value,
        )
        assert current is not None
        assert alike(display, current), (
            f"{name}, {sheet}!{place} {cell.value}: {display} is not {current}"
        )


@pytest.mark.office
@every_plan
def test_recalculated_options_are_what_the_planner_says(
    workbooks: dict[str, OpenWorkbook],
    plan_results: dict[str, Results],
    recalculated: dict[str, Workbook],
    plans: dict[str, Plan],
    name: str,
) -> None:
    """The central case and both scenarios, worked out elsewhere, are the planner's own."""
    opened, book, worked = workbooks[name], recalculated[name], plan_results[name]
    for number, option in enumerate(worked.options, 1):
        for measure, values in option.measures.items():
            if measure not in option.medians and not measure.startswith("cost_per"):
                display = opened.of(named(opened, f"o{number}", "central", measure), book)
                assert alike(display, values.central), (number, measure)
    for case in scenarios(worked.case):
        for number, acting in enumerate(plans[name].options, 1):
            for measure, value in case.values[acting.id].items():
                own = f"o{number}_{case.name.lower()}_{measure}"
                if own in opened.formulas.defined_names:
                    display = opened.of(own, book)
                    assert alike(display, WITHHELD if value is None else value), own
                else:
                    assert value is None, own


@pytest.mark.office
def test_a_changed_input_gives_what_a_changed_plan_gives(
    workbooks: dict[str, OpenWorkbook],
    plan_results: dict[str, Results],
    recalculated: dict[str, Workbook],
    plans: dict[str, Plan],
    reference: ReferenceData,
) -> None:
    opened, book = workbooks["example"], recalculated["changed"]
    before = plan_results["example"]
    values = plans["example"].model_dump()
    rate = before.need.given["referral_rate"]
    values["demand"]["referral_rate"] = shares(rate.low, REFERRAL_RATE, rate.high)
    values["options"][3]["overhead"] = shares(0.1, OVERHEADS, 0.5)
    values["options"][2]["posts"][0]["wte"] = WTE
    worked = results(Plan.model_validate(values), reference)
    for number in (2, 3, 4, 5):
        option, was = worked.plan.options[number - 1], before.options[number - 1]
        sums = worked.case.sums_of(option)
        for step in (*sums.steps, *sums.years):
            if step.name not in was.withheld and step.uses:
                display = opened.of(f"o{number}_central_{step.name}", book)
                assert alike(display, sums.values[step.name] or display), (number, step.name)
    assert not alike(
        opened.of("o3_central_annual_cost", book), before.options[2].annual_cost.central
    )
    assert opened.of("o4_cautious_people_starting", book) == pytest.approx(
        opened.of("o4_cautious_people_assessed", book) * CAUTIOUS_START, rel=1e-9
    )
    view = {row["Measure"]: row for row in rows_of(book, "One option", "Measure")}
    assert alike(view["Cost a year"]["Central"], opened.of("o5_central_annual_cost", book))
    cost = before.options[4].annual_cost
    assert alike(view["Cost a year"]["Likely to"], cost.high)


@pytest.mark.office
def test_a_total_that_its_lines_do_not_add_up_to_is_seen(
    workbooks: dict[str, OpenWorkbook], recalculated: dict[str, Workbook]
) -> None:
    assert {
        row[scenario.capitalize()]
        for row in rows_of(recalculated["example"], "Checks", "Check")
        for scenario in SCENARIOS
    } == {"OK"}
    broken = [
        (row["Option"], row["Total"], scenario, row[scenario.capitalize()])
        for row in rows_of(recalculated["broken"], "Checks", "Check")
        for scenario in SCENARIOS
        if row[scenario.capitalize()] != "OK"
    ]
    cost = workbooks["example"].of("o4_central_annual_cost")
    assert broken == [("o4", "annual_cost", "central", pytest.approx(cost - 1.0))]
    totals = {
        name: next(
            row[1].value
            for row in recalculated[name]["Summary"].iter_rows()
            if row[0].value == "Totals"
        )
        for name in ("example", "broken")
    }
    assert totals == {"example": "all add up", "broken": "1 do not: see Checks"}


@pytest.mark.office
def test_a_cell_that_is_emptied_or_wrong_withholds_what_rests_on_it_and_nothing_else(
    workbooks: dict[str, OpenWorkbook], recalculated: dict[str, Workbook]
) -> None:
    opened, book = workbooks["example"], recalculated["emptied"]
    for cell in cells(book):
        assert not str(cell.value).startswith(("#", "Err:")), f"{cell.parent.title} {cell}"
    rests = {
        "central_demand": ["central_referrals"],
        "o3": ["annual_cost", "cash_1", "cash_total", "cost_per_head", "people_assessed"],
        "o4": ["annual_cost", "capacity", "present_total", "people_assessed"],
        "o5": ["capacity", "referrals_taken", "waiting_1", "net_stopped"],
        "o6": ["annual_cost", "cash_2", "balance_1"],
    }
    for key, names in rests.items():
        for name in names:
            own = name if key == "central_demand" else f"{key}_central_{name}"
            assert opened.of(own, book) == WITHHELD, own
    # What does not rest on them is as it was: the scenario's own rate of referrals, for one.
    for own in (
        "central_people",
        "cautious_demand",
        "o2_central_annual_cost",
        "o3_central_capacity",
        "o5_central_annual_cost",
        "o5_cautious_capacity",
        "o6_central_capacity",
    ):
        assert alike(opened.of(own, book), opened.of(own)), own
    view = rows_of(book, "One option", "Measure")
    assert {row["Central"] for row in view if row["Unit"]} == {WITHHELD}
    checks = rows_of(book, "Checks", "Check")
    assert [row["Central"] for row in checks if row["Option"] == "o6"][0] == WITHHELD
