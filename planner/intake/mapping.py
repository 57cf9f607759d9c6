"""Any other table, read as the user says its columns are to be read."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from planner.analysis.formatting import listed, listed_in_part
from planner.intake import template
from planner.intake.errors import IntakeError
from planner.intake.files import OpenedFile, SheetRows
from planner.intake.patient_level import heading_words
from planner.intake.reading import ReadingBuilder
from planner.intake.table_rows import read_table
from planner.model.intake import COLUMN_MEANINGS, MEASURES, ColumnMapping
from planner.model.prescribing import Basis

ID = "mapped_table"
NAME = "Table read by columns you named"

LIKELY = {
    "class": (
        "drug class", "medicine", "drug", "bnf chemical substance", "chemical substance",
        "bnf code", "comparator",
    ),
    "period": ("year month", "month", "financial year", "year", "date", "time period"),
    "code": ("practice code", "commissioner code", "org code", "area code", "pcn code"),
    "name": (
        "practice", "practice name", "commissioner", "commissioner provider", "area name",
        "org name",
    ),
    "patients": (
        "unique patients", "identified patients", "number of patients", "patient count",
        "total patients", "no of patients",
    ),
    "items": ("total items", "number of items", "item count"),
    "cost": ("total actual cost", "actual cost", "nic", "total nic"),
    "quantity": ("total quantity",),
    "sex": ("patient gender",),
    "group": ("ethnicity", "ethnic group"),
    "area": ("neighbourhood", "district", "place", "borough"),
    "population": ("list size", "total list size", "registered patients", "denominator"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class NamedColumns:
    """What the columns of a table hold, as said on the command line: the heading for each meaning
    of COLUMN_MEANINGS, what no column says, and whom the numbers count."""

    headings: Mapping[str, str]
    fixed: Mapping[str, str] = field(default_factory=dict)
    basis: Basis | None = None

    def mapping_for(self, opened: OpenedFile) -> ColumnMapping | None:
        """The mapping of the first table that has all these columns; None where none has."""
        sheet = next((sheet for sheet in opened.sheets if not self._lacking(sheet)), None)
        if sheet is None:
            return None
        columns = headings(sheet)
        by_words = {heading_words(column): column for column in reversed(columns)}
        return ColumnMapping(
            columns=tuple(columns),
            meaning={
                by_words[heading_words(heading)]: meaning
                for meaning, heading in self.headings.items()
            },
            fixed=dict(self.fixed),
            basis=self.basis,
        )

    def missing_from(self, opened: OpenedFile) -> str:
        """Which of the columns the fullest table lacks, and which it has."""
        sheet = max(opened.sheets, key=lambda one: len(one.rows))
        lacking = listed([f"'{heading}'" for heading in self._lacking(sheet)])
        columns = listed_in_part([column[:40] for column in headings(sheet)], 12, 10)
        return f"{opened.name} has no column headed {lacking}. Its columns are {columns}"

    def _lacking(self, sheet: SheetRows) -> list[str]:
        seen: set[str] = set()
        with suppress(IntakeError):
            seen = {heading_words(column) for column in headings(sheet)}
        return [heading for heading in self.headings.values() if heading_words(heading) not in seen]


def header_row(sheet: SheetRows) -> int:
    """The row that most likely heads the table: the first among the widest whose cells are all
    words."""
    near = sheet.rows[:30]
    widest = max(sum(bool(cell) for cell in row) for row in near)
    for place, row in enumerate(near):
        filled = [cell for cell in row if cell]
        wordy = not any(cell.replace(".", "").replace(",", "").isdigit() for cell in filled)
        if wordy and len(filled) >= max(2, widest * 0.6) and len(set(filled)) > 1:
            return place
    raise IntakeError(
        "no row of this table looks like headings. Give each column a heading in the first row and "
        "save it again"
    )


def headings(sheet: SheetRows) -> list[str]:
    """The headings of a table, each different, blanks named by their place."""
    seen: dict[str, int] = {}
    for place, cell in enumerate(sheet.rows[header_row(sheet)], start=1):
        name = " ".join(cell.split())[:200] or f"column {place}"
        seen[name if name not in seen else f"{name} (column {place})"] = place
    return list(seen)


def suggested(columns: Sequence[str]) -> dict[str, str]:
    """A first guess at what each column holds, for the user to confirm. A guess is never used by
    itself."""
    guess: dict[str, str] = {}
    for column in columns:
        words = heading_words(column)
        for meaning in COLUMN_MEANINGS:
            names = (*template.NAMES[meaning], *LIKELY.get(meaning, ()))
            if words in names and meaning not in guess.values():
                guess[column] = meaning
                break
    return guess


def problems(mapping: ColumnMapping) -> list[str]:
    """What a mapping still lacks before a table can be read with it, in words."""
    meanings = list(mapping.meaning.values())
    current = {*meanings, *mapping.fixed}
    # A list that says which locality each practice is in need count nothing.
    lookup = {"code", "area"} <= current
    unknown = set(meanings) - set(COLUMN_MEANINGS)
    faults = (
        *(
            (meanings.count(name) > 1, f"two columns are said to hold: {label.lower()}")
            for name, label in COLUMN_MEANINGS.items()
        ),
        (
            not lookup and current.isdisjoint(MEASURES),
            "no column holds a number: choose people, items, cost or population",
        ),
        (
            not lookup and current.isdisjoint(("class", "population")),
            "no column names the class of medicine: choose one, or choose the class for the whole "
            "file",
        ),
        (
            not lookup and "period" not in current,
            "no column gives the period: choose one, or write the period of the whole file",
        ),
        (
            not set(mapping.meaning) <= set(mapping.columns),
            "a column is named that the table does not have",
        ),
        (bool(unknown), f"not a meaning we know: {', '.join(sorted(unknown))}"),
    )
    return [message for is_so, message in faults if is_so]


def read(opened: OpenedFile, builder: ReadingBuilder, mapping: ColumnMapping) -> None:
    """Every sheet with the mapping's columns. Raises IntakeError where the mapping lacks
    something."""
    lacking = problems(mapping)
    if lacking:
        raise IntakeError(f"{opened.name}: {'; '.join(lacking)}")
    columns = {
        meaning: mapping.columns.index(column) for column, meaning in mapping.meaning.items()
    }
    sheets = [sheet for sheet in opened.sheets if fits(sheet, mapping)]
    if not sheets:
        raise IntakeError(f"{opened.name} does not have the columns that were named")
    for sheet in sheets:
        read_table(sheet, header_row(sheet), columns, builder, mapping.fixed, mapping.basis)


def fits(sheet: SheetRows, mapping: ColumnMapping) -> bool:
    """Whether a sheet has the columns that the mapping was made for."""
    with suppress(IntakeError):
        return mapping.fits(headings(sheet))
    return False
