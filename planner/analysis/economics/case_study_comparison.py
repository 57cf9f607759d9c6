"""One of a plan's options beside every case study: what sets them apart, in words for each measure.

What is told here is for one place: whose service a case study is, what its model would cost at the
place's size, which features the option has and lacks, and what is prescribed there and here. What a
case study reports stands beside what the option assumes and is never carried over.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from planner.analysis.economics.benchmark import OfCaseStudy
from planner.analysis.economics.case_study_models import (
    CostParts,
    GapPart,
    GapStep,
    StudyHere,
    at_intensity,
    gap_steps,
    parts_of_option,
    studies_here,
)
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.economics.option_model import Case, residents_of_all_ages
from planner.analysis.economics.price_index import price_index
from planner.analysis.formatting import (
    about_pounds,
    capital,
    listed,
    people,
    percent,
    pounds,
    rounded,
)
from planner.analysis.population.need import plan_organisation
from planner.model.base import Range
from planner.model.case_study import Base, CaseStudy, FeatureStatus, Outcome
from planner.model.case_study_names import numbered
from planner.model.place import Split
from planner.model.plan import Plan
from planner.model.prescribing import Basis
from planner.model.reference import ReferenceData
from planner.model.service import Feature, ServiceOption

ALIKE = 0.05
"""Two costs per person within this part of each other are told to be about the same."""
NOTEWORTHY = 0.015
"""A part of the gap smaller than this share of it is not named in a sentence."""


@dataclass(frozen=True, kw_only=True)
class MeasureGap:
    """How far the option is from a case study on one measure, and for what reason."""

    measure: str
    option: float
    study: float
    option_shown: str
    study_shown: str
    reason: str

    @property
    def ratio(self) -> float:
        """How many times the study's the option's is."""
        return self.option / self.study

    @property
    def words(self) -> str:
        """The measure, both numbers, their ratio and the reason."""
        alike = abs(self.ratio - 1) < ALIKE
        times = f"{rounded(self.ratio, 1 if self.ratio >= 1 else 2)} times"
        return (
            f"{self.measure}: {self.option_shown} against {self.study_shown}, "
            f"{'about the same' if alike else times}. "
            f"{capital(self.reason)}."
        )


@dataclass(frozen=True, kw_only=True)
class BesideStudy:
    """The option beside one reading of one case study.

    `same_hours` is the option as it is, giving each person the hours that the study implies; None
    where the hours of either are not known.
    """

    study: StudyHere
    steps: tuple[GapStep, ...]
    same_hours: CostParts | None
    gaps: tuple[MeasureGap, ...]


@dataclass(frozen=True, kw_only=True)
class FeatureRow:
    """One feature: whether the option has it, and which case studies have it, have not, or say
    neither."""

    feature: Feature
    option: FeatureStatus
    having: tuple[str, ...]
    lacking: tuple[str, ...]
    silent: tuple[str, ...]
    success_of: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OutcomeBeside(OfCaseStudy):
    """An outcome that a case study reports, and what the option assumes over a like base.

    `assumed` is None where the option has no such number, and `why` says what to make of the two.
    """

    outcome: Outcome
    reported: float | None
    words: str
    base: Base
    assumed: float | None
    why: str


@dataclass(frozen=True, kw_only=True)
class RateBeside(OfCaseStudy):
    """How much one class is prescribed here and where a case study is, in people per 1,000
    adults."""

    medicine: str
    here: float | None
    there: float
    whom: str


@dataclass(frozen=True, kw_only=True)
class MixBeside(OfCaseStudy):
    """The share of one class among the people a case study saw, and among long-term people here."""

    medicine: str
    here: float | None
    there: float


@dataclass(frozen=True)
class CaseStudyComparison:
    """One option of a plan, or no option yet, beside all case studies."""

    case: Case
    option: OptionResult | None

    @property
    def plan(self) -> Plan:
        """The plan that the option is of."""
        return self.case.plan

    @property
    def reference(self) -> ReferenceData:
        """Where the case studies stand."""
        return self.case.reference

    @cached_property
    def models(self) -> tuple[StudyHere, ...]:
        """Each case study's model at this place's size."""
        return studies_here(
            self.reference,
            self.plan.pricing.price_year,
            price_index(self.plan, self.reference),
            residents_of_all_ages(self.plan, self.reference),
            in_london=plan_organisation(self.plan, self.reference).region == "London",
        )

    @property
    def without_model(self) -> tuple[CaseStudy, ...]:
        """The case studies that print too little to be modelled."""
        there = {model.case_study for model in self.models}
        return tuple(study for study in self.reference.case_studies if study.id not in there)

    @property
    def own(self) -> tuple[CaseStudy, ...]:
        """The case studies that are this board's own services."""
        code = self.plan.place.icb_code
        return tuple(study for study in self.reference.case_studies if code in study.boards)

    @cached_property
    def readings(self) -> tuple[BesideStudy, ...]:
        """The option beside each model; none where the option does nothing."""
        if self.option is None or not self.option.annual_cost.central:
            return ()
        parts = parts_of_option(self.option)
        residents = residents_of_all_ages(self.plan, self.reference)
        return tuple(
            BesideStudy(
                study=study,
                steps=gap_steps(study.parts, parts),
                same_hours=at_intensity(parts, study.hours.central)
                if study.hours and parts.hours
                else None,
                gaps=tuple(_gaps(parts, study, residents)),
            )
            for study in self.models
        )

    @property
    def lead(self) -> BesideStudy | None:
        """The one that the finding is on: it prints its cost and its population, or comes nearest
        to that."""
        ranked = sorted(
            self.readings,
            key=lambda one: (
                one.study.scale is None,
                not one.study.printed_cost,
                one.study.modelled_population,
            ),
        )
        return next(iter(ranked), None)

    @property
    def finding(self) -> str:
        """What stands out: the model at this place's size, the option, and the largest part of the
        gap."""
        lead, option = self.lead, self.option
        if lead is None or option is None:
            return _of_models(self.models)
        parts = parts_of_option(option)
        written = option.measures.get("written")
        ours = f"{option.name} would cost {about_pounds(parts.total)}"
        if parts.people and parts.per_person:
            ours += f" and see {people(parts.people)}, {about_pounds(parts.per_person)} each"
        elif written is not None:
            ours += f" and write to {people(written.central)} people, without seeing them"
        gap = _gap_sentence(lead.steps, lead.study)
        return " ".join(filter(None, (_of_models((lead.study,)), f"{ours}.", gap)))

    @property
    def gap_in_words(self) -> str:
        """What the difference in cost per person consists of, in one sentence; empty where it
        cannot be told."""
        lead = self.lead
        return _gap_sentence(lead.steps, lead.study) if lead else ""

    @property
    def own_in_words(self) -> str:
        """Which case studies are this board's own services; empty where none is."""
        names = [f"{study.number} ({study.short_name})" for study in self.own]
        if not names:
            return ""
        plural = len(names) > 1
        return (
            f"Case {'studies' if plural else 'study'} {listed(names)} "
            f"{'are services' if plural else 'is a service'} of this board: ask "
            f"{'them' if plural else 'it'} for what was not printed, and count what "
            f"{'they do' if plural else 'it does'} as the service that is there now."
        )

    @cached_property
    def features(self) -> tuple[FeatureRow, ...]:
        """Every feature that the option or a case study says something of."""
        option = self.case.option(self.option.id) if self.option else None
        rows = (
            FeatureRow(
                feature=feature,
                option=option_status(option, feature),
                success_of=tuple(
                    study.number
                    for study in self.reference.case_studies
                    if study.feature(feature).success
                ),
                **{
                    name: tuple(
                        study.number
                        for study in self.reference.case_studies
                        if study.status(feature) is status
                    )
                    for name, status in (
                        ("having", FeatureStatus.HAS),
                        ("lacking", FeatureStatus.HAS_NOT),
                        ("silent", FeatureStatus.NOT_STATED),
                    )
                },
            )
            for feature in Feature
        )
        return tuple(row for row in rows if row.having or row.option is FeatureStatus.HAS)

    @property
    def features_in_words(self) -> str:
        """Which of the features that case studies count among the reasons for their success the
        option has, has not, or says nothing of."""
        if self.option is None:
            return ""
        parts = []
        for status, words in (
            (FeatureStatus.HAS, "has"),
            (FeatureStatus.HAS_NOT, "does not have"),
            (FeatureStatus.NOT_STATED, "does not say whether it has"),
        ):
            named = [r.feature.value for r in self.features if r.success_of and r.option is status]
            if named:
                parts.append(f"{words} {listed(named, 'and' if words == 'has' else 'or')}")
        return (
            "Of what case studies count among the reasons for their success, "
            f"{self.option.name} {'; it '.join(parts)}."
            if parts
            else ""
        )

    @cached_property
    def outcomes(self) -> tuple[OutcomeBeside, ...]:
        """Every outcome that a case study reports, with its base, beside the option's where the
        bases are alike."""
        assumed = dict(_assumed(self.option))
        return tuple(
            OutcomeBeside(
                case_study=study.id,
                name=study.short_name,
                outcome=row.outcome,
                reported=study.figure(row.figure).value if row.figure else None,
                words=row.words,
                base=row.base,
                assumed=assumed.get((row.outcome, row.base)),
                why=self.reference.notes.outcome_bases[row.base],
            )
            for study in self.reference.case_studies
            for row in study.reported
        )

    @property
    def assumed_in_words(self) -> str:
        """What the option assumes of all who start, with and without it; empty where nothing is."""
        assumed = dict(_assumed(self.option))
        stops = assumed.get(("stopped", Base.STARTERS))
        if self.option is None or self.option.people_starting is None or stops is None:
            return ""
        usual = self.option.measures.get("usual_stopped")
        would = usual and percent(usual.central / self.option.people_starting.central)
        return (
            f"{self.option.name} assumes that {percent(stops)} of everyone who starts stop"
            + (f", and {would} would with usual care" if would else "")
            + ". That is of everyone who starts, and against a comparison; services report other "
            "people with none, and nothing of theirs is carried over."
        )

    @property
    def prescribing_in_words(self) -> tuple[str, ...]:
        """How prescribing here differs from where case studies are, in sentences."""
        rates = [
            f"Long-term use of {row.medicine}: {rounded(row.here, 1)} people per 1,000 adults here "
            f"(on it for a year or more), {rounded(row.there, 1)} where {row.name} is "
            f"({row.whom}). The two count different people, so only a large difference means "
            "anything."
            if row.here
            else f"Where {row.name} is, {rounded(row.there, 1)} per 1,000 adults are {row.whom}."
            for row in self.prescribing
        ]
        mixes = []
        for name in dict.fromkeys(row.name for row in self.case_mix):
            rows = [row for row in self.case_mix if row.name == name]
            there = listed([f"{percent(row.there)} {row.medicine}" for row in rows])
            here = [f"{percent(row.here)} {row.medicine}" for row in rows if row.here is not None]
            if len(here) == len(rows):
                mixes.append(
                    f"{name} saw {there}; of long-term people here on these classes it is "
                    f"{listed(here)}, so who comes is not who is prescribed."
                )
        return (*rates, *mixes)

    @cached_property
    def prescribing(self) -> tuple[RateBeside, ...]:
        """What is prescribed for the long term here beside where a case study is."""
        return tuple(
            RateBeside(
                case_study=study.id,
                name=study.short_name,
                medicine=row.medicine_class.label,
                here=self._long_term_rate(row.medicine_class.value),
                there=study.value(row.figure),
                whom=row.whom,
            )
            for study in self.reference.case_studies
            if (row := study.prescribing)
        )

    def _long_term_rate(self, medicine: str) -> float | None:
        rows = (row for row in self.case.need.classes if row.medicine_class.value == medicine)
        row, population = next(rows, None), self.case.need.population
        if row is None or row.long_term is None or population.basis is not Basis.RESIDENT_ADULTS:
            return None
        return 1000 * row.long_term.central / population.value

    @cached_property
    def case_mix(self) -> tuple[MixBeside, ...]:
        """The classes of the people that a case study saw beside those of long-term people here,
        of the classes that it names."""
        rows = {row.medicine_class: row.long_term for row in self.case.need.classes}
        result = []
        for study in self.reference.case_studies:
            here = {
                part.medicine_class: values.central
                for part in study.case_mix
                if (values := rows.get(part.medicine_class))
            }
            whole = sum(here.values()) if len(here) == len(study.case_mix) else 0
            result += [
                MixBeside(
                    case_study=study.id,
                    name=study.short_name,
                    medicine=part.medicine_class.label,
                    here=here[part.medicine_class] / whole if whole else None,
                    there=study.value(part.figure) / 100,
                )
                for part in study.case_mix
            ]
        return tuple(result)

    @property
    def inequality(self) -> tuple[str, ...]:
        """What case studies say of whom they reached, and what the place must measure itself."""
        telling = [study for study in self.reference.case_studies if study.reached_by]
        if telling:
            ways = dict.fromkeys(split for study in telling for split in study.reached_by)
            only = (
                f"Whom they reached is told by {numbered(telling)} only, by "
                f"{listed([_split(split) for split in ways])}."
            )
        else:
            only = (
                "No case study says whom it reached by deprivation, sex, age or ethnic group, so "
                "none can tell whether a service like it would narrow inequality here."
            )
        return (only, *self.reference.notes.reach_measures)


def option_status(option: ServiceOption | None, feature: Feature) -> FeatureStatus:
    """Whether an option has a feature; what it does not name is not stated."""
    has = option.feature(feature) if option else None
    if has is None:
        return FeatureStatus.NOT_STATED
    return FeatureStatus.HAS if has else FeatureStatus.HAS_NOT


def _split(split: Split) -> str:
    return "deprivation" if split.value.startswith("IMD") else split.value


def _assumed(option: OptionResult | None) -> Iterator[tuple[tuple[Outcome, Base], float]]:
    """What the option's sums come to, over the bases that a case study may have too."""
    if option is None or option.people_assessed is None or option.people_starting is None:
        return
    bases = {
        Base.REFERRED: option.referrals_taken,
        Base.USERS: option.people_assessed,
        Base.ASSESSED: option.people_assessed,
        Base.STARTERS: option.people_starting,
    }
    outcomes: dict[Outcome, Range | None] = {
        "started": option.people_starting,
        "stopped": option.measures.get("stopped"),
    }
    for outcome, people_with_it in outcomes.items():
        for base, whom in bases.items():
            if people_with_it and whom and whom.central:
                yield (outcome, base), people_with_it.central / whom.central


def _of_models(models: Iterable[StudyHere]) -> str:
    """What the first model that can be sized would cost here, and whom it would see."""
    for study in models:
        if study.cost_here and study.people_here and study.parts.per_person:
            return (
                f"{study.name} at this place's size would cost {about_pounds(study.cost_here)} a "
                f"year and see {people(study.people_here)} people, "
                f"{about_pounds(study.parts.per_person)} each."
            )
    return "No case study can be set at this place's size."


def _gap_sentence(steps: tuple[GapStep, ...], study: StudyHere) -> str:
    """The parts of the gap, the largest first, or as many of them as make up half of it."""
    if not steps:
        return ""
    start, end = steps[0].before, steps[-1].after
    if abs(end / start - 1) < ALIKE:
        return f"The cost per person is about that of {study.name}."
    # In whole pounds by which the chart's bars rise or fall; what is not named takes up what
    # rounding leaves, so that a reader who adds them finds the gap.
    gap = round(end) - round(start)
    noted = sorted(
        (step for step in steps if abs(step.share) >= NOTEWORTHY and round(step.pounds)),
        key=lambda step: -abs(step.pounds),
    )
    parts = [(round(step.pounds), _part(step, study)) for step in noted]
    rest = gap - sum(by for by, _ in parts)
    if rest:
        parts.append((rest, f"{_difference_in_pounds(rest)} all else"))
    along, against = (
        listed([words for by, words in parts if (by * gap > 0) is same]) for same in (True, False)
    )
    return (
        f"The difference of {_difference_in_pounds(gap)} in the cost of each person "
        f"({pounds(round(end))} against {pounds(round(start))}) is "
        + ", less ".join(filter(None, (along, against)))
        + "."
    )


def _part(step: GapStep, study: StudyHere) -> str:
    """A part of a gap with its pounds; of hours, how many for each person on both sides, and the
    fewest that the study's staffing may mean."""
    name = step.part.value
    if step.part is GapPart.HOURS and study.parts.hours_each:
        ours = study.parts.hours_each * step.factor
        low = study.hours.low if study.hours else study.parts.hours_each
        theirs = _hours(study.parts.hours_each)
        if _hours(low) != theirs:
            theirs = f"{_hours(low)} to {theirs}"
        name += f" ({_hours(ours)} against {theirs} for each person)"
    return f"{_difference_in_pounds(step.pounds)} {name}"


def _difference_in_pounds(by: float) -> str:
    """A difference in whole pounds, without its sign."""
    return pounds(abs(by))


def _hours(value: float) -> str:
    return rounded(value, 0 if value >= 15 else 1)


def _gaps(option: CostParts, study: StudyHere, residents: float | None) -> Iterator[MeasureGap]:
    """The gap on every measure that both have."""
    parts = study.parts
    if option.per_person and parts.per_person:
        yield MeasureGap(
            measure="Cost per person",
            option=option.per_person,
            study=parts.per_person,
            option_shown=about_pounds(option.per_person),
            study_shown=about_pounds(parts.per_person),
            reason=_gap_sentence(gap_steps(parts, option), study).rstrip(".")
            or "the hours or posts of one of the two are not known, so it cannot be told apart",
        )
    if residents and study.cost_per_head:
        reason = "the people seen by one of the two are not known"
        if option.per_person and parts.per_person and study.reach and option.people:
            dearer = option.per_person / parts.per_person
            wider = 1000 * option.people / residents / study.reach
            reason = (
                f"each person costs {rounded(dearer, 1)} times as much, and "
                f"{rounded(wider, 2)} times as many are seen for the population"
            )
        yield MeasureGap(
            measure="Cost per head of all ages",
            option=option.total / residents,
            study=study.cost_per_head,
            option_shown=pounds(option.total / residents, 2),
            study_shown=pounds(study.cost_per_head, 2) + _on_another(study),
            reason=reason,
        )
    if residents and option.people and study.reach and study.population:
        reach, reason = (
            1000 * option.people / residents,
            "the hours of one of the two are not known",
        )
        if option.hours and option.hours_each and parts.hours and parts.hours_each:
            staffed = (option.hours / residents) / (parts.hours / study.population)
            longer = option.hours_each / parts.hours_each
            free = (
                f", and {percent(1 - option.used)} of them are kept free" if option.used < 1 else ""
            )
            reason = (
                f"it has {rounded(staffed, 2)} times the hours for the population, and gives each "
                f"person {rounded(longer, 1)} times as many{free}"
            )
        yield MeasureGap(
            measure="People seen a year per 1,000 residents",
            option=reach,
            study=study.reach,
            option_shown=rounded(reach, 2),
            study_shown=rounded(study.reach, 2) + _on_another(study),
            reason=reason,
        )
    if option.people_per_wte and parts.people_per_wte:
        yield MeasureGap(
            measure="People a year for each whole-time clinician",
            option=option.people_per_wte,
            study=parts.people_per_wte,
            option_shown=rounded(option.people_per_wte),
            study_shown=rounded(parts.people_per_wte),
            reason="it follows from the hours for each person and the share of time with people",
        )


def _on_another(study: StudyHere) -> str:
    return " (modelled on another publisher's population)" if study.modelled_population else ""
