"""What a post costs an employer in a year, part by part. Overheads belong to the option."""

from dataclasses import dataclass
from math import ceil

from planner.analysis.calculation.formulas import draw_out
from planner.analysis.calculation.measures import POST_STEPS
from planner.model.reference import ReferenceData, ReferenceMissing
from planner.model.service import Perspective, Point, Post


@dataclass(frozen=True, kw_only=True)
class PostCost:
    """The yearly cost of one line of posts, in pounds at `year` pay, for all its whole-time
    equivalents.

    `hours` are those a year with or for people. `inputs` are what the steps of a post started from.
    """

    title: str
    year: str
    perspective: Perspective
    point: str
    salary: float
    high_cost_area: float
    national_insurance: float
    pension: float
    levy: float
    hours: float
    cautions: tuple[str, ...]
    sources: tuple[str, ...]
    inputs: dict[str, float]

    @property
    def total(self) -> float:
        """Salary, supplement and all on-costs."""
        return (
            self.salary + self.high_cost_area + self.national_insurance + self.pension + self.levy
        )


def staff_cost(
    post: Post,
    year: str,
    perspective: Perspective,
    reference: ReferenceData,
    point: Point | None = None,
) -> PostCost:
    """What a line of posts costs in a year, before overheads.

    Salary from the Agenda for Change table, or as entered; plus the high-cost-area supplement; plus
    employer's National Insurance on each person's pay above the threshold, person by person; plus
    pension (what the employer pays, or the full public cost); plus the apprenticeship levy.
    `point` replaces the post's own pay point. Raises ReferenceMissing naming what we hold.
    """
    if year not in reference.pay_years:
        raise ReferenceMissing(
            f"staff cost for {year} cannot be worked out; we hold pay and on-costs for "
            f"{', '.join(reversed(reference.pay_years))}"
        )
    cautions, sources = [], []
    point = point or post.point
    if post.band == "voluntary":
        whole_time = 0.0
    elif post.salary is not None:
        whole_time = post.salary
        cautions.append(
            f"{post.title}: the salary of £{post.salary:,.0f} is from no published table, and is "
            "an assumption unless somebody entered it"
        )
    else:
        pay = reference.pay_point(year, post.band, point)
        if pay is None:
            raise ReferenceMissing(
                # Bands 8a and above had no middle point before April 2024.
                f"band {post.band} has no middle point in {year}; choose entry or top"
                if point == "mid"
                else f"no pay for band {post.band}, {point}, in {year}"
            )
        whole_time = pay.salary
        sources.append(f"{pay.source}, {year}, band {post.band}, {point}")
        if not pay.verified:
            cautions.append(f"Band {post.band} pay for {year} is unverified")
    area = reference.high_cost_area(year, post.zone) if post.zone != "none" and whole_time else None
    if area:
        sources.append(f"{area.source}, {year}, {post.zone}")
    rates = {
        "ni_rate": reference.oncost(year, "ni_rate"),
        "ni_threshold": reference.oncost(year, "ni_threshold"),
        "pension_rate": reference.oncost(
            year, "pension_provider" if perspective == "provider" else "pension_public"
        ),
        "levy_rate": reference.oncost(year, "levy"),
    }
    paid = rates.values() if whole_time else ()
    sources += [f"{rate.source}, {year}" for rate in paid]
    cautions += [f"On-costs for {year} are unverified: {r.note}" for r in paid if not r.verified]
    inputs = {
        "salary": whole_time,
        "wte": post.wte,
        "people": float(post.headcount or ceil(post.wte)),
        "zone_share": area.share if area else 0.0,
        "zone_minimum": area.minimum if area else 0.0,
        "zone_maximum": area.maximum if area else 0.0,
        **{name: rate.value for name, rate in rates.items()},
        "hours_a_year": hours_a_year(post, reference),
        "patient_facing": post.patient_facing,
    }
    cache = {name: float(value) for name, value in draw_out(POST_STEPS, inputs).items()}
    return PostCost(
        title=post.title,
        year=year,
        perspective=perspective,
        point=point,
        salary=cache["basic_pay"],
        high_cost_area=cache["area_pay"],
        national_insurance=cache["national_insurance"],
        pension=cache["pension"],
        levy=cache["levy"],
        hours=cache["hours"],
        cautions=tuple(dict.fromkeys(cautions)),
        sources=tuple(dict.fromkeys(sources)),
        inputs=inputs,
    )


def hours_a_year(post: Post, reference: ReferenceData) -> float:
    """Working hours a year of a whole-time post: a doctor's week is 40 hours, anyone else's
    37.5."""
    return reference.default(
        "hours_a_year_medical" if post.band in ("medical", "gp") else "hours_a_year"
    )
