"""An attempt to work back hidden counts from everything the planner shows."""

from __future__ import annotations

import re
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.analysis.formatting import is_shown, local_counts, part_of
from planner.analysis.results.results import results
from planner.documents.assemble import specification
from planner.model.intake import Level
from planner.model.library import SpecLibrary
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData
from planner.reference import load_reference
from planner.reference.library import load_library
from tests.present import present

cells = st.one_of(st.none(), st.integers(0, 12), st.integers(5, 40_000))


@given(
    st.integers(1, 4),
    st.integers(1, 40_000),
    st.lists(cells, max_size=6),
    st.randoms(use_true_random=False),
)
def test_no_hidden_cell_can_be_found_by_subtraction(
    small: int, other: int, more: list[int | None], order: Random
) -> None:
    """With the exact total and every shown cell exact, at least two unknowns must be left where one
    is small and another is not nought."""
    values = [small, other, *more]
    order.shuffle(values)
    display = local_counts(values)
    hidden = [
        v for v, words in zip(values, display, strict=True) if v is not None and not is_shown(words)
    ]
    words_of_small = [
        words
        for value, words in zip(values, display, strict=True)
        if value is not None and 0 < value < 5
    ]
    assert words_of_small and not any(map(is_shown, words_of_small))
    assert len(hidden) >= 2


@given(st.integers(1, 4), st.lists(st.none() | st.just(0), max_size=4))
def test_a_small_cell_that_stands_alone_is_hidden(small: int, others: list[int | None]) -> None:
    words, *_ = local_counts([small, *others])
    assert not is_shown(words)


SMALL = st.integers(1, 4)


@settings(max_examples=40, deadline=None)
@given(
    small=SMALL,
    quintiles=st.tuples(*[st.one_of(st.integers(0, 8), st.integers(50, 9_000))] * 3),
    largest=st.integers(1, 9_000),
    of_one_sex=SMALL,
    # Where it is nought nothing is left to hide beside the small one.
    of_the_other=st.integers(1, 2_000),
    order=st.randoms(use_true_random=False),
)
def test_no_rate_gives_a_hidden_count_away(
    small: int,
    quintiles: tuple[int, ...],
    largest: int,
    of_one_sex: int,
    of_the_other: int,
    order: Random,
) -> None:
    """Any rate times its own people gives a count back: so none may be of a hidden cell, or of its
    only partner."""
    reference = load_reference()
    counts = [small, *quintiles, largest]
    order.shuffle(counts)
    women, men = order.sample([of_one_sex, of_the_other], 2)
    values = Plan(place={"icb_code": "QF7"}).model_dump()
    values["inequality"]["classes"][3].update(by_quintile=counts, women=women, men=men)
    values["inequality"].update(population_women=570_000, population_men=550_000)
    values["prescribing"]["classes"][3]["patients"] = sum(counts)
    plan_results = results(Plan.model_validate(values), reference)
    gap = next(
        g for g in plan_results.inequality.classes if g.medicine_class is MedicineClass.OPIOIDS
    )
    message = {
        place: round(group.rate.value * present(group.population) / 1000)
        for place, group in enumerate(gap.groups)
        if group.rate is not None
    }
    # Of counts as shown, so that nothing finer is told.
    assert all(count % 5 == 0 for count in message.values())
    unknown = [count for place, count in enumerate(counts) if place not in message]
    assert sum(count > 0 for count in unknown) >= 2
    by_sex = [g for g in plan_results.inequality.groups if g.kind == "Sex"]
    assert not any(g.rate for group in by_sex for g in group.groups if g.population)


def test_a_share_that_tells_a_small_count_is_not_printed(
    reference: ReferenceData, library: SpecLibrary, minimal: Plan
) -> None:
    """3 of 103 people for the long term: 2.9% of about 105 would tell it."""
    assert (
        part_of(3, 103) == "not shown"
        and part_of(100, 103) == "not shown"
        and part_of(50, 100) == "50%"
    )
    values = minimal.model_dump()
    values["prescribing"]["classes"][3].update(patients=103, long_term_share=3 / 103)
    plan_results = results(Plan.model_validate(values), reference)
    for action in (3, 4):
        text = specification(plan_results, action, reference, load_library()).model_dump_json()
        row = re.search(r'"Opioids","not shown","entered \[\d+\]","fewer than 5"', text)
        assert action == 3 or row or '"Opioids","3%"' not in text
        assert '"Opioids","3%"' not in text


def test_a_hidden_practice_cannot_be_had_from_its_network(
    reference: ReferenceData, minimal: Plan
) -> None:
    """Ten practices of a network count 90 people each and one counts 3: the network's 903 is shown
    as 905."""
    values = minimal.model_dump()
    people = [90] * 10 + [3]
    values["areas"] = {
        "areas": [
            {"code": f"C{n:05d}", "name": f"Practice {n}", "level": "practice", "pcn": "U00001",
             "population": 4_000, "patients": (None,) * 3 + (count, None)}
            for n, count in enumerate(people)
        ] + [
            {"code": f"U{n:05d}", "name": f"Network {n}", "level": "pcn", "population": 44_000,
             "patients": (None,) * 3 + (sum(people) + n - 1, None)}
            for n in range(1, 7)
        ]
    }  # fmt: skip
    plan_results = results(Plan.model_validate(values), reference).places
    practices = present(plan_results.funnel(Level.PRACTICE, MedicineClass.OPIOIDS))
    networks = present(plan_results.funnel(Level.PCN, MedicineClass.OPIOIDS))
    # The small one is hidden, and another so that it cannot be subtracted.
    assert len(practices.points) == 9
    network = next(p for p in networks.points if p.name == "Network 1")
    assert round(network.value * network.population / 1000) == 905
    for row in plan_results.at(Level.PRACTICE):
        # Parts of the need would tell it too.
        assert row.share is None
