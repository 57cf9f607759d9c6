"""Plans to test with: the shipped example, the barest plan there can be, and one with everything
filled."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Iterator
from datetime import date
from itertools import cycle, islice
from pathlib import Path

import pytest
from hypothesis import settings

from planner.analysis.economics.example import example_plan, starter_plan
from planner.analysis.results.results import Results, results
from planner.model.base import MOST_WORDS
from planner.model.decision import (
    Criterion,
    EqualityGroup,
    Route,
    ScreeningQuestion,
    SelectionQuestion,
)
from planner.model.library import SpecLibrary
from planner.model.place import Place
from planner.model.plan import Plan, Seat
from planner.model.reference import ReferenceData
from planner.reference import load_reference
from planner.reference.cache import FOLDER_SETTING
from planner.reference.library import load_library
from planner.store.database import URL_SETTING
from tests.tiers import ALWAYS_SLOW, SLOW_FIXTURES, tier_of

# What the wizard keeps while it is tested goes to a folder of the tests' own, and never to the
# user's.
os.environ[URL_SETTING] = f"sqlite:///{tempfile.mkdtemp(prefix='planner-tests-')}/plans.sqlite"

# So does what can be made anew, in one folder for all workers of a run: they find it in what they
# were started with. What is read of the shipped files is kept from run to run, since it is read
# again when one of them has changed.
WORKER = "PYTEST_XDIST_WORKER"
if WORKER not in os.environ:
    made_anew = Path(tempfile.mkdtemp(prefix="planner-tests-cache-"))
    from_run_to_run = Path(__file__).parents[1] / ".pytest_cache" / "reference"
    from_run_to_run.mkdir(parents=True, exist_ok=True)
    (made_anew / "reference").symlink_to(from_run_to_run)
    os.environ[FOLDER_SETTING] = str(made_anew)

# The same examples in every run, so that what passed here passes there; others are looked for by
# hand, with more examples and other seeds, whenever the sums change.
settings.register_profile("the same every time", derandomize=True)
settings.load_profile("the same every time")


@pytest.fixture(scope="session")
def reference() -> ReferenceData:
    return load_reference()


@pytest.fixture(scope="session")
def library() -> SpecLibrary:
    return load_library()


@pytest.fixture(scope="session")
def example(reference: ReferenceData) -> Plan:
    return example_plan(reference.find_organisation("QF7"), reference)


@pytest.fixture(scope="session")
def minimal() -> Plan:
    return Plan(place=Place(icb_code="QF7"))


@pytest.fixture(scope="session")
def starter(reference: ReferenceData) -> Plan:
    return starter_plan(reference.find_organisation("QF7"), reference)


@pytest.fixture(scope="session")
def five_fields(starter: Plan) -> Plan:
    """What a pharmacist types in ten minutes: the board, one local count with its source and
    period, and the share of it that is long-term."""
    values = starter.model_dump()
    row = next(c for c in values["prescribing"]["classes"] if c["medicine_class"] == "opioids")
    row.update(patients=160_205, period="2024/25", source="Test search", long_term_share=0.42)
    return Plan.model_validate(values)


@pytest.fixture(scope="session")
def revised(example: Plan) -> Plan:
    """The example as it might stand a month later: some things settled, some changed, some taken
    out."""
    values = example.model_dump()
    values["demand"].update(
        referral_rate={"low": 0.3, "central": 0.5, "high": 1.0},
        evidence="Example: a pilot in the north place",
    )
    values["pricing"]["budget"] = 850_000
    values["prescribing"]["classes"][4].update(
        patients=3, period="2024/25", source="Example search"
    )
    values["options"] = [
        dict(option) for option in values["options"] if option["id"] != "specialist-mdt"
    ]
    team = next(
        option for option in values["options"] if option["id"] == values["preferred_option"]
    )
    team["posts"] = [
        post | {"wte": post["wte"] + 1} if place == 0 else post
        for place, post in enumerate(team["posts"])
    ]
    team["other_costs"] = [
        *team["other_costs"],
        {"label": "Interpreters", "heading": "non-pay", "amount": 12_500},
    ]
    specification = values["specification"]
    specification.update(
        version="0.2",
        chair="Example: chief pharmacist",
        directory=[
            specification["directory"][1] | {"wait": "Example: 8 weeks"},
            specification["directory"][0],
        ],
        risks=[
            {
                "risk": "Example: posts cannot be filled",
                "likelihood": "high",
                "impact": "medium",
                "mitigation": "Start early",
            }
        ],
        service_start=date(2027, 11, 1),
    )
    specification["members"] = [
        member | {"name": "Example member"}
        if member["seat"] == Seat.HEALTH_INEQUALITIES
        else member
        for member in specification["members"]
    ]
    return Plan.model_validate(values)


@pytest.fixture(scope="session")
def maximal(example: Plan) -> Plan:
    return maximal_plan(example)


def maximal_plan(example: Plan) -> Plan:
    """The example with local counts, full inequality data and every box filled, a long one to its
    limit."""
    values = example.model_dump()
    counts = {
        "antidepressants": 231_480,
        "benzodiazepines": 22_310,
        "gabapentinoids": 47_900,
        "opioids": 160_205,
        "z_drugs": 18_040,
    }
    for row in values["prescribing"]["classes"]:
        row.update(
            patients=counts[row["medicine_class"]],
            items=counts[row["medicine_class"]] * 8,
            period="2024/25",
            source="Test workbook",
            long_term_share=0.45,
        )
    values["prescribing"].update(high_dose_opioid_patients=1_910, high_dose_period="March 2026")
    quintiles = {
        "antidepressants": (98_000, 50_000, 40_000, 28_000, 15_480),
        "benzodiazepines": (6_000, 4_500, 4_400, 4_110, 3_300),
        "gabapentinoids": (22_000, 10_000, 7_900, 5_000, 3_000),
        "opioids": (70_000, 33_000, 27_205, 19_000, 11_000),
        "z_drugs": (5_000, 3_800, 3_600, 3_240, 2_400),
    }
    for row in values["inequality"]["classes"]:
        total = counts[row["medicine_class"]]
        row.update(
            by_quintile=quintiles[row["medicine_class"]],
            women=round(total * 0.63),
            men=round(total * 0.37),
        )
    values["inequality"].update(
        period="2024/25",
        source="Test equity tables",
        counts_index="IMD 2019",
        population_women=572_000,
        population_men=548_000,
        population_source="Test populations",
        reached_by_quintile=(310, 190, 170, 140, 160),
        reached_source="Test pilot",
        age_sex=_strata(counts),
        england_age_sex=_england(),
        england_source="Test workbook, 2023/24",
        breakdowns=[_ethnicity(counts)],
    )
    values["areas"] = _areas()
    values["trend"] = {
        "months": [
            {
                "month": f"{2024 + (month + 3) // 12}-{(month + 3) % 12 + 1:02d}",
                "items": [round(count * (0.6 - 0.004 * month)) for count in counts.values()],
                "registered": 1_550_000,
            }
            for month in range(24)
        ],
        "source": "Test summary of the English Prescribing Dataset",
    }
    values["imports"] = [
        {
            "file": "test-summary.csv",
            "digest": "blake3:" + "0123456789abcdef" * 4,
            "format": "template",
            "format_name": "Planner's own table",
            "why": "it has columns headed class and period, with patients, items or population",
            "rows_read": 1_201,
            "rows_used": 1_200,
            "skipped": [{"reason": "no number in the row", "rows": 1, "first": "row 9"}],
            "periods": ["2024-04", "2026-03"],
            "suppressed": 3,
            "warnings": ["The dataset counts items, not people, and cannot leave out cancer."],
        }
    ]
    values["demand"].update(
        referral_rate={"low": 0.3, "central": 0.6, "high": 1.2},
        letters_a_year=2_000,
        assessed_share={"low": 0.6, "central": 0.8, "high": 0.9},
        classes_per_person=1.4,
        evidence="Test pilot",
    )
    values["pricing"]["budget"] = 800_000
    values["specification"].update(
        provider="Test provider",
        provider_lead="Test lead",
        existing_service_ends=True,
        members=[
            member | {"name": member["name"] or "Test member", "organisation": "Test organisation"}
            for member in values["specification"]["members"]
        ],
        attachments=dict.fromkeys(_attachments(), "attached"),
        risks=[
            {
                "risk": "A test risk",
                "likelihood": "medium",
                "impact": "medium",
                "mitigation": "A test reply",
                "owner": "Test owner",
            }
        ],
        review_date=date(2028, 9, 30),
        engagement=[
            *values["specification"]["engagement"],
            {
                "who": "Test council and alliance",
                "when": "November 2026",
                "what_changed": "Social prescribing was added",
                "groups": ["Local authorities", "Voluntary and community sector"],
            },
        ],
        decision=_decision(),
        agreed=[
            {
                "step": "options",
                "by": "Test chair",
                "on": date(2026, 12, 1),
                "note": "Budget agreed",
            }
        ],
        wording={
            "indicators": [
                {"indicator": "K6", "baseline": "41%", "baseline_of": "2025/26", "threshold": "75%"}
            ],
            "own_indicators": [
                {
                    "id": "L1",
                    "name": "Test indicator",
                    "numerator": "People seen at home",
                    "denominator": "People who asked to be",
                    "source": "Provider",
                    "basis": "Local",
                    "baseline_by": date(2028, 3, 31),
                }
            ],
            "own_clauses": [
                {"id": "own-1", "section": "a4-access", "text": "Test clause: home visits."}
            ],
        },
    )
    option = next(one for one in values["options"] if one["id"] == values["preferred_option"])
    option["shares_by_quintile"] = (0.35, 0.2, 0.2, 0.15, 0.1)
    option["posts"][1]["hours_each"] = {"low": 2, "central": 3, "high": 4}
    option["other_costs"][0]["price_year"] = "2024/25"
    option["description"] = to_the_limit("support")
    values["preferred_because"] = to_the_limit("reasons")
    for field in ("hours_and_venues", "data_sources", "evaluation"):
        values["specification"][field] = to_the_limit(field.replace("_", " "))
    values["specification"]["decision"]["selection"]["reasons"] = to_the_limit("grounds")
    return Plan.model_validate(values)


def to_the_limit(of: str) -> str:
    """As many words as the documents have room for in a field, none of which another has."""
    return " ".join(islice(cycle(f"Here {of} of a test are told.".split()), MOST_WORDS))


BANDS = ("18-24", *(f"{start}-{start + 4}" for start in range(25, 90, 5)), "90+")


def _strata(counts: dict[str, int]) -> list[dict[str, object]]:
    """South Yorkshire's adults by sex and age, invented: the older, the more are prescribed."""
    return [
        {
            "sex": sex,
            "age": band,
            "population": 45_000 - 2_000 * place,
            "patients": [round(count * (0.02 + 0.0018 * place)) for count in counts.values()],
        }
        for sex in ("Female", "Male")
        for place, band in enumerate(BANDS)
    ]


def _england() -> list[dict[str, object]]:
    return [
        {
            "sex": sex,
            "age": band,
            "population": 1_800_000,
            "patients": [300_000, 40_000, 60_000, 250_000, 30_000],
        }
        for sex in ("Female", "Male")
        for band in BANDS[1:]
    ]


def _ethnicity(counts: dict[str, int]) -> dict[str, object]:
    people = {
        "White": 980_000,
        "Asian or Asian British": 75_000,
        "Black or Black British": 35_000,
        "Other": 30_000,
    }
    return {
        "kind": "Ethnicity",
        "groups": [
            {
                "group": group,
                "population": population,
                "patients": [round(count * population / 1_120_000) for count in counts.values()],
            }
            for group, population in people.items()
        ],
    }


def _areas() -> dict[str, object]:
    """Forty practices in eight networks; the seventh has twice the others' opioid items."""
    practices = [
        {
            "code": f"C88{number:03d}",
            "name": f"Practice {number}",
            "level": "practice",
            "pcn": f"U{number // 5:05d}",
            "sub_icb": "02P",
            "population": 6_000 + 300 * number,
            "items": [
                round(
                    (6_000 + 300 * number)
                    * rate
                    * (2 if number == 7 and rate == 0.7 else 1)
                    * (0.97 + 0.02 * (number % 4))
                )
                for rate in (1.4, 0.1, 0.3, 0.7, 0.09)
            ],
        }
        for number in range(40)
    ]
    networks = [
        {
            "code": f"U{number:05d}",
            "name": f"Network {number + 1}",
            "level": "pcn",
            "sub_icb": "02P",
            "people_by_fifth": (1_000 + 800 * number, 2_000, 2_000, 2_000, 3_000 - 300 * number),
        }
        for number in range(8)
    ]
    return {
        "areas": [*practices, *networks],
        "population_basis": "registered_all_ages",
        "population_source": "Test practice lists, April 2026",
        "items_period": "2025-04 to 2026-03, 12 months",
        "items_source": "Test summary of the English Prescribing Dataset",
    }


def _decision() -> dict[str, object]:
    """Every question answered: an existing provider that satisfies, without considerable change."""
    answers = dict.fromkeys(SelectionQuestion, False) | {
        SelectionQuestion.EXISTING_PROVIDER: True,
        SelectionQuestion.SATISFYING: True,
    }
    return {
        "selection": {
            "answers": answers,
            "weightings": dict(zip(Criterion, (30, 20, 20, 17.5, 12.5), strict=True)),
            "route": Route.DIRECT_C,
            "reasons": "Test reasons for the route",
            "advice": "Test procurement lead, 3 November 2026",
        },
        "equality": {
            "answers": {group: f"Test answer on {group.name.lower()}" for group in EqualityGroup},
            "mitigations": {
                group: f"Test action on {group.name.lower()}" for group in EqualityGroup
            },
            "assessed_by": "Test equality lead",
        },
        "screening": {
            "answers": dict.fromkeys(ScreeningQuestion, True)
            | {ScreeningQuestion.AUTOMATED: False},
            "agreed_with": "Test data protection officer",
        },
        "involvement_assessed": True,
        "involvement_reasons": "Test reasons on involvement",
    }


def _attachments() -> list[str]:
    from planner.model.plan import Attachment

    return [attachment.value for attachment in Attachment]


@pytest.fixture(scope="session")
def worked(reference: ReferenceData, example: Plan) -> Results:
    return results(example, reference)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with its tier before any is chosen by `-m`, and put them in order."""
    long: set[Path] = set()
    for item in items:
        path = item.path.relative_to(Path(__file__).parent)
        tier = tier_of(path, {mark.name for mark in item.iter_markers()})
        item.add_marker(tier)
        if tier in ALWAYS_SLOW or SLOW_FIXTURES & {*getattr(item, "fixturenames", ())}:
            item.add_marker("slow")
        if tier in ALWAYS_SLOW:
            long.add(item.path)
    # The files that take longest begin, lest the run wait for them at its end.
    items.sort(key=lambda item: item.path not in long)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """What is collected is looked through for nothing while it grows."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """Leave all that was collected out of what Python looks through for things no longer used.

    It stays until the end of the run; to look through it time and again took a tenth of the run.
    What the tests make is looked through less often than Python would, but often enough that a
    worker keeps no gigabytes of ended sessions.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """The shipped files are read before any worker starts, so that none reads them again."""
    load_reference()
    load_library()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """One worker more than there are processors, unless a number is asked for: a good part of the
    slow tests waits for a browser, a server or another's change. The others wait for nothing."""
    wants_workers = "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ
    is_quick = config.option.markexpr == "not slow"
    return None if wants_workers or is_quick else (os.cpu_count() or 1) + 1


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden texts anew")
