"""Organisations and their populations, dated, each count with its basis. No file is read here."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from planner.model.base import Count, Frozen, Line
from planner.model.figures import Kind, Sourced
from planner.model.prescribing import Basis


class OrganisationList(StrEnum):
    """Which list of integrated care boards a code is read from; they changed on 1 April 2026."""

    FROM_APRIL_2026 = "36 ICBs from April 2026"
    TO_MARCH_2026 = "42 ICBs to March 2026"


class Population(Frozen):
    """A count of people on one basis, with its receipt."""

    value: Count
    basis: Basis
    period: str
    kind: Kind
    verified: bool = True
    source: str
    caution: str | None = None


class Organisation(Frozen):
    """An integrated care board, or England, as one of the two lists has it.

    Quintile 1 is the most deprived fifth of small areas in England (IMD 2019), so an organisation's
    fifths are rarely equal. They are empty where they cannot be worked out exactly.
    """

    code: str
    ons_code: str
    name: str
    region: str
    organisation_list: OrganisationList
    status: str
    populations: tuple[Population, ...]
    residents_65plus: Count
    adults_by_quintile: tuple[Count, Count, Count, Count, Count] | None
    quintiles_missing_because: str | None = None
    successors: tuple[str, ...] = ()
    predecessors: tuple[str, ...] = ()

    def population(self, basis: Basis) -> Population:
        """The population on that basis. Raises KeyError where there is none."""
        return {population.basis: population for population in self.populations}[basis]

    @property
    def short_name(self) -> str:
        """The name without the words every ICB shares, for headings and charts."""
        return self.name.removeprefix("NHS ").removesuffix(" Integrated Care Board")


class SubIcb(Sourced):
    """A sub-ICB location and the ICB it belongs to before and after April 2026."""

    code: str
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
