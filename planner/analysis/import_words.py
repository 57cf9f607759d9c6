"""A report on a file in words, the same on screen and on the command line. Nothing is read here."""

from __future__ import annotations

from planner.analysis.wording import listed, local_count
from planner.model.intake import ImportReport


def summary(report: ImportReport) -> str:
    """The report in one sentence."""
    periods = _some(report.periods)
    return (
        f"{report.file}: {report.format_name}. {report.rows_read:,} rows read, {report.rows_used:,} used"
        + (f", {periods}" if periods else "")
        + "."
    )


def facts(report: ImportReport) -> list[tuple[str, str]]:
    """The report as pairs of a name and what stands there, everything that a reader should see."""
    found = [
        ("Recognised as", f"{report.format_name}, because {report.why}"),
        ("Rows read", f"{report.rows_read:,}"),
        ("Rows used", f"{report.rows_used:,}"),
    ]
    found += [
        (
            "Rows not used",
            f"{skip.rows:,}: {skip.reason}" + (f" (first: {skip.first})" if skip.first else ""),
        )
        for skip in report.skipped
    ]
    found.append(("Periods", _some(report.periods) or "not given"))
    if report.organisations:
        shown = [
            f"{o.code}{f' {o.name}' if o.name else ''}{f' ({o.reading})' if o.reading else ''}"
            for o in report.organisations[:6]
        ]
        more = report.organisations_in_all - len(shown)
        found.append(("Organisations", "; ".join(shown) + (f"; and {more:,} more" if more > 0 else "")))
    if report.suppressed:
        found.append(
            ("Hidden or blank numbers", f"{report.suppressed:,}, read as not known and never as none")
        )
    if report.near_misses:
        near = [f"{miss.name} ({miss.code}), {miss.rows:,} rows" for miss in report.near_misses[:8]]
        found.append(("Near our classes, left out", "; ".join(near)))
    found += [("Refused", line) for line in report.refused]
    found += [("Take care", line) for line in report.warnings]
    found.append(("SHA-256", report.sha256))
    return found


def report_lines(report: ImportReport) -> list[str]:
    """The report for a terminal: its summary, then each fact, then each class."""
    lines = [summary(report)]
    lines += [f"  {name}: {words}" for name, words in facts(report)]
    for seen in report.classes:
        people = "no single count" if seen.patients is None else local_count(seen.patients)
        items = "not in the file" if seen.items is None else f"{seen.items:,}"
        lines.append(f"  {seen.medicine_class.words}: items {items}; people {people}")
    return lines


def _some(values: tuple[str, ...]) -> str:
    if len(values) <= 4:
        return listed(values)
    return f"{values[0]} to {values[-1]} ({len(values)} periods)"
