"""Rows of one board among those of others, and why a file has none of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from planner.analysis.formatting import listed_in_part
from planner.analysis.organisations import bridge, icb_of_sub_icb
from planner.model.intake import Level, Record
from planner.model.place import OrganisationList
from planner.model.reference import ReferenceData

OTHERS = "rows of other places"
HOMELESS = (
    "practices or networks whose board the file does not say; give the practice mapping file "
    "(gp-reg-pat-prac-map) too"
)


@dataclass(frozen=True)
class OwnBoard:
    """The board whose rows are wanted, and where each practice and network belongs as far as a
    mapping file says it: the codes of its sub-ICB location and its board."""

    code: str
    reference: ReferenceData
    homes: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def codes(self) -> set[str]:
        """The board's own code, and those of the boards all of which became part of it."""
        after = bridge(self.code, OrganisationList.FROM_APRIL_2026, self.reference)
        return {self.code, *after.whole}

    def why_not(self, record: Record, own_table: bool) -> str:
        """Why a row is not of the board; empty where it is. In a table of the user's own, a row
        that does not say which board it is of is of the user's."""
        if record.level in (Level.ENGLAND, Level.REGION):
            return OTHERS
        if record.level is Level.ICB:
            return "" if record.code in ("", *self.codes) else OTHERS
        sub_icb, icb = self.homes.get(record.code, ("", ""))
        sub_icb = record.code if record.level is Level.SUB_ICB else record.sub_icb or sub_icb
        icb = record.icb or icb
        if icb in self.codes or self._has(sub_icb):
            return ""
        if icb or sub_icb:
            return OTHERS
        return "" if own_table or not record.code else HOMELESS

    def _has(self, sub_icb: str) -> bool:
        return any(
            icb_of_sub_icb(sub_icb, which, self.reference) == self.code
            for which in OrganisationList
        )

    def none_of_it(self, records: Sequence[Record]) -> str:
        """Why none of these rows is of the board, and what they are of."""
        boards = {r.icb or r.code for r in records if r.icb or r.level is Level.ICB}
        words = absent(self.code, boards - {""}, self.reference)
        if boards:
            return words
        levels = {r.level for r in records}
        places = sorted({r.name or r.code for r in records if r.name or r.code})
        kinds = " and ".join(level.several for level in Level if level in levels)
        return f"{words}. It has rows of {kinds}: {listed_in_part(places, 6, 5)}"


def absent(code: str, boards: Collection[str], reference: ReferenceData) -> str:
    """What is said of a file without a row for a board: that it knows the board by a code of the
    other list, or which boards it has."""
    own = f"{reference.find_organisation(code).name} ({code})"
    before = [s.predecessor for s in reference.succession if s.successor == code]
    after = [s.successor for s in reference.succession if s.predecessor == code]
    related = sorted(({*before, *after} - {code}) & set(boards))
    if related:
        way = "became part of" if set(related) & set(after) else "was made of"
        return (
            f"there is no row for {own}. On 1 April 2026 it {way} {listed_in_part(related, 4, 3)}, "
            "which the file has: give that code in place of it"
        )
    has = listed_in_part(sorted(boards), 12, 10)
    return f"there is no row for {own}" + (f". It has rows of {has}" if boards else "")
