"""The words that the documents and the wizard explain, each with its meaning in full."""

from collections.abc import Mapping
from string import Template

from planner.documents.contract_dates import contract_dates
from planner.model.library import MAIN, SpecLibrary, section_name
from planner.model.plan import Plan


def glossary(library: SpecLibrary, own: Mapping[str, str], plan: Plan) -> dict[str, str]:
    """Each term with its meaning, in the order of the alphabet: the wizard's own, and those that
    the documents print.

    What a document fills in is filled in: dates from the plan, and a section by its heading, since
    its number means nothing outside its document.
    """
    values = contract_dates(plan, library) | {
        section_name(section.id): f"'{section.heading}'"
        for section in library.outline(MAIN[4]).all_sections()
    }
    values["deprivation_year"] = plan.inequality.deprivation_index.removeprefix("IMD ")
    meanings = dict(own) | {
        row[0]: Template(row[1]).substitute(values)
        for clause in library.clauses
        if clause.id.endswith("-glossary") and clause.table is not None
        for row in clause.table.rows
    }
    return {term: meanings[term] for term in sorted(meanings, key=str.casefold)}
