"""Organisations and their populations, dated, each count with its basis. No file is read here."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from planner.model.base import Count, Frozen, Line
from planner.model.figures import FigureKind, Sourced
from planner.model.prescribing import Basis


class OrganisationList(StrEnum):
    """Which list of integrated care boards a code is read from; they changed on 1 April 2026."""

    FROM_APRIL_2026 = "36 ICBs from April 2026"
    TO_MARCH_2026 = "42 ICBs to March 2026"


class DeprivationIndex(StrEnum):
    """Which edition of the Index of Multiple Deprivation ranks England's small areas into
    fifths."""

    IMD_2019 = "IMD 2019"
    IMD_2025 = "IMD 2025"


class Split(StrEnum):
    """How the people of a board are told apart in what we ship."""

    IMD_2019 = DeprivationIndex.IMD_2019.value
    IMD_2025 = DeprivationIndex.IMD_2025.value
    AGE = "age"
    ETHNIC_GROUP = "ethnic group"
    DISABILITY = "disability"


class ResidentGroup(StrEnum):
    """A group of residents that the Census of 2021 counted, as it names it."""

    ASIAN = "Asian, Asian British or Asian Welsh"
    BLACK = "Black, Black British, Black Welsh, Caribbean or African"
    MIXED = "Mixed or Multiple ethnic groups"
    OTHER = "Other ethnic group"
    WHITE = "White"
    DISABLED = "Disabled under the Equality Act"
    NOT_DISABLED = "Not disabled under the Equality Act"


class Population(Frozen):
    """A count of people on one basis, with its receipt."""

    value: Count
    basis: Basis
    period: str
    kind: FigureKind
    verified: bool = True
    source: str
    caution: str | None = None


class Organisation(Frozen):
    """An integrated care board, or England, as one of the two lists has it."""

    code: str
    ons_code: str
    name: str
    region: str
    organisation_list: OrganisationList
    status: str
    populations: tuple[Population, ...]
    residents_65plus: Count
    successors: tuple[str, ...] = ()
    predecessors: tuple[str, ...] = ()

    def population(self, basis: Basis) -> Population:
        """The population on that basis. Raises KeyError where there is none."""
        return {population.basis: population for population in self.populations}[basis]

    @property
    def short_name(self) -> str:
        """The name without the words every ICB shares, for headings and charts."""
        return self.name.removeprefix("NHS ").removesuffix(" Integrated Care Board")


class PeopleByGroup(Sourced):
    """The people of a board, sub-ICB location or England, told apart one way, in the file's order.

    Fifths are named 1, the most deprived fifth of England's small areas, to 5, so a board's are
    rarely equal; ages are bands of five years from 18-24 to 90+. Both are of adults, ethnic groups
    and disability of residents of all ages.
    """

    organisation_list: str
    code: str
    split: Split
    people: dict[str, Count]
    caution: str = ""

    @property
    def counts(self) -> tuple[int, ...]:
        """The people of each group."""
        return tuple(self.people.values())

    @property
    def total(self) -> int:
        """Everybody."""
        return sum(self.counts)

    @property
    def shares(self) -> tuple[float, ...]:
        """Each group's part of everybody."""
        return tuple(count / self.total for count in self.counts)

    def share(self, group: str) -> float:
        """One group's part of everybody. Raises KeyError where there is no such group."""
        return self.people[group] / self.total


class SubIcb(Sourced):
    """A sub-ICB location and the ICB it belongs to before and after April 2026.

    `ons_code` is of the ONS's lookup of July 2022, read in a public copy of it (secondary).
    """

    code: str
    ons_code: Annotated[str, Field(pattern=r"^E38\d{6}$")]
    name: str
    icb_before: str
    icb_after: str
    residents_all_ages: Count
    resident_adults: Count
    residents_65plus: Count
    registered_all_ages: Count


class Place(Frozen):
    """The organisation the plan is for."""

    icb_code: Annotated[str, Field(pattern=r"^[A-Z0-9]{3,5}$")]
    organisation_list: OrganisationList = OrganisationList.FROM_APRIL_2026
    area: Line = ""


class PopulationChoice(Frozen):
    """Which population the plan counts. `entered` replaces our figure for that basis; it needs a
    source."""

    basis: Basis = Basis.RESIDENT_ADULTS
    entered: Annotated[int, Field(ge=1, le=100_000_000)] | None = None
    period: Line = ""
    source: Line = ""
