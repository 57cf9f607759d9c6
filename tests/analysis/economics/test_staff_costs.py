"""What a post costs in 2026/27: every band, point, zone and perspective against the rules.

Here each person's pay and on-costs are worked out in turn and added up, where the planner has one
formula for a line of posts. The rules, as published: a supplement of 20%, 15% or 5% of a whole-time
salary within limits; National Insurance of 15% on what one person is paid above £5,000; pension of
14.38% (what an employer is charged) or 23.78% (with the 9.4% that is paid centrally); a levy of
0.5%.
"""

from __future__ import annotations

import csv
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from pydantic import ValidationError

import planner.reference
from planner.analysis.economics.staff_costs import staff_cost
from planner.model.plan import Pricing
from planner.model.reference import ReferenceData
from planner.model.service import (
    AGENDA_FOR_CHANGE,
    PERSPECTIVES,
    POINTS,
    WITH_SALARY,
    ZONES,
    Band,
    Perspective,
    Point,
    Post,
    Zone,
)

YEAR = "2026/27"
SUPPLEMENT = {"inner": (20, 5_794, 8_746), "outer": (15, 4_870, 6_137), "fringe": (5, 1_346, 2_270)}
EMPLOYER_PENSION, CENTRAL_PENSION = 14.38, 9.4
STAFF = [(1, None), (0.5, None), (0.5, 1), (1, 2), (2.5, None), (2.5, 3), (2.5, 5)]
"""Whole-time equivalents, and the people who fill them where that is entered."""


@cache
def pay_table() -> dict[tuple[str, str], float]:
    """2026/27 pay by band and point, as published; bands 2 to 4 print no middle, so it is half
    way."""
    file = Path(planner.reference.__file__).with_name("pay.csv")
    with file.open(encoding="utf-8", newline="") as rows:
        table = {
            (row["band"], row["point"]): float(row["salary"])
            for row in csv.DictReader(rows)
            if row["year"] == YEAR
        }
    for band in ("2", "3", "4"):
        assert (band, "mid") not in table
        table[band, "mid"] = (table[band, "entry"] + table[band, "top"]) / 2
    return table


def one_person(pay: float, perspective: str) -> float:
    """What one person on that pay costs an employer in a year."""
    cost = pay
    if pay > 5_000:
        cost += (pay - 5_000) * 15 / 100
    cost += pay * EMPLOYER_PENSION / 100
    if perspective == "public":
        cost += pay * CENTRAL_PENSION / 100
    return cost + pay / 200


def by_hand(salary: float, zone: str, perspective: str, wte: float, headcount: int | None) -> float:
    """A line of posts, person by person, each working an equal part."""
    if zone in SUPPLEMENT:
        percent, least, most = SUPPLEMENT[zone]
        extra = salary * percent / 100
        if extra < least:
            extra = least
        if extra > most:
            extra = most
        salary += extra
    people = headcount if headcount else next(n for n in range(1, 100) if n >= wte)
    return sum(one_person(salary * wte / people, perspective) for _ in range(people))


@pytest.mark.parametrize("perspective", PERSPECTIVES)
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("band", AGENDA_FOR_CHANGE)
def test_every_band_point_zone_and_perspective_costs_what_the_published_rules_say(
    band: Band, point: Point, zone: Zone, perspective: Perspective, reference: ReferenceData
) -> None:
    salary = pay_table()[band, point]
    for wte, headcount in STAFF:
        post = Post(title="Post", band=band, point=point, zone=zone, wte=wte, headcount=headcount)
        result = staff_cost(post, YEAR, perspective, reference)
        assert result.total == pytest.approx(
            by_hand(salary, zone, perspective, wte, headcount), abs=0.001
        )
        assert result.salary == pytest.approx(salary * wte)


@pytest.mark.parametrize("perspective", PERSPECTIVES)
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("band", WITH_SALARY)
def test_a_salary_outside_the_bands_bears_the_same_rules(
    band: Band, zone: Zone, perspective: Perspective, reference: ReferenceData
) -> None:
    for salary, (wte, headcount) in product((9_500, 31_000, 90_000, 126_281), STAFF):
        post = Post(title="Post", band=band, salary=salary, zone=zone, wte=wte, headcount=headcount)
        result = staff_cost(post, YEAR, perspective, reference)
        assert result.total == pytest.approx(
            by_hand(salary, zone, perspective, wte, headcount), abs=0.001
        )


@pytest.mark.parametrize("perspective", PERSPECTIVES)
@pytest.mark.parametrize("zone", ZONES)
def test_a_volunteer_costs_nothing_wherever_they_work(
    zone: Zone, perspective: Perspective, reference: ReferenceData
) -> None:
    post = Post(title="Peer", band="voluntary", zone=zone, wte=1.5, patient_facing=0.8)
    result = staff_cost(post, YEAR, perspective, reference)
    assert result.total == 0
    # 1.5 x 1,575 x 0.8.
    assert result.hours == pytest.approx(1_890)
    # No rate stands behind a cost of nothing.
    assert not result.cautions and not result.sources


def test_the_whole_published_table_was_read() -> None:
    assert set(pay_table()) == set(product(AGENDA_FOR_CHANGE, POINTS))
    # As NHS Employers print.
    assert pay_table()["7", "mid"] == 51_932 and pay_table()["8d", "top"] == 108_814
    assert Pricing().price_year == YEAR


@pytest.mark.parametrize(
    ("band", "salary", "hours"),
    [
        # 42 weeks of 37.5 hours are 1,575, 0.6 of them with people.
        ("7", None, 945),
        # 42 weeks of 40 hours are 1,680.
        ("medical", 90_000, 1_008),
        ("gp", 110_000, 1_008),
        ("other", 50_000, 945),
        ("voluntary", None, 945),
    ],
)
def test_a_doctor_works_a_40_hour_week_and_everyone_else_37_and_a_half(
    band: Band, salary: float | None, hours: float, reference: ReferenceData
) -> None:
    post = Post(title="Post", band=band, salary=salary, wte=1, patient_facing=0.6)
    assert staff_cost(post, YEAR, "provider", reference).hours == pytest.approx(hours)


@pytest.mark.parametrize(
    ("salary", "zone", "extra"),
    [
        # 20% is 5,054.40, less than the least.
        (25_272, "inner", 5_794),
        # 20%.
        (31_157, "inner", 6_231.40),
        # 20% is 10,386.40, more than the most.
        (51_932, "inner", 8_746),
        # 15% is 4,673.55.
        (31_157, "outer", 4_870),
        # 15%.
        (34_592, "outer", 5_188.80),
        # 15% is 6,325.50.
        (42_170, "outer", 6_137),
        # 5% is 1,263.60.
        (25_272, "fringe", 1_346),
        # 5%.
        (42_170, "fringe", 2_108.50),
        # 5% is 2,596.60.
        (51_932, "fringe", 2_270),
    ],
)
def test_a_supplement_is_a_share_of_pay_between_its_least_and_its_most(
    salary: float, zone: Zone, extra: float, reference: ReferenceData
) -> None:
    post = Post(title="Post", band="other", salary=salary, zone=zone, wte=0.5)
    assert staff_cost(post, YEAR, "provider", reference).high_cost_area == pytest.approx(extra / 2)


def test_national_insurance_is_charged_person_by_person(reference: ReferenceData) -> None:
    def insurance(headcount: int) -> float:
        post = Post(title="Post", band="5", wte=1, headcount=headcount)
        return staff_cost(post, YEAR, "provider", reference).national_insurance

    # 15% of 34,592 - 5,000.
    assert insurance(1) == pytest.approx(4_438.80)
    # 15% of 34,592 - 10,000.
    assert insurance(2) == pytest.approx(3_688.80)
    # 15% of 34,592 - 30,000.
    assert insurance(6) == pytest.approx(688.80)
    # Each is paid 4,941.71, below the threshold.
    assert insurance(7) == 0


def test_full_public_cost_is_the_provider_s_and_the_pension_paid_centrally(
    reference: ReferenceData,
) -> None:
    post = Post(title="Post", band="8b", zone="outer", wte=2.5)
    provider, public = (staff_cost(post, YEAR, which, reference) for which in PERSPECTIVES)
    pay = public.salary + public.high_cost_area
    assert public.total - provider.total == pytest.approx(pay * 0.094)
    assert public.national_insurance == provider.national_insurance


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"band": "gp"}, "enter its yearly salary"),
        ({"band": "medical", "salary": 0}, "enter its yearly salary"),
        ({"band": "voluntary", "salary": 100}, "voluntary and has a salary"),
        ({"band": "7", "salary": 100}, "a band and a salary"),
        ({"band": "7", "wte": 2.5, "headcount": 2}, "needs at least as many people"),
        ({"band": "10"}, "Input should be"),
    ],
)
def test_a_post_that_cannot_be_paid_is_refused_in_words(
    values: dict[str, object], why: str
) -> None:
    with pytest.raises(ValidationError, match=why):
        Post.model_validate({"title": "Post", "wte": 1} | values)
