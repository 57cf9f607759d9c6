"""Options beside one another: on what each is better, at equal budget, in named cases, and what is
worth finding out first."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.analysis.calculation.inputs import input_named
from planner.analysis.calculation.measures import MEASURES
from planner.analysis.economics.compare import (
    JUDGED,
    at_equal_budget,
    at_equal_reach,
    find_out_first,
    pair,
    pairs,
    scenarios,
    where_it_loses,
)
from planner.analysis.economics.example import (
    example_plan,
    option_from_quote,
    options_from_case_studies,
)
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.formatting import two_figures
from planner.analysis.results.results import Results, results
from planner.model.base import Range, as_range
from planner.reference import load_reference
from tests.present import present

REFERENCE = load_reference()
QUOTE = option_from_quote("quote", "Charity", 300_000, Range(low=250, central=300, high=350))


@pytest.fixture(scope="module")
def wide() -> Results:
    """The example with a quote and two options made from case studies beside its own."""
    plan = example_plan(REFERENCE.find_organisation("QF7"), REFERENCE)
    studies = {option.id: option for option in options_from_case_studies(plan, REFERENCE)}
    more = (QUOTE, studies["cs1-cost"], next(o for n, o in studies.items() if n.startswith("cs4")))
    return results(plan.model_copy(update={"options": (*plan.options, *more)}), REFERENCE)


def printed(option: OptionResult, name: str) -> float | None:
    """A measure of an option as it is printed, to two figures."""
    values = option.measures.get(name)
    return None if values is None else two_figures(values.central)


def better(one: OptionResult, other: OptionResult) -> set[str]:
    """The measures on which an option prints better than another; where one of the two is a
    median, their central cases are set beside one another."""
    results_here = set()
    for name in JUDGED:
        if printed(one, name) is None or printed(other, name) is None:
            continue
        alike = (name in one.medians) is (name in other.medians)
        ours, theirs = (
            printed(option, name) if alike else two_figures(option.central_case[name])
            for option in (one, other)
        )
        if ours != theirs and (present(ours) < present(theirs)) == (
            MEASURES[name].better == "lower"
        ):
            results_here.add(name)
    return results_here


def test_of_every_two_options_words_say_on_which_measures_each_is_better(wide: Results) -> None:
    every = {(row.first, row.second): row for row in pairs(wide.options)}
    assert set(every) == set(combinations([option.id for option in wide.options], 2))
    for first, second in combinations(wide.options, 2):
        row = every[first.id, second.id]
        assert set(row.first_better) == better(first, second)
        assert set(row.second_better) == better(second, first)
        of_each = (row.first_better, row.second_better, row.same, row.not_compared)
        assert sorted(name for names in of_each for name in names) == sorted(JUDGED)
        for option, names in ((first, row.first_better), (second, row.second_better)):
            assert (f"{option.name} is better on" in row.words) == bool(names)
            assert all(MEASURES[name].in_a_sentence in row.words for name in names)
        # What one of them does not give is compared with nothing.
        for name in row.not_compared:
            assert name not in first.measures or name not in second.measures


def test_two_options_by_hand(wide: Results) -> None:
    option = next(one for one in wide.options if one.id == "therapist-peer")
    seen, cost = as_range(400.0), as_range(500_000.0)
    ours = replace(option, name="A", measures={"people_assessed": seen, "annual_cost": cost})
    # 404 prints as 400, and GBP 510,000 is dearer.
    measures = {"people_assessed": as_range(404.0), "annual_cost": as_range(510_000.0)}
    row = pair(ours, replace(ours, name="B", measures=measures))
    assert row.words == "A is better on cost a year; both print the same on people assessed."
    assert (row.first_better, row.second_better) == (("annual_cost",), ())
    assert pair(ours, replace(ours, name="C", measures={})).words == (
        "A and C have no measure in common."
    )


def test_the_recommendation_is_never_silent_about_a_measure_on_which_it_loses(
    wide: Results,
) -> None:
    for preferred in wide.options:
        sentences = where_it_loses(preferred, wide.options)
        for other in wide.options:
            lost = better(other, preferred) if other.id != preferred.id else set()
            about = [words for words in sentences if words.startswith(f"{other.name} is better")]
            assert len(about) == bool(lost), (preferred.id, other.id)
            assert all(MEASURES[name].in_a_sentence in about[0] for name in lost)
        assert len(sentences) == sum(
            bool(better(other, preferred)) for other in wide.options if other.id != preferred.id
        )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 3_000_000), st.integers(1, 3_000))
def test_equal_budget_never_spends_more_and_equal_reach_costs_as_it_sees(
    budget: int, assessed: int
) -> None:
    case = WIDE_CASE
    referred = {one.option.id: one.values.get("referred") or 0.0 for one in case.sums}
    for row in at_equal_budget(case, budget):
        assert (row.size is None) == bool(row.why_not), row.id
        if row.size is None:
            continue
        assert row.cost is not None and row.left is not None and row.assessed is not None
        assert row.cost <= budget * (1 + 1e-9) + 1e-6
        assert row.cost + row.left == pytest.approx(budget)
        # No more are seen than are referred, nor than the option sees at that size.
        share = case.sums_of(case.option(row.id)).central["assessed_share"]
        assert row.assessed <= referred[row.id] * share * (1 + 1e-9) + 1e-9
        assert row.id != "quote" or row.size == 1.0
    for row in at_equal_reach(case, assessed):
        if row.size is None:
            assert "quoted whole" in row.why_not
            continue
        values = case.sums_of(case.option(row.id)).values
        assert row.cost == pytest.approx(row.size * (values["annual_cost"] or 0))
        beyond = assessed > referred[row.id] * case.sums[0].central["assessed_share"] * 1.01
        assert ("more than would be referred" in row.why_not) == beyond


WIDE_CASE = results(
    example_plan(REFERENCE.find_organisation("QF7"), REFERENCE).model_copy(
        update={
            "options": (
                *example_plan(REFERENCE.find_organisation("QF7"), REFERENCE).options,
                QUOTE,
            )
        }
    ),
    REFERENCE,
).case


def test_a_named_case_changes_what_it_says_and_nothing_else(wide: Results) -> None:
    central, cautious, hopeful = scenarios(wide.case)
    assert central.changes == () and [row.name for row in (cautious, hopeful)] == [
        "Cautious",
        "Hopeful",
    ]
    assert len(cautious.changes) == len(hopeful.changes) == 4
    assert all(words.endswith((" at its low", " at its high")) for words in cautious.changes)
    for one in wide.case.sums:
        option = one.option
        for name, value in central.values[option.id].items():
            result = next(row for row in wide.options if row.id == option.id)
            assert (value is None) == (name not in result.measures), (option.id, name)
            assert value is None or value == pytest.approx(one.values[name])
        # Therapists: fewer referred, longer programmes, so never more assessed than in the others.
        seen = [row.values[option.id]["people_assessed"] for row in (cautious, central, hopeful)]
        if None not in seen:
            assert seen == sorted(value or 0.0 for value in seen), option.id


def test_what_is_worth_finding_out_first_is_unsure_and_no_dearer_than_everything(
    wide: Results,
) -> None:
    results_here = find_out_first(wide.case)
    assert results_here.rows and not results_here.missing_because
    assert [row.value for row in results_here.rows] == sorted(
        (row.value for row in results_here.rows), reverse=True
    )
    assert all(0 < row.value <= results_here.everything * 1.001 for row in results_here.rows)
    # What is not drawn is no one's to find out.
    fixed = {
        input_named(name)[0].label
        for one in wide.case.sums
        for name in one.given
        if not input_named(name)[0].shape and not name.startswith("net_")
    }
    assert not {row.label for row in results_here.rows} & fixed
    for row in results_here.rows[:3]:
        assert (row.label[0].lower() + row.label[1:]) in results_here.words
    # Letters are no alternative to a service, so what they add decides between none.
    assert results_here.rows[0].label == (
        "What support adds to usual care, antidepressants, a review and support to reduce"
    )
    assert not [row for row in results_here.rows if "an offer to everyone" in row.label]
    # A fixed number of hours is not worth knowing.
    options = tuple(
        option.model_copy(update={"hours_programme": as_range(9.0)}) for option in wide.plan.options
    )
    sure = find_out_first(
        results(wide.plan.model_copy(update={"options": options}), REFERENCE).case
    )
    assert not [row for row in sure.rows if row.label.startswith("Staff hours for each person")]


def test_where_no_option_says_what_it_adds_nothing_is_worth_finding_out(wide: Results) -> None:
    plan = wide.plan.model_copy(update={"options": (QUOTE,), "preferred_option": None})
    results_here = find_out_first(results(plan, REFERENCE).case)
    assert not results_here.rows and "adds to usual care" in results_here.missing_because
