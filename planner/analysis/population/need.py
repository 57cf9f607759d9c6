"""How many people are prescribed these medicines here, and how many may take up support."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.analysis.calculation.formulas import SCENARIOS, Scenario, work_out
from planner.analysis.calculation.measures import Known, measures_of
from planner.analysis.formatting import (
    SUPPRESSED,
    format_range,
    local_count,
    percent,
    rounded,
    to_five,
)
from planner.analysis.periods import near
from planner.analysis.population.assumptions import AssumptionInUse, demand_inputs, long_term_share
from planner.analysis.statistics.group_rates import per_thousand_of
from planner.analysis.statistics.intervals import Interval, differs, proportion
from planner.model.base import Range, as_range
from planner.model.figures import Kind
from planner.model.place import Organisation, Population
from planner.model.plan import Plan
from planner.model.prescribing import ClassPrescribing, MedicineClass, NationalFigure
from planner.model.reference import ReferenceData, ReferenceMissing

OTHER_YEAR = "not judged against England's, which is of another year:"


@dataclass(frozen=True, kw_only=True)
class ClassNeed:
    """People prescribed one class in a year, and how many of them for the long term.

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
    kind: Kind
    period: str
    method: str
    source: str
    long_term_share: AssumptionInUse
    cautions: tuple[str, ...]
    missing_because: str | None = None

    def display(self, values: Range | None) -> str:
        """People as a reader may see them: a local count rounded to 5 and never small, else its
        range."""
        if values is None:
            return "not known"
        return (
            local_count(round(values.central))
            if self.kind is Kind.ENTERED
            else format_range(values)
        )

    @property
    def is_judged(self) -> bool:
        """Whether the local rate and England's are near enough in time to be called higher or
        lower."""
        return bool(self.beside_england) and self.beside_england != OTHER_YEAR

    @property
    def rate_shown(self) -> str:
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

    `people` are prescribed any class, `long_term_people` for the long term, `eligible` would be
    offered support, `demand` would take it up in a year. Low, central and high each take every low,
    central or high assumption together: they are scenarios, not a statistical interval.
    """

    population: Population
    classes: tuple[ClassNeed, ...]
    people: Range | None
    long_term_people: Range | None
    eligible: Range | None
    demand: Range | None
    high_dose: Range | None
    high_dose_method: str
    inputs: tuple[AssumptionInUse, ...]
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
        kind=Kind.ENTERED,
        source=choice.source or "entered in this plan, source not given",
    )


def plan_organisation(plan: Plan, reference: ReferenceData) -> Organisation:
    """The board the plan is for. Raises ReferenceMissing where its code is not in the plan's
    list."""
    if plan.place.icb_code == reference.england.code:
        raise ReferenceMissing("a plan is for an ICB, not for England; its code looks like QF7")
    return reference.organisation(plan.place.icb_code, plan.place.organisation_list)


def need(plan: Plan, reference: ReferenceData) -> Need:
    """How many people here are prescribed each class and may take up support.

    A local count is used as it stands. Where there is none, England's newest rate on the same basis
    is multiplied by the population, between the lowest and highest a board has been seen to stand.
    National long-term shares are of people prescribed in one month, so a year's people are first
    brought down to a month's; a share that the user entered is of the people counted, and is used
    as it stands. People over several classes are the sum of the classes divided by the classes each
    person takes; counts of people are never simply added.
    """
    population = plan_population(plan, reference)
    classes = tuple(
        _class_need(row, population, reference) for row in plan.prescribing.classes if row.included
    )
    inputs = demand_inputs(plan, reference)
    if all(row.long_term_share.kind is Kind.ENTERED for row in classes):
        del inputs["month_of_year"]
    missing = [row.medicine_class.label for row in classes if row.patients is None]
    totals: dict[str, Range | None] = dict.fromkeys(
        ("people", "long_term_people", "eligible", "demand")
    )
    if not missing:
        scenarios = need_inputs(classes, inputs)
        values = work_out(measures_of(known_of(classes), "need"), scenarios)
        totals = {
            name: Range.model_validate({case: values[case][name] for case in SCENARIOS})
            for name in totals
        }
    high_dose, how = _high_dose(plan, classes, reference)
    return Need(
        population=population,
        classes=classes,
        high_dose=high_dose,
        high_dose_method=how,
        inputs=tuple(inputs.values()),
        method=(
            "sum of people prescribed each class, divided by classes for each person; times "
            "long-term share (of a month's people, where it is the national one), share for whom "
            "an offer is appropriate, coverage and uptake"
        ),
        cautions=_cautions(inputs, classes),
        missing_because=(
            f"there is no count or rate for {', '.join(missing)} on this basis" if missing else None
        ),
        **totals,
    )


def known_of(classes: Sequence[ClassNeed]) -> Known:
    """What the sums of need know of a plan that covers these classes."""
    return Known(frozenset({"need"}), tuple(row.medicine_class.value for row in classes))


def need_inputs(
    classes: tuple[ClassNeed, ...], inputs: Mapping[str, AssumptionInUse]
) -> dict[Scenario, dict[str, float]]:
    """What the steps of need start from, in each case: counts, shares and the assumptions about
    demand.

    Every class must have a count or a rate.
    """
    scenarios: dict[Scenario, dict[str, float]] = {}
    for scenario in SCENARIOS:
        values = {
            name: getattr(row.values, scenario)
            for name, row in inputs.items()
            if name != "month_of_year"
        }
        if len(classes) < 2:
            values["classes_per_person"] = 1.0
        for row in classes:
            assert row.patients is not None
            name, share = row.medicine_class.value, row.long_term_share
            # a local count to the nearest 5, so that no total lets a small one be worked back
            values[f"patients_{name}"] = (
                float(to_five(round(row.patients.central)))
                if row.kind is Kind.ENTERED
                else getattr(row.patients, scenario)
            )
            values[f"long_term_share_{name}"] = getattr(share.values, scenario)
            values[f"month_share_{name}"] = (
                1.0 if share.kind is Kind.ENTERED else inputs["month_of_year"].values.central
            )
        scenarios[scenario] = values
    return scenarios


def _cautions(
    inputs: dict[str, AssumptionInUse], classes: tuple[ClassNeed, ...]
) -> tuple[str, ...]:
    rows = [caution for item in inputs.values() for caution in item.cautions]
    overlap = inputs["classes_per_person"]
    if 1 < len(classes) < len(MedicineClass) and overlap.kind is not Kind.ENTERED:
        rows.append(
            "Classes for each person was worked out over all five classes. This plan covers fewer, "
            "which overlap less, so people are under-counted."
        )
    return tuple(dict.fromkeys(rows))


def _class_need(
    row: ClassPrescribing, population: Population, reference: ReferenceData
) -> ClassNeed:
    medicine_class = row.medicine_class
    rate = reference.newest_rate(medicine_class, population.basis)
    share = long_term_share(row, reference)
    in_month = 1.0 if share.kind is Kind.ENTERED else reference.default("month_of_year")
    cautions: list[str] = []
    patients: Range | None = None
    kind, period, missing = Kind.MODELLED, "", None
    if row.patients is not None:
        patients = as_range(float(row.patients))
        kind, period = Kind.ENTERED, row.period or "period not given"
        method = "local count"
        source = row.source or "entered in this plan, source not given"
        if row.counted is None:
            cautions.append(f"The rate is right only if the count is of {population.basis.label}.")
        elif row.counted is not population.basis:
            cautions.append(
                f"No rate is given: the count is of {row.counted.label}, and this plan counts "
                f"{population.basis.label}."
            )
    elif rate is not None:
        low = reference.default("local_variation_low")
        high = reference.default("local_variation_high")
        central = population.value * rate.value / 1000
        patients = Range(low=low, central=1, high=high).scaled(central)
        period = rate.period
        method = (
            f"England's {rate.period} rate of {rate.value:g} per 1,000 {population.basis.label}, "
            f"times the population; low and high are {low:.2f} and {high:.2f} times that, the "
            "spread over ICBs"
        )
        source = rate.source
        cautions += [rate.caution] if rate.caution else []
    else:
        method, source = "none", ""
        missing = (
            f"England's rate of people prescribed {medicine_class.label} has not been published "
            f"for {population.basis.label}; enter a local count, or choose another population"
        )
    can_be = row.counted in (None, population.basis) and (row.patients or 0) <= population.value
    interval = None
    if row.patients is not None and can_be:
        counted = min(to_five(row.patients), population.value)
        interval = per_thousand_of(proportion(counted, population.value))
    return ClassNeed(
        medicine_class=medicine_class,
        patients=patients,
        long_term=patients and _times(patients.scaled(in_month), share.values),
        rate=patients.scaled(1000 / population.value) if patients and can_be else None,
        interval=interval,
        beside_england=_against_england(interval, rate, period),
        england_rate=rate,
        kind=kind,
        period=period,
        method=method,
        source=source,
        long_term_share=share,
        cautions=tuple(dict.fromkeys(cautions)),
        missing_because=missing,
    )


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
    if threshold != 120:
        return None, "no national share at 90 mg a day has been published; enter a local count"
    share = 1 - reference.default("low_dose_share")
    # "99%" may be anything from 98.5% to 99.5%.
    half = 0.005
    spread = Range(low=share - half, central=share, high=share + half)
    return (
        _times(opioids.patients, spread),
        f"modelled: people prescribed opioids times the {percent(share)} of the framework (a whole "
        f"number, so {percent(spread.low, 1)} to {percent(spread.high, 1)})",
    )


def _times(left: Range, right: Range) -> Range:
    return Range(
        low=left.low * right.low, central=left.central * right.central, high=left.high * right.high
    )
