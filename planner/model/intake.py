"""What a file held and how it was read: rows in the planner's words, and the report on them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from planner.model.base import Count, Frozen, Line, Name, Text
from planner.model.figures import Identifier
from planner.model.prescribing import Basis, MedicineClass

MONTHS_FETCHED, MOST_MONTHS_FETCHED = 12, 60
"""How many months are fetched at a time where nobody says, and the most."""
MOST_LISTED, MOST_REASONS, MOST_REMARKS = 60, 30, 300
"""How many periods and organisations a report names, how many reasons for rows that were not used,
and how many medicines near our classes, refusals and remarks."""
MOST_COLUMNS = 16_384
"""How many columns a table can have, as a spreadsheet has them."""
Sum = Annotated[int, Field(ge=0)]
"""A count of a whole file, which may be of England over many years."""


class Level(StrEnum):
    """What kind of organisation or area a row is about, from the widest to the narrowest."""

    ENGLAND = "england"
    REGION = "region"
    ICB = "icb"
    SUB_ICB = "sub_icb"
    AREA = "area"
    PCN = "pcn"
    PRACTICE = "practice"

    @property
    def label(self) -> str:
        """One of them, as a reader says it."""
        return {
            "icb": "ICB",
            "sub_icb": "sub-ICB location",
            "pcn": "PCN",
            "england": "England",
        }.get(self.value, self.value)

    @property
    def several(self) -> str:
        """Several of them."""
        return self.label if self is Level.ENGLAND else f"{self.label}s"

    def counted(self, number: int) -> str:
        """So many of them, such as "1 practice" and "1,200 practices"."""
        return f"{number:,} {self.label if number == 1 else self.several}"


DIGEST_FUNCTIONS = {"blake3": "BLAKE3", "sha256": "SHA-256"}
"""The function that a digest begins with, as a reader knows it. Plans of versions 1 to 3 named
files by SHA-256."""
MEASURES = ("patients", "items", "quantity", "cost", "long_term", "high_dose", "population")
"""What a row may count. People (patients, long_term, high_dose) are never summed; the others may
be."""
TENTHS = "Deprivation tenth, in a column of fifths"
"""The kind of group of rows about tenths that stand where fifths should; the group is 1 to 10."""
ADDED_UP = ("items", "quantity", "cost")
"""What may be added over places, months and medicines."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a file in the planner's words.

    A measure that is None is not in the file, or is hidden there: then its name stands in
    `suppressed`. A row without sex, age, fifth or group is about everybody. Without a class it is
    about a population. `cost` is the actual cost in pounds where the file has it, else the net
    ingredient cost. `part` names the medicines of the class that the row is of, by the first nine
    characters of their BNF codes, where the file says that it is of these alone; empty, it is of
    the whole class. `area` is the locality that the user puts a practice in.
    """

    # Where a row comes from another process it is checked as strictly as a plan's fields are.
    __pydantic_config__ = Frozen.model_config

    period: str
    level: Level
    code: str = ""
    name: str = ""
    medicine_class: MedicineClass | None = None
    part: tuple[str, ...] = ()
    pcn: str = ""
    sub_icb: str = ""
    icb: str = ""
    area: str = ""
    sex: str = ""
    age: str = ""
    quintile: int | None = None
    group_type: str = ""
    group: str = ""
    basis: Basis | None = None
    patients: int | None = None
    items: int | None = None
    quantity: float | None = None
    cost: float | None = None
    long_term: int | None = None
    high_dose: int | None = None
    population: int | None = None
    suppressed: tuple[str, ...] = ()

    @property
    def about(self) -> tuple[object, ...]:
        """What the row is about, apart from its numbers."""
        return (
            self.period,
            self.level,
            self.code,
            self.medicine_class,
            self.part,
            self.sex,
            self.age,
            self.quintile,
            self.group_type,
            self.group,
            self.basis if self.medicine_class is None else None,
        )

    @property
    def is_total(self) -> bool:
        """Whether the row is about everybody, not about one sex, age, fifth or group."""
        return not (self.sex or self.age or self.quintile or self.group)


class Skipped(Frozen):
    """Rows that were not used, with the reason and the first place it was met."""

    reason: Line
    rows: Count
    first: Line = ""


class NearMissSeen(Frozen):
    """Rows of a medicine that stands near our classes and is not in any of them."""

    code: Line
    name: Line
    rows: Count


class OrganisationSeen(Frozen):
    """An organisation named in the file, and how its code is read beside the two lists of
    boards."""

    code: Line
    name: Line = ""
    level: Level
    reading: Line


class ClassSeen(Frozen):
    """What the file says of one class, over everything that was used; None where it does not say.

    `items_of` names the places and the time whose items were added up, or says why none are, and
    `patients_of` whose people are given, and over what time, or why none are; `items_hidden` says
    that some of the items are hidden. `people_counts` is how many rows count all its people: with
    more than one there is no single number.
    """

    medicine_class: MedicineClass
    items: Sum | None = None
    items_of: Line = ""
    items_hidden: bool = False
    patients: Sum | None = None
    people_counts: Count = 0
    patients_of: Line = ""
    suppressed: Count = 0

    @property
    def items_in_words(self) -> str:
        """The items, or why there is no number."""
        return (
            f"{self.items:,}"
            if self.items is not None
            else "hidden"
            if self.items_hidden
            else self.items_of or "not in the file"
        )

    @property
    def items_counted(self) -> str:
        """The places and the time that the items are of; empty where there is no number."""
        return "" if self.items is None else self.items_of


class ImportReport(Frozen):
    """What was read from one file, what was not, and why. Kept in the plan as the source of its
    figures.

    `refused` holds what was turned away: the whole file (then `rows_used` is 0), or single
    organisations.
    """

    file: Name
    digest: Annotated[str, Field(pattern=r"^(blake3|sha256):[0-9a-f]{64}$")]
    format: Identifier
    format_name: Line
    why: Line
    rows_read: Count
    rows_used: Count
    skipped: Annotated[tuple[Skipped, ...], Field(max_length=MOST_REASONS)] = ()
    periods: Annotated[tuple[Line, ...], Field(max_length=MOST_LISTED)] = ()
    organisations: Annotated[tuple[OrganisationSeen, ...], Field(max_length=MOST_LISTED)] = ()
    organisations_in_all: Count = 0
    suppressed: Count = 0
    near_misses: Annotated[tuple[NearMissSeen, ...], Field(max_length=MOST_REMARKS)] = ()
    refused: Annotated[tuple[Text, ...], Field(max_length=MOST_REMARKS)] = ()
    warnings: Annotated[tuple[Text, ...], Field(max_length=MOST_REMARKS)] = ()
    classes: Annotated[tuple[ClassSeen, ...], Field(max_length=len(MedicineClass))] = ()

    @property
    def receipt(self) -> str:
        """How a figure taken from this file names its source."""
        return f"{self.format_name}: {self.file}, {self.digest_start}"

    @property
    def digest_groups(self) -> list[str]:
        """The digest as a reader checks it: the name of its function, then groups of sixteen
        characters."""
        function, hexadecimal = self.digest.split(":")
        return [DIGEST_FUNCTIONS[function], *(hexadecimal[i : i + 16] for i in range(0, 64, 16))]

    @property
    def digest_start(self) -> str:
        """The function of the digest and its first twelve characters, enough to tell files
        apart."""
        function, start, *_ = self.digest_groups
        return f"{function} {start[:12]}"


@dataclass(frozen=True, slots=True)
class Reading:
    """The rows of one file and the report on them.

    `earlier_digest` is the file's SHA-256, by which plans of versions 1 to 3 know it; empty where
    none needs it.
    """

    __pydantic_config__ = Frozen.model_config

    report: ImportReport
    records: tuple[Record, ...]
    earlier_digest: str = ""


class ColumnMapping(Frozen):
    """Which column of an unknown table holds what, as the user said, kept for the next file like
    it.

    `columns` names the table's columns as the file writes them; `meaning` gives one of
    COLUMN_MEANINGS for each that is used. `fixed` holds what no column says, such as the class or
    the period of the whole file.
    """

    columns: Annotated[tuple[Line, ...], Field(max_length=MOST_COLUMNS)]
    meaning: Annotated[dict[Line, Identifier], Field(max_length=100)]
    fixed: Annotated[dict[Identifier, Line], Field(max_length=100)] = {}
    basis: Basis | None = None

    def fits(self, columns: Iterable[str]) -> bool:
        """Whether a table with these columns is like the one the mapping was made for."""
        return tuple(columns) == self.columns


COLUMN_MEANINGS = {
    "class": "Class of medicine, or its name or BNF code",
    "period": "Period",
    "level": "Kind of organisation",
    "code": "Code of the organisation",
    "name": "Name of the organisation",
    "pcn": "Code of the PCN",
    "sub_icb": "Code of the sub-ICB location",
    "icb": "Code of the ICB",
    "area": "Locality of your own that a practice is in",
    "sex": "Sex",
    "age": "Age band",
    "quintile": "Deprivation fifth",
    "group_type": "Kind of group, such as ethnicity",
    "group": "Group",
    "patients": "People prescribed",
    "items": "Items",
    "quantity": "Quantity",
    "cost": "Cost, in pounds",
    "long_term": "People on it for a year or more",
    "high_dose": "People at or above the high dose",
    "population": "Population",
}
"""What a column may hold; the same names head the columns of our own template."""
