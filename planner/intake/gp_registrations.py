"""NHS England's Patients Registered at a GP Practice: by age and sex, and the practice mapping."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from planner.intake import cells
from planner.intake.files import OpenedFile, SheetRows
from planner.intake.reading import TWICE, ReadingBuilder
from planner.intake.table_rows import (
    cell_at,
    headed_sheets,
    level_named,
    organisation,
    used_rows,
)
from planner.model.intake import Level, Record
from planner.model.prescribing import Basis

ID = "gp_registrations"
NAME = "Patients Registered at a GP Practice"

FIVE_YEAR = "age group 5"
SINGLE = "age"
OLDEST = 200
ADULT_BANDS = ("18-24", *(f"{start}-{start + 4}" for start in range(25, 90, 5)), "90+")
"""The bands of the standard population: 18 to 24, then five years each, to 90 and over."""


Headings = Mapping[str, int]


def _having(*layouts: set[str]) -> Callable[[Headings], Headings | None]:
    """What looks for the headings of any of these layouts, for `header_of`."""
    return lambda headings: headings if any(map(set(headings).issuperset, layouts)) else None


_ages = _having(
    {"org code", "sex", SINGLE, "number of patients"},
    {"org code", "sex", FIVE_YEAR, "number of patients"},
)
# Totals of each practice, which name the places by other headings than the files by age do.
_totals = _having({"type", "code", "sex", "age", "number of patients"})
_mapping = _having(
    {"practice code", "pcn code", "sub icb location code", "icb code"},
    {"practice code", "pcn code", "ccg code", "stp code"},
)


def recognise(opened: OpenedFile) -> str | None:
    """Why this is one of the three files, or None."""
    if is_mapping(opened.sheets):
        return "its headings are those of the practice mapping"
    for _, _, at in headed_sheets(opened.sheets, _ages, look_at=5):
        kind = "five-year bands" if FIVE_YEAR in at else "single years of age"
        return f"its headings are those of registered patients by sex and {kind}"
    if any(headed_sheets(opened.sheets, _totals, look_at=5)):
        return "its headings are those of the totals of registered patients"
    return None


def is_mapping(sheets: Sequence[SheetRows]) -> bool:
    """Whether this is the mapping of practices, which says where they belong and counts nobody."""
    return any(headed_sheets(sheets, _mapping, look_at=5))


def mapping_of(opened: OpenedFile) -> list[Record]:
    """Each PCN, sub-ICB location and practice of a mapping, by code, and where it belongs; they
    count nobody."""
    month = _date(opened)
    practices: dict[str, Record] = {}
    wider: set[Record] = set()
    for sheet, header, at in headed_sheets(opened.sheets, _mapping, look_at=5):
        sub, upper = ("sub icb location", "icb") if "icb code" in at else ("ccg", "stp")
        for row in sheet.rows[header + 1 :]:
            try:
                code, pcn, sub_icb, icb = (
                    cells.code(cell_at(row, at[f"{of} code"]))
                    for of in ("practice", "pcn", sub, upper)
                )
            except cells.CellError:
                continue
            name, pcn_name, sub_icb_name = (
                cell_at(row, at.get(f"{of} name"))[:300] for of in ("practice", "pcn", sub)
            )
            pcn = "" if pcn == "U" else pcn
            if code:
                practices[code] = Record(
                    period=month,
                    level=Level.PRACTICE,
                    code=code,
                    name=name,
                    pcn=pcn,
                    sub_icb=sub_icb,
                    icb=icb,
                )
                wider |= {
                    Record(month, level, code, name, sub_icb=sub_icb, icb=icb)
                    for level, code, name in (
                        (Level.PCN, pcn, pcn_name),
                        (Level.SUB_ICB, sub_icb, sub_icb_name),
                    )
                    if code
                }
    order = sorted(wider, key=lambda r: (r.level is Level.SUB_ICB, r.code, r.name, r.icb))
    return [*order, *practices.values()]


def read_mapping(opened: OpenedFile, builder: ReadingBuilder) -> None:
    """Where each practice belongs, and the names of PCNs and sub-ICB locations."""
    builder.records += mapping_of(opened)
    builder.rows_read = builder.rows_used = sum(r.level is Level.PRACTICE for r in builder.records)
    builder.say("This file says where each practice belongs. Bring it with a file by practice.")


def _date(opened: OpenedFile) -> str:
    dates = (
        cell_at(row, at["extract date"])
        for sheet, header, at in headed_sheets(opened.sheets, _having({"extract date"}), look_at=5)
        for row in sheet.rows[header + 1 :]
    )
    return extract_month(next(dates, ""))


def extract_month(text: str) -> str:
    """The month of an extract date, written 01SEP2017, 01-Apr-17 or as a date."""
    match = re.fullmatch(r"(\d\d)[- ]?([A-Za-z]{3})[- ]?(\d\d|20\d\d)", text.strip())
    try:
        return cells.period(f"{match[1]}-{match[2]}-{match[3]}" if match else text)
    except cells.CellError:
        return ""


def read(opened: OpenedFile, builder: ReadingBuilder) -> None:
    """Registered people by organisation, in all, adults only, and by sex and adult age band.

    Single years give adults exactly. Five-year bands split at 15 to 19: two fifths of that band are
    counted as 18 and over, and the report says so.
    """
    if is_mapping(opened.sheets):
        read_mapping(opened, builder)
        return
    for sheet, header, at in headed_sheets(opened.sheets, _ages, look_at=5):
        _read_ages(sheet, header, at, builder)
    for sheet, header, at in headed_sheets(opened.sheets, _totals, look_at=5):
        _read_ages(sheet, header, {**at, "org type": at["type"], "org code": at["code"]}, builder)
        homes = {
            cell_at(row, at["code"]): cell_at(row, at.get("sub icb location code"))
            for row in sheet.rows[header + 1 :]
        }
        builder.records = [
            replace(r, sub_icb=r.sub_icb or homes.get(r.code, "")) for r in builder.records
        ]
        builder.say(
            "The file has no ages, so it does not say how many of these people are adults. A file "
            "by single year of age does."
        )


# People by month, kind of organisation and code, and within these by sex, and then by age.
Counts = dict[tuple[str, Level, str], dict[str, dict[str, int]]]


def _add_up_ages(counts: Counts, builder: ReadingBuilder) -> None:
    """Records of adults and of all ages from the counts of one sheet."""
    prorated = False
    for about, by_sex in counts.items():
        for sex in sorted(by_sex.keys() | {""}, key=lambda sex: (sex == "", sex)):
            by_age = dict(by_sex.get(sex, {}))
            total = by_age.pop("", None)
            if not by_age and sex == "" and {"Female", "Male"} <= by_sex.keys():
                by_age = _added(by_sex["Female"], by_sex["Male"])
            if total is None and _reach_from(0, by_age):
                total = sum(by_age.values())
            if total is not None:
                builder.records.append(_people(*about, sex, "", total, Basis.REGISTERED_ALL_AGES))
            adults, split = _adults(by_age)
            prorated = prorated or split
            builder.records += [
                _people(*about, sex, age, count, Basis.REGISTERED_ADULTS)
                for age, count in adults.items()
            ]
    builder.say(
        "Ages are in five-year bands, which split at 15 to 19: two fifths of that band were "
        "counted as adults. A file by single year of age gives adults exactly.",
        prorated,
    )
    builder.say(
        "People registered with a practice are more than the people who live here; never mix the "
        "two."
    )


def _read_ages(sheet: SheetRows, header: int, at: Headings, builder: ReadingBuilder) -> None:
    ages = at[FIVE_YEAR if FIVE_YEAR in at else SINGLE]
    counts: Counts = defaultdict(lambda: defaultdict(dict))
    first: dict[tuple[object, ...], str] = {}

    def row_of(row: Sequence[str]) -> tuple[tuple[str, Level, str], str, str, int] | str:
        level = level_named(cell_at(row, at.get("org type"))) or Level.PRACTICE
        code = organisation(cell_at(row, at["org code"]), builder.reference)
        sex = cells.sex(cell_at(row, at["sex"]))
        age = cells.age_band(cell_at(row, ages))
        value = cells.visible("number of patients", cell_at(row, at["number of patients"]))
        if value is None:
            return "number of patients is hidden or blank"
        month = extract_month(cell_at(row, at.get("extract date")))
        about = (month, level, "ENG" if level is Level.ENGLAND else code)
        return about, sex, age, int(value)

    for where, (about, sex, age, count) in used_rows(sheet, header, builder, row_of):
        before = first.setdefault((*about, sex, age), where)
        if before == where:
            counts[about][sex][age] = count
        else:
            # Either row may be the right one.
            unused = 1 + (counts[about][sex].pop(age, None) is not None)
            builder.rows_used -= unused
            builder.skip(TWICE, f"{before} and {where}", unused)
    _add_up_ages(counts, builder)


def _added(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    """The sums of the ages that both give."""
    return {age: one[age] + other[age] for age in one if age and age in other}


def _people(
    month: str, level: Level, code: str, sex: str, age: str, count: int, basis: Basis
) -> Record:
    return Record(
        period=month,
        level=level,
        code=code,
        sex=sex,
        age=age,
        population=count,
        basis=basis,
        icb=code if level is Level.ICB else "",
    )


def _reach_from(start: int, ages: Iterable[str]) -> bool:
    """Whether ages run on from `start` to the oldest with no gap: their sum is then everybody."""
    for low, high in sorted(_ends(age) for age in ages):
        if low <= start <= high:
            start = high + 1
    return start > OLDEST


def _adults(by_age: Mapping[str, int]) -> tuple[dict[str, int], bool]:
    """All adults, under an empty age, and those in the standard bands; and whether a band was split
    for it.

    What the ages do not wholly cover is left out: a missing age is not an age with nobody.
    """
    counts = {_ends(age): count for age, count in by_age.items()}
    inside = {
        (max(low, 18), high): count * (high - max(low, 18) + 1) / (high - low + 1)
        for (low, high), count in counts.items()
        if high >= 18
    }
    lookup = {}
    if _reach_from(18, by_age):
        lookup[""] = round(sum(inside.values()))
    for band in ADULT_BANDS:
        first, last = _ends(band)
        parts = [ends for ends in inside if first <= ends[0] and ends[1] <= last]
        if sum(high - low + 1 for low, high in parts) == last - first + 1:
            lookup[band] = round(sum(inside[ends] for ends in parts))
    return lookup, bool(lookup) and any(low < 18 <= high for low, high in counts)


def _ends(age: str) -> tuple[int, int]:
    if age.endswith("+"):
        return int(age[:-1]), OLDEST
    low, high = age.split("-")
    return int(low), int(high)
