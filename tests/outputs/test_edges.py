"""Plans at the edge of sense: each makes both documents and says why a number is missing."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from planner.analysis.results.results import results
from planner.model.library import SpecLibrary
from planner.model.place import OrganisationList
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData, ReferenceMissing
from planner.outputs.documents import specification_docx
from tests.outputs.test_word import assert_clean, text_of


def all_classes(**values: Any) -> dict[str, Any]:
    return {"classes": [{"medicine_class": c} | values for c in MedicineClass]}


def team(**post: Any) -> list[dict[str, Any]]:
    return [
        {"id": "t", "name": "Team", "posts": [{"title": "Nurse", "band": "7", "wte": 1} | post]}
    ]


EDGES: dict[str, dict[str, Any]] = {
    "nobody at all is prescribed anything": {"prescribing": all_classes(patients=0)},
    "three people in each class": {"prescribing": all_classes(patients=3)},
    "one person in the population": {"population": {"entered": 1}},
    "more patients than people": {
        "prescribing": all_classes(patients=1000),
        "population": {"entered": 10},
    },
    "no rate on this basis": {"population": {"basis": "registered_adults"}},
    "nobody is referred": {"demand": {"referral_rate": {"low": 0, "central": 0, "high": 0}}},
    "perhaps nobody is referred": {
        "demand": {"referral_rate": {"low": 0, "central": 0.1, "high": 0.2}}
    },
    "nobody is assessed": {"demand": {"assessed_share": {"low": 0, "central": 0, "high": 0}}},
    "everyone is written to at once": {"demand": {"letters_a_year": 1e7}},
    "nobody is long-term": {"prescribing": all_classes(long_term_share=0)},
    "nobody spends time with people": {"options": team(patient_facing=0), "preferred_option": "t"},
    "hardly any time with people": {
        "options": team(patient_facing=1e-300),
        "preferred_option": "t",
    },
    "a hundredth of a post": {"options": team(wte=0.01), "preferred_option": "t"},
    "only doing nothing": {
        "options": [{"id": "do-nothing", "name": "Do nothing"}],
        "preferred_option": "do-nothing",
    },
    "only set-up": {
        "options": [
            {
                "id": "s",
                "name": "S",
                "other_costs": [{"label": "L", "heading": "set-up", "amount": 5}],
            }
        ],
        "preferred_option": "s",
    },
    "a year without supplements": {"pricing": {"price_year": "2024/25"}},
    "one class": {
        "prescribing": {
            "classes": [{"medicine_class": c, "included": c == "z_drugs"} for c in MedicineClass]
        }
    },
    "dates at the end": {"specification": {"group_start": "2100-12-31"}},
    "90 mg without a count": {"prescribing": all_classes() | {"high_dose_threshold_mg": 90}},
    "men only": {
        "inequality": {"classes": [{"medicine_class": c, "men": 100} for c in MedicineClass]}
    },
}


@pytest.mark.slow
@pytest.mark.usefixtures("one_picture")
@pytest.mark.parametrize("name", EDGES)
def test_an_edge_makes_both_documents(
    name: str, starter: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    plan = Plan.model_validate(starter.model_dump() | EDGES[name])
    plan_results = results(plan, reference)
    for option in plan_results.options:
        if any(one.id == option.id and one.is_letters for one in plan.options):
            continue
        for measure in ("people_assessed", "cost_per_assessed"):
            assert getattr(option, measure) is not None or option.withheld[measure]
    for action in (3, 4):
        data = specification_docx(plan_results, action, reference, library)
        assert_clean(data)
        if name == "three people in each class":
            assert not [
                line
                for line in text_of(data).splitlines()
                if "prescribed" in line and "| 3 |" in line
            ]


def alerts(plan: Plan, reference: ReferenceData) -> str:
    return " ".join(alert.text for alert in results(plan, reference).alerts)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"prescribing": all_classes(patients=20_000), "population": {"entered": 10_000}},
            "than there are resident adults",
        ),
        ({"place": {"icb_code": "QF7", "area": "East"}}, "not for East alone"),
        (
            {"specification": {"group_start": "2027-05-01", "decision_date": "2027-04-01"}},
            "before the group starts",
        ),
        (
            {"place": {"icb_code": "QNQ", "organisation_list": "42 ICBs to March 2026"}},
            "Since April 2026",
        ),
        (
            {
                "prescribing": all_classes(patients=100),
                "inequality": {
                    "classes": [
                        {"medicine_class": c, "by_quintile": (50, 50, 50, 50, 50)}
                        for c in MedicineClass
                    ]
                },
            },
            "add up to 250, more than the 100",
        ),
    ],
)
def test_what_does_not_fit_together_is_said(
    starter: Plan, reference: ReferenceData, change: dict[str, Any], words: str
) -> None:
    assert words in alerts(Plan.model_validate(starter.model_dump() | change), reference)


def test_a_budget_that_is_too_small_is_said(example: Plan, reference: ReferenceData) -> None:
    values = example.model_dump()
    values["pricing"]["budget"] = 100_000
    assert "above the budget of £100,000" in alerts(Plan.model_validate(values), reference)


def test_england_is_not_a_place_for_a_plan(minimal: Plan, reference: ReferenceData) -> None:
    values = minimal.model_dump()
    values["place"] = {"icb_code": "ENG", "organisation_list": OrganisationList.FROM_APRIL_2026}
    with pytest.raises(ReferenceMissing, match="not for England"):
        results(Plan.model_validate(values), reference)


@pytest.mark.parametrize("character", ["\ufffe", "\uffff", "\ufdd0", "\x00", "\x1b", "\ud800"])
def test_what_word_cannot_hold_is_refused(minimal: Plan, character: str) -> None:
    with pytest.raises(ValidationError, match="cannot be printed|unicode string"):
        Plan.model_validate(minimal.model_dump() | {"author": f"a{character}b"})


def test_a_line_is_one_line_and_a_name_says_something(minimal: Plan) -> None:
    assert Plan.model_validate(minimal.model_dump() | {"author": "a\u2028b\r\nc"}).author == "a b c"
    with pytest.raises(ValidationError, match="must not be empty"):
        Plan.model_validate(minimal.model_dump() | {"options": [{"id": "a", "name": " "}]})
    with pytest.raises(ValidationError, match="must not be empty"):
        Plan.model_validate(minimal.model_dump() | {"inequality": {"groups": [""]}})


def test_a_cell_hidden_for_another_gives_no_rate(minimal: Plan, reference: ReferenceData) -> None:
    values = minimal.model_dump()
    values["inequality"]["classes"][3]["by_quintile"] = (50, 3, 100, 200, 300)
    plan_results = results(Plan.model_validate(values), reference).inequality
    opioids = next(
        gap for gap in plan_results.classes if gap.medicine_class is MedicineClass.OPIOIDS
    )
    assert opioids.counts_in_words[0] == "not shown, to protect another cell"
    assert opioids.ratio is None and [g.rate for g in opioids.groups[:2]] == [None, None]


def test_cost_per_head_stands_beside_case_study_1_on_its_own_basis_only(
    starter: Plan, reference: ReferenceData
) -> None:
    """South Yorkshire has 1,415,054 residents of all ages; case study 1 gives no age limit."""
    plan_results = results(starter, reference)
    option = plan_results.options[1]
    assert option.cost_per_head_all_ages.central == pytest.approx(
        option.annual_cost.central / 1_415_054
    )
    row = next(
        r
        for r in plan_results.benchmark.options
        if r.option == option.id and r.measure == "cost_per_head"
    )
    assert row.modelled == option.cost_per_head_all_ages and "all ages" in row.unit
    entered = Plan.model_validate(starter.model_dump() | {"population": {"entered": 400_000}})
    option = results(entered, reference).options[1]
    # 400,000 adults entered, of 1,120,220 whose board has 1,415,054 residents: modelled as so many
    residents = 400_000 * 1_415_054 / 1_120_220
    assert option.cost_per_head_all_ages.central == pytest.approx(
        option.annual_cost.central / residents, rel=1e-6
    )
    assert option.cost_per_head.central == pytest.approx(option.annual_cost.central / 400_000)


def test_an_alert_of_some_options_says_which_and_one_of_all_is_told_once(
    example: Plan, reference: ReferenceData
) -> None:
    alerts = results(example, reference).alerts
    (few,) = (one for one in alerts if one.text.endswith("and this option gives 4") and (
        one.text.startswith("benzodiazepines")))  # fmt: skip
    assert few.in_words == f"Pharmacist review clinics in primary care: {few.text}"
    (all_of,) = (one for one in alerts if one.text.startswith("1,575 working hours"))
    assert all_of.options == () and all_of.in_words == all_of.text
    assert len({one.text for one in alerts}) == len(alerts)


def test_an_alert_gives_no_small_count_away(minimal: Plan, reference: ReferenceData) -> None:
    values = minimal.model_dump()
    values["prescribing"]["classes"][3]["patients"] = 3
    values["inequality"]["classes"][3]["by_quintile"] = (4, None, None, None, None)
    text = alerts(Plan.model_validate(values), reference)
    assert "add up to fewer than 5, more than the fewer than 5 people" in text
