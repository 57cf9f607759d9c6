"""Whether a plan runs past a day on which boards merge, and what has been announced of its own."""

from dataclasses import dataclass
from datetime import date

from planner.analysis.formatting import day, listed
from planner.analysis.population.need import plan_organisation
from planner.model.plan import Plan
from planner.model.reference import ReferenceData


@dataclass(frozen=True, kw_only=True)
class BoundaryChange:
    """Mergers that a plan runs past. `is_named` says whether its own board is among those we hold
    an announcement of."""

    finding: str
    is_named: bool


def boundary_change(plan: Plan, reference: ReferenceData) -> BoundaryChange | None:
    """What is known of the next mergers, or None where the plan ends before them."""
    mergers = max((row.effective for row in reference.announced), default=date.max)
    if plan_ends(plan) <= mergers:
        return None
    icb = plan_organisation(plan, reference)
    begins = f"This plan runs past {day(mergers)}, when further boards merge."
    announced = next((row for row in reference.announced if row.code == icb.code), None)
    if announced is None:
        return BoundaryChange(
            finding=f"{begins} No announcement is known about {icb.short_name}: ask before a "
            "contract is signed.",
            is_named=False,
        )
    others = [reference.find_organisation(code).short_name for code in announced.partners]
    return BoundaryChange(
        finding=(
            f"{begins} {icb.short_name} stands with {listed(others)}: {announced.state} "
            f"({announced.source}). Boards in clusters have since been told to merge by then (one "
            "source; not checked). A contract passes to the board that follows; the figures here "
            "are of today's."
        ),
        is_named=True,
    )


def plan_ends(plan: Plan) -> date:
    """The last day a plan looks to: the end of its service, or of the years it looks over."""
    service = plan.specification
    starts = service.service_start or date(int(plan.pricing.price_year[:4]), 4, 1)
    return service.service_end or starts.replace(year=starts.year + plan.horizon.years, day=1)
