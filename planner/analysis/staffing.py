"""What a post costs an employer in a year, part by part. Overheads belong to the option, not the post."""

from __future__ import annotations

from math import ceil

from planner.model.base import Frozen
from planner.model.reference import ReferenceData, ReferenceMissing
from planner.model.service import Perspective, Point, Post


class PostCost(Frozen):
    """The yearly cost of one line of posts, in pounds at `year` pay, for all its whole-time equivalents."""

    title: str
    year: str
    perspective: Perspective
    point: str
    salary: float
    high_cost_area: float
    national_insurance: float
    pension: float
    levy: float
    cautions: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def total(self) -> float:
        """Salary, supplement and all on-costs."""
        return self.salary + self.high_cost_area + self.national_insurance + self.pension + self.levy


def staff_cost(
    post: Post, year: str, perspective: Perspective, reference: ReferenceData, point: Point | None = None
) -> PostCost:
    """What a line of posts costs in a year, before overheads.

    Salary from the Agenda for Change table, or as entered; plus the high-cost-area supplement; plus
    employer's National Insurance on each person's pay above the threshold, person by person; plus
    pension (what the employer pays, or the full public cost); plus the apprenticeship levy.
    `point` replaces the post's own pay point. Raises ReferenceMissing naming what we hold.
    """
    if year not in reference.pay_years():
        raise ReferenceMissing(
            f"staff cost for {year} cannot be worked out; we hold pay and on-costs for "
            f"{', '.join(reversed(reference.pay_years()))}"
        )
    cautions, sources = [], []
    point = point or post.point
    if post.salary is not None:
        whole_time = post.salary
        cautions.append(
            f"{post.title}: the salary of £{post.salary:,.0f} is from no published table; in a starting option it is "
            "our assumption, and after a change yours"
        )
    else:
        pay = reference.pay_point(year, post.band, point)
        if pay is None and point == "mid":  # bands 8a and above had no middle point before April 2024
            raise ReferenceMissing(f"band {post.band} has no middle point in {year}; choose entry or top")
        if pay is None:
            raise ReferenceMissing(f"no pay for band {post.band}, {point}, in {year}")
        whole_time = pay.salary
        sources.append(f"{pay.source}, {year}, band {post.band}, {point}")
        if not pay.verified:
            cautions.append(f"Band {post.band} pay for {year} is unverified")
    supplement = 0.0
    if post.zone != "none":
        area = reference.high_cost_area(year, post.zone)
        supplement = min(max(whole_time * area.share, area.minimum), area.maximum)
        sources.append(f"{area.source}, {year}, {post.zone}")
    rates = {item: reference.oncost(year, item) for item in ("ni_rate", "ni_threshold", "levy")}
    rates["pension"] = reference.oncost(
        year, "pension_provider" if perspective == "provider" else "pension_public"
    )
    for rate in rates.values():
        sources.append(f"{rate.source}, {year}")
        if not rate.verified:
            cautions.append(f"On-costs for {year} are unverified: {rate.note}")
    people = post.headcount or ceil(post.wte)
    paid = (whole_time + supplement) * post.wte
    above_threshold = max(0.0, paid / people - rates["ni_threshold"].value) * people
    return PostCost(
        title=post.title,
        year=year,
        perspective=perspective,
        point=point,
        salary=whole_time * post.wte,
        high_cost_area=supplement * post.wte,
        national_insurance=above_threshold * rates["ni_rate"].value,
        pension=paid * rates["pension"].value,
        levy=paid * rates["levy"].value,
        cautions=tuple(dict.fromkeys(cautions)),
        sources=tuple(dict.fromkeys(sources)),
    )
