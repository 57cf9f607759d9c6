"""An option year by year: cash first, present value second, people supported and waiting, and
the budget."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from planner.analysis.economics.cash_flow import OptionYears, option_years
from planner.analysis.economics.option_model import Case
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.reference import load_reference

REFERENCE = load_reference()
FIVE = {
    "years": 5,
    "ramp": (0.5, 1.0),
    "recruitment_months": 3,
    "pay_growth": 0.03,
    "price_growth": 0.02,
    "discount_rate": 0.035,
}


def same(value: float) -> dict[str, float]:
    return {"low": value, "central": value, "high": value}


TEAM: dict[str, Any] = {
    "id": "team",
    "name": "Team",
    "posts": [{"title": "Nurse", "band": "7", "wte": 2, "patient_facing": 0.6}],
    "overhead": same(0.2),
    "hours_per_person": same(16),
    "other_costs": [
        {"label": "Rooms", "heading": "premises", "amount": 20_000},
        {"label": "Recruitment", "heading": "set-up", "amount": 30_000},
    ],
}


def plan_of(
    horizon: dict[str, Any],
    option: dict[str, Any] = TEAM,
    people: int = 4_000,
    uptake: float = 0.1,
    **more: Any,
) -> Plan:
    """Half of the people prescribed opioids are on them for the long term, and a share of those
    come in a year."""
    return Plan.model_validate(
        {
            "place": {"icb_code": "QF7"},
            "prescribing": {
                "classes": [
                    {
                        "medicine_class": c,
                        "included": c == "opioids",
                        "patients": people,
                        "long_term_share": 0.5,
                    }
                    for c in MedicineClass
                ]
            },
            "demand": {"uptake": same(uptake)},
            "outcomes": {
                "classes": [
                    {"medicine_class": c, "stopped": same(0.3), "usual": same(0.1)}
                    for c in MedicineClass
                ]
            },
            "horizon": horizon,
            "options": [option],
        }
        | more
    )


def years_of(plan: Plan) -> OptionYears:
    return option_years(plan.options[0].id, Case.of(plan, REFERENCE))


def with_budget(
    budget: float, horizon: dict[str, Any] = FIVE, option: dict[str, Any] = TEAM
) -> str:
    return years_of(plan_of(horizon, option, pricing={"budget": budget})).finding


# --- five years by hand ---------------------------------------------------------------------------

# Pay: 2 x (51,932 x 1.2988 - 750) = 133,398.56; with overheads of a fifth, 160,078.28. From bottom
# to top of the band: 126,787.67 to 145,303.36, with overheads 152,145.21 to 174,364.03.
#         staff in post  pay         other costs  set-up  cash
# year 1  0.5 x 9/12     x 1         20,000       30,000  60,029.35 + 20,000 + 30,000 = 110,029.35
# year 2  1              x 1.03      x 1.02               164,880.62 + 20,400 = 185,280.62
# year 3  1              x 1.0609    x 1.0404             169,827.04 + 20,808 = 190,635.04
# year 4  1              x 1.092727  x 1.061208           174,921.86 + 21,224.16 = 196,146.01
# year 5  1              x 1.125509  x 1.082432           180,169.51 + 21,648.64 = 201,818.15
CASH = (110_029.35, 185_280.62, 190_635.04, 196_146.01, 201_818.15)
# At year 1's prices, and discounted: each year's cash over 1.02 x 1.035 = 1.0557 for each year
# after the first
#   110,029.35; 185,280.62 / 1.0557 = 175,505.00; 190,635.04 / 1.114502 = 171,049.45;
#   196,146.01 / 1.176580 = 166,708.57; 201,818.15 / 1.242116 = 162,479.34
PRESENT = (110_029.35, 175_505.00, 171_049.45, 166_708.57, 162_479.34)
# 2 x 1,575 x 0.6 / 16 = 118.125 people in a full year, 0.375 of that in the first; 200 come each
# year
SUPPORTED = (44.296875, 118.125, 118.125, 118.125, 118.125)
# Those before, and 200, less the supported.
WAITING = (
    155.703125,
    237.578125,
    319.453125,
    401.328125,
    483.203125,
)
# A fifth: 0.3 less 0.1.
ADDITIONAL = (8.859375, 23.625, 23.625, 23.625, 23.625)


def test_a_five_year_option_comes_to_what_it_comes_to_by_hand() -> None:
    result = years_of(plan_of(FIVE))
    assert [row.year for row in result.rows] == [1, 2, 3, 4, 5]
    assert [row.staffed for row in result.rows] == [0.375, 1, 1, 1, 1]
    for name, by_hand in (
        ("present", PRESENT),
        ("supported", SUPPORTED),
        ("waiting", WAITING),
        ("additional", ADDITIONAL),
    ):
        assert [getattr(row, name) for row in result.rows] == pytest.approx(by_hand, abs=0.006), (
            name
        )
    assert [row.cash.central for row in result.rows] == pytest.approx(CASH, abs=0.006)
    # The five added up.
    assert result.cash_total.central == pytest.approx(883_909.17, abs=0.02)
    assert result.present_total == pytest.approx(785_771.71, abs=0.03)


def test_cash_is_low_at_the_bottom_of_the_band_and_high_at_the_top() -> None:
    first, second = years_of(plan_of(FIVE)).rows[:2]
    # 152,145.21 x 0.375 + 50,000 and 174,364.03 x 0.375 + 50,000; then x 1.03 and 20,400
    assert (first.cash.low, first.cash.high) == pytest.approx((107_054.45, 115_386.51), abs=0.01)
    assert (second.cash.low, second.cash.high) == pytest.approx((177_109.56, 199_994.96), abs=0.02)


def test_what_is_assumed_of_the_years_is_said() -> None:
    result = years_of(plan_of(FIVE))
    text = " ".join(result.assumes)
    for words in ("Pay grows 3.0% a year and other prices 2.0%", "first 3 months; then 50% of "
                                                                 "staff, 100% of staff",
                  "discounted at 3.5% a year in real terms", "As many people come forward each "
                                                             "year"):  # fmt: skip
        assert words in text
    assert (
        result.rows[0].in_words == "Year 1 (2026/27 prices)" and result.rows[1].in_words == "Year 2"
    )


def test_our_own_growth_and_discount_stand_where_none_is_entered() -> None:
    result = years_of(plan_of({"years": 2, "ramp": (1.0,), "recruitment_months": 0}))
    first, second = result.rows
    assert first.cash.central == pytest.approx(160_078.28 + 50_000, abs=0.01)
    assert second.cash.central == pytest.approx(160_078.2758 * 1.03 + 20_000 * 1.0194, abs=0.01)
    assert second.present == pytest.approx(second.cash.central / 1.0194 / 1.035)


# --- other lengths, ramps and options -------------------------------------------------------------


def test_one_year_is_its_own_total() -> None:
    result = years_of(plan_of(FIVE | {"years": 1}))
    (only,) = result.rows
    assert only.cash.central == result.cash_total.central == result.present_total == only.present
    # Set-up is paid in it whole.
    assert only.cash.central == pytest.approx(CASH[0], abs=0.006)
    assert result.finding.startswith("Team needs about £110,000 in its one year.")


def test_ten_years_grow_and_are_discounted_as_a_net_present_value_is() -> None:
    horizon = FIVE | {"years": 10, "ramp": (1.0,), "recruitment_months": 0}
    result = years_of(plan_of(horizon))
    cash = [160_078.2758 * 1.03**year + 20_000 * 1.02**year for year in range(10)]
    cash[0] += 30_000
    # Growth of prices, and the real rate on top of it.
    real = 1.02 * 1.035 - 1
    value = 0.0
    # What is due now, and what is due later a year less far off.
    for each in reversed(cash):
        value = each + value / (1 + real)
    assert len(result.rows) == 10
    assert [row.cash.central for row in result.rows] == pytest.approx(cash, abs=0.01)
    assert result.cash_total.central == pytest.approx(sum(cash), abs=0.1)
    assert result.present_total == pytest.approx(value, abs=0.1)
    # All 2,000 have come by then.
    assert result.rows[9].waiting == pytest.approx(10 * (200 - 118.125))


def test_a_ramp_longer_than_a_year_is_followed_and_its_last_share_stays() -> None:
    result = years_of(plan_of(FIVE | {"ramp": (0.2, 0.4, 0.8), "recruitment_months": 6}))
    assert [row.staffed for row in result.rows] == pytest.approx([0.1, 0.4, 0.8, 0.8, 0.8])
    assert [row.supported for row in result.rows] == pytest.approx(
        [11.8125, 47.25, 94.5, 94.5, 94.5]
    )
    # waiting: 200 - 11.8125; + 200 - 47.25; + 200 - 94.5 three times
    assert [row.waiting for row in result.rows] == pytest.approx(
        [188.1875, 340.9375, 446.4375, 551.9375, 657.4375]
    )
    assert result.rows[2].cash.central == pytest.approx(
        160_078.2758 * 0.8 * 1.0609 + 20_808, abs=0.01
    )


def test_a_ramp_longer_than_the_years_is_cut_short() -> None:
    result = years_of(plan_of(FIVE | {"years": 2, "ramp": (0.2, 0.4, 1.0)}))
    assert [row.staffed for row in result.rows] == pytest.approx([0.15, 0.4])


def test_a_year_without_anyone_in_post_costs_no_staff_and_supports_nobody() -> None:
    first, second = years_of(plan_of(FIVE | {"recruitment_months": 12})).rows[:2]
    assert (
        first.cash.central == pytest.approx(50_000)
        and first.supported == 0
        and first.waiting == 200
    )
    assert second.supported == pytest.approx(118.125)


def test_nobody_comes_forward_twice_and_the_list_is_worked_down() -> None:
    # 1,000 people, 500 for the long term, and 200 come a year: 200, 200, the last 100, then nobody
    result = years_of(
        plan_of(FIVE | {"ramp": (1.0,), "recruitment_months": 0}, people=1_000, uptake=0.4)
    )
    # waiting: 200 - 118.125; 281.875 - 118.125; 263.75 - 118.125; 145.625 - 118.125; then 27.5 are
    # all supported
    assert [row.waiting for row in result.rows] == pytest.approx([81.875, 163.75, 145.625, 27.5, 0])
    assert [row.supported for row in result.rows] == pytest.approx([118.125] * 4 + [27.5])
    assert sum(row.supported or 0 for row in result.rows) == pytest.approx(500)


def test_a_contract_without_posts_is_there_from_the_start() -> None:
    contract = {"id": "c", "name": "Contract", "stated_capacity": same(150),
                "other_costs": [{"label": "Contract", "heading": "voluntary-sector contract",
                                 "amount": 90_000}]}  # fmt: skip
    first, second = years_of(plan_of(FIVE | {"ramp": (0.2, 1.0)}, contract)).rows[:2]
    assert (first.staffed, first.supported, first.waiting) == (1, 150, 50)
    assert (first.cash.central, second.cash.central) == pytest.approx((90_000, 91_800))


def test_doing_nothing_costs_nothing_and_everyone_waits() -> None:
    result = years_of(plan_of(FIVE, {"id": "none", "name": "Do nothing"}))
    assert result.cash_total.high == result.present_total == 0
    assert [row.waiting for row in result.rows] == pytest.approx([200, 400, 600, 800, 1_000])


def test_without_a_rate_cash_is_given_and_people_are_not() -> None:
    plan = plan_of(FIVE).model_dump()
    for row in plan["prescribing"]["classes"]:
        row["patients"] = None
    plan["population"] = {"basis": "registered_adults", "entered": 1_000_000}
    rows = years_of(Plan.model_validate(plan)).rows
    assert [row.cash.central for row in rows] == pytest.approx(CASH, abs=0.006)
    assert {row.supported for row in rows} == {row.waiting for row in rows} == {None}


@pytest.mark.parametrize(
    "wrong",
    [
        {"years": 0},
        {"years": 11},
        {"ramp": ()},
        {"ramp": (1.2,)},
        {"recruitment_months": 13},
        {"pay_growth": 0.5},
    ],
)
def test_a_horizon_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        plan_of(FIVE | wrong)


# --- what can be afforded -------------------------------------------------------------------------

NEEDS = "Team needs about £110,000 in its first year and £202,000 in year 5."


def test_without_a_budget_nothing_is_said_of_what_can_be_afforded() -> None:
    result = years_of(plan_of(FIVE))
    assert (
        result.finding
        == f"{NEEDS} No budget has been entered, so whether it can be afforded is not said."
    )
    assert {row.balance for row in result.rows} == {None}


def test_a_budget_above_every_high_covers_it() -> None:
    # the highest is year 5 at the top of the band: 174,364.03 x 1.125509 + 21,648.64 = 217,896.89
    assert with_budget(218_000) == (
        f"{NEEDS} The budget of £218,000 covers it in every year, even with costs at their high."
    )


def test_a_budget_that_only_high_costs_would_pass_says_which_year_would_first() -> None:
    # at the top of the band: year 2 is 199,994.96; year 3 is 174,364.03 x 1.0609 + 20,808 =
    # 205,790.80
    assert with_budget(205_000) == (
        f"{NEEDS} The budget of £205,000 covers it in every year, but not if costs are at their "
        "high (year 3 first)."
    )


def test_a_budget_that_growth_passes_says_from_which_year_and_by_how_much() -> None:
    # 196,146.01 in year 4 is above 195,000; 201,818.15 in year 5 is 6,818.15 above
    words = with_budget(195_000)
    assert (
        words
        == f"{NEEDS} That is above the budget of £195,000 from year 4, by as much as £6,820 a year."
    )
    rows = years_of(plan_of(FIVE, pricing={"budget": 195_000})).rows
    assert [row.balance for row in rows] == pytest.approx(
        [195_000 - cash for cash in CASH], abs=0.006
    )


def test_a_budget_that_set_up_alone_passes_is_not_said_to_be_passed_in_the_years_after() -> None:
    # with £250,000 of set-up, year 1 needs 330,029.35 and no later year as much as 202,000
    costs = TEAM["other_costs"]
    dear = TEAM | {
        "other_costs": [costs[0], {"label": "Set-up", "heading": "set-up", "amount": 250_000}]
    }
    words = with_budget(300_000, option=dear)
    assert "year 1" in words and "£30,000" in words
    assert "from year 1" not in words and "a year" not in words
