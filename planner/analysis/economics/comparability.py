"""How far an option may be set beside each case study, in words. Nothing is ranked and nothing adjusted."""

from dataclasses import dataclass

from planner.analysis.economics.benchmark import BENCHMARK_MEASURES
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.formatting import listed
from planner.model.case_study import CaseStudy, Counted, Denominator, Measure, number_of
from planner.model.case_study_names import in_words
from planner.model.plan import Plan
from planner.model.reference import ReferenceData


@dataclass(frozen=True, kw_only=True)
class CaseStudyComparability:
    """What differs between one option and one case study, and which measures can be set side by
    side at all."""

    case_study: str
    name: str
    can_compare: tuple[str, ...]
    differs: tuple[str, ...]

    @property
    def number(self) -> str:
        """The number by which texts name the case study."""
        return number_of(self.case_study)

    @property
    def words(self) -> str:
        """The differences in a sentence."""
        measures = f"Can be set beside it on {listed(list(self.can_compare))}." if self.can_compare else (
            "Prints no cost that an option can be set beside."
        )  # fmt: skip
        message = "; ".join(self.differs)
        return f"{measures} {message[:1].upper()}{message[1:]}."


def beside_case_studies(
    option: OptionResult, plan: Plan, reference: ReferenceData
) -> tuple[CaseStudyComparability, ...]:
    """The option beside each case study, in the framework's order."""
    return tuple(_compare_with(option, study, plan) for study in reference.case_studies)


def _compare_with(option: OptionResult, study: CaseStudy, plan: Plan) -> CaseStudyComparability:
    profile = study.profile
    rows = {row.measure: row for row in study.measures}
    like = profile.counted is Counted.PEOPLE
    can = tuple(
        known.compared_as
        for measure, known in BENCHMARK_MEASURES.items()
        if known.compared_as
        and (rows[measure].published or rows[measure].recomputed)
        and (like or measure is Measure.COST_PER_HEAD)
    )
    differs = []
    if profile.counted is not Counted.PEOPLE:
        differs.append(f"it counts {profile.counted.value}, not people")
    if profile.denominator is Denominator.SUCCESSES:
        differs.append("its outcomes are of people who did well only")
    elif profile.denominator is Denominator.COMPLETERS:
        differs.append("its outcomes are of people who finished only")
    elif profile.denominator is Denominator.NOT_STATED:
        differs.append("whom its outcomes are a share of is not stated")
    twice = [
        caution
        for caution in (*rows[Measure.COST_PER_PERSON].cautions, *_cautions(study))
        if "twice" in caution and "half-year" in caution
    ]
    if twice:
        differs.append(
            "its cost per person counts people who stayed from one half-year to the next twice"
        )
    if can:
        differs.append(f"its cost covers: {profile.cost_includes}".rstrip("."))
        differs.append(f"its period: {profile.period}".rstrip("."))
    if can and option.overhead.central > 0 and not study.overheads_stated:
        share = option.overhead.central / option.pay.central if option.pay.central else 0
        differs.append(
            f"it includes no overheads that are stated, and this option adds {share:.0%} of pay ({option.overhead_mode})"
        )
    missing = [c.label for c in plan.prescribing.included if c not in profile.medicine_classes]
    if not profile.medicine_classes:
        differs.append(f"its medicines: {profile.medicines_in_words}")
    elif missing:
        differs.append(f"it did not cover {listed(missing)}")
    differs.append(f"it ran in {study.place} ({profile.jurisdiction})")
    differs.append(f"its follow-up: {profile.follow_up}".rstrip("."))
    differs.append(f"compared with: {profile.counterfactual}".rstrip("."))
    if len(study.workforces) > 1:
        ways = len(study.workforces)
        differs.append(
            f"its staffing can be read in {in_words(ways)} ways, {'both' if ways == 2 else 'all'} kept"
        )
    return CaseStudyComparability(
        case_study=study.id, name=study.short_name, can_compare=can, differs=tuple(differs)
    )


def _cautions(study: CaseStudy) -> tuple[str, ...]:
    return tuple(caution for figure in study.figures for caution in figure.cautions)
