"""What changed between two plans: every field has words, and small counts stay hidden."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from planner.analysis.completeness.wizard_steps import STEP_OF, STEPS
from planner.analysis.economics.example import option_from_quote, starter_plan
from planner.analysis.formatting import SUPPRESSED
from planner.analysis.results.projections import Projections
from planner.analysis.results.results import results
from planner.documents.assemble import specification
from planner.documents.changes.compare import NOTHING, changes, difference, text_changes
from planner.documents.changes.inputs import INPUT_LABELS, ROWS, SUMS, input_changes, labels_of
from planner.model.base import Frozen, Range, as_range
from planner.model.edit import with_value
from planner.model.labels.plan import LABELS
from planner.model.library import MAIN, SpecLibrary
from planner.model.plan import Plan
from planner.reference import load_reference
from planner.screens.navigation import STEPS as WIZARD

REFERENCE = load_reference()


def models_in(annotation: Any) -> set[type[Frozen]]:
    """Every model that an annotation may hold."""
    if isinstance(annotation, type) and issubclass(annotation, Frozen):
        return {annotation}
    return set().union(*(models_in(part) for part in get_args(annotation)))


def reached(model: type[Frozen], seen: set[type[Frozen]]) -> None:
    """Every model of a plan whose fields are told one by one."""
    if model in seen or issubclass(model, Range):
        return
    seen.add(model)
    for name, field in model.model_fields.items():
        label = LABELS.get(model, {}).get(name)
        if label is None or label.form != "whole":
            for part in models_in(field.annotation):
                reached(part, seen)


def test_every_field_of_a_plan_has_words_and_no_words_are_left_over() -> None:
    models: set[type[Frozen]] = set()
    reached(Plan, models)
    lacking = [
        f"{m.__name__}.{name}"
        for m in models
        for name in m.model_fields
        if name not in LABELS.get(m, {}) and (m, name) not in INPUT_LABELS
    ]
    assert not lacking, (
        f"say in planner/model/labels/plan.py what these are called: {sorted(lacking)}"
    )
    assert set(LABELS) == models
    twice = {(m, name) for m, fields in LABELS.items() for name in fields} & set(INPUT_LABELS)
    assert not twice, "an input is called what the register of inputs calls it, and nothing beside"
    for model, fields in LABELS.items():
        assert set(fields) <= set(model.model_fields), model


def test_every_part_of_a_plan_belongs_to_a_step_of_the_wizard() -> None:
    assert set(STEP_OF) == set(Plan.model_fields)
    titles = {step.id: step.title for step in WIZARD}
    assert list(STEPS) == [step for step in titles if step in STEPS]
    assert {step: titles[step] for step in STEPS} == STEPS


def test_every_list_of_rows_is_matched_by_what_names_a_row() -> None:
    models: set[type[Frozen]] = set()
    reached(Plan, models)
    in_lists = {
        part
        for model in models
        for name, field in model.model_fields.items()
        if labels_of(model)[name].form != "whole" and "tuple" in str(field.annotation)
        for part in models_in(field.annotation)
    }
    assert in_lists == set(ROWS) | set(SUMS)


def edited(plan: Plan, *edits: tuple[str, Any]) -> Plan:
    """The plan with values put at dotted paths."""
    values = json.loads(plan.model_dump_json())
    for path, value in edits:
        *way, last = [int(p) if p.isdigit() else p for p in path.split(".")]
        here = values
        for part in way:
            here = here[part]
        here[last] = value
    return Plan.model_validate_json(json.dumps(values))


def edits_in_words(before: Plan, after: Plan) -> list[tuple[str, str, str, str]]:
    return [(c.what, c.kind, c.before, c.after) for c in input_changes(before, after)]


def test_an_agreement_is_told_without_the_mark_of_what_was_agreed(minimal: Plan) -> None:
    def agreed(mark: str) -> Plan:
        row = {"step": "reach", "by": "The group", "on": "2026-11-30", "mark": mark}
        return with_value(minimal, "specification.agreed", [row])

    once, again = agreed("59165289c11c"), agreed("0f3a77d2b9e1")
    step = "Step 'Who and where'"
    assert edits_in_words(minimal, once) == [
        (step, "added", "not there", "by whom The group; on 30 November 2026")
    ]
    stood = "the step as it stood then (not the same in both)"
    assert edits_in_words(once, again) == [(f"{step}: what was agreed", "changed", stood, stood)]


def test_a_quote_that_is_new_is_told_with_its_price(minimal: Plan) -> None:
    quote = option_from_quote("quote", "A charity", 185_000, as_range(300.0))
    after = with_value(minimal, "options", (*minimal.options, quote))
    ((what, kind, before, now),) = edits_in_words(minimal, after)
    assert (what, kind, before) == ("Option 'A charity'", "added", "not there")
    assert "£185,000" in now and "people a year 300" in now


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (
            ("demand.referral_rate", {"low": 0.4, "central": 0.8, "high": 1.6}),
            (
                "Referrals for each 1,000 residents in a full year",
                "changed",
                "0.6 (0.3 to 1.2)",
                "0.8 (0.4 to 1.6)",
            ),
        ),
        (("pricing.budget", 750_000), ("Budget a year", "changed", "£800,000", "£750,000")),
        (("pricing.budget", None), ("Budget a year", "changed", "£800,000", "none")),
        (
            ("pricing.perspective", "public"),
            (
                "Whose pension cost is counted",
                "changed",
                "what the provider pays",
                "the full public cost",
            ),
        ),
        (
            ("specification.service_start", "2027-11-01"),
            ("Service starts", "changed", "1 October 2027", "1 November 2027"),
        ),
        (
            ("specification.members.3.name", ""),
            ("Health inequalities lead: name", "changed", "Test member", "vacant"),
        ),
        (
            ("options.1.posts.0.wte", 9.5),
            (
                "Option 'Letters and education (benzodiazepines and Z-drugs)', post "
                "'Medicines optimisation pharmacist': whole-time "
                "equivalents",
                "changed",
                "0.4",
                "9.5",
            ),
        ),
        (
            ("prescribing.classes.3.patients", 160_207),
            (
                "Opioids: people prescribed in a year",
                "changed",
                "160,205 (not quite the same number, though shown so)",
                "160,205 (not quite the same number, though shown so)",
            ),
        ),
        (
            ("prescribing.classes.4.patients", 18_052),
            ("Z-drugs: people prescribed in a year", "changed", "18,040", "18,050"),
        ),
        (
            ("prescribing.classes.4.included", False),
            ("Z-drugs: in the plan", "changed", "yes", "no"),
        ),
        (
            ("areas.areas.0.population", 1),
            (
                "Smaller places: practices, 1 of them with another population",
                "changed",
                "40 in all",
                "40 in all",
            ),
        ),
        (
            ("horizon.staffing_profile", [0.5, 1]),
            ("Staff in post, year by year", "changed", "75% and 100%", "50% and 100%"),
        ),
    ],
)
def test_a_change_reads_as_a_commissioner_would_say_it(
    maximal: Plan, edit: tuple[str, object], words: tuple[str, ...]
) -> None:
    assert words in edits_in_words(maximal, edited(maximal, edit))


def test_rows_are_matched_by_name_and_not_by_position(maximal: Plan) -> None:
    values = json.loads(maximal.model_dump_json())
    gone = values["options"].pop(1)
    values["options"][-1]["name"] = "Another name"
    result = edits_in_words(maximal, Plan.model_validate_json(json.dumps(values)))
    kinds = {(what, kind) for what, kind, _, _ in result}
    assert (f"Option '{gone['name']}'", "removed") in kinds
    old = maximal.options[-1].name
    assert (f"Option '{' / '.join(sorted(['Another name', old]))}': name", "changed") in kinds
    assert len(result) == 2


def test_another_order_alone_is_said(maximal: Plan) -> None:
    values = json.loads(maximal.model_dump_json())
    values["options"].reverse()
    ((what, kind, before, after),) = edits_in_words(
        maximal, Plan.model_validate_json(json.dumps(values))
    )
    assert (what, kind) == ("Order in which each option stands", "changed")
    assert before.startswith("Do nothing") and after.endswith("Do nothing (usual care)")


def test_long_text_is_shown_where_it_differs(maximal: Plan) -> None:
    before = edited(maximal, ("preferred_because", "It is near. It is cheap. It is liked."))
    after = edited(maximal, ("preferred_because", "It is near. It is good. It is liked."))
    assert edits_in_words(before, after) == [
        ("Why it is preferred", "changed", "… It is cheap. …", "… It is good. …")
    ]


def test_small_counts_stay_hidden_in_every_table(minimal: Plan, library: SpecLibrary) -> None:
    quintiles = ("inequality.classes.4.by_quintile", [3, 50, 61, 70, 80])
    before = edited(
        minimal,
        ("prescribing.classes.4.patients", 264),
        quintiles,
        ("inequality.classes.4.women", 30),
    )
    after = edited(
        before,
        ("prescribing.classes.4.patients", 3),
        ("prescribing.high_dose_opioid_patients", 2),
        ("inequality.classes.4.by_quintile", [1, 0, 0, 1, 1]),
        ("inequality.classes.4.women", 1),
        ("inequality.classes.4.men", 2),
    )  # fmt: skip
    result = changes(results(before, REFERENCE), results(after, REFERENCE), REFERENCE, library)
    words = {c.what: (c.before, c.after) for c in result.inputs}
    assert words["Z-drugs: people prescribed in a year"] == ("265", SUPPRESSED)
    assert words["People on high-dose opioids"] == ("not known", SUPPRESSED)
    assert words["Z-drugs, people prescribed: most deprived fifth"][0].startswith(SUPPRESSED)
    assert words["Z-drugs, people prescribed: second fifth"] == (
        "not shown, to protect another cell",
        "0",
    )
    assert words["Z-drugs: women prescribed"] == ("30", SUPPRESSED)
    moved = {r.what: r for r in result.results}["People prescribed Z-drugs in a year"]
    assert moved.after == SUPPRESSED and moved.difference == "not shown, to protect a small number"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("£830,000 (£770,000 to £943,000)", "£913,000 (£1 to £2)", "up by £83,000 (10%)"),
        ("£0.26", "£0.25", "down by £0.01 (3.8%)"),
        ("8,690 (3,710 to 96,900)", "5,310", "down by 3,380 (39%)"),
        ("0", "12", "up by 12"),
        ("-5 (-8 to 1)", "3", "up by 8"),
        ("12 (1 to 20)", "12 (2 to 20)", NOTHING),
        ("481 (230 to 900), median", "551 (240 to 810)", "up by 70 (15%)"),
        ("0 (0 to 750); none in 66% of simulations", "1,200 (0 to 2,000)", "up by 1,200"),
        (SUPPRESSED, "40", "not shown, to protect a small number"),
        (f"{SUPPRESSED}, median", "40", "not shown, to protect a small number"),
        (f"{SUPPRESSED} (entered)", "40 (modelled)", "not shown, to protect a small number"),
        ("withheld", "£12", "not given"),
    ],
)
def test_a_difference_is_of_the_numbers_as_shown(before: str, after: str, words: str) -> None:
    assert difference(before, after) == words


def test_numbers_that_cannot_be_set_beside_each_other_have_no_difference(
    example: Plan, library: SpecLibrary
) -> None:
    other = edited(
        example, ("pricing.price_year", "2025/26"), ("population", {"basis": "registered_all_ages"})
    )
    result = changes(results(example, REFERENCE), results(other, REFERENCE), REFERENCE, library)
    by_name = {(r.about, r.what): r.difference for r in result.results}
    assert by_name["Need", "People prescribed any class"].startswith("not given: resident adults")
    name = f"Option: {example.options[-1].name}"
    assert by_name[name, "Cost a year"] == "not given: 2026/27 prices before, 2025/26 prices after"
    assert by_name[name, "Cost per head"].startswith("not given: resident adults")
    assert (
        len(result.cautions) == 2
        and "the difference is not given: 2026/27 prices" in result.cost_moved
    )


def test_two_boards_are_named_and_not_called_a_change_of_one(
    starter: Plan, library: SpecLibrary
) -> None:
    other = starter_plan(REFERENCE.find_organisation("QT6"), REFERENCE)
    result = changes(results(starter, REFERENCE), results(other, REFERENCE), REFERENCE, library)
    assert "different boards" in result.cautions[0]
    assert any(c.what == "Integrated care board" and "(QT6)" in c.after for c in result.inputs)


@pytest.mark.parametrize("name", ["minimal", "starter", "example", "maximal"])
def test_the_same_plan_twice_says_that_nothing_changed(
    name: str, library: SpecLibrary, request: pytest.FixtureRequest
) -> None:
    plan_results = results(request.getfixturevalue(name), REFERENCE)
    same = changes(plan_results, plan_results, REFERENCE, library)
    assert same.nothing and same.finding == "Nothing changed: the two plans are the same."
    assert not (same.inputs or same.results or same.texts or same.cautions)


def test_the_finding_says_how_the_cost_moved(example: Plan, library: SpecLibrary) -> None:
    place = [one.id for one in example.options].index(example.preferred_option or "")
    dearer = edited(example, (f"options.{place}.posts.0.wte", 5.5))
    result = changes(results(example, REFERENCE), results(dearer, REFERENCE), REFERENCE, library)
    assert result.finding.startswith("1 input or decision changed. ")
    assert (
        "The preferred option's cost moved from £680,000 (£640,000 to £750,000) to £"
        in result.finding
    )
    other = edited(example, ("preferred_option", example.options[2].id))
    turned = changes(results(example, REFERENCE), results(other, REFERENCE), REFERENCE, library)
    assert f"and is now '{example.options[2].name}', at £" in turned.finding


def test_swapping_the_two_swaps_the_words_of_everything(
    example: Plan, maximal: Plan, library: SpecLibrary
) -> None:
    one, two = results(example, REFERENCE), results(maximal, REFERENCE)
    there, back = changes(one, two, REFERENCE, library), changes(two, one, REFERENCE, library)
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    assert {(c.what, c.kind, c.before, c.after) for c in there.inputs} == {
        (c.what, turned[c.kind], c.after, c.before) for c in back.inputs
    }
    assert {(r.about, r.what, r.before, r.after) for r in there.results} == {
        (r.about, r.what, r.after, r.before) for r in back.results
    }
    for name in MAIN.values():
        passages = [
            {p for t in item.of_document(name) for p in t.passages} for item in (there, back)
        ]
        assert passages[0] == {(now, was) for was, now in passages[1]} and passages[0]


def test_a_section_shows_what_was_taken_out_and_put_in(example: Plan, library: SpecLibrary) -> None:
    after = edited(example, ("specification.evaluation", "another way"))
    texts = [
        specification(one.results, 4, REFERENCE, library, one)
        for one in (Projections(results(plan, REFERENCE), REFERENCE) for plan in (example, after))
    ]
    result = text_changes(*texts)
    assert result and all("another way" in now for t in result for _, now in t.passages)
    assert all("local university" in was for t in result for was, _ in t.passages)
    assert all(t.kind == "changed" and "(" in t.heading for t in result)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [leaf for key, part in value.items() for leaf in leaves(part, (*path, key))]
    if isinstance(value, list):
        return [path, *(leaf for n, part in enumerate(value) for leaf in leaves(part, (*path, n)))]
    return [path]


def other_than(value: Any, turn: int) -> Any:
    """Something else of the same kind, as often as not something that a plan accepts."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return [value + 1, value * 1.01, value / 2, 0, None][turn]
    if isinstance(value, list):
        return [value[:-1], value[1:], value[::-1], [], value[:1]][turn]
    if isinstance(value, str):
        return [value + " more", "", " " + value, "public", "2027-01-02"][turn]
    return ["something", 3, 0.5, {"low": 0.1, "central": 0.2, "high": 0.3}, False][turn]


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(place=st.integers(0, 10**6), turn=st.integers(0, 4))
def test_whatever_is_changed_in_a_plan_is_said_and_swapping_swaps_it(
    maximal: Plan, place: int, turn: int
) -> None:
    values = json.loads(maximal.model_dump_json())
    every = leaves(values)
    path = every[place % len(every)]
    here = values
    for part in path[:-1]:
        here = here[part]
    here[path[-1]] = other_than(here[path[-1]], turn)
    try:
        after = Plan.model_validate_json(json.dumps(values))
    except ValidationError:
        assume(False)
    result, back = input_changes(maximal, after), input_changes(after, maximal)
    assert bool(result) == (after != maximal) == bool(back), path
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    assert {(c.step, c.what, turned[c.kind], c.after, c.before) for c in result} == {
        (c.step, c.what, c.kind, c.before, c.after) for c in back
    }
    for change in result:
        assert (
            change.before.strip()
            and change.after.strip()
            and change.before + change.kind != change.after
        )
        assert not {"None", "_"} & {change.before, change.after} and "  " not in change.what
