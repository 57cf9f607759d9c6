"""Which board a code of either list belongs to, and how far its figures may be carried over."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from planner.analysis.formatting import first_reason, listed
from planner.model.intake import Level
from planner.model.place import Organisation, OrganisationList, SubIcb
from planner.model.reference import ReferenceData

ONS_CODE = re.compile(r"[EWSNK]\d{8}")
"""A code of the Office for National Statistics, such as E54000061: of any kind of area."""
NEARLY_ALL = 0.9
"""The part of a list's boards that a file must have to be of all boards."""
OLD, NEW = OrganisationList.TO_MARCH_2026, OrganisationList.FROM_APRIL_2026


@dataclass(frozen=True, kw_only=True)
class Bridge:
    """How figures given for other boards serve the board of a plan.

    `whole` are boards all of which became part of it; `split` are those of which only a part did.
    Figures of a split board cannot be carried over at all.
    """

    code: str
    whole: tuple[str, ...]
    split: tuple[str, ...]


def bridge(code: str, organisation_list: OrganisationList, reference: ReferenceData) -> Bridge:
    """How the boards of the other list make up the board of that code."""
    rows = (
        [s for s in reference.succession if s.successor == code] if organisation_list is NEW else []
    )
    # A board that kept its code and grew.
    if rows and any(o.code == code for o in reference.icbs(OLD)):
        return Bridge(code=code, whole=(code,), split=tuple(s.predecessor for s in rows))
    return Bridge(
        code=code,
        whole=tuple(s.predecessor for s in rows if s.change == "merger"),
        split=tuple(s.predecessor for s in rows if s.change != "merger"),
    )


@lru_cache(maxsize=4096)
def ods_code(code: str, name: str, reference: ReferenceData) -> str:
    """The ODS code of the place that an ONS code stands for; any other code as it is.

    Boards and sub-ICB locations are known by the codes in our lists, and by the name beside a code
    of another year: a sub-ICB location's ends in its ODS code. An ONS code of any other place
    stays: which board it is in is not known.
    """
    if not ONS_CODE.fullmatch(code):
        return code
    places: tuple[Organisation | SubIcb, ...] = (*reference.organisations, *reference.sub_icbs)
    for place in places:
        if place.ons_code == code:
            return place.code
    if code.startswith("E38"):
        last = name.upper().replace("-", " ").split()[-1:]
        return next((part.code for part in reference.sub_icbs if [part.code] == last), code)
    named = {o.code for o in reference.organisations if _plain(o.name) == _plain(name)}
    return named.pop() if code.startswith("E54") and len(named) == 1 else code


def _plain(name: str) -> str:
    """A board's name without what is written or left out at will."""
    words = re.sub(r"[^a-z]+", " ", name.lower().replace("integrated care board", "icb")).split()
    return " ".join(word for word in words if word not in ("nhs", "icb", "and"))


def list_of_icbs(codes: Collection[str], reference: ReferenceData) -> OrganisationList | None:
    """The list of which nearly all boards stand among some codes, or None where none's do."""
    shares: dict[OrganisationList, float] = {}
    for which in OrganisationList:
        icbs = {icb.code for icb in reference.icbs(which)}
        shares[which] = len(icbs & set(codes)) / len(icbs)
    best = max(shares, key=lambda which: shares[which])
    return best if shares[best] >= NEARLY_ALL else None


def reading_of(level: Level, code: str, reference: ReferenceData) -> str:
    """In words, which list a board's code is from and where its figures may go. Empty for other
    levels."""
    if level is Level.SUB_ICB:
        known = any(part.code == code for part in reference.sub_icbs)
        unknown = f"not among the {len(reference.sub_icbs)} sub-ICB locations we know"
        return "a sub-ICB location we know" if known else unknown
    if level is not Level.ICB:
        return ""
    in_old, in_new = (any(o.code == code for o in reference.icbs(which)) for which in (OLD, NEW))
    grew = [s.predecessor for s in reference.succession if s.successor == code]
    rows = [s for s in reference.succession if s.predecessor == code]
    successors = listed(list(dict.fromkeys(s.successor for s in rows)))
    is_merged = len({s.successor for s in rows}) == 1 and rows[0].change == "merger"
    lists = (
        (not in_old and not in_new, "not an ICB of either list"),
        (
            in_old and in_new and grew,
            f"in both lists, but from April 2026 with part of {listed(grew)}; say which dates the "
            "file has",
        ),
        (in_old and in_new, "in both lists, unchanged"),
        (in_new, "from the list of April 2026"),
        (
            is_merged,
            f"to March 2026; all of it is now in {successors}. Items may be added with its other "
            "parts, people not",
        ),
        (
            True,
            f"to March 2026; split between {successors}, so its figures cannot be carried over",
        ),
    )
    return first_reason(*lists) or ""


@lru_cache(maxsize=1024)
def icb_of_sub_icb(
    code: str, organisation_list: OrganisationList, reference: ReferenceData
) -> str | None:
    """The board a sub-ICB location belongs to in that list; None where it is not known or is in
    two."""
    belongs = "icb_before" if organisation_list is OLD else "icb_after"
    icbs = [getattr(part, belongs).split() for part in reference.sub_icbs if part.code == code]
    return icbs[0][0] if icbs and len(icbs[0]) == 1 else None
