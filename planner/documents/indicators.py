"""The indicators a plan reports: ours as chosen and changed, and its own.

Each has a baseline or a day for one. No tables.
"""

from datetime import date

from planner.analysis.completeness.readiness import first_patient
from planner.analysis.formatting import day
from planner.documents.contract_dates import baselines_known
from planner.model.library import Indicator, SpecLibrary
from planner.model.plan import Plan


class ChosenIndicator(Indicator):
    """One indicator as this plan prints it. `baseline` is a value with its period, or the day by
    which it is set."""

    baseline: str
    has_baseline: bool
    is_local: bool

    @property
    def counted(self) -> str:
        """What is counted over whom."""
        whom = self.denominator
        if not whom[:2].isupper():
            whom = whom[0].lower() + whom[1:]
        return f"{self.numerator}, over: {whom}"

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
    rows = []
    for ours in library.indicators:
        choice = wording.of_indicator(ours.id)
        if not ours.applies(plan) or (
            choice is not None and choice.left_out and not ours.balancing
        ):
            continue
        changed = {
            field: value
            for field in ("source", "frequency", "threshold", "basis")
            if choice is not None and (value := getattr(choice, field))
        }
        message = (
            (choice.baseline, choice.baseline_of, choice.baseline_by) if choice else ("", "", None)
        )
        rows.append(
            ChosenIndicator.model_validate(
                ours.model_dump()
                | changed
                | {
                    "baseline": baseline(*message, start),
                    "has_baseline": bool(message[0]),
                    "is_local": bool(changed),
                }
            )
        )
    for own in wording.own_indicators:
        values = own.model_dump(exclude={"baseline_of", "baseline_by"})
        values["source"] = own.source or "Provider"
        values["basis"] = own.basis or "Local"
        values["baseline"] = baseline(own.baseline, own.baseline_of, own.baseline_by, start)
        rows.append(
            ChosenIndicator.model_validate(
                values | {"has_baseline": bool(own.baseline), "is_local": True}
            )
        )
    return tuple(rows)


def baseline(value: str, period: str, by: date | None, start: date | None) -> str:
    """A baseline as printed: its value and period, or the day by which it is to be set."""
    if value:
        return f"{value} ({period or 'period not given'})"
    if by is None and start is not None:
        by = baselines_known(start)
    if by is None:
        return "to be set two months after the end of the second quarter of the service"
    return f"to be set by {day(by)}"
