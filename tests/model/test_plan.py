"""A plan survives JSON, refuses what cannot be, and never changes under anyone's hands."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from planner.model.base import Range
from planner.model.place import Place
from planner.model.plan import SCHEMA_VERSION, Plan, Seat
from planner.model.prescribing import MedicineClass, Prescribing
from planner.model.service import Post, ServiceOption
from planner.store.plan_file import plan_from_json, plan_to_json

words = st.text(
    st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n\t&<>{}%$=\"'"), max_size=60
)
ranges = st.lists(st.floats(0.1, 100), min_size=3, max_size=3).map(
    lambda v: dict(zip(("low", "central", "high"), sorted(v), strict=True))
)
posts = st.builds(
    lambda title, band, point, zone, wte, facing: Post(
        title=title or "Post", band=band, point=point, zone=zone, wte=wte, patient_facing=facing
    ),
    st.text(st.characters(categories=["L"]), max_size=20),
    st.sampled_from(["2", "5", "6", "7", "8a", "8d", "9"]),
    st.sampled_from(["entry", "mid", "top"]),
    st.sampled_from(["none", "fringe", "outer", "inner"]),
    st.floats(0.01, 40),
    st.floats(0, 1),
)
plans = st.builds(
    lambda title, reason, patients, share, post, hours: Plan(
        title=title.replace("\n", " "),
        place=Place(icb_code="QF7"),
        preferred_because=reason,
        prescribing=Prescribing.model_validate(
            {
                "classes": [
                    {"medicine_class": c, "patients": patients, "long_term_share": share}
                    for c in MedicineClass
                ]
            }
        ),
        options=(
            ServiceOption(id="a", name="A", posts=tuple(post), hours_programme=Range(**hours)),
        ),
        preferred_option="a",
    ),
    words,
    words,
    st.none() | st.integers(0, 5_000_000),
    st.none() | st.floats(0, 1),
    st.lists(posts, max_size=4),
    ranges,
)


@settings(max_examples=60, deadline=None)
@given(plans)
def test_a_plan_survives_json(plan: Plan) -> None:
    assert plan_from_json(plan_to_json(plan).encode()) == plan
    assert plan_to_json(plan_from_json(plan_to_json(plan).encode())) == plan_to_json(plan)


def test_the_shipped_plans_survive_json(example: Plan, minimal: Plan, maximal: Plan) -> None:
    for plan in (example, minimal, maximal):
        assert plan_from_json(plan_to_json(plan).encode()) == plan


PRACTICE = {"code": "P1", "name": "One", "level": "practice"}


def test_a_plan_cannot_be_changed(minimal: Plan) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Plan.__setattr__(minimal, "title", "other")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"colour": "red"}, "Extra inputs"),
        ({"schema_version": 1}, f"Input should be {SCHEMA_VERSION}"),
        ({"preferred_option": "x"}, "not among the options"),
        ({"place": {"icb_code": "qf7"}}, "pattern"),
        # Practices are added up to a place by its code, so a name there left no page to be drawn.
        ({"areas": {"areas": [{**PRACTICE, "pcn": "Network one"}]}}, "pattern"),
        ({"areas": {"areas": [{**PRACTICE, "sub_icb": "The north"}]}}, "pattern"),
        (
            {"demand": {"start_share": {"low": 0.5, "central": 0.2, "high": 0.9}}},
            "smallest to largest",
        ),
        ({"demand": {"referral_rate": {"low": 1, "central": 2, "high": 1001}}}, "1,000 per 1,000"),
        ({"demand": {"hours_referral": {"low": 1, "central": 2, "high": 101}}}, "0 and 100"),
        (
            {
                "options": [
                    {
                        "id": "a",
                        "name": "A",
                        "features": ["peer support"],
                        "features_absent": ["peer support"],
                    }
                ]
            },
            "both to have and not to have peer support",
        ),
        ({"options": [{"id": "a", "name": "A"}, {"id": "a", "name": "B"}]}, "same id"),
        (
            {
                "options": [
                    {"id": "a", "name": "A", "posts": [{"title": "P", "band": "other", "wte": 1}]}
                ]
            },
            "salary",
        ),
        (
            {
                "options": [
                    {"id": "a", "name": "A", "posts": [{"title": "P", "band": "7", "wte": 0}]}
                ]
            },
            "greater than or equal to 0.001",
        ),
        (
            {"specification": {"service_start": "2027-04-01", "service_end": "2027-04-01"}},
            "must end after",
        ),
        ({"title": "a\x0cb"}, "cannot be printed"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(
    minimal: Plan, change: dict[str, object], reason: str
) -> None:
    with pytest.raises(ValidationError, match=reason):
        Plan.model_validate_json(json.dumps(minimal.model_dump(mode="json") | change))


def test_at_least_one_class_and_high_dose_within_opioids() -> None:
    with pytest.raises(ValidationError, match="at least one class"):
        Prescribing.model_validate(
            {"classes": [{"medicine_class": c, "included": False} for c in MedicineClass]}
        )
    with pytest.raises(ValidationError, match="cannot be more than"):
        Prescribing.model_validate(
            {
                "classes": [
                    {"medicine_class": c, "patients": 10 if c is MedicineClass.OPIOIDS else None}
                    for c in MedicineClass
                ],
                "high_dose_opioid_patients": 11,
            }
        )


def test_the_seats_the_framework_asks_for_are_the_four_it_names() -> None:
    assert [seat.value for seat in Seat if seat.is_in_framework] == [
        "Pain specialist or team",
        "Mental health services",
        "Personalised care lead",
        "Health inequalities lead",
    ]


def without_a_limit(schema: object, place: str = "Plan") -> list[str]:
    """Every list, tuple and mapping of a JSON schema that may hold any number of entries."""
    faults = []
    if isinstance(schema, dict):
        kind, named = schema.get("type"), "properties" in schema
        if kind == "array" and "maxItems" not in schema:
            faults.append(place)
        if kind == "object" and not named and "maxProperties" not in schema:
            faults.append(place)
        for name, inner in schema.items():
            if name not in ("default", "examples"):
                faults += without_a_limit(inner, f"{place}.{name}")
    elif isinstance(schema, list):
        for at, inner in enumerate(schema):
            faults += without_a_limit(inner, f"{place}.{at}")
    return faults


@pytest.mark.filterwarnings("ignore::pydantic.json_schema.PydanticJsonSchemaWarning")
def test_every_list_of_a_plan_has_a_limit() -> None:
    class Unbounded(Plan):
        notes: tuple[str, ...] = ()
        marks: dict[str, int] = {}

    assert without_a_limit(Plan.model_json_schema()) == []
    assert without_a_limit(Unbounded.model_json_schema()) == [
        "Plan.properties.notes",
        "Plan.properties.marks",
    ]
