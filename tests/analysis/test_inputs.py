"""The register of inputs: each is drawn or says why not, shows wherever inputs show, and has
the plan's own bounds."""

from __future__ import annotations

import ast
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from openpyxl import load_workbook
from pydantic import BaseModel, ValidationError

from planner.analysis.calculation.distributions import Stream
from planner.analysis.calculation.inputs import (
    BY_PATH,
    INPUTS,
    Input,
    field_kinds,
    input_at,
    input_named,
    is_range,
    label_at,
    model_field,
)
from planner.analysis.calculation.measures import POST_STEPS
from planner.analysis.completeness.missing_inputs import missing_inputs
from planner.analysis.completeness.wizard_steps import STEPS
from planner.analysis.economics.one_way_sensitivity import format_value, rows_of
from planner.analysis.economics.option_model import Case, OptionSums
from planner.analysis.economics.probabilistic import draws_of
from planner.analysis.results.results import results
from planner.documents.assemble import specification
from planner.model.base import Frozen, Range
from planner.model.document import Table
from planner.model.outcomes import MeasureName
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData
from planner.outputs.workbook.build import POST_INPUTS, workbook
from planner.outputs.workbook.content import cell_provenance, content_of
from planner.reference.field_help import field_help

PLANNER = Path(__file__).parents[2] / "planner"
IN_SUMS = [
    item for item in INPUTS if not item.feeds and item.key not in ("high_dose_opioids", "items")
]
"""Every input that is a name in some formula."""
NO_INPUT = {
    "inequality": "counts by fifth, sex and group are described, and no cost or outcome rests on "
    "them",
    "areas": "numbers of smaller places are ranked, and no cost or outcome rests on them",
    "trend": "items by month are described, and no cost or outcome rests on them",
    "boards": "other boards are counted to say where this one stands; no cost rests on them",
    "imports": "what files held is a record",
    "prescribing.classes.*.quantity": "it says what the items were of, beside the sums",
    "prescribing.classes.*.confirmed": "it repeats a count that the user said is right",
    "simulation.seed": "it is how draws are made, not what is drawn",
    "simulation.simulations": "it is how draws are made, not what is drawn",
    "mix": "limits that a person sets on the best mix, which is worked out after the sums",
    "options.*.shares_by_quintile": "reach by fifth is described beside the sums",
    "pricing.own_index.values": "an index moves prices between years before the sums start",
    "specification": "what the documents need beyond the numbers",
}
"""Fields of a plan that hold a number and are no input of the sums, with the reason."""


@pytest.fixture(scope="module")
def everything(maximal: Plan, reference: ReferenceData) -> Case:
    """A plan that uses every input: a class on each rung of the ladder, an option whose capacity is
    stated, and one whose posts have hours of their own."""
    values = maximal.model_dump(mode="json")
    demand = values["demand"]
    demand.update(
        letters_a_year=2_000,
        response={"low": 0.05, "central": 0.08, "high": 0.1},
        leave_list={"low": 0.1, "central": 0.2, "high": 0.3},
        start_share={"low": 0.5, "central": 0.6, "high": 0.8},
        search_hours=400,
        hours_referral={"low": 0.2, "central": 0.5, "high": 1},
        hours_assessment={"low": 1, "central": 1.5, "high": 2},
    )
    values["outcomes"]["carry_over"] = {"low": 0.3, "central": 0.6, "high": 0.9}
    classes = values["prescribing"]["classes"]
    classes[1].update(count_of="long_term", items=None, long_term_share=None)
    classes[2].update(counted_over="quarter", long_term_share=None)
    classes[3].update(patients=None, items_period="2023/24")
    classes[4].update(step_down_to=5)
    for name in ("classes_per_person", "classes_per_person_month"):
        values["demand"][name] = {"low": 1.2, "central": 1.3, "high": 1.4}
    for row in values["outcomes"]["classes"]:
        row.update(evidence=None, source="test")
        for name, share in (("stopped", 0.3), ("usual", 0.1)):
            row[name] = {"low": share - 0.05, "central": share, "high": share + 0.05}
    for option in values["options"]:
        if option["posts"]:
            option["effect"] = {"low": 0.8, "central": 1.0, "high": 1.2}
            option["overhead"] = {"low": 0.1, "central": 0.2, "high": 0.3}
            option["did_not_attend"] = {"low": 0.05, "central": 0.1, "high": 0.2}
            most = max(option["posts"], key=lambda post: post["patient_facing"])
            most["hours_each"] = {"low": 1, "central": 2, "high": 3}
    values["options"][-1]["stated_capacity"] = {"low": 100, "central": 200, "high": 300}
    return Case.of(Plan.model_validate(values), reference)


def every_sum(case: Case) -> Iterator[OptionSums]:
    """The sums of the options that do something."""
    return (one for one in case.sums if not one.option.is_do_nothing)


def with_modelled_high_dose(case: Case) -> Case:
    """The same plan where nobody has counted people on high-dose opioids."""
    prescribing = case.plan.prescribing.model_copy(update={"high_dose_opioid_patients": None})
    plan = case.plan.model_copy(update={"prescribing": prescribing})
    return Case.of(plan, case.reference)


def test_every_input_is_drawn_or_says_why_not() -> None:
    for item in INPUTS:
        assert bool(item.shape) != bool(item.not_drawn), (
            f"{item.key}: drawn, or a reason why not, and not both"
        )
        assert item.shape or len(item.not_drawn.split()) > 2, (
            f"{item.key}: '{item.not_drawn}' is no reason"
        )
        assert item.shape or not item.spread
        assert item.step in STEPS


def test_every_name_is_once_and_every_label_is_once() -> None:
    for what in ("key", "label"):
        count = Counter(getattr(item, what) for item in INPUTS)
        assert not [value for value, times in count.items() if times > 1]
    paths = [item.path for item in INPUTS if item.path]
    assert len(paths) == len(set(paths))
    assert all(item.feeds in {other.key for other in IN_SUMS} for item in INPUTS if item.feeds)


def test_no_label_is_written_anywhere_but_in_the_register() -> None:
    """Measures have labels of their own register; a word or two, such as Items, could be said of
    anything."""
    # The models name the basis of a population; columns for a share and for parts of a cost have
    # them as their heads.
    named_below, columns = {"residents of all ages"}, {"time with people", "costs other than pay"}
    labels = (
        {item.label.lower() for item in INPUTS if len(item.label.split()) > 2}
        - named_below
        - columns
    )
    written = [
        f"{path.relative_to(PLANNER)}, line {node.lineno}: {node.value}"
        for path in PLANNER.rglob("*.py")
        if path.name not in ("inputs.py", "measures.py") or path.parent.name != "calculation"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.lower() in labels
    ]
    assert not written


def test_every_name_that_the_sums_start_from_is_in_the_register_and_every_entry_is_used(
    everything: Case,
) -> None:
    used = {input_named(name)[0].key for one in everything.sums for name in one.given} | {
        name for one in everything.sums for post in one.posts for name in post["central"].inputs
    }
    assert used - {"salary"} == {item.key for item in IN_SUMS} - NOT_GIVEN - {"salary"}


NOT_GIVEN = {"between_studies"}
"""Inputs that only the draws read: they widen what is drawn, and are in no formula."""


def test_every_drawn_input_is_drawn_and_no_other_is(everything: Case) -> None:
    varies: dict[str, bool] = {}
    for case in (everything, with_modelled_high_dose(everything)):
        stream = Stream(case.plan.simulation.seed, 0, 50)
        for one in every_sum(case):
            simulations = draws_of(one, stream, case)
            for name in one.given:
                key = input_named(name)[0].key
                varies[key] = varies.get(key, False) or bool(np.ptp(simulations[name]) > 0)
    # Pay is drawn as salaries, and what support adds as the two shares that it is made of.
    new_names = {"pay", "net"}
    for item in IN_SUMS:
        if item.scope != "post" and item.key not in NOT_GIVEN:
            assert varies[item.key] == (bool(item.shape) or item.key in new_names), item.key


def test_every_drawn_input_is_in_the_tornado_or_says_why_not(everything: Case) -> None:
    rows = [
        row
        for case in (everything, with_modelled_high_dose(everything))
        for one in every_sum(case)
        for row in rows_of(one).items()
    ]
    moved = {input_named(name)[0].key for _, (at_low, _) in rows for name in at_low}
    named = {row for row, _ in rows}
    for item in INPUTS:
        if item.shape and not item.not_moved:
            assert item.key in moved or item.row in named, item.key
        elif item.shape:
            assert len(item.not_moved.split()) > 3 and item.key not in moved, item.key


def test_what_no_compared_measure_rests_on_moves_none(everything: Case) -> None:
    """The reason that the register gives for leaving an input out of the tornado is true."""
    from planner.analysis.economics.one_way_sensitivity import measure_at

    one = next(one for one in every_sum(everything) if not one.option.is_letters)
    for item in (item for item in INPUTS if item.not_moved.startswith("no measure")):
        for name in (name for name in one.given if input_named(name)[0] is item):
            for measure in get_args(MeasureName):
                ends = [
                    measure_at(one, {name: getattr(one.given[name], end)}, measure)
                    for end in ("low", "high")
                ]
                assert ends[0] == ends[1], (name, measure)


def test_every_drawn_input_is_in_the_register_of_assumptions_or_named_elsewhere(
    everything: Case, reference: ReferenceData, library: Any
) -> None:
    result = results(everything.plan, reference)
    assert result.preferred is not None
    document = specification(result, "evidence-pack", reference, library)
    tables = [
        block for part in document.sections for block in part.blocks if isinstance(block, Table)
    ]
    (register,) = (table for table in tables if table.caption == "Assumptions in use")
    printed = {row[0] for row in register.rows}
    option = everything.option(str(result.plan.preferred_option))
    for item in INPUTS:
        if not item.shape:
            continue
        assert item.listed, f"{item.key} is drawn and listed nowhere"
        if item.listed in ("in use", "option"):
            if item.key == "stated_capacity" and option.stated_capacity is None:
                continue
            labels = {item.label_of(c.label) for c in MedicineClass} | {item.label}
            assert any(
                row.casefold().endswith(label.casefold()) or row.startswith(label)
                for row in printed
                for label in labels
            ), item.key
        if item.listed == "default":
            figures = [reference.assumption(figure).label for figure in item.figures]
            assert item.label in printed or all(label in printed for label in figures), item.key


def test_every_input_is_in_the_workbook_in_words_with_its_bounds(
    everything: Case, reference: ReferenceData
) -> None:
    result = results(everything.plan, reference)
    receipts = {
        name: row
        for rows in cell_provenance(content_of(result, reference)).values()
        for name, row in rows.items()
    }
    book = load_workbook(io.BytesIO(workbook(result, reference)), read_only=True)
    rows = {row[1]: row for row in book["Inputs"].iter_rows(values_only=True) if len(row) > 4}
    for name in everything.sums[1].given:
        item, _ = input_named(name)
        if item.section and item.highest is not None:
            assert receipts[name].label and receipts[name].source, name
            assert rows[name][4] == f"{item.lowest:,g} to {item.highest:,.10g}", name
    uses = {name for step in POST_STEPS for name in step.uses} - {step.name for step in POST_STEPS}
    assert {item.key for item in POST_INPUTS} == uses


def at_path(plan: Plan, path: str, value: Any) -> Plan:
    """The plan with another value at a path, checked anew."""
    values = json.loads(plan.model_dump_json())
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    here = values
    for part in way:
        here = here[part]
    here[last] = value
    if last in ("stopped", "usual"):
        none = {"low": 0, "central": 0, "high": 0}
        others = {"stopped": none, "usual": none, "evidence": None}
        here.update({name: other for name, other in others.items() if name != last})
    return Plan.model_validate(values)


def refuses(plan: Plan, path: str, value: Any) -> bool:
    """Whether a plan may not hold a value there."""
    try:
        at_path(plan, path, value)
    except ValidationError:
        return True
    return False


BY_YEAR = ("staffing_profile", "referrals_by_year")
BOUNDED = [item for item in INPUTS if item.path and item.key not in BY_YEAR]


@pytest.mark.parametrize("item", BOUNDED, ids=lambda item: item.key)
def test_the_plan_has_the_bounds_of_the_register(everything: Case, item: Input) -> None:
    at = {"prescribing": "3", "outcomes": "3"}.get(item.path.split(".")[0], "1")
    post = "posts.1" if item.key == "patient_facing" else "posts.0"
    path = (
        item.path.replace("posts.*", post)
        .replace("other_costs.*", "other_costs.0")
        .replace("*", at)
    )
    plan = everything.plan
    if item.key == "salary":
        plan = at_path(at_path(plan, path, None), path.replace("salary", "band"), "6")
        values = plan.model_dump(mode="json")
        values["options"][1]["posts"][0].update(band="other", salary=50_000)
        plan = Plan.model_validate(values)
    if item.key in ("counted", "high_dose_opioids"):
        values = plan.model_dump(mode="json")
        values["prescribing"]["high_dose_opioid_patients"] = 0
        values["prescribing"]["classes"][3]["patients"] = 100_000_000
        plan = Plan.model_validate(values)
    whole = int in field_kinds(item.path)

    def entry(value: float) -> Any:
        number = int(value) if whole else value
        return {"low": number, "central": number, "high": number} if is_range(item.path) else number

    assert item.highest is not None
    beyond = 1 if whole else max(1e-3, abs(item.highest) * 1e-3)
    under = 1 if whole else 5e-4
    if item.key not in ("salary", "wte", "headcount", "high_dose_opioids"):
        assert not refuses(plan, path, entry(item.lowest)), "a plan may hold the lowest"
    if item.key not in ("wte", "salary"):
        assert not refuses(plan, path, entry(item.highest)), "a plan may hold the highest"
    assert refuses(plan, path, entry(item.highest + beyond)), (
        "a plan may hold no more than the highest"
    )
    assert refuses(plan, path, entry(item.lowest - under)), (
        "a plan may hold no less than the lowest"
    )


def numeric(model: type[BaseModel], path: str = "") -> Iterator[str]:
    """The path of every field of a plan that holds a number."""
    for name, field in model.model_fields.items():
        here = f"{path}.{name}" if path else name
        many = "tuple[" in str(field.annotation)
        kinds = set(kinds_of(field.annotation))
        models = [
            kind for kind in kinds if issubclass(kind, Frozen) and not issubclass(kind, Range)
        ]
        if any(issubclass(kind, Range) for kind in kinds) or kinds & {int, float}:
            yield here
        for kind in models:
            yield from numeric(kind, f"{here}.*" if many else here)


def kinds_of(annotation: Any) -> Iterator[type[Any]]:
    if isinstance(annotation, type):
        yield annotation
    for part in get_args(annotation):
        yield from kinds_of(part)


def test_every_number_of_a_plan_is_an_input_or_has_a_reason_not_to_be() -> None:
    paths = set(numeric(Plan))
    assert len(paths) > 60
    lacking = {
        path
        for path in paths
        if path not in BY_PATH
        and not any(path == short or path.startswith(f"{short}.") for short in NO_INPUT)
    }
    assert not lacking
    assert set(BY_PATH) <= paths, set(BY_PATH) - paths
    for short in NO_INPUT:
        assert any(path == short or path.startswith(f"{short}.") for path in paths), short


def test_every_input_of_a_plan_says_where_it_is_found_and_what_it_is_called() -> None:
    for item in (item for item in INPUTS if item.path):
        path = item.path.replace("*", "0")
        assert input_at(path) is item and field_help(path) is not None, path
        model, name = model_field(item.path)
        assert name in model.model_fields
        assert "{" not in label_at(path) and label_at(path)[0].isupper()


def test_what_is_asked_for_is_asked_until_it_is_given(
    starter: Plan, everything: Case, reference: ReferenceData
) -> None:
    with_question = [item for item in INPUTS if item.missing]
    assert {item.key for item in with_question} == {
        "counted",
        "items",
        "high_dose_opioids",
        "referral_rate",
        "search_hours",
        "budget",
    }
    assert all(item.why and item.who for item in with_question)
    starting = {
        row.what: row
        for row in missing_inputs(
            starter, Case.of(starter, reference).need, reference.missing_inputs
        )
    }
    rows = {
        row.what: row
        for row in missing_inputs(everything.plan, everything.need, reference.missing_inputs)
    }
    # Of a class what the next rung of the ladder needs is asked for, and no more.
    a_count, items = with_question[0].missing, with_question[-1].missing
    assert items.format(of="opioids") in starting and a_count.format(of="opioids") not in starting
    assert a_count.format(of="opioids") in rows and items.format(of="opioids") not in rows
    assert not {what.format(of="antidepressants") for what in (a_count, items)} & set(rows)
    for item in with_question:
        row = (starting if item is not with_question[0] else rows)[
            item.missing.format(of="opioids")
        ]
        assert (row.why, row.who, row.where) == (item.why, item.who, item.step)
    assert not {item.missing for item in with_question if item.scope == "plan"} & set(rows)


@pytest.mark.parametrize(
    ("name", "value", "printed"),
    [
        ("beta", 0.45, "0.45"),
        ("beta", 1.0, "1.0"),
        ("hours_referral", 0.25, "0.25 hours"),
        ("hours_programme", 12.0, "12.0 hours"),
        ("england_rate_opioids", 131.07, "131.07"),
        ("referral_rate", 0.745, "0.75 per 1,000 residents"),
        ("response", 0.125, "12.5%"),
        ("effect", 0.7, "0.70 times the evidence"),
        ("items_spread", 0.7, "0.70 times"),
        ("letter_cost", 1.5, "£1.50"),
        ("other_costs", 13500.4, "£13,500"),
        ("high_dose", 1910.0, "1,910"),
    ],
)
def test_a_value_of_an_assumption_is_printed_as_exactly_as_it_is_meant(
    name: str, value: float, printed: str
) -> None:
    assert format_value(name, value) == printed


def test_the_ends_of_no_assumption_are_printed_as_another_number(
    example: Plan, reference: ReferenceData
) -> None:
    sums = results(example, reference).case.sums_of(example.options[2])
    for name, values in sums.given.items():
        item = input_named(name)[0]
        # A count of people is printed whole.
        if item.shape and item.unit not in ("people", "people a year"):
            for value in (values.low, values.high):
                words = format_value(name, value)
                digits = re.sub("[^0-9.-]", "", words.partition(" per ")[0])
                printed_value = float(digits) / (100 if "%" in words else 1)
                assert printed_value == pytest.approx(value, rel=0.05, abs=0.0006), name
