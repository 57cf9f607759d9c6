"""An option year by year: cash first, present value second, people seen and waiting, and the
budget."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from planner.analysis.economics.cash_flow import OptionYears, option_years
from planner.analysis.economics.financial_years import ServiceCost, service_cost
from planner.analysis.economics.option_costs import cost_option, full_year_of
from planner.analysis.economics.option_model import Case
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.service import ServiceOption
from planner.reference import load_reference

REFERENCE = load_reference()
FIVE = {
    "years": 5,
    "staffing_profile": (0.5, 1.0),
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
    "hours_programme": same(16),
    "effect": same(1),
    "other_costs": [
        {"label": "Rooms", "heading": "premises", "amount": 20_000},
        {"label": "Recruitment", "heading": "set-up", "amount": 30_000},
    ],
}


def plan_of(
    horizon: dict[str, Any],
    option: dict[str, Any] = TEAM,
    people: int = 4_000,
    rate: float = 0.2,
    **more: Any,
) -> Plan:
    """Half of the people prescribed opioids are on them for the long term; of a million residents
    200 are referred each year, all of whom are assessed and start, and only the programme takes
    time. A fifth of those waiting leave."""
    return Plan.model_validate(
        {
            "place": {"icb_code": "QF7"},
            "population": {"basis": "resident_all_ages", "entered": 1_000_000},
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
            "demand": {
                "referral_rate": same(rate),
                "referral_profile": (1.0,),
                "leave_list": same(0.2),
            }
            | dict.fromkeys(("assessed_share", "start_share"), same(1))
            | dict.fromkeys(("hours_referral", "hours_assessment"), same(0)),
            "outcomes": {
                "carry_over": same(1),
                "classes": [
                    {"medicine_class": c, "stopped": same(0.3), "usual": same(0.1)}
                    for c in MedicineClass
                ],
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
ASSESSED = (44.296875, 118.125, 118.125, 118.125, 118.125)
# Those before, and 200, less those who are seen; and of these a fifth leave.
#   155.703125 x 0.8; 206.4375 x 0.8; 247.025 x 0.8; 279.495 x 0.8; 305.471 x 0.8
WAITING = (124.5625, 165.15, 197.62, 223.596, 244.3768)
# A fifth: 0.3 less 0.1.
NET_STOPPED = (8.859375, 23.625, 23.625, 23.625, 23.625)


def centrals(result: OptionYears, name: str) -> list[float]:
    """The figure of each year."""
    return [getattr(row, name).central for row in result.rows]


def test_a_five_year_option_comes_to_what_it_comes_to_by_hand() -> None:
    result = years_of(plan_of(FIVE))
    assert [row.year for row in result.rows] == [1, 2, 3, 4, 5]
    assert [row.staffed for row in result.rows] == [0.375, 1, 1, 1, 1]
    assert [row.present for row in result.rows] == pytest.approx(PRESENT, abs=0.006)
    for name, by_hand in (
        ("assessed", ASSESSED),
        ("starting", ASSESSED),
        ("referred", (200,) * 5),
        ("waiting", WAITING),
        ("net_stopped", NET_STOPPED),
    ):
        assert centrals(result, name) == pytest.approx(by_hand, abs=0.006), name
    assert [row.cash.central for row in result.rows] == pytest.approx(CASH, abs=0.006)
    # The five added up.
    assert result.cash_total.central == pytest.approx(883_909.17, abs=0.02)
    assert result.present_total == pytest.approx(785_771.71, abs=0.03)


def test_cash_is_likely_between_the_ends_of_the_band_and_of_other_costs() -> None:
    # Pay lies between 107,054.45 - 50,000 and 115,386.51 - 50,000, and rooms of 20,000 within 3,920
    # of it: both as 95%, and apart from one another, so
    #   110,029.35 - root of 2,974.90^2 + 3,920^2 = 105,108;
    #   110,029.35 + root of 5,357.16^2 + 3,920^2 = 116,667
    first = years_of(plan_of(FIVE)).rows[0]
    assert (first.cash.low, first.cash.high) == pytest.approx((105_108, 116_667), rel=0.005)


def test_what_is_assumed_of_the_years_is_said() -> None:
    result = years_of(plan_of(FIVE))
    text = " ".join(result.assumes)
    for words in ("Pay grows 3.0% a year and other prices 2.0%", "first 3 months; then 50% of "
                                                                 "staff, 100% of staff",
                  "discounted at 3.5% a year in real terms", "100% of a full year's",
                  "20% leave the list"):  # fmt: skip
        assert words in text
    assert [row.in_words for row in result.rows[:2]] == ["year 1", "year 2"]


def test_our_own_growth_and_discount_stand_where_none_is_entered() -> None:
    result = years_of(plan_of({"years": 2, "staffing_profile": (1.0,), "recruitment_months": 0}))
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
    horizon = FIVE | {"years": 10, "staffing_profile": (1.0,), "recruitment_months": 0}
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
    # The list nears what comes to it and leaves it: 81.875 x 0.8 / 0.2 = 327.5, of which 0.8^10 is
    # yet to come.
    assert centrals(result, "waiting")[9] == pytest.approx(327.5 * (1 - 0.8**10))


def test_a_ramp_longer_than_a_year_is_followed_and_its_last_share_stays() -> None:
    result = years_of(
        plan_of(FIVE | {"staffing_profile": (0.2, 0.4, 0.8), "recruitment_months": 6})
    )
    assert [row.staffed for row in result.rows] == pytest.approx([0.1, 0.4, 0.8, 0.8, 0.8])
    assert centrals(result, "assessed") == pytest.approx([11.8125, 47.25, 94.5, 94.5, 94.5])
    # waiting: (200 - 11.8125) x 0.8; (150.55 + 200 - 47.25) x 0.8; (242.64 + 200 - 94.5) x 0.8; ...
    assert centrals(result, "waiting")[:3] == pytest.approx([150.55, 242.64, 278.512])
    assert result.rows[2].cash.central == pytest.approx(
        160_078.2758 * 0.8 * 1.0609 + 20_808, abs=0.01
    )


def test_a_ramp_longer_than_the_years_is_cut_short() -> None:
    result = years_of(plan_of(FIVE | {"years": 2, "staffing_profile": (0.2, 0.4, 1.0)}))
    assert [row.staffed for row in result.rows] == pytest.approx([0.15, 0.4])


def test_a_year_without_anyone_in_post_costs_no_staff_and_sees_nobody() -> None:
    result = years_of(plan_of(FIVE | {"recruitment_months": 12}))
    assert result.rows[0].cash.central == pytest.approx(50_000)
    assert centrals(result, "assessed")[:2] == pytest.approx([0, 118.125])
    assert centrals(result, "waiting")[0] == pytest.approx(160)


def test_referrals_build_up_and_the_list_is_worked_down() -> None:
    # 118.125 can be seen. 40, 160, then 50 a year come:
    #   40 are seen; 118.125 of 160 are, and 41.875 x 0.8 = 33.5 wait; then 83.5 of 83.5; then 50
    plan = plan_of(FIVE | {"staffing_profile": (1.0,), "recruitment_months": 0})
    demand = plan.demand.model_copy(update={"referral_profile": (0.2, 0.8, 0.25)})
    result = years_of(plan.model_copy(update={"demand": demand}))
    assert centrals(result, "referred") == pytest.approx([40, 160, 50, 50, 50])
    assert centrals(result, "assessed") == pytest.approx([40, 118.125, 83.5, 50, 50])
    assert centrals(result, "waiting") == pytest.approx([0, 33.5, 0, 0, 0])


def test_a_contract_without_posts_is_there_from_the_start() -> None:
    contract = {"id": "c", "name": "Contract", "stated_capacity": same(150),
                "other_costs": [{"label": "Contract", "heading": "voluntary-sector contract",
                                 "amount": 90_000}]}  # fmt: skip
    first, second = years_of(plan_of(FIVE | {"staffing_profile": (0.2, 1.0)}, contract)).rows[:2]
    assert first.staffed == 1 and first.assessed and first.waiting
    assert (first.assessed.central, first.waiting.central) == pytest.approx((150, 40))
    assert (first.cash.central, second.cash.central) == pytest.approx((90_000, 91_800))


def test_doing_nothing_costs_nothing_and_nobody_is_referred_to_it() -> None:
    result = years_of(plan_of(FIVE, {"id": "none", "name": "Do nothing"}))
    assert result.cash_total.high == result.present_total == 0
    for name in ("referred", "assessed", "waiting"):
        assert centrals(result, name) == [0] * 5


def test_without_a_rate_cash_is_given_and_people_are_not() -> None:
    plan = plan_of(FIVE).model_dump()
    for row in plan["prescribing"]["classes"]:
        row["patients"] = None
    plan["population"] = {"basis": "registered_adults", "entered": 1_000_000}
    rows = years_of(Plan.model_validate(plan)).rows
    assert [row.cash.central for row in rows] == pytest.approx(CASH, abs=0.006)
    assert {row.assessed for row in rows} == {row.waiting for row in rows} == {None}


@pytest.mark.parametrize(
    "wrong",
    [
        {"years": 0},
        {"years": 11},
        {"staffing_profile": ()},
        {"staffing_profile": (1.2,)},
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


def test_a_budget_above_all_that_is_likely_covers_it() -> None:
    # the highest is year 5: pay 180,169.51, likely to 174,364.03 x 1.125509 = 196,248.29, and rooms
    # 21,648.64, likely to 4,243 more: 201,818.15 + root of 16,078.78^2 + 4,243^2 = 218,447
    assert with_budget(220_000) == (
        f"{NEEDS} That is within the budget of £220,000 in every year, even at the upper end of "
        "what is likely."
    )


def test_a_budget_that_only_likely_costs_would_pass_says_which_year_would_first() -> None:
    # year 2: 185,280.62 + root of (14,285.76 x 1.03)^2 + 3,998^2 = 200,530; year 3: 206,343
    assert with_budget(204_000) == (
        f"{NEEDS} That is within the budget of £204,000 in every year, but not at the upper end of "
        "what is likely (year 3 first)."
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


# --- letters ------------------------------------------------------------------------------------

# Of 40,000 people prescribed opioids half are on them for the long term: 20,000 to write to.
OFFER: dict[str, Any] = TEAM | {"id": "offer", "name": "Offer", "kind": "letters and education"}
ALL_IN_POST = FIVE | {"staffing_profile": (1.0,), "recruitment_months": 0}
FIVE_YEARS = {"service_start": date(2026, 4, 1), "service_end": date(2031, 3, 31)}


def writing(option: dict[str, Any], **more: Any) -> Plan:
    """The plan with 40,000 people prescribed, its staff in post from the first day, and five years
    of service from the first day of the year of prices."""
    return plan_of(
        ALL_IN_POST,
        option,
        people=40_000,
        pricing={"price_year": "2026/27"},
        specification=FIVE_YEARS,
        **more,
    )


def cost_of(plan: Plan) -> ServiceCost:
    case = Case.of(plan, REFERENCE)
    cost = service_cost(cost_option(plan.options[0], case), case)
    assert cost is not None
    return cost


def test_an_offer_of_letters_ends_with_the_year_in_which_the_last_are_written_to() -> None:
    plan = writing(OFFER | {"letters_a_year": 8_000})
    result = years_of(plan)
    assert centrals(result, "written") == [8_000, 8_000, 4_000, 0, 0]
    # year 1: 160,078.28 of staff, 20,000, 30,000 once and 8,000 x 1.50 = 222,078.28
    # year 2: 164,880.62 + (20,000 + 12,000) x 1.02 = 197,520.62
    # year 3: 169,827.04 + (20,000 + 6,000) x 1.0404 = 196,877.44
    assert centrals(result, "cash") == pytest.approx(
        [222_078.28, 197_520.62, 196_877.44, 0, 0], abs=0.01
    )
    assert [row.staffed for row in result.rows] == [1, 1, 1, 0, 0]
    assert [row.present for row in result.rows][3:] == [0, 0]
    assert "in year 3, by whose end everyone whom its letters are meant for" in result.finding
    assert "only writes letters ends with the last of them" in result.assumes[-1]
    # The paper's table is of the same years, and has none in which nobody is written to.
    cost = cost_of(plan)
    assert [year.people for year in cost.years] == [8_000, 8_000, 4_000]
    assert [year.cost for year in cost.years] == [222_000, 198_000, 197_000]
    assert cost.ended == date(2029, 3, 31)


def test_a_year_of_letters_is_a_full_one_only_where_such_a_year_comes_again() -> None:
    for letters, named, once in (
        (8_000, "a full year", False),
        (12_000, "one fully staffed year", False),
        (None, "one fully staffed year", True),
    ):
        idle = ServiceOption(id="idle", name="Idle")
        plan = writing(OFFER | {"letters_a_year": letters})
        plan = plan.model_copy(update={"options": (*plan.options, idle)})
        costed, doing_nothing = (
            cost_option(one, Case.of(plan, REFERENCE)) for one in (plan.options[0], idle)
        )
        assert (costed.full_year, costed.writes_once) == (named, once)
        assert costed.by_the_year == ("a year" if named == "a full year" else f"in {named}")
        # Beside an option whose year comes again, the year of both is one that both have.
        assert doing_nothing.full_year == full_year_of((doing_nothing,)) == "a full year"
        assert full_year_of((doing_nothing, costed)) == full_year_of((costed,)) == named


def test_letters_to_more_people_than_the_term_has_time_for_do_not_end_within_it() -> None:
    cost = cost_of(writing(OFFER | {"letters_a_year": 3_000}))
    # 5 x 3,000 of 20,000
    assert cost.people == 15_000 and cost.ended is None
    # Written to in the last year of the term, nobody is left after it.
    assert cost_of(writing(OFFER | {"letters_a_year": 4_000})).ended == date(2031, 3, 31)


def test_letters_that_invite_to_a_team_are_paid_for_while_they_are_sent() -> None:
    letters = {"letters_a_year": 1e6, "letter_tiers": ["on two or more classes for the long term"]}
    demand = plan_of(FIVE).demand.model_dump() | letters
    plan, silent = writing(TEAM, demand=demand), writing(TEAM)
    # Two or more classes: 24% of 20,000 people, at 1.50: 7,200 in year 1, and nobody is left after.
    cash = centrals(years_of(plan), "cash")
    without = centrals(years_of(silent), "cash")
    extra = [here - there for here, there in zip(cash, without, strict=True)]
    assert extra == pytest.approx([7_200, 0, 0, 0, 0])
    assert [year.cost for year in cost_of(plan).years] == [round(one, -3) for one in cash]
    contract = writing(TEAM, demand=demand).model_copy(
        update={"horizon": plan.horizon.model_copy(update={"price_uplift": 0.02})}
    )
    # (160,078.28 + 20,000 + 7,200), then (160,078.28 + 20,000) x 1.02
    prices = [row.price for row in years_of(contract).rows][:2]
    assert prices == pytest.approx([187_278.28, 183_679.84], abs=0.01)
