"""The layouts we know side by side: which a table is nearest to, and which one is refused."""

from collections.abc import Mapping

from planner.analysis.formatting import listed, listed_in_part
from planner.intake import mapping, years_across
from planner.intake.errors import IntakeError
from planner.intake.files import OpenedFile
from planner.intake.patient_level import heading_words
from planner.intake.table_rows import headed_sheets

LAYOUTS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "our own table": (("class",), ("period",), ("patients", "items", "population")),
    "the English Prescribing Dataset": (
        ("YEAR_MONTH",),
        ("PRACTICE_CODE",),
        ("BNF_PRESENTATION_CODE", "BNF_CODE", "BNF_CHEMICAL_SUBSTANCE_CODE"),
        ("ITEMS",),
    ),
    "NHSBSA's Dependency Forming Medicines": (
        ("Financial Year", "Financial Quarter", "Year Month"),
        ("Drug Category",),
        ("Total Items",),
    ),
    "NHSBSA's Medicines Used in Mental Health": (
        ("Financial Year", "Financial Quarter", "Year Month"),
        ("BNF Section Code",),
        ("Total Items",),
    ),
    "an OpenPrescribing analysis": (("date",), ("id",), ("name",), ("y_items", "items")),
    "OpenPrescribing's spending by organisation": (
        ("date",),
        ("row_id",),
        ("row_name",),
        ("items",),
    ),
    "patients registered by age and sex": (
        ("ORG_CODE",),
        ("SEX",),
        ("AGE", "AGE_GROUP_5"),
        ("NUMBER_OF_PATIENTS",),
    ),
    "items by region and medicine": (
        ("YM", "YEAR_MONTH", "month"),
        ("REGION",),
        ("DRUG", "BNF_CHEMICAL_SUBSTANCE"),
        ("ITEMS",),
    ),
}
"""What each layout must have: for each need, the headings of which one is enough."""
LONGEST_SHOWN = 24
"""As much of a heading as is shown."""
DISPENSED = {"year desc", "geography name", "geography code", "bnf presentation code"}


def nearest(opened: OpenedFile) -> str:
    """The columns seen in the fullest table, the layout nearest to it, and what is missing for it,
    in sentences."""
    sheet = max(opened.sheets, key=lambda one: len(one.rows))
    try:
        columns = mapping.headings(sheet)
    except IntakeError as error:
        return f"In it, {error}"
    headings = [
        column if len(column) <= LONGEST_SHOWN else f"{column[:LONGEST_SHOWN]}…"
        for column in columns
    ]
    has = f"Its columns are {listed_in_part(headings, 6, 5)}"
    if years_across.side_by_side(sheet):
        return (
            f"{has}. Periods stand side by side: head each with what it counts, such as 'items "
            "2024/25', or write them below one another, with a column for the period"
        )
    seen = {heading_words(column) for column in columns}
    missing = {
        name: [
            needed[0]
            for needed in needs
            if seen.isdisjoint(heading_words(heading) for heading in needed)
        ]
        for name, needs in LAYOUTS.items()
    }
    name = min(LAYOUTS, key=lambda one: len(missing[one]) / len(LAYOUTS[one]))
    lacking = missing[name]
    if len(lacking) == len(LAYOUTS[name]):
        return f"{has}, none of them a column of any layout we know"
    return f"{has}. The nearest layout is that of {name}, for which it lacks {listed(lacking)}"


def refuse_known(opened: OpenedFile) -> None:
    """Raise IntakeError for a table that is known and that no plan can use."""

    def dispensed(headings: Mapping[str, int]) -> bool | None:
        return True if headings.keys() >= DISPENSED else None

    if any(headed_sheets(opened.sheets, dispensed, look_at=15)):
        raise IntakeError(
            f"{opened.name} is Prescription Cost Analysis. Its boards are those of the pharmacies "
            "that dispensed, online ones among them, and not of the practices that prescribed, so "
            "it says nothing of a board's own people. Use the English Prescribing Dataset instead"
        )
