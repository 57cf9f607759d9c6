"""A report on a file in words, the same on screen and on the command line. Nothing is read here."""

from collections.abc import Sequence
from dataclasses import dataclass

from planner.analysis.formatting import listed, listed_in_part, local_count, several
from planner.analysis.local_data.adopt import Adoption
from planner.analysis.local_data.rows import Choice
from planner.model.intake import ClassSeen, ImportReport, Level, Record
from planner.model.prescribing import Basis


def summary(report: ImportReport) -> str:
    """The report in one sentence."""
    left, periods = report.rows_read - report.rows_used, _some(report.periods)
    return (
        f"{report.file}: {report.format_name}. {several(report.rows_read, 'row')} read, "
        f"{report.rows_used:,} understood"
        + (f", {left:,} left out" if left > 0 else "")
        + (f", {periods}" if periods else "")
        + "."
    )


def facts(report: ImportReport) -> list[tuple[str, str]]:
    """The report as pairs of a name and what stands there, everything that a reader should see."""
    organisations = [
        f"{o.code}{f' {o.name}' if o.name else ''}{f' ({o.reading})' if o.reading else ''}"
        for o in report.organisations[:6]
    ]
    more = report.organisations_in_all - len(organisations)
    near = [
        f"{miss.name} ({miss.code}), {several(miss.rows, 'row')}" for miss in report.near_misses
    ]
    function, *groups = report.digest_groups
    rows = [
        ("Recognised as", f"{report.format_name}, because {report.why}"),
        ("Rows read", f"{report.rows_read:,}"),
        ("Rows understood", f"{report.rows_used:,}"),
        *(
            (
                "Rows left out",
                f"{skip.rows:,}: {skip.reason}" + (f" (first: {skip.first})" if skip.first else ""),
            )
            for skip in report.skipped
        ),
        ("Periods", _some(report.periods) or "not given"),
        (
            "Organisations",
            "; ".join(
                [*organisations, *([f"and {more:,} more"] if organisations and more > 0 else [])]
            ),
        ),
        (
            "Hidden or blank numbers",
            f"{report.suppressed:,}, read as not known and never as none"
            if report.suppressed
            else "",
        ),
        ("Near our classes, left out", listed_in_part(near, 8, 6) if near else ""),
        *(("Refused", line) for line in report.refused),
        *(("Take care", line) for line in report.warnings),
        (function, " ".join(groups)),
    ]
    return [(name, words) for name, words in rows if words]


def report_lines(report: ImportReport) -> list[str]:
    """The report for a terminal: its summary, then each fact, then each class."""
    return [
        summary(report),
        *(f"  {name}: {words}" for name, words in facts(report)),
        *(
            f"  {seen.medicine_class.label}: items {seen.items_in_words}"
            + (f" ({seen.items_counted})" if seen.items_counted else "")
            + f"; people {people_seen(seen)}"
            for seen in report.classes
        ),
    ]


def choice_lines(choices: Sequence[Choice]) -> list[str]:
    """For a terminal: what is removed, and what is not taken because something would be."""
    return [
        f"Will be removed: {listed(one.removed)} (you chose {one.id})"
        if one.is_chosen and one.removed
        else f"You chose: {one.label}"
        if one.is_chosen
        else f"Not taken: {one.label}. "
        + (f"Will be removed for it: {listed(one.removed)}. " if one.removed else "")
        + f"To choose it: --remove {one.id}"
        for one in choices
    ]


def taken(adoption: Adoption) -> str:
    """How many figures are taken, and from which files, the same wherever it is said."""
    if not adoption.changes:
        return "no figure"
    number = (
        several(adoption.figures, "figure")
        if adoption.figures
        else f"no figure, and {several(len(adoption.changes), 'other change')}"
    )
    files = listed_in_part(list(adoption.gave), 3, 2)
    return f"{number} from {files}" if files else number


def people_seen(seen: ClassSeen) -> str:
    """People of a class in a file, or why there is no number."""
    if seen.patients is not None:
        return local_count(seen.patients) + (f" ({seen.patients_of})" if seen.patients_of else "")
    if seen.people_counts > 1:
        return f"{several(seen.people_counts, 'count')}, which cannot be added"
    if seen.people_counts:
        return "hidden"
    return seen.patients_of or "not in the file"


@dataclass(frozen=True, slots=True)
class PeopleCounted:
    """How many people a file of populations counts on one basis and at one date, at the widest
    level it has."""

    period: str
    basis: str
    level: str
    places: int
    people: int


def people_counted(records: Sequence[Record]) -> list[PeopleCounted]:
    """The people that a file of populations counts, in all its places; none where it counts
    none."""
    rows = [
        r for r in records if r.medicine_class is None and r.population is not None and r.is_total
    ]
    order, result = list(Level), []
    for period, basis in dict.fromkeys((r.period, r.basis) for r in rows):
        there = [r for r in rows if r.basis is basis and r.period == period]
        widest = min((r.level for r in there), key=order.index)
        counts = [r.population or 0 for r in there if r.level is widest]
        result.append(PeopleCounted(period, basis or "people", widest, len(counts), sum(counts)))
    return result


def people_in_words(records: Sequence[Record]) -> str:
    """How many people a file of populations counts; empty where it counts none."""
    return "; ".join(
        f"{one.people:,} {Basis(one.basis).label if one.basis in list(Basis) else one.basis}, over "
        + Level(one.level).counted(one.places)
        for one in people_counted(records)
    )


def _some(values: tuple[str, ...]) -> str:
    if len(values) <= 4:
        return listed(values)
    return f"{values[0]} to {values[-1]} ({several(len(values), 'period')})"
