"""Each case study as a model at the size of a place, worked out by hand, and the gap to an option.

The numbers of South Yorkshire (1,415,054 residents of all ages) at 2026/27 prices and pay.
"""

from __future__ import annotations

from math import log, prod

import pytest

from planner.analysis.economics.case_study_models import (
    CostParts,
    GapPart,
    StudyHere,
    at_intensity,
    gap_steps,
    parts_of_posts,
    studies_here,
)
from planner.analysis.economics.staff_costs import staff_cost
from planner.model.reference import ReferenceData
from planner.model.service import Band, Post

RESIDENTS = 1_415_054


@pytest.fixture(scope="module")
def here(reference: ReferenceData) -> tuple[StudyHere, ...]:
    return studies_here(reference, "2026/27", reference.deflator, RESIDENTS)


def test_north_wales_at_the_size_of_south_yorkshire(here: tuple[StudyHere, ...]) -> None:
    """£179,000 x 1.3365 x (1,415,054 / 701,000); 69 carried over + 2 x 260 new are 589 people."""
    pmss = here[0]
    assert pmss.scale == pytest.approx(2.0186, abs=1e-4)
    assert pmss.cost_here == pytest.approx(482_900, abs=50)
    assert pmss.cost_per_head == pytest.approx(0.3413, abs=1e-4)
    assert pmss.people_here == pytest.approx(1_189, abs=0.5)
    assert pmss.parts.per_person == pytest.approx(406.17, abs=0.01)
    # Beside it: new referrals, and everyone counted afresh in each half-year.
    new, twice = (people for _, people in pmss.other_people)
    assert (pmss.sized(new), pmss.sized(twice)) == pytest.approx((1_050, 1_328), abs=0.5)
    assert pmss.parts.total / new == pytest.approx(460.07, abs=0.01)
    assert pmss.parts.total / twice == pytest.approx(363.58, abs=0.01)
    # £239,234 buys 4.43 WTE at £54,020, of 945 hours with people each; with 20% overheads, and with
    # 39% more for managers and administrators, it buys fewer.
    assert pmss.hours is not None
    assert pmss.hours.high == pytest.approx(239_234 / 54_020.4 * 945 / 589, abs=0.01)
    assert pmss.hours.central == pytest.approx(7.105 / 1.2, abs=0.01)
    assert pmss.hours.low == pytest.approx(7.105 / 1.2 / 1.39, abs=0.01)
    assert pmss.reach == pytest.approx(0.84, abs=0.001) and not pmss.modelled_population


def test_the_others(here: tuple[StudyHere, ...]) -> None:
    rest, printed, supposed, rotherham, decimals = here[1:]
    # 520,000 residents of the two boroughs, another publisher's, so 2.7213 times here.
    assert rest.modelled_population and rest.cost_here == pytest.approx(198_435, abs=1)
    assert rest.people_here == pytest.approx(326.6, abs=0.1)
    # 33.5 of 37.5 hours a week, of 1,575 a year, 0.6 of them with people, over 120 people.
    assert rest.parts.hours_each == pytest.approx(33.5 / 37.5 * 1_575 * 0.6 / 120)
    assert rest.hours is not None and rest.hours.high == pytest.approx(11.725)
    # Without London pay, with a fifth for overheads.
    assert printed.parts.total == pytest.approx(1.2 * 425_717.70, abs=1)
    assert supposed.parts.total == pytest.approx(1.2 * 231_978.12, abs=1)
    assert printed.parts.per_person == pytest.approx(2_492, abs=0.5)
    assert supposed.parts.per_person == pytest.approx(1_358, abs=0.5)
    assert printed.cost_here == pytest.approx(1_390_185, abs=1)
    assert supposed.cost_here == pytest.approx(757_527, abs=1)
    assert printed.people_here == pytest.approx(557.9, abs=0.1)
    # Two nurses of 1,575 hours and two doctors of 1,680, 0.6 of them with people.
    assert printed.parts.hours_each == pytest.approx((2 * 1_575 + 2 * 1_680) * 0.6 / 205)
    assert supposed.parts.hours_each == pytest.approx((2 * 1_575 + 0.2 * 1_680) * 0.6 / 205)
    assert printed.parts.people_per_wte == pytest.approx(51.25)
    assert not printed.supposed_from and supposed.supposed_from and decimals.supposed_from
    assert rotherham.parts.per_person == pytest.approx(1_538.5, abs=0.1)
    assert decimals.parts.per_person == pytest.approx(151.8, abs=0.1)
    assert rotherham.cost_here is None and "length" in rotherham.not_sized_because
    assert (rotherham.parts.hours_each, decimals.parts.hours_each) == pytest.approx(
        (14.384, 1.4384), rel=1e-3
    )


def test_a_place_in_london_keeps_london_pay_and_an_unknown_place_is_not_sized(
    reference: ReferenceData,
) -> None:
    here = studies_here(reference, "2026/27", reference.deflator, None, in_london=True)
    assert here[2].parts.total == pytest.approx(1.2 * 465_411.63, abs=1)
    assert here[0].cost_here is None and here[0].not_sized_because


def specialist(reference: ReferenceData) -> CostParts:
    """The specialist team of the first model: posts for South Yorkshire, 346 people of 16 hours."""
    rows: tuple[tuple[Band, float, float, float | None], ...] = (
        ("8a", 1.1, 0, None), ("7", 3.4, 0.6, None), ("8a", 1.1, 0.5, None),
        ("8a", 1.1, 0.5, None), ("medical", 0.7, 0.5, 90_000), ("4", 1.1, 0, None),
    )  # fmt: skip
    posts = [
        staff_cost(
            Post(title=band, band=band, wte=wte, patient_facing=facing, salary=salary),
            "2026/27",
            "provider",
            reference,
        )
        for band, wte, facing, salary in rows
    ]
    pay, other, set_up = sum(post.total for post in posts), 101_000, 28_000 / 5
    total = pay * 1.2 + other + set_up
    hours = sum(post.hours for post in posts)
    return parts_of_posts(posts, people=hours / 16, overheads=pay * 0.2, other=other, total=total)


def test_the_gap_of_the_first_model_comes_apart_as_it_was_worked_out(
    reference: ReferenceData, here: tuple[StudyHere, ...]
) -> None:
    """£364, with 658 people counted twice, to £2,400: hours 6.36 to 16 and the rest."""
    option = specialist(reference)
    assert option.per_person == pytest.approx(2_400, abs=1)
    pmss = here[0].parts
    twice = CostParts(**(vars(pmss) | {"people": 658}))
    steps = {step.part: step for step in gap_steps(twice, option)}
    expected = {
        GapPart.HOURS: (2.52, 0.49, 915),
        GapPart.SKILL_MIX: (1.40, 0.18, 1_282),
        GapPart.FACING_TIME: (1.08, 0.04, 1_379),
        GapPart.MANAGEMENT: (1.26, 0.12, 1_743),
        GapPart.OVERHEADS: (1.20, 0.10, 2_092),
        GapPart.NON_PAY: (1.14, 0.07, 2_384),
        GapPart.SET_UP: (1.01, 0.004, 2_400),
    }
    assert list(steps) == list(expected)
    for part, (factor, share, after) in expected.items():
        step = steps[part]
        assert step.factor == pytest.approx(factor, abs=0.011), part
        assert step.share == pytest.approx(share, abs=0.006), part
        assert step.after == pytest.approx(after, rel=1e-3), part
    # With each person counted once, hours are 46%.
    once = gap_steps(pmss, option)
    assert once[0].share == pytest.approx(0.46, abs=0.005)
    assert prod(step.factor for step in once) == pytest.approx(2_400 / 406.17, rel=1e-3)
    assert sum(step.share for step in once) == pytest.approx(1)
    # Its hours against REST's, whose posts are not known in full: 60% and 40%.
    shares = [(step.part, round(step.share, 2)) for step in gap_steps(here[1].parts, option)]
    assert shares == [(GapPart.HOURS, 0.60), (GapPart.HOUR_PRICE, 0.40)]


def test_room_kept_free_is_no_part_of_the_hours_a_person_is_given() -> None:
    """Of 1,000 hours 800 are used for 100 people: 8 each against 4, and a quarter more kept."""
    study = CostParts(total=4_000, people=100, hours=400)
    steps = gap_steps(study, CostParts(total=10_000, people=100, hours=1_000, used=0.8))
    factors = {step.part: step.factor for step in steps}
    assert factors == pytest.approx({GapPart.HOURS: 2, GapPart.ROOM: 1.25, GapPart.HOUR_PRICE: 1})
    assert steps[-1].after == pytest.approx(100)


def test_our_option_at_each_intensity(
    reference: ReferenceData, here: tuple[StudyHere, ...]
) -> None:
    """5,534 hours over the hours a person that each implies, at £830,000 a year."""
    option = specialist(reference)
    expected = [(938, 885), (790, 1_050), (290, 2_865), (542, 1_530)]
    for study, (people, cost) in zip(here, expected, strict=False):
        assert study.hours is not None
        same = at_intensity(option, study.hours.central)
        assert (same.people, same.per_person) == pytest.approx((people, cost), rel=0.006)


def test_a_gap_that_cannot_be_told_apart_is_not() -> None:
    """A quote has no hours; two equal costs have no gap; a cheaper option has a gap downwards."""
    quote = CostParts(total=100_000, people=100)
    team = CostParts(total=50_000, people=100, hours=800)
    assert gap_steps(team, quote) == () and gap_steps(team, team) == ()
    assert at_intensity(quote, 7).people is None
    down = gap_steps(team, CostParts(total=20_000, people=100, hours=400))
    assert [step.part for step in down] == [GapPart.HOURS, GapPart.HOUR_PRICE]
    assert down[0].share == pytest.approx(log(0.5) / log(0.4)) and down[-1].after == 200
