"""Each case study as a model at the size of a place, and the gap in cost per person to an option.

Sums only. Nothing is carried over from a case study to an option.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from math import log

from planner.analysis.economics.benchmark import OfCaseStudy
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.economics.price_index import uprate
from planner.analysis.economics.staff_costs import PostCost, staff_cost
from planner.model.base import Range, as_range
from planner.model.case_study import CaseStudy, ModelledWorkforce, StudyModel
from planner.model.figures import FigureKind
from planner.model.reference import PriceIndex, ReferenceData, ReferenceMissing
from planner.model.service import Post

SUPPORT_BELOW = 0.25
"""Posts that spend less of their time with people than this are managers and administrators."""


@dataclass(frozen=True, kw_only=True)
class CostParts:
    """A year's cost of a service in its parts, in pounds, with the people and the hours it buys.

    `hours` are staff hours with or for people, of which `used` is the part that people come for;
    a service that prints what it did has used all of them. Clinical posts are those that are not
    managers or administrators. What is not known of a service is None, and its parts are then not
    told apart.
    """

    total: float
    people: float | None = None
    hours: float | None = None
    used: float = 1
    clinical_wte: float | None = None
    clinical_pay: float | None = None
    pay: float = 0
    overheads: float = 0
    other: float = 0

    @property
    def per_person(self) -> float | None:
        """The cost of a year over its people."""
        return self.total / self.people if self.people else None

    @property
    def hours_each(self) -> float | None:
        """The hours that people come for over its people."""
        return self.used * self.hours / self.people if self.people and self.hours else None

    @property
    def people_per_wte(self) -> float | None:
        """People a year for each whole-time clinician."""
        return self.people / self.clinical_wte if self.people and self.clinical_wte else None


class GapPart(StrEnum):
    """What may set one cost per person apart from another, in the order in which it is taken."""

    HOURS = "hours"
    ROOM = "room kept free"
    SKILL_MIX = "skill mix"
    FACING_TIME = "time with people"
    MANAGEMENT = "managers and administrators"
    OVERHEADS = "overheads"
    NON_PAY = "costs other than pay"
    SET_UP = "set-up"
    HOUR_PRICE = "the price of an hour"


@dataclass(frozen=True, kw_only=True)
class GapStep:
    """One part of the gap: by how much it multiplies the cost per person, and from what to what.

    `share` is its part of the whole gap on the log scale. Shares add up to 1, and one is negative
    where that part alone would make the option the cheaper.
    """

    part: GapPart
    factor: float
    share: float
    before: float
    after: float

    @property
    def pounds(self) -> float:
        """By how many pounds it moves the cost per person, in the order of the parts."""
        return self.after - self.before


def gap_steps(study: CostParts, option: CostParts) -> tuple[GapStep, ...]:
    """The gap from the study's cost per person to the option's, part by part.

    The factors multiply to the gap exactly. Where the posts of either are not known only the hours
    and the price of an hour are told apart; where hours or people are not known, nothing is.
    """
    start, end = study.per_person, option.per_person
    ours, theirs = _drivers(option), _drivers(study)
    common = [part for part in ours if part in theirs]
    if not start or not end or GapPart.HOURS not in common or start == end:
        return ()
    # Posts tell the price of an hour apart; and most plans keep no room free, or as little as makes
    # no step.
    left_out = {
        GapPart.HOUR_PRICE: GapPart.SKILL_MIX in common,
        GapPart.ROOM: ours[GapPart.ROOM] == theirs[GapPart.ROOM],
    }
    parts = [part for part in common if not left_out.get(part)]
    whole, value, steps = log(end / start), start, []
    for part in parts:
        factor = ours[part] / theirs[part]
        steps.append(
            GapStep(
                part=part,
                factor=factor,
                share=log(factor) / whole,
                before=value,
                after=value * factor,
            )
        )
        value *= factor
    return tuple(steps)


def _drivers(parts: CostParts) -> dict[GapPart, float]:
    """What the cost per person is the product of; all but the price of an hour, where posts are
    known."""
    if not parts.hours_each or not parts.hours or not parts.total:
        return {}
    drivers = {
        GapPart.HOURS: parts.hours_each,
        GapPart.ROOM: 1 / parts.used,
        GapPart.HOUR_PRICE: parts.total / parts.hours,
    }
    if parts.clinical_wte and parts.clinical_pay:
        staffed = parts.pay + parts.overheads
        running = staffed + parts.other
        drivers |= {
            GapPart.SKILL_MIX: parts.clinical_pay / parts.clinical_wte,
            GapPart.FACING_TIME: parts.clinical_wte / parts.hours,
            GapPart.MANAGEMENT: parts.pay / parts.clinical_pay,
            GapPart.OVERHEADS: staffed / parts.pay,
            GapPart.NON_PAY: running / staffed,
            GapPart.SET_UP: parts.total / running,
        }
    return drivers


def parts_of_posts(
    posts: Iterable[PostCost],
    *,
    people: float | None,
    overheads: float,
    other: float,
    total: float,
    used: float = 1,
) -> CostParts:
    """The parts of a service whose posts are costed; one with no posts has only its total."""
    costs = tuple(posts)
    clinical = [cost for cost in costs if cost.inputs["patient_facing"] >= SUPPORT_BELOW]
    return CostParts(
        total=total,
        people=people,
        hours=sum(cost.hours for cost in costs) or None,
        used=used,
        clinical_wte=sum(cost.inputs["wte"] for cost in clinical) or None,
        clinical_pay=sum(cost.total for cost in clinical) or None,
        pay=sum(cost.total for cost in costs),
        overheads=overheads,
        other=other,
    )


def parts_of_option(option: OptionResult) -> CostParts:
    """The parts of a plan's option, in its central case.

    Its hours are used as far as referrals fill the room that there is for them.
    """
    room, taken = option.capacity, option.referrals_taken
    return parts_of_posts(
        option.posts,
        # What is withheld in one table is not taken apart or plotted in the next.
        people=option.people_assessed.central
        if option.people_assessed and option.cost_per_assessed
        else None,
        overheads=option.overhead.central,
        # Whatever a year costs beside its team and setting up, letters too.
        other=option.running_cost.central - option.pay.central - option.overhead.central,
        total=option.annual_cost.central,
        used=min(1, taken.central / room.central)
        if room and taken and room.central and taken.central
        else 1,
    )


def at_intensity(option: CostParts, hours_each: float) -> CostParts:
    """The option as it is, giving each person as many hours as a case study does, with no room kept
    free: people are its hours over those."""
    return replace(option, people=option.hours / hours_each if option.hours else None, used=1)


@dataclass(frozen=True, kw_only=True)
class StudyHere(OfCaseStudy):
    """One case study's model beside a place of so many residents.

    `parts` is the service at its own size, in the plan's prices. `scale` is how many times as many
    people live in the place, or None where it is not sized, with the reason in `not_sized_because`.
    `modelled_population` says that the population is another publisher's. `printed_cost` says that
    the cost is the study's own; if not, it is the posts' pay with our overheads. `supposed_from`
    says what a reading other than the printed one rests on. `hours` are those a person that it
    implies: the lowest with our overheads and managers, the highest with neither.
    """

    reading: str
    supposed_from: str
    parts: CostParts
    counts: str
    other_people: tuple[tuple[str, float], ...]
    hours: Range | None
    residents: float | None
    population: float | None
    modelled_population: bool
    printed_cost: bool
    not_sized_because: str

    @cached_property
    def scale(self) -> float | None:
        """How many times the study's population the place's is."""
        return self.residents / self.population if self.residents and self.population else None

    def sized(self, value: float | None) -> float | None:
        """A yearly amount of the study at the place's size."""
        return value * self.scale if value is not None and self.scale else None

    @property
    def cost_here(self) -> float | None:
        """What its model would cost in a year at the place's size."""
        return self.sized(self.parts.total)

    @property
    def people_here(self) -> float | None:
        """How many people its model would see in a year at the place's size."""
        return self.sized(self.parts.people)

    @property
    def cost_per_head(self) -> float | None:
        """Its cost over the people who live where it is."""
        return self.parts.total / self.population if self.population else None

    @property
    def reach(self) -> float | None:
        """People a year for 1,000 residents."""
        people = self.parts.people
        return 1000 * people / self.population if self.population and people else None


def studies_here(
    reference: ReferenceData,
    price_year: str,
    index: PriceIndex,
    residents: float | None,
    *,
    in_london: bool = False,
) -> tuple[StudyHere, ...]:
    """Every reading of every case study that can be modelled, in their order.

    A printed cost is uprated; posts are costed at the pay of `price_year` with overheads, without
    pay for working in London unless the place is there. A reading whose pay we do not hold in that
    year is left out. Raises ReferenceMissing for a year that the index does not hold.
    """
    return tuple(
        one
        for study in reference.case_studies
        if study.model is not None
        for one in _readings(study, study.model, reference, price_year, index, residents, in_london)
    )


def _readings(
    study: CaseStudy,
    model: StudyModel,
    reference: ReferenceData,
    year: str,
    index: PriceIndex,
    residents: float | None,
    in_london: bool,
) -> Iterable[StudyHere]:
    people = study.value(model.people)
    readings: list[tuple[ModelledWorkforce | None, CostParts, Range | None]] = []
    if model.cost is not None:
        readings.append((None, *_of_printed_cost(study, model, people, reference, year, index)))
    for workforce in study.workforces if model.cost is None else ():
        posts = workforce.posts if in_london else workforce.posts_outside_london()
        try:
            costs = [staff_cost(post, year, "provider", reference) for post in posts]
        except ReferenceMissing:
            continue
        pay = sum(cost.total for cost in costs)
        parts = parts_of_posts(
            costs,
            people=people,
            overheads=pay * model.overhead,
            other=0,
            total=pay * (1 + model.overhead),
        )
        hours = as_range(parts.hours_each) if parts.hours_each else None
        readings.append((workforce, parts, hours))
    population = study.figure(model.population) if model.population else None
    for reading, parts, implied in readings:
        yield StudyHere(
            case_study=study.id,
            name=study.short_name,
            reading=reading.label if reading else "",
            supposed_from=reading.supposed_from if reading else "",
            parts=parts,
            counts=model.people_in_words,
            other_people=tuple(
                (study.figure(name).label, study.value(name)) for name in model.other_people
            ),
            hours=implied,
            residents=residents,
            population=population.value if population else None,
            modelled_population=population is not None and population.kind is FigureKind.MODELLED,
            printed_cost=model.cost is not None,
            not_sized_because=model.not_sized_because
            or ("" if residents else "How many people of all ages live here is not known."),
        )


def _of_printed_cost(
    study: CaseStudy,
    model: StudyModel,
    people: float,
    reference: ReferenceData,
    year: str,
    index: PriceIndex,
) -> tuple[CostParts, Range | None]:
    """A printed cost in the year's prices, and the hours a person that it implies.

    Hours come from what the cost would buy of the model's band, in which case all of it is taken as
    pay of clinicians, or from the posts whose hours the study prints, of which part is with people.
    """
    figure = study.figure(model.cost or "")
    cost = uprate(study.value(figure.id), figure.price_year or year, year, index).value
    whole_time_hours = reference.default("hours_a_year")
    facing = whole_time_hours * model.patient_facing
    if model.wte is not None:
        listed = study.value(model.wte)
        hours = listed * facing
        return CostParts(total=cost, people=people, hours=hours), Range(
            low=hours / people, central=hours / people, high=listed * whole_time_hours / people
        )
    if model.band is None:
        return CostParts(total=cost, people=people), None
    post = Post(title="clinician", band=model.band, wte=1, patient_facing=model.patient_facing)
    pay = staff_cost(post, year, "provider", reference).total
    wte = cost / pay
    most = wte * facing / people
    parts = CostParts(
        total=cost,
        people=people,
        hours=wte * facing,
        clinical_wte=wte,
        clinical_pay=cost,
        pay=cost,
    )
    return parts, Range(
        low=most / (1 + model.overhead) / (1 + model.support_share),
        central=most / (1 + model.overhead),
        high=most,
    )
