"""How many people are prescribed these medicines here, and how many may be referred."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from planner.analysis.calculation.draws import ranges_of
from planner.analysis.calculation.inputs import BY_KEY
from planner.analysis.calculation.measures import Calculation, KnownInputs, measures_of
from planner.analysis.formatting import (
    SUPPRESSED,
    format_range,
    local_count,
    percent,
    rounded,
    to_five,
)
from planner.analysis.periods import near
from planner.analysis.population.assumptions import AssumptionInUse, demand_inputs
from planner.analysis.population.ladder import Ladder, ladder
from planner.analysis.statistics.group_rates import per_thousand_of
from planner.analysis.statistics.intervals import Interval, differs, proportion
from planner.model.base import Range, as_range
from planner.model.figures import FigureKind
from planner.model.outcomes import Simulation
from planner.model.place import Organisation, Population
from planner.model.plan import LetterTier, Plan
from planner.model.prescribing import (
    Basis,
    ClassPrescribing,
    MedicineClass,
    NationalFigure,
    Rung,
)
from planner.model.reference import ReferenceData, ReferenceMissing

ALL_AGES, ADULTS = Basis.RESIDENT_ALL_AGES, Basis.RESIDENT_ADULTS
NOBODY, ONE = as_range(0.0), as_range(1.0)
LOCAL_COUNTS = ("counted", "part_year", "counted_long")
"""The inputs that are counts of people made here, and so are given to the nearest 5."""
OTHER_YEAR = "not judged against England's, which is of another year:"


SHARE_AT_MG = 120
"""The daily dose at which alone a national share of people is known; at 90 mg there are more."""


@dataclass(frozen=True, kw_only=True)
class ClassNeed(Ladder):
    """People prescribed one class in a year, and how many of them for the long term, with the rung
    of the ladder that the number stands on.

    `patients` and `long_term` are empty where they cannot be given; `missing_because` then says
    why. `rate` is people per 1,000 of the plan's population, and `interval` its 95% Wilson interval
    where it rests on a local count; `england_rate` is on the same basis or absent, and
    `beside_england` compares the two.
    """

    medicine_class: MedicineClass
    patients: Range | None
    long_term: Range | None
    rate: Range | None
    interval: Interval | None
    beside_england: str
    england_rate: NationalFigure | None
    long_term_share: AssumptionInUse

    def display(self, values: Range | None) -> str:
        """People as a reader may see them: a local count rounded to 5 and never small, else its
        range."""
        if values is None:
            return "not known"
        if self.rung is Rung.COUNT:
            return local_count(round(values.central))
        of_few = self.local_count is not None and SUPPRESSED in (
            local_count(self.local_count),
            local_count(round(values.central)),
        )
        return SUPPRESSED if of_few else format_range(values)

    @property
    def local_count(self) -> int | None:
        """The people counted here, in a year or a part of it or for the long term, where the
        number stands on a count."""
        given = next((self.given[key] for key in LOCAL_COUNTS if key in self.given), None)
        return None if given is None else round(given.values.central)

    @property
    def rung_label(self) -> str:
        """What its number stands on, as a reader says it."""
        return self.rung.label if self.rung else "not known"

    @property
    def is_judged(self) -> bool:
        """Whether the local rate and England's are near enough in time to be called higher or
        lower."""
        return bool(self.beside_england) and self.beside_england != OTHER_YEAR

    @property
    def rate_in_words(self) -> str:
        """The rate per 1,000, or why there is none; a small count gives none, lest it be worked
        back."""
        if self.patients is None:
            return "not known"
        if self.rate is None:
            return "not given"
        if self.display(self.patients) == SUPPRESSED:
            return "not shown"
        return rounded(self.interval.value if self.interval else self.rate.central, 1)


@dataclass(frozen=True, kw_only=True)
class Need:
    """Need for the classes the plan covers. Empty totals have a reason in `missing_because`.

    `people` are prescribed any class, `long_term_people` for the long term, `demand` are referred
    in a full year, `in_tiers` may be written to, and `new_long_term_opioids` become long-term
    opioid users in a year. Each is the central case with the 95% of its draws; where a measure in
    `medians` has the median in place of the central case. `given` is what the sums start from, by
    name.
    """

    population: Population
    classes: tuple[ClassNeed, ...]
    people: Range | None
    long_term_people: Range | None
    referrals: Range | None
    in_tiers: Range | None
    demand: Range | None
    new_long_term_opioids: Range | None
    high_dose: Range | None
    high_dose_method: str
    high_dose_mg: int
    inputs: tuple[AssumptionInUse, ...]
    given: Mapping[str, Range]
    medians: frozenset[str]
    method: str
    cautions: tuple[str, ...]
    missing_because: str | None = None

    def of(self, medicine_class: MedicineClass) -> ClassNeed | None:
        """The need of one class, or None where the plan leaves it out."""
        return next((row for row in self.classes if row.medicine_class is medicine_class), None)


def plan_population(plan: Plan, reference: ReferenceData) -> Population:
    """The population every rate and cost per head of the plan is over, entered or ours."""
    choice = plan.population
    organisation = plan_organisation(plan, reference)
    if choice.entered is None:
        return organisation.population(choice.basis)
    return Population(
        value=choice.entered,
        basis=choice.basis,
        period=choice.period or "period not given",
        kind=FigureKind.ENTERED,
        source=choice.source or "entered in this plan, source not given",
    )


def plan_organisation(plan: Plan, reference: ReferenceData) -> Organisation:
    """The board the plan is for. Raises ReferenceMissing where its code is not in the plan's
    list."""
    if plan.place.icb_code == reference.england.code:
        raise ReferenceMissing("a plan is for an ICB, not for England; its code looks like QF7")
    return reference.organisation(plan.place.icb_code, plan.place.organisation_list)


TOTALS = (
    "people", "long_term_people", "referrals", "in_tiers", "demand", "new_long_term_opioids",
)  # fmt: skip
"""The measures over all classes that need gives."""


def need(plan: Plan, reference: ReferenceData) -> Need:
    """How many people here are prescribed each class and may be referred.

    Each class stands on the highest rung of the ladder that it reaches, from a local count down to
    England's rate. National long-term shares are of people prescribed in one month, so a year's
    people are first brought down to a month's; a share that the user entered is of the people
    counted, and is used as it stands. People over several classes are the sum of the classes
    divided by the classes each person takes, in a year or in a month; counts of people are never
    simply added. Ranges are the 95% of the plan's draws.
    """
    population, organisation = plan_population(plan, reference), plan_organisation(plan, reference)
    inputs = demand_inputs(plan, reference)
    classes = tuple(
        _class_need(row, plan, population, organisation, reference, inputs)
        for row in plan.prescribing.classes
        if row.included
    )
    known = known_of(classes)
    measures = measures_of(known, "need", "referrals")
    used = {name for step in measures for name in step.uses}
    # What belongs to a rung that no class stands on is in no sum of this plan.
    inputs = {key: row for key, row in inputs.items() if key in used or BY_KEY[key].step != "need"}
    missing = [row.medicine_class.label for row in classes if row.patients is None]
    totals: dict[str, Range] = {}
    medians: frozenset[str] = frozenset()
    given: dict[str, Range] = {}
    high_dose, how = _high_dose(plan, classes, reference)
    if not missing:
        given = _given(plan, classes, inputs, population, organisation, high_dose)
        totals, medians = ranges_of(measures, given, TOTALS, plan.simulation)
    return Need(
        population=population,
        classes=classes,
        high_dose=high_dose,
        high_dose_method=how,
        high_dose_mg=SHARE_AT_MG
        if plan.prescribing.high_dose_opioid_patients is None
        else plan.prescribing.high_dose_threshold_mg,
        inputs=tuple(inputs.values()),
        given=given,
        medians=medians,
        method=(
            "sum of people prescribed each class, divided by classes for each person; for the "
            "long term, times the long-term share (of a month's people, where it is the national "
            "one); referrals are residents of all ages times a rate, and those who come after a "
            "letter"
        ),
        cautions=_cautions(inputs, classes),
        missing_because=(
            f"there is no count or rate for {', '.join(missing)} on this basis" if missing else None
        ),
        **{name: totals.get(name) for name in TOTALS},
    )


def known_of(classes: Sequence[ClassNeed]) -> KnownInputs:
    """What the sums of need know of a plan that covers these classes."""
    words = {word for row in classes for word in row.words}
    names = tuple(row.medicine_class.value for row in classes)
    return KnownInputs(frozenset({"need", *words, *names}), names)


def _given(
    plan: Plan,
    classes: Sequence[ClassNeed],
    inputs: Mapping[str, AssumptionInUse],
    population: Population,
    organisation: Organisation,
    high_dose: Range | None,
) -> dict[str, Range]:
    """What the steps of need and referrals start from: counts, shares and the assumptions shared.

    Every class must stand on a rung.
    """
    values = {name: row.values for name, row in inputs.items()}
    values["population"] = as_range(float(population.value))
    values["residents"] = as_range(residents(plan, population, organisation, ALL_AGES))
    values["adults"] = as_range(residents(plan, population, organisation, ADULTS))
    values["high_dose"] = high_dose or NOBODY
    for number, tier in enumerate(LetterTier, 1):
        values[f"writes_to_{number}"] = as_range(float(tier in plan.demand.letter_tiers))
    if len(classes) < 2:
        values |= dict.fromkeys(("classes_per_person", "classes_per_person_month"), ONE)
    for row in classes:
        for key, given in row.given.items():
            # A local count to the nearest 5, so that no total lets a small one be worked back.
            values[f"{key}_{row.medicine_class.value}"] = (
                as_range(float(to_five(round(given.values.central))))
                if key in LOCAL_COUNTS
                else given.values
            )
    return values


def residents(
    plan: Plan, population: Population, organisation: Organisation, basis: Basis
) -> float:
    """The plan's place counted on another basis of residents.

    Of an area whose population was entered, in the proportion that its board has: modelled.
    """
    ours = organisation.population(basis).value
    if plan.population.entered is None or population.basis is basis:
        return float(population.value if population.basis is basis else ours)
    return population.value * ours / organisation.population(population.basis).value


def _cautions(
    inputs: dict[str, AssumptionInUse], classes: tuple[ClassNeed, ...]
) -> tuple[str, ...]:
    rows = [caution for item in inputs.values() for caution in item.cautions]
    overlap = inputs.get("classes_per_person")
    covered = [row.medicine_class for row in classes]
    over, words = (5, "five") if MedicineClass.ANTIDEPRESSANTS in covered else (4, "four")
    if overlap and 1 < len(classes) < over and overlap.kind is not FigureKind.ENTERED:
        rows.append(
            f"Classes for each person was worked out over all {words} classes. This plan "
            "covers fewer, which overlap less, so people are under-counted."
        )
    return tuple(dict.fromkeys(rows))


def _class_need(
    row: ClassPrescribing,
    plan: Plan,
    population: Population,
    organisation: Organisation,
    reference: ReferenceData,
    inputs: Mapping[str, AssumptionInUse],
) -> ClassNeed:
    standing = ladder(row, population, organisation, reference)
    rate = reference.newest_rate(row.medicine_class, population.basis)
    patients, long_term = _people(row.medicine_class, standing, plan, population, inputs)
    can_be = patients is not None and (
        standing.rung is not Rung.COUNT or patients.central <= population.value
    )
    interval = None
    if standing.rung is Rung.COUNT and patients and can_be:
        counted = min(to_five(round(patients.central)), population.value)
        interval = per_thousand_of(proportion(counted, population.value))
    return ClassNeed(
        **vars(standing),
        medicine_class=row.medicine_class,
        patients=patients,
        long_term=long_term,
        rate=patients.scaled(1000 / population.value) if patients and can_be else None,
        interval=interval,
        beside_england=_against_england(interval, rate, standing.period),
        england_rate=rate,
        long_term_share=standing.given["long_term_share"],
    )


def _people(
    medicine_class: MedicineClass,
    standing: Ladder,
    plan: Plan,
    population: Population,
    inputs: Mapping[str, AssumptionInUse],
) -> tuple[Range | None, Range | None]:
    """People on one class in a year and for the long term, its local count as it was entered."""
    if standing.rung is None:
        return None, None
    name = medicine_class.value
    given = {key: row.values for key, row in inputs.items()}
    given |= {f"{key}_{name}": row.values for key, row in standing.given.items()}
    given["population"] = as_range(float(population.value))
    steps = _steps_of_class(name, standing.words)
    used = {key for step in steps for key in step.uses}
    return _draw_people(
        name,
        standing.words,
        tuple((key, values) for key, values in given.items() if key in used),
        plan.simulation,
    )


def _steps_of_class(name: str, words: frozenset[str]) -> tuple[Calculation, ...]:
    known = KnownInputs(frozenset({"need", *words}), (name,))
    return tuple(one for one in measures_of(known, "need") if one.each == "classes")


@lru_cache(maxsize=512)
def _draw_people(
    name: str,
    words: frozenset[str],
    given: tuple[tuple[str, Range], ...],
    simulation: Simulation,
) -> tuple[Range | None, Range | None]:
    """People on one class in a year and for the long term; a class that stands as it did is not
    drawn again, so that a change of one class is soon told."""
    names = (f"patients_{name}", f"long_term_{name}")
    values, _ = ranges_of(_steps_of_class(name, words), dict(given), names, simulation)
    return values[names[0]], values[names[1]]


def _against_england(interval: Interval | None, england: NationalFigure | None, period: str) -> str:
    """Whether a local rate is clearly higher or lower than England's, whose rounding is allowed
    for.

    Rates move over the years, so only the same or the next year is judged.
    """
    if interval is None or england is None:
        return ""
    if not near(period, england.period):
        return OTHER_YEAR
    judged = differs(interval, england.value - 0.5, england.value + 0.5)
    if judged == "no clear difference":
        return "not clearly different from England's"
    return f"{judged} than England's"


def _high_dose(
    plan: Plan, classes: tuple[ClassNeed, ...], reference: ReferenceData
) -> tuple[Range | None, str]:
    prescribing = plan.prescribing
    threshold = prescribing.high_dose_threshold_mg
    if prescribing.high_dose_opioid_patients is not None:
        count = as_range(float(prescribing.high_dose_opioid_patients))
        period = prescribing.high_dose_period or "period not given"
        return count, f"local count, {threshold} mg and over, {period}"
    opioids = next((row for row in classes if row.medicine_class is MedicineClass.OPIOIDS), None)
    if opioids is None or opioids.patients is None:
        return None, "opioids are not in this plan, or their number is not known"
    share = 1 - reference.default("low_dose_share")
    # "99%" may be anything from 98.5% to 99.5%.
    half = 0.005
    spread = Range(low=share - half, central=share, high=share + half)
    return (
        _times(opioids.patients, spread),
        f"modelled at {SHARE_AT_MG} mg: people prescribed opioids times the {percent(share)} of "
        f"the framework (a whole number, so {percent(spread.low, 1)} to {percent(spread.high, 1)})",
    )


def _times(left: Range, right: Range) -> Range:
    return Range(
        low=left.low * right.low, central=left.central * right.central, high=left.high * right.high
    )
