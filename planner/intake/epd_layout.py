"""The layouts of the English Prescribing Dataset, told by their headings.

No row is read, and no engine is needed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.intake.patient_level import heading_words
from planner.intake.table_rows import columns_named

COLUMNS: dict[str, tuple[str, ...]] = {
    "month": ("year month",),
    "icb": ("icb code", "stp code"),
    "pco": ("pco code",),
    "practice": ("practice code",),
    "presentation": ("bnf presentation code", "bnf code"),
    "chemical": ("bnf chemical substance code", "bnf chemical substance"),
    "items": ("items",),
    "quantity": ("total quantity",),
    "nic": ("nic",),
    "cost": ("actual cost",),
}
NEEDED = {"month", "practice", "items"}
CODES = ("presentation", "chemical")
CUT_COLUMNS = (
    "month",
    "icb",
    "pco",
    "practice",
    "code",
    "items",
    "quantity",
    "nic",
    "cost",
    "rows",
)


@dataclass(frozen=True, slots=True)
class Layout:
    """What each column we use is called in one file, and the headings of all its columns."""

    columns: Mapping[str, str]
    all_columns: tuple[str, ...]

    @property
    def words(self) -> str:
        """Which of the layouts it is."""
        headings = {heading_words(column) for column in self.all_columns}
        if "snomed code" in headings or "bnf presentation code" in headings:
            return "the layout with SNOMED codes"
        return "the layout used to June 2025"


def layout_of(headings: Sequence[str]) -> Layout | None:
    """The layout these headings belong to, or None. Columns are found by name, wherever they
    stand."""
    by_words: dict[str, str] = {}
    for heading in headings:
        by_words.setdefault(heading_words(heading), heading)
    columns = columns_named(COLUMNS, by_words)
    is_ours = columns.keys() >= NEEDED and not columns.keys().isdisjoint(CODES)
    return Layout(columns, tuple(headings)) if is_ours else None
