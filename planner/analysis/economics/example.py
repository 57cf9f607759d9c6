"""Plans to start from: a bare one for any board, and a worked example. Nothing here is read from a file."""

from __future__ import annotations

from datetime import date

from planner.analysis.economics.option_templates import DO_NOTHING, option_from_template, sized
from planner.model.decision import (
    DecisionRecord,
    EqualityGroup,
    EqualityRecord,
    Involved,
    ProviderSelection,
    Screening,
    ScreeningQuestion,
    SelectionQuestion,
)
from planner.model.place import Organisation, Place
from planner.model.plan import (
    AtCeiling,
    Attachment,
    Demand,
    DirectoryEntry,
    Engagement,
    Member,
    Plan,
    Pricing,
    Seat,
    Specification,
)
from planner.model.prescribing import Basis, ClassPrescribing
from planner.model.reference import ReferenceData

EXAMPLE_CODE = "QF7"


def starter_plan(organisation: Organisation, reference: ReferenceData) -> Plan:
    """A plan that holds only a place, doing nothing, and the options we offer, sized to its adults."""
    adults = organisation.population(Basis.RESIDENT_ADULTS).value
    return Plan(
        title=f"Support for people prescribed medicines, {organisation.short_name}",
        place=Place(icb_code=organisation.code, organisation_list=organisation.organisation_list),
        options=(
            DO_NOTHING,
            *(option_from_template(template, adults) for template in reference.option_templates),
        ),
    )


def carried_to(organisation: Organisation, plan: Plan, reference: ReferenceData) -> Plan:
    """A plan's assumptions, options and common words for another board; for its own board the plan as it stands.

    What belongs to the first board alone is left out: its local counts, places and files, its budget, and the names,
    dates and services of its group. Options are sized to the other board's resident adults as a starting option is.
    Raises ReferenceMissing where the plan's own board is not known.
    """
    place = plan.place
    if (place.icb_code, place.organisation_list) == (organisation.code, organisation.organisation_list):
        return plan
    home = reference.organisation(place.icb_code, place.organisation_list)
    ratio = _adults(organisation) / _adults(home)
    fresh, own = starter_plan(organisation, reference), plan.specification
    ours = {
        option.id: anew
        for option, anew in zip(starter_plan(home, reference).options, fresh.options, strict=True)
        if option in plan.options
    }
    text = own.model_dump(include={"contract_family", "at_ceiling", "risks", "version"})
    groups = plan.inequality.model_dump(include={"groups", "actions"})
    saved = ("author", "plan_date", "demand", "pricing", "outcomes", "horizon", "simulation", "mix", "preferred_option",
            "preferred_because", "column_mappings")  # fmt: skip
    carried = fresh.model_copy(update={name: getattr(plan, name) for name in saved})
    return Plan.model_validate(
        carried.model_dump()
        | {
            "population": {"basis": plan.population.basis},
            "prescribing": {"classes": _classes_kept(plan)},
            "inequality": groups,
            "pricing": plan.pricing.model_dump() | {"budget": None},
            "mix": plan.mix.model_dump() | {"budget": None},
            "options": tuple(ours.get(option.id) or sized(option, ratio) for option in plan.options),
            "specification": text,
        }
    )


def _adults(organisation: Organisation) -> int:
    return organisation.population(Basis.RESIDENT_ADULTS).value


def _classes_kept(plan: Plan) -> tuple[ClassPrescribing, ...]:
    """Which classes the plan covers, without the counts of its board."""
    return tuple(
        ClassPrescribing(medicine_class=row.medicine_class, included=row.included)
        for row in plan.prescribing.classes
    )


def example_plan(organisation: Organisation, reference: ReferenceData) -> Plan:
    """A plan filled in as a group might half way through its work.

    Numbers are ours or modelled, since no local ones are shipped. People and services are invented, are
    marked as examples, and some things are left missing on purpose, so that the reader sees how that looks.
    """
    vacant = {Seat.HEALTH_INEQUALITIES, Seat.COMMUNITY_PHARMACY, Seat.CONTROLLED_DRUGS}
    start = starter_plan(organisation, reference)
    return Plan.model_validate(
        start.model_dump()
        | {
            "title": f"Example plan, {organisation.short_name}",
            "author": "Example author",
            "plan_date": date(2026, 11, 22),
            "demand": Demand(evidence="Planner's defaults kept for the example"),
            "pricing": Pricing(budget=900_000),
            "inequality": start.inequality.model_copy(
                update={
                    "groups": (
                        "People in the most deprived fifth of areas",
                        "People whose first language is not English",
                        "People with severe mental illness",
                        "People who are homeless or in temporary housing",
                    ),
                    "actions": (
                        "Example: outreach through community pharmacies and community groups in the most "
                        "deprived areas, with materials tested by the people they are for."
                    ),
                }
            ),
            "preferred_option": "specialist-mdt",
            "preferred_because": (
                "Example reason: it is the only option that holds specialist knowledge of all five classes in "
                "one team, and it offers self-referral, clinics in practices and peer support."
            ),
            "specification": Specification(
                service_name="Prescribed Medicines Support Service (example)",
                specification_number="EX-01",
                commissioner_lead="Example: head of medicines optimisation",
                clinical_lead="Example: consultant in pain medicine",
                sponsor="Example: chief medical officer",
                committee="Example: strategic commissioning committee",
                decision_date=date(2027, 6, 10),
                group_start=date(2027, 1, 11),
                service_start=date(2027, 10, 1),
                service_end=date(2030, 9, 30),
                review_date=date(2028, 9, 30),
                version="0.1",
                chair="Example: deputy chief pharmacist",
                clinical_champions=("Example: GP, north place", "Example: pharmacist, south place"),
                meeting_frequency="every two weeks for 26 weeks",
                members=tuple(
                    Member(
                        seat=seat,
                        name="" if seat in vacant else "Example member",
                        organisation="" if seat in vacant else "Example organisation",
                    )
                    for seat in Seat
                ),
                directory=(
                    DirectoryEntry(
                        need="Low mood and anxiety",
                        offer="NHS Talking Therapies",
                        provider="Example trust",
                        access="Self-referral online or by telephone",
                        capacity="not yet known",
                        wait="Example: 6 weeks",
                    ),
                    DirectoryEntry(
                        need="Persistent pain",
                        offer="Pain self-management programme",
                        provider="Example community service",
                        access="GP, physiotherapist or self-referral",
                        wait="Example: 10 weeks",
                    ),
                    DirectoryEntry(
                        need="Loneliness, money, housing",
                        offer="Social prescribing link worker",
                        provider="Primary care networks",
                        access="Any practice staff",
                    ),
                ),
                engagement=(
                    Engagement(
                        who="Example: lived-experience panel, eight people",
                        when="October 2026",
                        what_changed="Self-referral and a named clinician were added",
                        groups=(Involved.LIVED_EXPERIENCE,),
                    ),
                ),
                decision=DecisionRecord(
                    selection=ProviderSelection(
                        answers={
                            SelectionQuestion.EXISTING_PROVIDER: False,
                            SelectionQuestion.ONLY_CAPABLE: False,
                            SelectionQuestion.UNRESTRICTED_CHOICE: False,
                        }
                    ),
                    equality=EqualityRecord(
                        answers={
                            EqualityGroup.DEPRIVATION: "Example: referrals to pain services are fewest there.",
                            EqualityGroup.RACE: "Example: information is in English alone.",
                        },
                        mitigations={
                            EqualityGroup.DEPRIVATION: "Example: clinics in two practices in the most deprived areas.",
                        },
                    ),
                    screening=Screening(
                        answers={
                            ScreeningQuestion.CASE_FINDING: True,
                            ScreeningQuestion.WORKING_IN_RECORD: True,
                            ScreeningQuestion.AUTOMATED: False,
                        }
                    ),
                ),
                attachments={
                    Attachment.EQUALITY: "draft",
                    Attachment.INVOLVEMENT: "draft",
                    Attachment.FINANCE: "missing",
                },
                existing_service_ends=False,
                at_ceiling=AtCeiling.PRIORITY,
                hours_and_venues=(
                    "Example: clinics on weekdays from 9am to 7pm in two practices in each place, and an "
                    "advice line on weekdays from 10am to 4pm."
                ),
                data_sources="example: practice searches run each quarter, and the ICB's prescribing dashboard",
                evaluation="example: a two-year evaluation with a local university, from the first day",
                funding_source="example: medicines optimisation programme budget, not yet confirmed",
            ),
        }
    )
