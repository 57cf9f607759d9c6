"""The indicators a plan reports: ours as chosen and changed, and its own.

Each has a baseline or a day for one. No tables.
"""

from datetime import date

from planner.analysis.completeness.readiness import first_patient
from planner.analysis.formatting import day, lower_first
from planner.documents.contract_dates import baselines_known
from planner.model.clause_choices import IndicatorChoice, OwnIndicator
from planner.model.library import Indicator, SpecLibrary
from planner.model.plan import Plan


class ChosenIndicator(Indicator):
    """One indicator as this plan prints it. `baseline` is a value with its period, or the day by
    which it is set."""

    baseline: str
    is_local: bool

    @property
    def counted(self) -> str:
        """What is counted over whom."""
        return f"{self.numerator}, over: {lower_first(self.denominator)}"

    @property
    def title(self) -> str:
        """The name, and whether anything in it is worded locally."""
        return self.name + (" (local)" if self.is_local else "")

    @property
    def mark(self) -> str:
        """The number with E where it is reported for equity and B where it is a balancing
        measure."""
        return self.id + (" E" if self.equity else "") + (" B" if self.balancing else "")


def chosen_indicators(plan: Plan, library: SpecLibrary) -> tuple[ChosenIndicator, ...]:
    """Ours that this plan calls for and has not left out, as it has changed them; then its own.

    A balancing measure is always there, whatever the plan says of it.
    """
    wording, start = plan.specification.wording, first_patient(plan)
    rows: list[tuple[IndicatorChoice | OwnIndicator, dict[str, object], bool]] = []
    for ours in library.indicators:
        choice = wording.of_indicator(ours.id) or IndicatorChoice(indicator=ours.id)
        if ours.applies(plan) and (ours.balancing or not choice.left_out):
            changed = choice.model_dump(include={"source", "frequency", "threshold", "basis"})
            changed = {field: value for field, value in changed.items() if value}
            rows.append((choice, ours.model_dump() | changed, bool(changed)))
    for own in wording.own_indicators:
        values = own.model_dump(exclude={"baseline_of", "baseline_by"})
        defaults = {"source": own.source or "Provider", "basis": own.basis or "Local"}
        rows.append((own, values | defaults, True))
    return tuple(
        ChosenIndicator.model_validate(
            values
            | {
                "baseline": baseline(of.baseline, of.baseline_of, of.baseline_by, start),
                "is_local": is_local,
            }
        )
        for of, values, is_local in rows
    )


def baseline(value: str, period: str, by: date | None, start: date | None) -> str:
    """A baseline as printed: its value and period, or the day by which it is to be set."""
    if value:
        return f"{value} ({period or 'period not given'})"
    if by is None and start is not None:
        by = baselines_known(start)
    if by is None:
        return "to be set two months after the end of the second quarter of the service"
    return f"to be set by {day(by)}"
