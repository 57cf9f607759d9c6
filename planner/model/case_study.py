"""A published service model: what it did, what it printed, and how far it can be compared."""

from enum import StrEnum
from typing import Self

from pydantic import Field, field_validator, model_validator

from planner.model.base import Frozen, without_fault
from planner.model.figures import Figure, Identifier, Source, work_out
from planner.model.prescribing import MedicineClass
from planner.model.service import Post


def number_of(study_id: str) -> str:
    """Give the number in a case study's id."""
    return study_id.removeprefix("cs")


class Counted(StrEnum):
    """What one unit of a case study's outcomes is."""

    PEOPLE = "people"
    MEDICINES = "medicines"
    INTERACTIONS = "interactions"


class Denominator(StrEnum):
    """Whom a case study's outcomes are a share of."""

    ALL_STARTERS = "all starters"
    COMPLETERS = "completers"
    SUCCESSES = "successes"
    NOT_STATED = "not stated"


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


class ComparabilityProfile(Frozen):
    """How like a service in England today the case study is, point by point."""

    jurisdiction: str
    medicine_classes: tuple[MedicineClass, ...]
    medicines_in_words: str
    setting: str
    population_basis: str
    counted: Counted
    denominator: Denominator
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
    """Our reading of a printed workforce in costable posts. Two readings stand side by side,
    unranked."""

    id: Identifier
    label: str
    posts: tuple[Post, ...] = Field(min_length=1)
    assumes: tuple[str, ...] = Field(min_length=1)


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
    """Which figures of the file stand in which column of the benchmark, for one measure."""

    measure: Measure
    unit: str
    published: Identifier | None = None
    recomputed: Identifier | None = None
    modelled: Identifier | None = None
    workforce: Identifier | None = None
    missing_because: str | None = None
    cautions: tuple[str, ...] = ()

    @property
    def figures(self) -> tuple[Identifier, ...]:
        """The figures it names, in the order of the columns."""
        return tuple(name for name in (self.published, self.recomputed, self.modelled) if name)


class CaseStudy(Frozen):
    """One published service model, every number with its receipt."""

    id: str = Field(pattern=r"^cs\d+$")
    name: str
    short_name: str
    place: str
    organisation: str
    summary: str
    what_it_does: tuple[str, ...] = Field(min_length=1)
    referral_routes: tuple[str, ...] = Field(min_length=1)
    self_referral: bool
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
