"""A tool: what words mean, as both documents print them, and the wizard's own."""

from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.reference.field_help import load_glossary
from planner.reference.library import load_library
from planner.screens.ui.display import table


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the terms in order; the plan stays as it is."""
    meanings = load_glossary() | {
        row[0]: row[1]
        for clause in load_library().clauses
        if clause.id.endswith("-glossary") and clause.table is not None
        for row in clause.table.rows
    }
    table(
        [{"Term": term, "Meaning": meanings[term]} for term in sorted(meanings, key=str.casefold)],
        "Terms that the wizard and the documents use, with what each means",
    )
    return plan
