"""The searches of a plan as a CSV for the analyst who builds them. No rule is made here."""

import csv
import io
from collections.abc import Iterable

from planner.analysis.formatting import listed
from planner.documents.sections.case_finding import Criteria

COLUMNS = (
    "row",
    "class",
    "bnf_code",
    "begins_with",
    "name",
    "counted",
    "months_back",
    "tier",
    "rule",
    "reason_or_source",
)
IN, NEAR = "in", "near miss, left out"


def criteria_rows(result: Criteria) -> list[dict[str, str]]:
    """Every medicine and every rule of a plan's searches, each a row of text by column, blank where
    it has none.

    `begins_with` gives the code with a star, which spreadsheets leave alone; they would read
    0401020E0 as a number.
    """
    rows: Iterable[dict[str, str]] = (
        *(
            {
                "row": "medicine",
                "class": c.medicine_class.label,
                "bnf_code": c.bnf_code,
                "begins_with": f"{c.bnf_code}*",
                "name": c.name,
                "counted": IN,
                "reason_or_source": c.source,
            }
            for c in result.chemicals
        ),
        *(
            {
                "row": "medicine",
                "class": m.nearest_class.label if m.nearest_class else "none of the five",
                "bnf_code": m.bnf_code.rstrip("*"),
                "begins_with": f"{m.bnf_code.rstrip('*')}*",
                "name": m.name,
                "counted": NEAR,
                "reason_or_source": m.why_not,
            }
            for m in result.near_misses
        ),
        *(
            {
                "row": "search",
                "class": search.medicine_class.label,
                "name": name,
                "months_back": str(search.months_back),
                "rule": rule,
                "reason_or_source": search.basis,
            }
            for search in result.searches
            for name, rule in (
                ("prescribed now", search.now),
                ("long use", search.long_use),
                ("new start", search.new_start),
            )
        ),
        *(
            {
                "row": "dose threshold",
                "class": "opioids",
                "name": f"{t.milligrams} mg of oral morphine equivalent a day",
                "counted": "chosen" if t.milligrams == result.threshold else "not chosen",
                "rule": t.means,
                "reason_or_source": t.used_by,
            }
            for t in result.content.thresholds
            if result.threshold is not None
        ),
        *(
            {
                "row": "risk",
                "class": listed([c.label for c in risk.classes]),
                "name": risk.name,
                "tier": str(risk.tier),
                "rule": risk.rule,
                "reason_or_source": risk.why,
            }
            for risk in result.risks
        ),
        *(
            {
                "row": "handle differently",
                "class": listed([c.label for c in classes]),
                "name": entry.who,
                "counted": "in; a clinician looks",
                "rule": entry.marked_by,
                "reason_or_source": entry.then,
            }
            for entry in result.content.handling
            if (classes := entry.about([s.medicine_class for s in result.searches]))
        ),
    )
    return [dict.fromkeys(COLUMNS, "") | row for row in rows]


def criteria_csv(result: Criteria) -> bytes:
    """The same rows as the bytes of a CSV file that spreadsheets read as UTF-8."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(criteria_rows(result))
    return out.getvalue().encode("utf-8-sig")
