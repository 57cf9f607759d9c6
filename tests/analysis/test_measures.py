"""The register of measures: whatever is said of one agrees with its formula, and a cost line
reaches every total."""

from __future__ import annotations

import io
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
    Known,
    cost_lines,
    measures_of,
    resting_on,
)
from planner.analysis.formatting import rounded
from planner.analysis.results.provenance import option_receipts
from planner.analysis.results.results import Results, results
from planner.documents.assemble import specification
from planner.model.document import Table
from planner.model.library import SpecLibrary
from planner.model.outcomes import MeasureName
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.outputs.workbook.build import workbook

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


def every_known(years: int) -> list[Known]:
    """Whatever a plan may know, in every combination that can be: its classes on each rung in
    turn, the option covering both or one."""
    chosen = (
        frozenset(word for word, so in zip((*FLAGS, "roles"), combination, strict=True) if so)
        for combination in product([True, False], repeat=len(FLAGS) + 1)
    )
    return [
        Known(
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


def steps_of(known: Known) -> list[Calculation]:
    return [step for section in SECTIONS for step in measures_of(known, section)]


@cache
def every_step() -> list[Calculation]:
    """Each step that some plan has, once."""
    of_plans = (step for known in every_known(2) for step in steps_of(known))
    return list(dict.fromkeys((*POST_STEPS, *of_plans)))


def inputs_of(known: Known) -> set[str]:
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
    lines = cost_lines(Known(frozenset({"need"}), CLASSES, CLASSES))
    assert "interpreters" in [line.name for line in lines]
    total = sum(cost[line.name] for line in lines)
    assert preferred.annual_cost.central == cost["annual_cost"] == pytest.approx(total)
    grown = sum(cost[line.name] for line in lines if line.grows == "prices")
    assert cost["other_cash_1"] == pytest.approx(grown) and grown >= by_hand + cost["other_costs"]
    receipts = {one.figure: one for one in option_receipts(plan_results, preferred, reference)}
    assert "of interpreters" in receipts["Cost a year"].how
    finance = next(table for table in tables(plan_results, library, reference) if is_total(table))
    assert "Interpreters" in [row[0] for row in finance.rows]
    adds_up(finance)
    book = load_workbook(io.BytesIO(workbook(plan_results, reference)), data_only=True)
    number = f"o{example.options.index(option) + 1}"
    rows = {row[2]: row for row in book["Cost"].iter_rows(values_only=True) if row[0] == number}
    assert rows["interpreters"][1] == "Interpreters"
    assert rows["interpreters"][5] == pytest.approx(by_hand, rel=1e-9)
    assert "interpreters" in str(rows["annual_cost"][4])


def test_without_the_new_line_nothing_of_it_is_left(
    example: Plan, reference: ReferenceData
) -> None:
    assert "interpreters" not in results(example, reference).options[1].measures


def test_every_cost_line_grows_and_is_in_the_receipt_and_the_total(
    worked: Results, reference: ReferenceData
) -> None:
    assert worked.preferred is not None
    known = Known(frozenset({"need"}), CLASSES, CLASSES, (), 1)
    lines = cost_lines(known)
    assert {line.name for line in lines} >= {"pay", "overhead", "other_costs", "set_up_spread"}
    assert all(line.grows for line in lines)
    receipt = option_receipts(worked, worked.preferred, reference)[0]
    assert receipt.figure == MEASURES["annual_cost"].label
    for line in lines:
        assert f"of {line.label[0].lower()}{line.label[1:]}" in receipt.how
    (total,) = (step for step in measures_of(known, "cost") if step.name == "annual_cost")
    assert set(total.uses) == {line.name for line in lines}


# --- printed tables -------------------------------------------------------------------------------

TOTAL = re.compile(r"(Total|All|Together|In all|Sum|Cost a year)\b")
NUMBER = re.compile(r"£?-?[\d,]+(\.\d+)?")


def tables(plan_results: Results, library: SpecLibrary, reference: ReferenceData) -> list[Table]:
    return [
        block
        for action in (3, 4)
        for section in specification(plan_results, action, reference, library).sections
        for block in section.blocks
        if isinstance(block, Table)
    ]


def is_total(table: Table) -> bool:
    """Whether one of its rows is the sum of those above it."""
    return bool(_totals(table))


def _totals(table: Table) -> list[int]:
    return [
        place
        for place, row in enumerate(table.rows)
        if place > 1 and TOTAL.match(row[0]) and any(NUMBER.fullmatch(cell) for cell in row[1:])
    ]


def adds_up(table: Table) -> None:
    for place in _totals(table):
        for column in range(1, len(table.columns)):
            cells = [row[column] for row in table.rows[: place + 1]]
            if not all(NUMBER.fullmatch(cell) for cell in cells):
                continue
            *parts, total = (float(re.sub("[£,]", "", cell)) for cell in cells)
            # each number is rounded by itself
            step = 10.0 ** -max(len(cell.partition(".")[2]) for cell in cells)
            assert abs(sum(parts) - total) <= step * (len(parts) + 1) / 2, (table.caption, cells)


@pytest.mark.parametrize("name", ["minimal", "starter", "example", "maximal", "revised"])
def test_every_printed_table_with_a_total_adds_up(
    name: str, request: pytest.FixtureRequest, reference: ReferenceData, library: SpecLibrary
) -> None:
    plan: Plan = request.getfixturevalue(name)
    chosen = {plan.preferred_option, *(option.id for option in plan.options)}
    for option in chosen:
        plan_results = results(plan.model_copy(update={"preferred_option": option}), reference)
        with_total = [
            table for table in tables(plan_results, library, reference) if is_total(table)
        ]
        preferred = plan_results.preferred
        for table in with_total:
            adds_up(table)
        # Nothing is printed of the cost of doing nothing.
        if preferred is None or not preferred.annual_cost.central:
            continue
        finance = next(
            table for table in with_total if MEASURES["pay"].label in [row[0] for row in table.rows]
        )
        posts = sum(round(post.total) for post in plan_results.preferred.posts)
        (pay,) = (row for row in finance.rows if row[0] == MEASURES["pay"].label)
        assert (
            abs(float(re.sub("[£,]", "", pay[1])) - posts)
            <= len(plan_results.preferred.posts) / 2 + 1
        )


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
