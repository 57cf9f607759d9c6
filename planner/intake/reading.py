"""Records becoming a report: what every format shares. No one format's layout is known here."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from planner.analysis.formatting import capital, listed, listed_in_part, several
from planner.analysis.local_data.rows import THE_USERS_OWN
from planner.analysis.organisations import bridge, icb_of_sub_icb, reading_of
from planner.analysis.periods import UNDATED, counted_over, ends, is_month, newest_period
from planner.intake.errors import IntakeError
from planner.model.base import grouped
from planner.model.intake import (
    ADDED_UP,
    MEASURES,
    MOST_LISTED,
    MOST_REASONS,
    MOST_REMARKS,
    ClassSeen,
    ImportReport,
    Level,
    NearMissSeen,
    OrganisationSeen,
    Reading,
    Record,
    Skipped,
)
from planner.model.place import OrganisationList
from planner.model.prescribing import Basis, CountedOver, MedicineClass
from planner.model.reference import ReferenceData

# --- codes that a spreadsheet took for numbers and wrote anew -------------------------------------

# Of BNF codes 040702040 becomes 40702040, and 0403030E0, which also reads as 403030 times ten to
# the power of nought, becomes 4.03E+05. Of codes of sub-ICB locations 15E00 becomes 15.

NUMBER = re.compile(r"(4\d*)(?:\.(\d+))?(?:E\+?(\d{1,2}))?", re.IGNORECASE)
"""A code of BNF 4, in which all our classes are, without its first nought. No BNF code begins so.
"""
READ_AS_NUMBER = re.compile(r"\d+(E\d+)?")


def code_of_number(cell: str, reference: ReferenceData) -> str | None:
    """The nine-character code that a number was made of; None where it was none of our classes'.

    All digits of a whole number are there, so its code is certain. Of a rounded one it is where
    just one code reads so and every medicine that could is of one class. Raises IntakeError where
    a class of ours may be meant and it is not certain which.
    """
    match = NUMBER.fullmatch(cell.strip())
    if match is None:
        return None
    decimals, power = len(match[2] or ""), int(match[3] or 0)
    value = Decimal(cell.strip())
    half = Decimal(10) ** (power - decimals) / 2 if match[3] else Decimal(0)
    classes = class_of_codes(reference)
    listed = [*classes, *(miss.bnf_code for miss in reference.near_misses)]
    could = [
        code
        for code in listed
        if READ_AS_NUMBER.fullmatch(code) and abs(Decimal(code) - value) <= half
    ]
    ours = [code for code in could if code in classes]
    if not ours:
        return None
    # Under another prefix of the BNF that reads so too there may be medicines we do not list.
    nearby = {
        classes.get(code)
        for code in listed
        if _prefix(code) != _prefix(ours[0]) and abs(Decimal(_prefix(code)) - value) <= half
    }
    if len(could) > 1 or not nearby <= {classes[ours[0]]}:
        raise IntakeError(
            f"the BNF code {cell.strip()[:20]} was made by a spreadsheet that took a code for a "
            f"number. It may have been {' or '.join(ours[:4])}, or another medicine's. Download "
            "the file again, and open it with its column of codes as text, or not at all"
        )
    return ours[0]


def sub_icb_of_number(code: str, reference: ReferenceData) -> str | None:
    """The sub-ICB location whose code, with two noughts behind it, a spreadsheet made this number
    of; None where it is no such number."""
    try:
        value = Decimal(code)
    except InvalidOperation:
        return None
    was = f"{int(value):02}E" if value in range(100) else ""
    return next((part.code for part in reference.sub_icbs if part.code == was), None)


def _prefix(code: str) -> str:
    """The figures that a code of the BNF begins with, down to its subparagraph."""
    return f"{code.rstrip('*'):0<7}"[:7]


def repaired_words(codes: dict[str, str], reference: ReferenceData) -> str:
    """What is said of codes that were read as what they must have been before a spreadsheet."""
    names = {chemical.bnf_code: chemical.name for chemical in reference.chemicals}
    each = ", ".join(f"{was} as {code} ({names[code]})" for was, code in sorted(codes.items()))
    return f"A spreadsheet had taken BNF codes for numbers, so they were read as: {each}."


# --- rows of one board among those of others, and why a file has none of it ----------------------

OTHERS = "rows of other places"
HOMELESS = (
    "practices or networks whose board the file does not say; give the practice mapping file "
    "(gp-reg-pat-prac-map) too"
)


@dataclass(frozen=True)
class OwnBoard:
    """The board whose rows are wanted, and where each practice and network belongs, by its code, as
    far as a mapping file says it."""

    code: str
    reference: ReferenceData
    homes: Mapping[str, Record] = field(default_factory=dict)

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
        home = self.homes.get(record.code, record)
        of_itself = record.code if record.level is Level.SUB_ICB else record.sub_icb
        sub_icb = of_itself or home.sub_icb
        icb = record.icb or home.icb
        if icb in self.codes or self._has(sub_icb):
            return ""
        if icb or sub_icb:
            return OTHERS
        return "" if own_table or not record.code else HOMELESS

    def own_of(self, records: Sequence[Record], own_table: bool) -> list[Record]:
        """The rows of the board and of its places, and of practices that no row puts anywhere; of
        the boards that it was made of where it has no rows of its own."""
        own = [r for r in records if self.why_not(r, own_table) != OTHERS]
        given = {r.code for r in own if r.level is Level.ICB}
        return [
            r
            for r in own
            if r.level is not Level.ICB or r.code in ("", self.code) or self.code not in given
        ]

    def _has(self, sub_icb: str) -> bool:
        return any(
            icb_of_sub_icb(sub_icb, which, self.reference) == self.code
            for which in OrganisationList
        )

    def none_of_it(self, records: Sequence[Record]) -> str:
        """Why none of these rows is of the board, and what they are of."""
        icbs = {r.icb or r.code for r in records if r.icb or r.level is Level.ICB}
        words = absent(self.code, icbs - {""}, self.reference)
        if icbs:
            return words
        levels = {r.level for r in records}
        places = sorted({r.name or r.code for r in records if r.name or r.code})
        kinds = " and ".join(level.several for level in Level if level in levels)
        return f"{words}. It has rows of {kinds}: {listed_in_part(places, 6, 5)}"


def absent(code: str, icbs: Collection[str], reference: ReferenceData) -> str:
    """What is said of a file without a row for a board: that it knows the board by a code of the
    other list, or which boards it has."""
    own = f"{reference.find_organisation(code).name} ({code})"
    before = [s.predecessor for s in reference.succession if s.successor == code]
    after = [s.successor for s in reference.succession if s.predecessor == code]
    related = sorted(({*before, *after} - {code}) & set(icbs))
    if related:
        way = "became part of" if set(related) & set(after) else "was made of"
        return (
            f"there is no row for {own}. On 1 April 2026 it {way} {listed_in_part(related, 4, 3)}, "
            "which the file has: give that code in place of it"
        )
    has = listed_in_part(sorted(icbs), 12, 10)
    return f"there is no row for {own}" + (f". It has rows of {has}" if icbs else "")


# --- the report in the making --------------------------------------------------------------------

NEAR_SECTIONS = ("0401", "0403", "0408", "0410")
NEAR_PARAGRAPHS = ("040702",)
"""Sections of the BNF that a new medicine near our classes would stand in, and the beginnings of
its codes in others."""
UNLISTED = "not in our lists"
PART = "a part of the class"
FOR_A_LISTING = " If no medicine was left out of the file, say so before its figures are used."
TWICE = "the same thing stands in another row, so neither was used"

SALTS = "hydrochloride|hydrobromide|phosphate|tartrate|sulfate|maleate|mesilate|lactate"
"""What a medicine's name may end with."""


@dataclass
class ReadingBuilder:
    """A report in the making, for one file."""

    reference: ReferenceData
    records: list[Record] = field(default_factory=list)
    rows_read: int = 0
    rows_used: int = 0
    warnings: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    near: Counter[tuple[str, str]] = field(default_factory=Counter)
    is_listing: bool = False
    """Whether the file lists medicines, and may list all of a class."""
    medicine_class: MedicineClass | None = None
    """The class that the file is about, as the user says; None where only the file may say."""
    own_icb: OwnBoard | None = None
    """The board whose rows alone are wanted; None for every board's."""
    told_for: OwnBoard | None = None
    """The board that the report tells of, where the file has other boards' rows too; None where it
    is not said."""
    _skipped: Counter[str] = field(default_factory=Counter)
    _first: dict[str, str] = field(default_factory=dict)
    _places: dict[tuple[tuple[object, ...], str], list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def keep(self, record: Record, where: str, part: str = "") -> None:
        """Take a record and remember where it stands.

        `part` is the part of its class that it counts, where the file says: parts may be added up,
        and a second row about the same part may not.
        """
        self.records.append(record)
        self._places[(record.about, part)].append(where)

    def skip(self, reason: str, where: str = "", rows: int = 1) -> None:
        """Count rows that are not used, with why."""
        self._skipped[reason] += rows
        self._first.setdefault(reason, where)

    def say(self, warning: str, cause: object = True) -> None:
        """Note something to be read with care, once, where there is cause."""
        if cause and warning not in self.warnings:
            self.warnings.append(warning)

    def sub_icb(self, code: str) -> str:
        """The code of a sub-ICB location as it was before a spreadsheet took it for a number, which
        is then said; any other code as it is."""
        was = sub_icb_of_number(code, self.reference)
        if was and not code.startswith(was):
            self.say(
                "A spreadsheet had taken a code of a sub-ICB location for a number, so it was read "
                f"as what it was: {code} as {was}."
            )
        elif not was and READ_AS_NUMBER.fullmatch(code):
            self.say(
                f"Which sub-ICB location {code} is cannot be told: a spreadsheet may have taken "
                "its code for a number. Open the file with its columns of codes as text."
            )
        return was or code

    def part_named(self, cell: str) -> tuple[MedicineClass, tuple[str, ...]] | None:
        """The class and the medicines in it that a cell names, by a name or BNF code of a medicine,
        by the beginning of a code, or by several codes with + between them; None for any other
        medicine, a near miss among them being noted for the report. Raises IntakeError for a code
        that a spreadsheet made unreadable."""
        was = code_of_number(cell, self.reference)
        if was:
            self.say(repaired_words({cell.strip(): was}, self.reference))
        low = " ".join((was or cell).lower().split())
        codes = [
            c
            for c in self.reference.chemicals
            if low in (c.name.lower(), substance(c.name))
            or any(
                c.bnf_code == code[:9] or len(code) >= 4 and c.bnf_code.startswith(code)
                for code in low.upper().split("+")
                if code[:1] == "0"
            )
        ]
        classes = {c.medicine_class for c in codes}
        nine = low.upper()[:9]
        near = self.reference.near_miss(nine)
        if not classes and (near or is_near(nine, self.reference)):
            self.near[(nine, near or UNLISTED)] += 1
        if len(classes) != 1:
            return None
        return classes.pop(), tuple(sorted(c.bnf_code for c in codes))

    def _of_icb(self, file: str, records: Sequence[Record], format_id: str) -> Sequence[Record]:
        """The records of the board that is wanted, the others being counted as not used. Raises
        IntakeError where there is none, saying what there is."""
        if self.own_icb is None or not records:
            return records
        reasons = [self.own_icb.why_not(r, format_id in THE_USERS_OWN) for r in records]
        ours = [r for r, reason in zip(records, reasons, strict=True) if not reason]
        for reason, rows in Counter(filter(None, reasons)).items():
            self.skip(reason, rows=rows)
            self.rows_used = max(len(ours), self.rows_used - rows)
        if not ours:
            homeless = (
                f". Of the rest it does not say the board: {HOMELESS}"
                if HOMELESS in reasons
                else ""
            )
            raise IntakeError(f"{file}: {self.own_icb.none_of_it(records)}{homeless}")
        return ours

    def _add_up_parts(self, records: Sequence[Record]) -> list[Record]:
        """The records, those of single medicines added up to their class where the file, in a
        period, lacks none of its common medicines and holds none twice."""
        parts = grouped(
            [r for r in records if r.part and r.medicine_class],
            lambda r: (r.medicine_class, r.period),
        )
        whole = {
            about
            for about, rows in parts.items()
            if about[0] and _are_whole(about[0], {r.part for r in rows}, self.reference)
        }
        given = {r.about for r in records if not r.part}

        def of_class(record: Record) -> Record:
            as_class = replace(record, part=())
            is_whole = (record.medicine_class, record.period) in whole
            return as_class if is_whole and as_class.about not in given else record

        groups = grouped(map(of_class, records), lambda record: record.about)
        return [group[0] if len(group) == 1 else sum_of(group) for group in groups.values()]

    def finished(
        self, file: str, digest: str, format_id: str, format_name: str, why: str
    ) -> Reading:
        """The records, no key twice, and the report. Raises IntakeError where nothing at all could
        be used."""
        records = self._of_icb(file, self._add_up_parts(self._each_once()), format_id)
        skipped = tuple(
            Skipped(reason=reason, rows=rows, first=self._first[reason])
            for reason, rows in sorted(self._skipped.items(), key=lambda item: (-item[1], item[0]))
        )
        if not records:
            why_not = (
                "; ".join(f"{s.reason} ({several(s.rows, 'row')})" for s in skipped[:3])
                or "it has no rows of data"
            )
            raise IntakeError(
                f"{file} was recognised as {format_name}, but nothing in it could be used: "
                + why_not
                + (f". First: {skipped[0].first}" if skipped and skipped[0].first else "")
            )
        seen = _organisations(records, self.reference)
        self.refused += [
            f"{one.code}: {one.reading}" for one in seen if "cannot be carried over" in one.reading
        ]
        near = [f"{name} ({code})" for code, name in sorted(self.near)]
        self.say(f"Medicines near our classes were left out: {listed_in_part(near, 8, 6)}.", near)
        self.say(
            f"Of {len(self.near):,} of them the first {MOST_REMARKS} are listed.",
            len(self.near) > MOST_REMARKS,
        )
        self._say_parts(file, records)
        self._say_odd_adults(records)
        undated = sum(r.medicine_class is not None and not r.period for r in records)
        self.say(
            f"{several(undated, 'row')} without a period. Write one in the file, or beside the "
            "count in the plan.",
            undated,
        )
        strange = sorted({r.period for r in records if r.period and ends(r.period) == UNDATED})
        self.say(
            f"It cannot be told when these periods end: {listed_in_part(strange, 4, 3)}. They "
            "are never taken as the newest. Write a year as 2024/25 and a month as 2025-03.",
            strange,
        )
        classes, text = class_totals(
            records,
            self.reference,
            self.is_listing,
            board=self.told_for,
            is_own_table=format_id in THE_USERS_OWN,
        )
        for warning in text:
            self.say(warning)
        return Reading(
            report=ImportReport(
                file=file,
                digest=digest,
                format=format_id,
                format_name=format_name,
                why=why,
                rows_read=self.rows_read,
                rows_used=self.rows_used,
                skipped=skipped[:MOST_REASONS],
                periods=tuple(sorted({r.period for r in records if r.period}))[:MOST_LISTED],
                organisations=tuple(seen[:MOST_LISTED]),
                organisations_in_all=len(seen),
                suppressed=sum(len(r.suppressed) for r in records),
                near_misses=tuple(
                    NearMissSeen(code=code, name=name, rows=rows)
                    for (code, name), rows in sorted(self.near.items())[:MOST_REMARKS]
                ),
                refused=_list_lines(self.refused),
                warnings=_list_lines(self.warnings),
                classes=classes,
            ),
            records=tuple(records),
        )

    def _each_once(self) -> list[Record]:
        """Records of one key made one: items of the parts of a class are added, people are not.

        Of rows that say the same thing a second time none is taken: either may be the right one.
        What they count is hidden, as it is not known, and never none.
        """
        groups = grouped(self.records, lambda record: record.about)
        repeated: dict[tuple[object, ...], list[str]] = defaultdict(list)
        for (about, _), places in self._places.items():
            if len(places) > 1:
                repeated[about] += places
        if repeated:
            self._leave_out(repeated, groups)
        self.say(
            "Several rows are about the same people or medicines. Items were added up; "
            "numbers of people cannot be, so they were left out there.",
            any(
                _together(group, measure) is None and getattr(record, measure) is not None
                for about, group in groups.items()
                if len(group) > 1 and about not in repeated
                for record in group
                for measure in set(MEASURES) - set(ADDED_UP)
            ),
        )
        if len(repeated) == len(groups):
            return []
        return [
            _unknown(group) if about in repeated else group[0] if len(group) == 1 else sum_of(group)
            for about, group in groups.items()
        ]

    def _leave_out(
        self,
        repeated: Mapping[tuple[object, ...], Sequence[str]],
        groups: Mapping[tuple[object, ...], Sequence[Record]],
    ) -> None:
        """Count the rows that say the same thing twice as not used, and name them."""
        named = [
            f"{listed_in_part(list(places), 4, 3)} ({_subject(groups[about][0])})"
            for about, places in repeated.items()
        ]
        rows = sum(len(groups[about]) for about in repeated)
        self.rows_used -= rows
        self.skip(TWICE, named[0], rows)
        self.say(
            f"The same thing stands in more than one row, and none of them was used: "
            f"{listed_in_part(named, 2, 2)}. Delete the wrong ones, or add a column that tells "
            "them apart."
        )

    def _say_parts(self, file: str, records: Sequence[Record]) -> None:
        """Say which class the file holds only a part of."""
        for medicine_class in MedicineClass:
            ours = [r for r in records if r.medicine_class is medicine_class]
            codes = {code for r in ours for code in r.part}
            lacking = self.reference.lacking(medicine_class, codes)
            names = [c.name for c in self.reference.chemicals if c.bnf_code in codes]
            self.say(
                f"{file} holds {listed_in_part(names, 4, 3)}, a part of {medicine_class.label}. It "
                f"counts as the class only together with {listed_in_part(lacking, 4, 3)}: that "
                f"every board dispenses each month is our judgement."
                + (FOR_A_LISTING if self.is_listing else ""),
                codes and lacking and all(r.part for r in ours),
            )

    def parts_listed(self, codes: Iterable[str]) -> dict[MedicineClass | None, tuple[str, ...]]:
        """The medicines that a listing of them has of each class of which it lacks a common one: it
        may have been cut down, so they are a part of the class until somebody says otherwise."""
        self.is_listing = True
        classes = class_of_codes(self.reference)
        there = grouped(sorted(set(codes) & set(classes)), classes.__getitem__)
        return {
            medicine_class: tuple(of_class)
            for medicine_class, of_class in there.items()
            if self.reference.lacking(medicine_class, of_class)
        }

    def _say_odd_adults(self, records: Sequence[Record]) -> None:
        """Say where more adults are registered than people of all ages."""
        counts: dict[tuple[object, ...], dict[Basis | None, int]] = defaultdict(dict)
        for r in records:
            if r.medicine_class is None and r.population is not None and not r.age:
                counts[(r.code, r.period, r.level, r.sex)][r.basis] = r.population
        odd = sorted(
            {
                str(code) or "the board"
                for (code, *_), of in counts.items()
                for adults, everybody in (
                    (Basis.REGISTERED_ADULTS, Basis.REGISTERED_ALL_AGES),
                    (Basis.RESIDENT_ADULTS, Basis.RESIDENT_ALL_AGES),
                )
                if adults in of and of[adults] > of.get(everybody, of[adults])
            }
        )
        self.say(
            f"There are more adults than people of all ages in {listed_in_part(odd, 12, 10)}. "
            "One of the two numbers must be wrong; check the file.",
            odd,
        )


def _subject(record: Record) -> str:
    """What a row is about, in words."""
    words = (
        record.medicine_class.label if record.medicine_class else "people",
        record.period,
        record.code,
        record.sex,
        record.age,
        f"fifth {record.quintile}" if record.quintile else "",
        record.group,
    )
    return ", ".join(word for word in words if word)


def _unknown(group: Sequence[Record]) -> Record:
    """A record of what none of the rows may be taken for: all that any of them counts is hidden."""
    counted = {
        name
        for record in group
        for name in MEASURES
        if getattr(record, name) is not None or name in record.suppressed
    }
    nothing: dict[str, Any] = dict.fromkeys(MEASURES)
    return replace(group[0], suppressed=tuple(sorted(counted)), **nothing)


def substance(name: str) -> str:
    """A medicine's name in lower case without its salt, or what stands in brackets."""
    return re.split(rf"[\s/]*(?:\(|\b(?:{SALTS})\b)", name.lower())[0]


def is_near(code: str, reference: ReferenceData) -> bool:
    """Whether a BNF code that is in none of our lists stands where a new medicine near our classes
    would."""
    known = {medicine.bnf_code for medicine in reference.known_others}
    return code.startswith((*NEAR_SECTIONS, *NEAR_PARAGRAPHS)) and code[:9] not in known


def _together(group: Sequence[Record], measure: str) -> float | None:
    """What rows about one thing count between them: the sum of what may be added, and the people of
    the place where all give the same number of them; None for any other measure."""
    values = [getattr(r, measure) for r in group]
    numbers: list[float] = [value for value in values if value is not None]
    if measure in ADDED_UP and numbers:
        return sum(numbers)
    return values[0] if measure == "population" and len(set(values)) == 1 else None


def sum_of(group: Sequence[Record]) -> Record:
    """Rows about one thing as one: what may be added is added, of what each of them shows."""
    sums: dict[str, Any] = {measure: _together(group, measure) for measure in MEASURES}
    hidden = tuple(sorted({name for r in group for name in r.suppressed}))
    return replace(group[0], suppressed=hidden, **sums)


def class_of_codes(reference: ReferenceData) -> dict[str, MedicineClass]:
    """The class of each nine-character BNF code that has one."""
    return {chemical.bnf_code: chemical.medicine_class for chemical in reference.chemicals}


def _organisations(records: Iterable[Record], reference: ReferenceData) -> list[OrganisationSeen]:
    named = grouped((r for r in records if r.code), lambda r: (r.level, r.code))
    order = list(Level)
    return [
        OrganisationSeen(
            code=code,
            name=next((r.name for r in rows if r.name), "")[:300],
            level=level,
            reading=reading_of(level, code, reference)[:300],
        )
        for (level, code), rows in sorted(
            named.items(), key=lambda item: (order.index(item[0][0]), item[0][1])
        )
    ]


def _list_lines(lines: Sequence[str]) -> tuple[str, ...]:
    """Lines as a report holds them: the first of very many, and how many more."""
    first = list(lines[:MOST_REMARKS])
    if len(lines) > MOST_REMARKS:
        first[-1] = f"And {len(lines) - MOST_REMARKS + 1:,} more."
    return tuple(first)


def class_totals(
    records: Sequence[Record],
    reference: ReferenceData,
    is_listing: bool = False,
    *,
    board: OwnBoard | None = None,
    is_own_table: bool = False,
) -> tuple[tuple[ClassSeen, ...], list[str]]:
    """What the file says of each class as a whole, and what had to be left unsaid.

    Parts of a class are the class only where none of its common medicines is lacking; of a listing
    of medicines they are given, as the part that they are. Items are added over months and over
    organisations of the widest level there is, but for boards. People are given only where a single
    row counts them all, for they cannot be added. With a `board` only its own rows are told of, and
    of a class without any, whose rows the file has.
    """
    result, text = [], []
    for medicine_class in MedicineClass:
        of_class = [r for r in records if r.medicine_class is medicine_class]
        if not of_class:
            continue
        ours = board.own_of(of_class, is_own_table) if board else of_class
        if board and not ours:
            result.append(_seen_elsewhere(medicine_class, of_class, board))
            continue
        of_all = [r for r in ours if r.is_total]
        totals = [r for r in of_all if not r.part]
        if not totals and _are_whole(medicine_class, {r.part for r in of_all}, reference):
            # Together they are the class, but for its people, who cannot be added.
            totals = [replace(r, patients=None) for r in of_all]
        is_part = is_listing and not totals
        totals = of_all if is_part else totals
        with_items = _widest_newest([r for r in totals if r.items is not None])
        with_people = _widest_newest(
            [r for r in totals if r.patients is not None or "patients" in r.suppressed]
        )
        codes = {r.code for r in with_items if r.level is Level.ICB}
        # Boards that together became the one that is told of are added up in the plan as well.
        icbs = 1 if board and codes == board.codes - {board.code} else len(codes)
        items = sum(r.items or 0 for r in with_items) if with_items and icbs < 2 else None
        why_not = PART if not totals and ours[0].part else ""
        if icbs > 1:
            why_not = f"{several(icbs, 'board')}, which are not added up"
        patients = with_people[0].patients if len(with_people) == 1 else None
        items_hidden = any("items" in r.suppressed for r in totals)
        text += [
            words
            for is_so, words in (
                (
                    icbs > 1,
                    f"There are items of {several(icbs, 'board')}, and boards are not added up: "
                    "name one, on the command line with --icb.",
                ),
                (
                    items_hidden,
                    "Some items are hidden. Totals of items are of those shown and may be more.",
                ),
                (
                    len(with_people) > 1,
                    "The file counts people in more than one organisation or month. Such counts "
                    "cannot be added, so no total of people is given.",
                ),
            )
            if is_so
        ]
        result.append(
            ClassSeen(
                medicine_class=medicine_class,
                items=items,
                items_of=why_not
                if items is None
                else _added_over(with_items) + (f"; {PART}" if is_part else ""),
                items_hidden=items_hidden,
                patients=patients,
                people_counts=len(with_people),
                patients_of="" if patients is None else _counted_in(with_people),
                suppressed=sum(len(r.suppressed) for r in ours),
            )
        )
    return tuple(result), text


def _seen_elsewhere(
    medicine_class: MedicineClass, records: Sequence[Record], board: OwnBoard
) -> ClassSeen:
    """What is said of a class of which a file has other places' rows and none of the board's."""
    why_not = f"none for {board.code}, only for other places: {_places(records)}"
    return ClassSeen(
        medicine_class=medicine_class,
        items_of=why_not,
        patients_of=why_not,
        suppressed=sum(len(r.suppressed) for r in records),
    )


def _places(records: Sequence[Record]) -> str:
    """How many places of each kind rows are about, such as "3 ICBs and England"."""
    codes = {level: {r.code for r in records if r.level is level} for level in Level}
    return listed(
        [
            level.label if level is Level.ENGLAND else level.counted(len(there))
            for level, there in reversed(codes.items())
            if there
        ]
    )


def _are_whole(
    medicine_class: MedicineClass, parts: Iterable[tuple[str, ...]], reference: ReferenceData
) -> bool:
    """Whether parts of a class hold each of its common medicines, and none twice."""
    codes = [code for part in parts for code in part]
    return len(set(codes)) == len(codes) and not reference.lacking(medicine_class, codes)


def _counted_in(records: Sequence[Record]) -> str:
    """Where and when people were counted, and over how long where that is less than a year."""
    over = counted_over(records[0].period)
    return _added_over(records) + (f", over {over.label}" if over is not CountedOver.YEAR else "")


def _added_over(records: Sequence[Record]) -> str:
    """Which places' items were added up, and over what time."""
    if not records:
        return ""
    places = sorted({_name_of(r) for r in records if r.code})
    periods = sorted({r.period for r in records})
    time = (
        f"{periods[0]} to {periods[-1]}, {several(len(periods), 'period')}"
        if len(periods) > 3
        else listed(periods)
    )
    level = records[0].level
    if len(places) < 2:
        return f"{''.join(places)}, {time}".removeprefix(", ").removesuffix(", ")
    return f"{level.counted(len(places))} added up: {listed_in_part(places, 3, 2)}; {time}"


def _name_of(record: Record) -> str:
    """A place as a reader of a report knows it: England by its name, any other by its code."""
    return capital(record.level.label) if record.level is Level.ENGLAND else record.code


def _widest_newest(records: Sequence[Record]) -> list[Record]:
    """Rows of the widest level, over all months, or of the newest period where periods are not
    months."""
    if not records:
        return []
    order = list(Level)
    widest = min((r.level for r in records), key=lambda at: (at is Level.REGION, order.index(at)))
    rows = [r for r in records if r.level is widest]
    years = {r.period for r in rows if not is_month(r.period)}
    return [r for r in rows if r.period == newest_period(years)] if years else rows
