"""The register of measures: whatever is said of one agrees with its formula, and a cost line
reaches every total."""

from __future__ import annotations

import io
import math
import re
import string
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import product
from typing import get_args

import pytest
from openpyxl import load_workbook

from planner.analysis.calculation import measures
from planner.analysis.calculation.inputs import INPUTS
from planner.analysis.calculation.measures import (
    IN_DRAWS,
    MEASURES,
    POST_STEPS,
    REGISTER,
    Calculation,
    KnownInputs,
    cost_lines,
    measures_of,
    resting_on,
)
from planner.analysis.economics.case_study_models import parts_of_option
from planner.analysis.economics.compare import IMPLIED_BY, JUDGED
from planner.analysis.formatting import rounded
from planner.analysis.results.projections import Projections
from planner.analysis.results.provenance import option_provenance
from planner.analysis.results.results import Results, results
from planner.documents import tables as tables_made
from planner.documents.assemble import specification
from planner.documents.changes.compare import COMPARED
from planner.model.document import Table
from planner.model.library import MAIN, SpecLibrary
from planner.model.outcomes import MeasureName
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.outputs.workbook.build import SUMMARY, VIEWED, VIEWED_BY_YEAR, workbook

SECTIONS = ("need", "referrals", "shares", "cost", "outcomes", "years")
CLASSES = ("opioids", "z_drugs")
RUNGS = (
    ("count", "by month"),
    ("count",),
    ("quarter", "by month"),
    ("quarter", "of part"),
    ("month", "of part"),
    ("rate", "items", "by month"),
    ("rate", "items", "region"),
    ("rate", "by month"),
)
"""What is known of a class on each rung of the ladder, with a long-term share of ours or not."""
FLAGS = (
    "need", "effect", "net", "specialist", "letters offer", "invites", "stated", "budget",
    "contract price",
)  # fmt: skip
CANNOT_BE = (
    # Of a plan without need nothing is known of people, and a letters offer sees nobody.
    *(("not need", flag) for flag in FLAGS[1:6]),
    *(("letters offer", flag) for flag in ("specialist", "invites", "stated", "roles")),
    ("not need", "roles"),
)
ONLY_WITH = {
    "stated_capacity": "stated", "budget": "budget", "usual": "net", "net": "net",
}  # fmt: skip
"""Inputs that a plan gives the sums only where it knows something more."""


def can_be(words: frozenset[str]) -> bool:
    """Whether a plan may know these things together."""
    return not any(
        all((word.removeprefix("not ") in words) is not word.startswith("not ") for word in pair)
        for pair in CANNOT_BE
    )


def every_known(years: int) -> list[KnownInputs]:
    """Whatever a plan may know, in every combination that can be: its classes on each rung in
    turn, the option covering both or one."""
    chosen = (
        frozenset(word for word, so in zip((*FLAGS, "roles"), combination, strict=True) if so)
        for combination in product([True, False], repeat=len(FLAGS) + 1)
    )
    return [
        KnownInputs(
            words - {"roles"}
            | {
                f"{word} {name}".strip()
                for name in CLASSES
                for word in ("", *RUNGS[place % len(RUNGS)])
            },
            CLASSES,
            CLASSES[place % 2 :],
            (1, 3) if "roles" in words else (),
            years,
        )
        for place, words in enumerate(filter(can_be, chosen))
    ]


def steps_of(known: KnownInputs) -> list[Calculation]:
    return [step for section in SECTIONS for step in measures_of(known, section)]


@cache
def every_step() -> list[Calculation]:
    """Each step that some plan has, once."""
    of_plans = (step for known in every_known(2) for step in steps_of(known))
    return list(dict.fromkeys((*POST_STEPS, *of_plans)))


def inputs_of(known: KnownInputs) -> set[str]:
    """The names that a plan which knows this gives the sums."""
    each = {"class": known.classes, "year": range(1, known.years + 1), "role": known.roles}
    of_outcomes = each | {"class": known.covered}
    return {
        item.name(of)
        for item in INPUTS
        if not item.feeds and item.scope != "post"
        if "need" in known.has or (item.section != "need" and item.scope != "class")
        if ONLY_WITH.get(item.key, "any") in {*known.has, "any"}
        for of in (of_outcomes if item.section == "outcomes" else each).get(item.scope, ("",))
    }


def test_no_measure_uses_a_name_that_is_not_known_whatever_a_plan_knows() -> None:
    for one in every_known(2):
        known = inputs_of(one)
        for step in steps_of(one):
            if step.is_link:
                assert step.name in known, f"{step.name} repeats what is not there with {one}"
                continue
            assert set(step.uses) <= known, f"{step.name} uses {set(step.uses) - known} with {one}"
            assert step.name not in known, f"{step.name} is made twice with {one}"
            known.add(step.name)


def test_no_measure_rests_on_one_that_may_be_withheld() -> None:
    withheld = {step.name for step in every_step() if "WITHHELD" in step.formula}
    assert withheld == {step.name for step in every_step() if step.undefined}
    for step in every_step():
        assert not withheld & set(step.uses), f"{step.name}: the workbook would show an error"


def test_every_measure_has_a_label_of_its_own_and_a_unit() -> None:
    labels: dict[str, set[str]] = {}
    for step in every_step():
        assert step.label[0].isupper() and step.unit and step.section
        labels.setdefault(step.label, set()).add(step.name)
    assert not {label: names for label, names in labels.items() if len(names) > 1}


def test_a_sum_in_words_names_what_its_formula_uses_and_nothing_else() -> None:
    with_words = [step for step in every_step() if step.how]
    assert {step.name for step in with_words} == {
        step.name for step in every_step() if step.receipt
    }
    for step in with_words:
        names = {name for _, name, _, _ in string.Formatter().parse(step.how) if name}
        # Whether a tier is written to is a yes or a no.
        assert names == {n for n in step.uses if not n.startswith("writes_to_")}, step.name


def test_what_a_measure_is_over_is_in_its_formula() -> None:
    for step in every_step():
        if step.over:
            assert step.over in step.uses and "/" in step.formula
        if step.is_cost_ratio:
            assert step.better == "lower", step.name


def test_the_measures_that_options_are_compared_on_are_called_as_in_the_register() -> None:
    for name in get_args(MeasureName):
        measure = MEASURES[name]
        label = measure.label[0].lower() + measure.label[1:]
        assert measure.in_a_sentence in (label, label.partition(" (net")[0])
        assert measure.in_draws and measure.better != "neither"


def test_a_measure_is_withheld_with_the_part_of_the_evidence_that_it_rests_on() -> None:
    for part in ("need", "effect", "net"):
        for known in every_known(1):
            without = frozenset(known.has - {part})
            if can_be(without | ({"roles"} if known.roles else frozenset())):
                names = {step.name for step in steps_of(replace(known, has=without))}
                assert not names & set(resting_on(part))
    of_net = {
        "usual_stopped", "net_stopped", "cost_per_net_stopped", "still_off", "added_relapses",
        "medicines",
    }  # fmt: skip
    assert set(resting_on("net")) == of_net
    assert set(resting_on("effect")) == {*of_net, "stopped", "cost_per_stopped"}


# --- cost lines -----------------------------------------------------------------------------------

INTERPRETERS = Calculation(
    "interpreters", "Interpreters", "GBP a year", "pay * 0.05",
    section="cost", part_of="annual_cost", grows="prices",
)  # fmt: skip


OF_PEOPLE = ("need", "not letters offer")


@pytest.fixture(params=["pay * 0.05", "people_assessed * 0.25 * 120"])
def one_more_cost(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Calculation]:
    """The register with one cost line more, put in by its entry and nothing else; one rests on the
    people assessed."""
    of_people = "people_assessed" in request.param
    line = replace(INTERPRETERS, formula=request.param, needs=OF_PEOPLE if of_people else ())
    at = next(place for place, one in enumerate(REGISTER) if one.name == "other_costs")
    rows = (*REGISTER, line) if of_people else (*REGISTER[:at], line, *REGISTER[at:])
    monkeypatch.setattr(measures, "REGISTER", rows)
    monkeypatch.setitem(MEASURES, "interpreters", line)
    measures_of.cache_clear()
    yield line
    monkeypatch.undo()
    measures_of.cache_clear()


def test_a_new_cost_line_reaches_every_total_and_every_place_that_shows_it(
    one_more_cost: Calculation, example: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    plan_results = results(example, reference)
    preferred, option = plan_results.preferred, example.preferred
    assert preferred and option
    cost = {name: value or 0.0 for name, value in plan_results.case.sums_of(option).values.items()}
    by_hand = cost["people_assessed"] * 30 if one_more_cost.needs else cost["pay"] * 0.05
    assert cost["interpreters"] == pytest.approx(by_hand)
    lines = cost_lines(KnownInputs(frozenset({"need"}), CLASSES, CLASSES))
    assert "interpreters" in [line.name for line in lines]
    total = sum(cost[line.name] for line in lines)
    assert preferred.annual_cost.central == cost["annual_cost"] == pytest.approx(total)
    grown = sum(cost[line.name] for line in lines if line.grows == "prices")
    assert cost["other_cash_1"] == pytest.approx(grown) and grown >= by_hand + cost["other_costs"]
    receipts = {one.figure: one for one in option_provenance(plan_results, preferred, reference)}
    assert "of interpreters" in receipts["Cost a year"].how
    every = tables(plan_results, library, reference, MAIN[3], "evidence-pack", "local-prices")
    assert "Interpreters" in [row[0] for row in finance_of(every).rows]
    for table in every:
        adds_up(table)
    # What a person costs more or less than at a case study is put down to what it is.
    team = sum(cost[name] for name in ("pay", "overhead", "set_up_spread"))
    assert parts_of_option(preferred).other == pytest.approx(cost["annual_cost"] - team)
    book = load_workbook(io.BytesIO(workbook(plan_results, reference)), data_only=True)
    # The sheet of one option has every line under the total, and nothing of it is left over.
    view = {row[0]: row[2] for row in book["One option"].iter_rows(values_only=True)}
    of_lines = [view[line.label] for line in lines if line.label in view]
    assert math.fsum(v for v in of_lines if isinstance(v, float)) == pytest.approx(
        view[MEASURES["annual_cost"].label], rel=1e-9
    )
    assert view["Interpreters"] == pytest.approx(by_hand, rel=1e-9)
    checks = [row[3:6] for row in book["Checks"].iter_rows(values_only=True, min_row=5)]
    assert {cell for row in checks for cell in row if cell} == {"OK"}
    number = f"o{example.options.index(option) + 1}"
    rows = {row[2]: row for row in book["Cost"].iter_rows(values_only=True) if row[0] == number}
    assert rows["interpreters"][1] == "Interpreters"
    assert rows["interpreters"][5] == pytest.approx(by_hand, rel=1e-9)
    assert "interpreters" in str(rows["annual_cost"][4])


def test_what_a_new_cost_line_can_grow_with_is_in_the_cash_of_a_year() -> None:
    lines = [one for one in REGISTER if one.part_of == "annual_cost"]
    assert {one.name for one in lines if one.grows == "once"} == {"set_up_spread"}
    assert {one.name for one in lines if one.grows == "letters"} == {"letters_cost"}
    assert {one.grows for one in lines} == {"pay", "prices", "letters", "once"}


def test_without_the_new_line_nothing_of_it_is_left(
    example: Plan, reference: ReferenceData
) -> None:
    assert "interpreters" not in results(example, reference).options[1].measures


def test_every_cost_line_grows_and_is_in_the_receipt_and_the_total(
    worked: Results, reference: ReferenceData
) -> None:
    assert worked.preferred is not None
    known = KnownInputs(frozenset({"need"}), CLASSES, CLASSES, (), 1)
    lines = cost_lines(known)
    assert {line.name for line in lines} >= {"pay", "overhead", "other_costs", "set_up_spread"}
    assert all(line.grows for line in lines)
    receipt = option_provenance(worked, worked.preferred, reference)[0]
    assert receipt.figure == MEASURES["annual_cost"].label
    for line in lines:
        assert f"of {line.label[0].lower()}{line.label[1:]}" in receipt.how
    (total,) = (step for step in measures_of(known, "cost") if step.name == "annual_cost")
    assert set(total.uses) == {line.name for line in lines}


# --- lists of measures to show --------------------------------------------------------------------

OF_OPTIONS = {name for name in IN_DRAWS if MEASURES[name].section in ("cost", "outcomes")}
OVER_HEADS = "shown beside case studies, whose costs are over residents of all ages"
WORKING = "on the way to a measure that is shown; it stands on the workbook's own sheet"
GROSS = "over those who would stop anyway too; the cost of each additional one is shown"
AS_ANOTHER = "another one here says it"
LEFT_OUT: dict[str, tuple[set[str], dict[str, str]]] = {
    "the tables of documents": (
        {*tables_made.COST, *tables_made.REACH, *tables_made.LETTERS, *tables_made.COSTS,
         *tables_made.CONSEQUENCES, "reach"} - {*tables_made.NOT_FORECAST},
        {"cost_per_head_all_ages": OVER_HEADS, "hours_per_referral": WORKING,
         "not_taken": WORKING, "wte_for_18_weeks": WORKING, "cost_per_stopped": GROSS},
    ),
    "the view of one option in the workbook": (
        {"annual_cost", *VIEWED} & OF_OPTIONS,
        {"cost_per_head_all_ages": OVER_HEADS, "hours_per_referral": WORKING,
         "not_taken": WORKING, "wte_for_18_weeks": WORKING, "reach": AS_ANOTHER,
         "cost_per_stopped": GROSS},
    ),
    "two versions compared": (
        {*COMPARED} & OF_OPTIONS,
        {"cost_per_head_all_ages": OVER_HEADS, "hours_per_referral": WORKING, "register": WORKING,
         "not_taken": WORKING, "wte_for_18_weeks": WORKING, "reach": AS_ANOTHER,
         "waiting_weeks": AS_ANOTHER, "practice_hours": AS_ANOTHER, "usual_stopped": WORKING,
         "added_relapses": "follows who stops", "medicines": "follows who stops"},
    ),
    "two options beside each other": ({*JUDGED}, {
        **dict.fromkeys(IMPLIED_BY, AS_ANOTHER),
        **{name: "neither high nor low is better" for name in OF_OPTIONS
           if MEASURES[name].better == "neither"},
    }),
}  # fmt: skip
"""Each list of measures to show, and those that an editor left out, with the reason."""


@pytest.mark.parametrize("where", LEFT_OUT)
def test_every_measure_of_an_option_is_shown_or_left_out_for_a_reason(where: str) -> None:
    section_part, left_out = LEFT_OUT[where]
    assert section_part | {*left_out} == OF_OPTIONS and not section_part & {*left_out}


def test_every_measure_of_a_year_is_in_the_view_of_one_option_or_left_out_for_a_reason() -> None:
    left_out = {"referred": WORKING, "taken": WORKING, "net_stopped": "follows who starts"}
    on_screen = {
        one.name.removesuffix("_{at}") for one in REGISTER if one.each == "years" and one.in_draws
    }
    # The balance is the budget less the cash, which is drawn.
    assert {*VIEWED_BY_YEAR} - {"balance"} | {*left_out} == on_screen
    assert not {*VIEWED_BY_YEAR} & {*left_out}


def test_a_measure_that_is_not_judged_is_told_by_one_that_is() -> None:
    assert {*IMPLIED_BY.values()} <= {*JUDGED}


def test_the_summary_of_the_workbook_shows_what_its_view_of_one_option_does() -> None:
    assert {*SUMMARY} <= {"annual_cost", *VIEWED}


def test_every_consequence_of_an_option_is_in_the_table_of_consequences() -> None:
    of_outcomes = {name for name in OF_OPTIONS if MEASURES[name].section == "outcomes"}
    assert of_outcomes - {*tables_made.CONSEQUENCES} == {
        name for name in of_outcomes if MEASURES[name].is_cost_ratio
    }


# --- printed tables -------------------------------------------------------------------------------

TOTAL = re.compile(
    r"(Total|All|Together|In all|Sum|The whole|Cost a year|Pay with on-costs|To \d+ \w+ \d{4})\b"
)
"""How the first cell of a row begins that is the sum of those above it."""
ACROSS = (
    (("Found", "Not yet found"), "Cost"),
    (("Salaries", "On-costs"), "Pay with on-costs"),
)
"""Columns whose sum stands in another one of the same row."""
NUMBER = re.compile(r"£?-?[\d,]+(\.\d+)?")
NONE = "none"


def tables(
    plan_results: Results, library: SpecLibrary, reference: ReferenceData, *names: str
) -> list[Table]:
    """Every table of these documents of the set, of all where none is named."""
    projections = Projections(plan_results, reference)
    return [
        block
        for outline in library.outlines
        if outline.name in names or not names
        for section in specification(
            plan_results, outline.name, reference, library, projections
        ).sections
        for block in section.blocks
        if isinstance(block, Table)
    ]


def sums(table: Table) -> list[list[str]]:
    """The cells of each sum that a table prints, down its columns and across its rows, the total
    last."""
    down = [
        [row[column] for row in table.rows[: place + 1]]
        for place, first in enumerate(row[0] for row in table.rows)
        if place > 1 and TOTAL.match(first)
        for column in range(1, len(table.columns))
    ]
    across = [
        [row[column] for column in (*parts, total)]
        for parts, total in ACROSS
        if {*parts, total} <= {*table.columns}
        for row in table.records
    ]
    return [
        cells
        for cells in (*down, *across)
        if NUMBER.fullmatch(cells[-1])
        and all(NUMBER.fullmatch(cell) or cell == NONE for cell in cells)
    ]


def adds_up(table: Table) -> None:
    for cells in sums(table):
        *parts, total = (0.0 if c == NONE else float(re.sub("[£,]", "", c)) for c in cells)
        # Each number is rounded by itself.
        step = 10.0 ** -max(len(cell.partition(".")[2]) for cell in cells)
        assert abs(math.fsum(parts) - total) <= step * (len(parts) + 1) / 2, (table.caption, cells)


def finance_of(finance_tables: list[Table]) -> Table:
    """The table of what a full year's cost is made of."""
    return next(
        table
        for table in finance_tables
        if [MEASURES["pay"].label, MEASURES["annual_cost"].label]
        == [row[0] for row in (table.rows[0], table.rows[-1])]
    )


@pytest.mark.parametrize("name", ["minimal", "starter", "example", "maximal", "revised"])
def test_every_printed_table_with_a_total_adds_up(
    name: str, request: pytest.FixtureRequest, reference: ReferenceData, library: SpecLibrary
) -> None:
    plan: Plan = request.getfixturevalue(name)
    plan_results = results(plan, reference)
    every = tables(plan_results, library, reference)
    called = re.compile(r"(?i)\b(total|sum|in all|whole term|all years)\b")
    for table in every:
        adds_up(table)
        # No other row or column is called a total.
        heads = [*table.columns, *(row[0] for row in table.rows)]
        assert sums(table) or not any(map(called.search, heads)), table.caption
    with_sums = {table.caption for table in every if sums(table)}
    preferred = plan_results.preferred
    # Nothing is printed of the cost of doing nothing.
    if preferred is None or not preferred.annual_cost.central:
        assert not with_sums
        return
    (pay,) = (row for row in finance_of(every).rows if row[0] == MEASURES["pay"].label)
    posts = sum(round(post.total) for post in preferred.posts)
    assert abs(float(re.sub("[£,]", "", pay[1])) - posts) <= len(preferred.posts) / 2 + 1
    if name == "example":
        assert {heading.split(",")[0] for heading in with_sums} == {
            "Cost of Therapists with peer support by financial year",
            "The smaller service",
            "What a full year's cost is made of",
            "Contract value by financial year",
            "Pay of Therapists with peer support in a full year",
            "Pay of Pharmacist review clinics in primary care in a full year",
        }


def test_the_lines_of_every_option_add_up(
    example: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    for option in example.options:
        plan = example.model_copy(update={"preferred_option": option.id})
        for table in tables(results(plan, reference), library, reference, MAIN[3], "local-prices"):
            adds_up(table)


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        (("Year", "Cost"), (("2027/28", "£10"), ("2028/29", "£20"), ("The whole term", "£32"))),
        (("Year", "Value"), (("2027/28", "£10"), ("2028/29", "none"), ("All years", "£12"))),
        (("Year", "Cost", "Found", "Not yet found"), (("2027/28", "£30", "£10", "£18"),)),
    ],
)
def test_a_table_that_does_not_add_up_is_seen(
    columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]
) -> None:
    table = Table(caption="Wrong", description="Wrong by two pounds", columns=columns, rows=rows)
    with pytest.raises(AssertionError, match="Wrong"):
        adds_up(table)


def test_the_parts_of_a_post_come_to_its_cost(worked: Results) -> None:
    posts = [post for option in worked.options for post in option.posts]
    assert posts
    for post in posts:
        parts = (
            post.salary + post.high_cost_area + post.national_insurance + post.pension + post.levy
        )
        assert rounded(parts, 2) == rounded(post.total, 2)


def test_everything_drawn_is_summed_up_once() -> None:
    assert len(IN_DRAWS) == len(set(IN_DRAWS))
    assert all(MEASURES[name].section not in ("post", "shares") for name in IN_DRAWS)
