"""A published service model: what it did, what it printed, and how far it can be compared."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from planner.model.base import Frozen, Line, Name, Pounds, Share, without_fault
from planner.model.figures import Figure, Identifier, Source, work_out
from planner.model.place import Split
from planner.model.prescribing import MedicineClass
from planner.model.service import Band, Feature, Post


def number_of(study_id: str) -> str:
    """Give the number in a case study's id."""
    return study_id.removeprefix("cs")


Counted = Literal["people", "medicines", "interactions"]
"""What one unit of a case study's outcomes is."""


class Base(StrEnum):
    """Whom or what a figure of a case study is a share of, or is worked out over."""

    POPULATION = "the population of the area"
    SERVICE = "the whole service"
    PRESCRIBED = "people prescribed for the long term"
    REFERRED = "people referred"
    USERS = "people who used the service"
    ASSESSED = "people assessed"
    REVIEWED = "people reviewed, all of whom did well"
    STARTERS = "people who started"
    COMPLETERS = "people who completed"
    TWO_COHORTS = "people assessed, though the outcome is of people who began earlier"
    MEDICINES = "medicines reviewed"
    INTERACTIONS = "interactions recorded"
    NOT_STATED = "not stated"


class FeatureStatus(StrEnum):
    """What is known of a feature. A service that says nothing of it has neither said yes nor no."""

    HAS = "has"
    HAS_NOT = "has not"
    NOT_STATED = "not stated"


Aspect = Literal[
    "who delivers it", "sector", "how people are found", "assessment", "length", "contacts"
]
"""What is told of a service in words, in the order in which it is shown."""

FunnelStage = Literal[
    "prescribed for the long term", "referred", "used the service", "assessed or reviewed",
    "started to reduce", "completed",
]  # fmt: skip
"""How far people have come, in the order in which they come."""


Outcome = Literal[
    "started", "completed", "stopped", "reduced", "stabilised", "unchanged", "another outcome",
    "not known or applicable", "adverse effects", "wellbeing", "experience", "purchases",
]  # fmt: skip
"""What a case study may report of the people it helped, in the order in which it is shown."""


class Measure(StrEnum):
    """What case studies are compared on. Each is shown for every one, and said to be missing where
    it is."""

    COST_PER_HEAD = "cost_per_head"
    COST_PER_PERSON = "cost_per_person"
    ANNUAL_COST = "annual_cost"
    PEOPLE_SUPPORTED = "people_supported"
    REACH = "reach"
    STOPPED = "stopped"
    REDUCED = "reduced"
    WORKFORCE = "workforce"


OF_OUTCOMES = (Measure.STOPPED, Measure.REDUCED)


class ComparabilityProfile(Frozen):
    """How like a service in England today the case study is, point by point."""

    jurisdiction: str
    medicine_classes: tuple[MedicineClass, ...]
    medicines_in_words: str
    setting: str
    population_basis: str
    counted: Counted
    period: str
    follow_up: str
    counterfactual: str
    cost_includes: str


class PublishedPost(Frozen):
    """A post as the case study prints it; `wte` and `band` are empty where it prints none."""

    title: str
    wte: float | None = None
    band: str | None = None
    as_printed: str
    caution: str | None = None


class ModelledWorkforce(Frozen):
    """Our reading of a printed workforce in costable posts.

    `supposed_from` says what a reading other than the printed one rests on; it is shown after the
    printed one, as a supposition. `london_weighting` is the part of each salary outside Agenda for
    Change that is paid for working in London.
    """

    id: Identifier
    label: str
    posts: tuple[Post, ...] = Field(min_length=1)
    assumes: tuple[str, ...] = Field(min_length=1)
    supposed_from: str = ""
    london_weighting: Pounds = 0

    def posts_outside_london(self) -> tuple[Post, ...]:
        """The same posts with no pay for working in London."""
        return tuple(
            Post.model_validate(
                post.model_dump()
                | {"zone": "none", "salary": post.salary and post.salary - self.london_weighting}
            )
            for post in self.posts
        )


class StudyFeature(Frozen):
    """What a case study says of one feature; one that it says nothing of may be left out.

    `success` says that the case study counts it among the reasons for its success.
    """

    feature: Feature
    status: FeatureStatus
    words: Line = ""
    success: bool = False


class StudyAspect(Frozen):
    """What a case study tells of one aspect of its service, in a few words."""

    aspect: Aspect
    words: Name


class FunnelStep(Frozen):
    """How many people came as far as a stage: the figure that says it."""

    stage: FunnelStage
    figure: Identifier


class CaseMixPart(Frozen):
    """The share of a service's people whose main medicine is of a class: the figure that says it,
    in per cent."""

    medicine_class: MedicineClass
    figure: Identifier


class ReportedOutcome(Frozen):
    """One outcome that a case study reports, as a figure with its base or in words alone."""

    outcome: Outcome
    base: Base
    figure: Identifier | None = None
    words: str = ""


class StudyModel(Frozen):
    """From which figures the service is rebuilt at the size of another place.

    `people` is whom its cost is set over, and `other_people` are other ways of counting them. It is
    sized from `population`; without one it is not sized, and `not_sized_because` says why. Where
    the service prints a cost and no posts, its hours are those that the cost would buy of one band,
    or of the posts whose hours it prints, as WTE. `support_share` is what managers and
    administrators may add to the pay of those who see people, and `overhead` the share of pay that
    we add: both are ours.
    """

    people: Identifier
    people_in_words: Name
    other_people: tuple[Identifier, ...] = ()
    cost: Identifier | None = None
    population: Identifier | None = None
    not_sized_because: str = ""
    band: Band | None = None
    wte: Identifier | None = None
    patient_facing: Share = 0.6
    support_share: Share = 0
    overhead: Share = 0.2

    @property
    def names(self) -> tuple[Identifier, ...]:
        """Every figure it names."""
        named = filter(None, (self.cost, self.population, self.wte))
        return (self.people, *named, *self.other_people)


class StudyPrescribing(Frozen):
    """How much one class is prescribed where the service is: people for 1,000 adults, by a figure.

    `whom` says which people they are.
    """

    medicine_class: MedicineClass
    figure: Identifier
    whom: Name


class Check(Frozen):
    """One headline of the case study rebuilt from its own parts.

    `printed` is the figure as published, `formula` the arithmetic that should give it, to `places`
    decimals. `rebuilds` says what we found; `finding` explains it. A test works each one out again.
    """

    id: Identifier
    printed: Identifier
    formula: str
    places: int = Field(ge=0, le=4)
    rebuilds: bool
    finding: str


class MeasureFigures(Frozen):
    """Which figures of the file stand in which column of the benchmark, for one measure.

    `base` is whom this measure is over. `per` divides the cost of a workforce by a figure.
    """

    measure: Measure
    unit: str
    base: Base | None = None
    published: Identifier | None = None
    recomputed: Identifier | None = None
    modelled: Identifier | None = None
    workforce: Identifier | None = None
    per: Identifier | None = None
    missing_because: str | None = None
    cautions: tuple[str, ...] = ()

    @property
    def figures(self) -> tuple[Identifier, ...]:
        """The figures it names, in the order of the columns."""
        return tuple(filter(None, (self.published, self.recomputed, self.modelled, self.per)))


class CaseStudy(Frozen):
    """One published service model, every number with its receipt.

    `boards` are the codes of the integrated care boards whose service it is, of both lists of
    boards, and `sub_icb` the part of a board; `shows` says in a line what it shows, and `who_meets`
    who sits on a group that leads it across the system. `reached_by` are the splits by which it
    says whom it reached.
    """

    id: str = Field(pattern=r"^cs\d+$")
    name: str
    short_name: str
    place: str
    organisation: str
    summary: str
    what_it_does: tuple[str, ...] = Field(min_length=1)
    referral_routes: tuple[str, ...] = Field(min_length=1)
    boards: tuple[str, ...] = ()
    sub_icb: str | None = None
    shows: Name
    described: tuple[StudyAspect, ...] = ()
    features: tuple[StudyFeature, ...] = ()
    who_meets: tuple[str, ...] = ()
    funnel: tuple[FunnelStep, ...] = ()
    case_mix: tuple[CaseMixPart, ...] = ()
    reported: tuple[ReportedOutcome, ...] = ()
    reached_by: tuple[Split, ...] = ()
    prescribing: StudyPrescribing | None = None
    model: StudyModel | None = None
    comparison_group: bool
    overheads_stated: bool
    posts: tuple[PublishedPost, ...] = Field(min_length=1)
    outcomes: tuple[str, ...] = Field(min_length=1)
    success_factors: tuple[str, ...] = Field(min_length=1)
    profile: ComparabilityProfile
    sources: tuple[Source, ...] = Field(min_length=1)
    figures: tuple[Figure, ...] = Field(min_length=1)
    workforces: tuple[ModelledWorkforce, ...] = ()
    checks: tuple[Check, ...] = ()
    measures: tuple[MeasureFigures, ...]
    cautions: tuple[str, ...] = Field(min_length=1)

    @field_validator("figures")
    @classmethod
    def _check_total(cls, figures: tuple[Figure, ...]) -> tuple[Figure, ...]:
        return work_out(figures)

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        known = {figure.id for figure in self.figures}
        sources = {source.id for source in self.sources}
        workforces = {workforce.id for workforce in self.workforces}
        return without_fault(
            self,
            *(
                (
                    figure.source not in sources,
                    f"figure '{figure.id}' names source '{figure.source}', not listed here",
                )
                for figure in self.figures
            ),
            *(
                (
                    check.printed not in known,
                    f"check '{check.id}' names figure '{check.printed}', not listed here",
                )
                for check in self.checks
            ),
            *(
                (
                    name not in known,
                    f"measure '{row.measure}' names figure '{name}', not listed here",
                )
                for row in self.measures
                for name in row.figures
            ),
            *(
                (name not in known, f"{where} names figure '{name}', not listed here")
                for where, name in self._named()
            ),
            *(
                (
                    (len(keys) != len(set(keys))),
                    f"{where} says one thing twice",
                )
                for where, keys in (
                    ("features", [row.feature.value for row in self.features]),
                    ("described", [row.aspect for row in self.described]),
                    ("case_mix", [row.medicine_class.value for row in self.case_mix]),
                )
            ),
            *(
                (
                    bool(row.figures or row.workforce) and row.base is None,
                    f"measure '{row.measure}' says nothing of its base",
                )
                for row in self.measures
            ),
            *(
                (
                    row.workforce is not None and row.workforce not in workforces,
                    f"measure '{row.measure}' names workforce '{row.workforce}', not listed",
                )
                for row in self.measures
            ),
            *(
                (
                    not (row.figures or row.workforce or row.missing_because),
                    f"measure '{row.measure}' is empty: say why in missing_because",
                )
                for row in self.measures
            ),
            (
                {row.measure for row in self.measures} != set(Measure),
                "every measure must stand in the file, with a reason where it is missing",
            ),
        )

    def _named(self) -> Iterator[tuple[str, str]]:
        """Where a figure is named outside the measures and checks, and its id."""
        yield from (("funnel", step.figure) for step in self.funnel)
        yield from (("case_mix", part.figure) for part in self.case_mix)
        yield from (("reported", row.figure) for row in self.reported if row.figure)
        yield from (("model", name) for name in (self.model.names if self.model else ()))
        if self.prescribing:
            yield "prescribing", self.prescribing.figure

    @property
    def self_referral(self) -> bool:
        """Whether it says that people may refer themselves."""
        return self.status(Feature.SELF_REFERRAL) is FeatureStatus.HAS

    @property
    def outcome_bases(self) -> tuple[Base, ...]:
        """Whom the shares who stopped or reduced are of, as each share has it."""
        rows = (row.base for row in self.measures if row.measure in OF_OUTCOMES and row.base)
        return tuple(dict.fromkeys(rows))

    def feature(self, feature: Feature) -> StudyFeature:
        """What it says of a feature, which may be nothing."""
        silent = StudyFeature(feature=feature, status=FeatureStatus.NOT_STATED)
        return next((row for row in self.features if row.feature is feature), silent)

    def status(self, feature: Feature) -> FeatureStatus:
        """Whether it has a feature, has not, or says neither."""
        return self.feature(feature).status

    def aspect(self, aspect: Aspect) -> str:
        """What it tells of an aspect, or that it is not stated."""
        known = {row.aspect: row.words for row in self.described}
        return known.get(aspect, FeatureStatus.NOT_STATED.value)

    def value(self, figure_id: str) -> float:
        """The value of a figure. Raises ValueError where it has none."""
        value = self.figure(figure_id).value
        if value is None:
            raise ValueError(f"{self.id}: figure '{figure_id}' has no value")
        return value

    @property
    def number(self) -> str:
        """The number by which texts name it, such as 4 for cs4."""
        return number_of(self.id)

    def has_price_year(self, row: MeasureFigures) -> bool:
        """Whether one of the row's printed figures, or arithmetic on them, is money of a known
        year."""
        return any(self.figure(name).price_year for name in (row.published, row.recomputed) if name)

    def figure(self, figure_id: str) -> Figure:
        """The figure of that id. Raises KeyError if the file has none."""
        return {figure.id: figure for figure in self.figures}[figure_id]
