"""Records becoming a report: what every format shares. No one format's layout is known here."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from planner.analysis.formatting import listed, listed_in_part
from planner.analysis.organisations import reading_of
from planner.analysis.periods import is_month, newest_period
from planner.intake.errors import IntakeError
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
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData

NEAR_SECTIONS = ("0401", "0403", "0410")
NEAR_PARAGRAPH = "040702"
"""Sections and the paragraph of the BNF that a new medicine near our classes would stand in."""
UNLISTED = "not in our lists"


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
    _skipped: Counter[str] = field(default_factory=Counter)
    _first: dict[str, str] = field(default_factory=dict)

    def skip(self, reason: str, where: str = "", rows: int = 1) -> None:
        """Count rows that are not used, with why."""
        self._skipped[reason] += rows
        self._first.setdefault(reason, where)

    def say(self, warning: str) -> None:
        """Note something to be read with care, once."""
        if warning not in self.warnings:
            self.warnings.append(warning)

    def classify(self, code: str) -> MedicineClass | None:
        """The class of a BNF code by its first nine characters; a near miss is noted for the
        report."""
        nine = code.strip().upper()[:9]
        medicine_class = class_of_codes(self.reference).get(nine)
        if medicine_class is None:
            for miss in self.reference.near_misses:
                if nine.startswith(miss.bnf_code.rstrip("*")):
                    self.near[(nine, miss.name)] += 1
                    return None
            if nine.startswith((*NEAR_SECTIONS, NEAR_PARAGRAPH)):
                self.near[(nine, UNLISTED)] += 1
        return medicine_class

    def finished(
        self, file: str, digest: str, format_id: str, format_name: str, why: str
    ) -> Reading:
        """The records, no key twice, and the report. Raises IntakeError where nothing at all could
        be used."""
        records = self._each_once()
        skipped = tuple(
            Skipped(reason=reason, rows=rows, first=self._first[reason])
            for reason, rows in sorted(self._skipped.items(), key=lambda item: (-item[1], item[0]))
        )
        if not records:
            why_not = (
                "; ".join(
                    f"{s.reason} ({s.rows:,} {'row' if s.rows == 1 else 'rows'})"
                    for s in skipped[:3]
                )
                or "it has no rows of data"
            )
            raise IntakeError(
                f"{file} was recognised as {format_name}, but nothing in it could be used: "
                + why_not
                + (f". First: {skipped[0].first[:140]}" if skipped and skipped[0].first else "")
            )
        seen = _organisations(records, self.reference)
        self.refused += [
            f"{one.code}: {one.reading}" for one in seen if "cannot be carried over" in one.reading
        ]
        if self.near:
            self.say(
                "Medicines near our classes were left out: "
                + ", ".join(f"{name} ({code})" for code, name in sorted(self.near)[:8])
                + "."
            )
        if len(self.near) > MOST_REMARKS:
            self.say(f"Of {len(self.near):,} of them the first {MOST_REMARKS} are listed.")
        undated = sum(r.medicine_class is not None and not r.period for r in records)
        if undated:
            self.say(
                f"{undated:,} rows have no period. Write one in the file, or on the next step."
            )
        classes, text = class_totals(records)
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
                refused=_listed(self.refused),
                warnings=_listed(self.warnings),
                classes=classes,
            ),
            records=tuple(records),
        )

    def _each_once(self) -> list[Record]:
        """Records of one key made one: items are added, people are not."""
        groups: dict[tuple[object, ...], list[Record]] = defaultdict(list)
        for record in self.records:
            groups[record.about].append(record)
        if any(
            getattr(record, measure) is not None
            for group in groups.values()
            if len(group) > 1
            for record in group
            for measure in set(MEASURES) - set(ADDED_UP)
        ):
            self.say(
                "Several rows are about the same people or medicines. Items were added up; "
                "numbers of people cannot be, so they were left out there."
            )
        return [group[0] if len(group) == 1 else _sum_of(group) for group in groups.values()]


def _sum_of(group: Sequence[Record]) -> Record:
    sums: dict[str, object] = dict.fromkeys(MEASURES)
    for measure in ADDED_UP:
        values = [getattr(r, measure) for r in group if getattr(r, measure) is not None]
        sums[measure] = sum(values) if values else None
    # The sum is of those shown.
    hidden = tuple(sorted({name for r in group for name in r.suppressed}))
    return replace(group[0], suppressed=hidden, **sums)  # type: ignore[arg-type]


def class_of_codes(reference: ReferenceData) -> dict[str, MedicineClass]:
    """The class of each nine-character BNF code that has one."""
    return {chemical.bnf_code: chemical.medicine_class for chemical in reference.chemicals}


def _organisations(records: Iterable[Record], reference: ReferenceData) -> list[OrganisationSeen]:
    names: dict[tuple[Level, str], str] = {}
    for record in records:
        if record.code:
            key = (record.level, record.code)
            names[key] = names.get(key) or record.name
    order = list(Level)
    return [
        OrganisationSeen(
            code=code,
            name=name[:300],
            level=level,
            reading=reading_of(level, code, reference)[:300],
        )
        for (level, code), name in sorted(
            names.items(), key=lambda item: (order.index(item[0][0]), item[0][1])
        )
    ]


def _listed(lines: Sequence[str]) -> tuple[str, ...]:
    """Lines as a report holds them: the first of very many, and how many more."""
    first = [line[:300] for line in lines[:MOST_REMARKS]]
    if len(lines) > MOST_REMARKS:
        first[-1] = f"And {len(lines) - MOST_REMARKS + 1:,} more."
    return tuple(first)


def class_totals(records: Sequence[Record]) -> tuple[tuple[ClassSeen, ...], list[str]]:
    """What the file says of each class as a whole, and what had to be left unsaid.

    Items are added over months and over organisations of the widest level there is. People are
    given only where a single row counts them all, for they cannot be added.
    """
    result, text = [], []
    for medicine_class in MedicineClass:
        ours = [r for r in records if r.medicine_class is medicine_class]
        if not ours:
            continue
        totals = [r for r in ours if r.is_total]
        items = patients = None
        with_items = _widest_newest([r for r in totals if r.items is not None])
        if with_items:
            items = sum(r.items or 0 for r in with_items)
        if any("items" in r.suppressed for r in totals):
            text.append(
                "Some items are hidden. Totals of items are of those shown and may be more."
            )
        with_people = _widest_newest(
            [r for r in totals if r.patients is not None or "patients" in r.suppressed]
        )
        if len(with_people) == 1:
            patients = with_people[0].patients
        elif with_people:
            text.append(
                "The file counts people in more than one organisation or month. Such counts cannot "
                "be added, so no total of people is given."
            )
        result.append(
            ClassSeen(
                medicine_class=medicine_class,
                items=items,
                items_of=_added_over(with_items),
                patients=patients,
                people_counts=len(with_people),
                patients_of="" if patients is None else _added_over(with_people),
                suppressed=sum(len(r.suppressed) for r in ours),
            )
        )
    return tuple(result), text


def _added_over(records: Sequence[Record]) -> str:
    """Which places' items were added up, and over what time."""
    if not records:
        return ""
    places = sorted({r.code for r in records if r.code})
    periods = sorted({r.period for r in records})
    time = (
        f"{periods[0]} to {periods[-1]}, {len(periods)} periods"
        if len(periods) > 3
        else listed(periods)
    )
    level = records[0].level
    if len(places) < 2:
        return f"{''.join(places)}, {time}".removeprefix(", ").removesuffix(", ")
    return f"{len(places):,} {level.several} added up: {listed_in_part(places, 3, 2)}; {time}"


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
