"""Everything worked out from one plan, together, so that a screen and a document never disagree."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, Self

from planner.analysis.completeness.missing_inputs import missing_inputs
from planner.analysis.completeness.readiness import first_patient
from planner.analysis.economics.benchmark import Benchmark, benchmark
from planner.analysis.economics.option_costs import OptionResult, cost_option
from planner.analysis.economics.option_model import Case
from planner.analysis.economics.outcomes import OutcomeResult, outcomes
from planner.analysis.economics.price_index import price_index
from planner.analysis.economics.probabilistic import simulate
from planner.analysis.formatting import listed, local_count, pounds
from planner.analysis.organisations import icb_of_sub_icb
from planner.analysis.population.boundary_changes import BoundaryChange, boundary_change
from planner.analysis.population.expected import Expected, expected_by_age, expected_by_quintile
from planner.analysis.population.inequality import InequalityResult, inequality
from planner.analysis.population.need import Need, need, plan_organisation
from planner.analysis.population.neighbours import Neighbour, neighbours
from planner.analysis.population.places import Places, places
from planner.analysis.population.standardisation import ClassStandardised, standardised
from planner.analysis.population.standing import PlaceAmongBoards, standings
from planner.analysis.population.trend import ClassTrend, region_trend, trend
from planner.model.base import ByQuintile, grouped
from planner.model.missing_input import MissingInput
from planner.model.place import Organisation, Population
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.model.service import ServiceOption


class Alert(NamedTuple):
    """Something that is not missing but must be read with care, and the step it belongs to; of
    which options it is, unless it is of every one that has anything of the kind."""

    where: str
    text: str
    options: tuple[str, ...] = ()

    @property
    def in_words(self) -> str:
        """The text, after the names of the options that it is of."""
        return f"{listed(self.options)}: {self.text}" if self.options else self.text


@dataclass(frozen=True)
class Results:
    """What one plan comes to. Need is there at once; the rest is worked out when asked for, and
    kept.

    Costing every option takes most of the time, and most screens show one option or none. What is
    asked for may raise ReferenceMissing, where a price or pay year is not held.
    """

    plan: Plan
    reference: ReferenceData
    organisation: Organisation
    need: Need
    _options: dict[str, OptionResult] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """The options costed so far."""

    @property
    def england(self) -> Organisation:
        """England, to stand beside."""
        return self.reference.england

    @cached_property
    def case(self) -> Case:
        """The plan with what the sums of its options rest on."""
        return Case(self.plan, self.reference, self.need, self.outcomes)

    @cached_property
    def outcomes(self) -> OutcomeResult:
        """What becomes of people who start, by the evidence chosen for each class."""
        return outcomes(self.plan, self.reference)

    @cached_property
    def inequality(self) -> InequalityResult:
        """How people prescribed differ between groups, where counts are there."""
        return inequality(self.plan, self.reference)

    @cached_property
    def expected_by_quintile(self) -> tuple[Expected, ...]:
        """People of each class expected by deprivation fifth at England's rates."""
        return expected_by_quintile(self.plan, self.reference)

    @cached_property
    def expected_by_age(self) -> tuple[Expected, ...]:
        """People of each class expected by age at England's rates."""
        return expected_by_age(self.plan, self.reference)

    @cached_property
    def standardised(self) -> tuple[ClassStandardised, ...]:
        """Each class with age and sex allowed for, where the counts are there."""
        return standardised(self.plan, self.need, self.reference)

    @cached_property
    def places(self) -> Places:
        """Places within the board, and which stand out."""
        return places(self.plan, self.need, self.reference)

    @cached_property
    def trends(self) -> tuple[ClassTrend, ...]:
        """Each class month by month."""
        return trend(self.plan)

    @cached_property
    def boundary_change(self) -> BoundaryChange | None:
        """Mergers of boards that the plan runs past."""
        return boundary_change(self.plan, self.reference)

    @cached_property
    def neighbours(self) -> tuple[Neighbour, ...]:
        """The boards most like the plan's own."""
        return neighbours(self.plan, self.reference)

    @cached_property
    def standings(self) -> tuple[PlaceAmongBoards, ...]:
        """Where the board stands among all, class by class, where every board's totals are held."""
        return standings(self.plan, self.reference)

    @cached_property
    def region_trends(self) -> tuple[ClassTrend, ...]:
        """Each class month by month in the board's region, before any file is brought in."""
        return region_trend(self.plan, self.reference)

    @cached_property
    def current_trends(self) -> tuple[ClassTrend, ...]:
        """The place's own months where it has them, else its region's."""
        return self.trends or self.region_trends

    @cached_property
    def options(self) -> tuple[OptionResult, ...]:
        """Every option's cost and reach, in the plan's order."""
        # Drawn together, what they share is drawn once.
        simulate(self.case)
        return tuple(self._costed(option) for option in self.plan.options)

    @property
    def preferred(self) -> OptionResult | None:
        """The preferred option's cost and reach, if one is chosen; no other option is costed for
        it."""
        return next(
            (
                self._costed(one)
                for one in self.plan.options
                if one.id == self.plan.preferred_option
            ),
            None,
        )

    def _costed(self, option: ServiceOption) -> OptionResult:
        if option.id not in self._options:
            self._options[option.id] = cost_option(option, self.case, self._by_quintile)
        return self._options[option.id]

    @cached_property
    def _by_quintile(self) -> ByQuintile[float] | None:
        """The parts of people prescribed who live in each deprivation fifth, where each class has
        local counts."""
        shares = {row.medicine_class: row.quintile_shares for row in self.inequality.classes}
        weighted, people = [0.0] * len(ByQuintile.KEYS), 0.0
        for row in self.need.classes:
            share = shares.get(row.medicine_class)
            if share is None or row.patients is None:
                return None
            central = row.patients.central
            weighted = [
                before + part * central for before, part in zip(weighted, share, strict=True)
            ]
            people += central
        return ByQuintile(part / people for part in weighted) if people else None

    @cached_property
    def benchmark(self) -> Benchmark:
        """The options beside the case studies."""
        return benchmark(
            self.reference,
            self.plan.pricing.price_year,
            self.options,
            price_index(self.plan, self.reference),
        )

    @cached_property
    def missing_inputs(self) -> tuple[MissingInput, ...]:
        """What is still missing, and on which step."""
        return missing_inputs(self.plan, self.need, self.reference.missing_inputs)

    @cached_property
    def input_alerts(self) -> tuple[Alert, ...]:
        """What must be read with care in what was entered, whatever the options come to."""
        return tuple(dict.fromkeys(_input_alerts(self.plan, self.need, self.reference)))

    @cached_property
    def alerts(self) -> tuple[Alert, ...]:
        """What must be read with care, the options included."""
        alerts = [
            *self.input_alerts,
            *self.of_options(),
        ]
        preferred, budget = self.preferred, self.plan.pricing.budget
        if preferred and budget is not None and preferred.annual_cost.central > budget:
            alerts.append(
                Alert(
                    "options",
                    "The preferred option's central cost, "
                    f"{pounds(preferred.annual_cost.central)}, "
                    f"is above the budget of {pounds(budget)}.",
                )
            )
        return tuple(dict.fromkeys(alerts))

    def of_options(self) -> Iterator[Alert]:
        """What to take care of with options, each told once, with whose it is unless every one has
        it that has any."""
        whose = grouped(
            ((one.name, caution) for one in self.options for caution in one.cautions),
            lambda row: row[1],
        )
        many = sum(bool(one.cautions) for one in self.options)
        for caution, rows in whose.items():
            of = () if len(rows) == many else tuple(name for name, _ in rows)
            yield Alert("options", caution, of)

    def complete(self) -> Self:
        """These results, once nothing that may be asked of them can raise. Raises
        ReferenceMissing."""
        _ = self.outcomes, self.inequality, self.alerts, self.benchmark
        return self

    @property
    def place_name(self) -> str:
        """What the place is called in a sentence."""
        return self.plan.place.area or self.organisation.short_name

    @property
    def figures_of(self) -> str:
        """Whose figures these are: the area's only where its own population has been entered."""
        if self.plan.population.entered is None:
            return self.organisation.short_name
        return self.place_name


def results(plan: Plan, reference: ReferenceData) -> Results:
    """Everything that follows from a plan. Raises ReferenceMissing for a place or year we do not
    hold."""
    return results_on_demand(plan, reference).complete()


def results_on_demand(plan: Plan, reference: ReferenceData) -> Results:
    """What follows from a plan, most of it when first asked for. Raises ReferenceMissing for a
    place we do not hold."""
    return Results(
        plan=plan,
        reference=reference,
        organisation=plan_organisation(plan, reference),
        need=need(plan, reference),
    )


def _input_alerts(plan: Plan, need: Need, reference: ReferenceData) -> Iterator[Alert]:
    """What was entered and does not fit together."""
    organisation, population = plan_organisation(plan, reference), need.population
    successors = [reference.find_organisation(code).name for code in organisation.successors]
    change = boundary_change(plan, reference)
    elsewhere = {
        area.sub_icb
        for area in plan.areas.areas
        if area.sub_icb
        and icb_of_sub_icb(area.sub_icb, plan.place.organisation_list, reference)
        not in (None, plan.place.icb_code)
    }
    rows: tuple[tuple[object, str, str], ...] = (
        (
            successors,
            "need",
            f"{organisation.name} is from the list to March 2026. Since April 2026 its area "
            f"belongs to {listed(successors)}.",
        ),
        (change and change.is_named, "need", change.finding if change else ""),
        (
            plan.place.area and plan.population.entered is None,
            "need",
            f"The figures are for the whole of {organisation.name}, not for {plan.place.area} "
            "alone. Enter the area's own population if the plan is for the area.",
        ),
        (population.caution, "need", f"Population: {population.caution}"),
        *_of_counts(plan, population),
        (
            elsewhere,
            "reach",
            "The places in this plan belong to another board (sub-ICB locations "
            f"{listed(sorted(elsewhere)[:5])}). Bring this board's own files, or clear them on the "
            "first step.",
        ),
        (
            need.people is not None and need.people.central > population.value,
            "need",
            "More people would be prescribed these classes than there are "
            f"{population.basis.label}. Check the population and the counts.",
        ),
        *_of_names_and_dates(plan),
    )
    return (Alert(where, text) for holds, where, text in rows if holds)


def _of_counts(plan: Plan, population: Population) -> Iterator[tuple[bool, str, str]]:
    """Counts of a class that cannot be, beside the people there are and beside one another."""
    for row, counts in zip(plan.prescribing.classes, plan.inequality.classes, strict=True):
        name, people = row.medicine_class.label, row.patients
        if not row.included or people is None:
            continue
        yield (
            people > population.value,
            "need",
            f"More people are entered for {name} ({local_count(people)}) than there are "
            f"{population.basis.label} ({population.value:,}).",
        )
        for what, values in (
            ("deprivation fifth", counts.by_quintile),
            ("sex", (counts.women, counts.men)),
        ):
            total = sum(value for value in values if value is not None)
            yield (
                total > people,
                "reach",
                f"The counts of {name} by {what} add up to {local_count(total)}, more than the "
                f"{local_count(people)} people entered for the class.",
            )


def _of_names_and_dates(plan: Plan) -> Iterator[tuple[bool, str, str]]:
    """Options that share a name, and dates out of order."""
    for same in grouped(plan.options, lambda option: option.name.strip().casefold()).values():
        yield (
            len(same) > 1,
            "options",
            f"More than one option is called '{same[-1].name}'. Give each a name of its own, or "
            "nobody can tell which is meant.",
        )
    spec = plan.specification
    for first, then, words in (
        (spec.group_start, spec.decision_date, "The decision is dated before the group starts."),
        (spec.decision_date, spec.service_start, "The service starts before the decision."),
        (spec.review_date, spec.service_end, "The review is dated after the service ends."),
        (first_patient(plan), spec.review_date, "The review is dated before anyone can be seen."),
    ):
        yield bool(first and then and then < first), "specification", words
