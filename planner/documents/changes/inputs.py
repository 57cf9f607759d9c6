"""What differs between the inputs and decisions of two plans, field by field, in words.

Nothing is worked out from them.
"""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from os.path import commonprefix
from textwrap import shorten
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel

from planner.analysis.calculation.inputs import INPUTS, model_field
from planner.analysis.calculation.measures import MEASURES
from planner.analysis.completeness.wizard_steps import STEP_OF, STEPS
from planner.analysis.formatting import (
    capital,
    day,
    is_shown,
    listed,
    local_count,
    local_counts,
    lower_first,
    part_of,
    percent,
    pounds,
    rounded,
)
from planner.model.areas import Area, BoardTotals, MonthlyItems
from planner.model.base import Frozen, Range
from planner.model.clause_choices import ClauseChoice, IndicatorChoice, OwnClause, OwnIndicator
from planner.model.inequality import AgeSexCounts, Breakdown, ClassInequality, GroupCounts
from planner.model.intake import ColumnMapping, ImportReport
from planner.model.labels.plan import CODES, DEFAULT, LABELS, FieldLabel, Form
from planner.model.library import SpecLibrary
from planner.model.merge import ROW_KEYS
from planner.model.outcomes import ClassOutcome, StaffCap
from planner.model.plan import Agreement, DirectoryEntry, Engagement, Member, Plan, Risk
from planner.model.prescribing import ClassPrescribing
from planner.model.reference import ReferenceData
from planner.model.service import OtherCost, Post, ServiceOption

Change = Literal["changed", "added", "removed"]
NAMED = ("icb_code", "evidence")
"""Fields that hold a code or an id of something that has a name."""
LONGEST_EXCERPT = 700
FEW_ROWS = 2
"""As many rows within one that stands in one plan only, such as a quote's price among the costs of
an option, are told one by one; more are counted."""
NOTHING_ELSE = "there, with nothing else filled in"
ALIKE_IN_PRINT = " (not quite the same number, though shown so)"
QUINTILES = (
    "most deprived fifth",
    "second fifth",
    "third fifth",
    "fourth fifth",
    "least deprived fifth",
)


FORMS: dict[str, Form] = {"share": "percent", "GBP": "pounds"}
INPUT_LABELS = {
    model_field(item.path): FieldLabel(
        lower_first(item.label_of()),
        "local" if item.is_local else FORMS.get(item.measure, "plain"),
        item.means_if_empty,
    )
    for item in INPUTS
    if item.path
}


def labels_of(model: type[Any]) -> dict[str, FieldLabel]:
    """Every field of a part of the plan in words: an input of the sums as the register has it, any
    other by its table."""
    others = LABELS.get(model, {})
    return {
        name: INPUT_LABELS.get((model, name)) or others[name]
        for name in (others if len(others) == len(model.model_fields) else model.model_fields)
    }


@dataclass(frozen=True, kw_only=True)
class InputChange:
    """One input or decision that differs: the step it is filled in on, what it is, and how it stood
    in each plan.

    Something added has no `before` but in words, and something removed no `after`.
    """

    step: str
    what: str
    kind: Change
    before: str
    after: str

    @property
    def step_title(self) -> str:
        """The title of the step in the wizard."""
        return STEPS[self.step]


class _Rows(NamedTuple):
    """How a reader is told of the rows of one list; `name` is what a reader calls one, or the id of
    what has that name, and `absent` how the plan stands without one."""

    one: str
    name: Callable[[Any], str]
    tells: tuple[str, ...] = ()
    absent: str = "not there"


BY_CLASS = _Rows("", lambda row: capital(row.medicine_class.label))
ROWS: dict[type[Frozen], _Rows] = {
    ClassPrescribing: BY_CLASS,
    ClassInequality: BY_CLASS,
    ClassOutcome: BY_CLASS,
    Breakdown: _Rows("groups by", lambda row: row.kind),
    ImportReport: _Rows("file", lambda row: row.file, ("format_name", "rows_used")),
    StaffCap: _Rows("staff limit of band", lambda row: row.band),
    ServiceOption: _Rows("option", lambda row: row.name),
    Post: _Rows("post", lambda row: row.title),
    OtherCost: _Rows("cost", lambda row: row.label),
    Member: _Rows("", lambda row: row.seat.value),
    DirectoryEntry: _Rows("directory entry", lambda row: row.offer or row.need),
    Engagement: _Rows("engagement with", lambda row: row.who),
    Risk: _Rows("risk", lambda row: row.risk),
    Agreement: _Rows("step", lambda row: STEPS.get(row.step, row.step), ("by", "on", "note")),
    ClauseChoice: _Rows(
        "clause",
        lambda row: row.clause,
        ("left_out", "reason", "text"),
        "the planner's wording stands",
    ),
    OwnClause: _Rows("own clause under", lambda row: row.section, ("text",)),
    IndicatorChoice: _Rows("indicator", lambda row: row.indicator),
    OwnIndicator: _Rows("indicator", lambda row: row.name),
}
NAMED_BY_ID = (ClauseChoice, OwnClause, IndicatorChoice)
SUMS: dict[type[Frozen], Callable[[Any], str]] = {
    Area: lambda row: row.level.several,
    AgeSexCounts: lambda row: "sex and age bands",
    GroupCounts: lambda row: "groups",
    BoardTotals: lambda row: "classes with every board's totals",
    MonthlyItems: lambda row: "months",
    ColumnMapping: lambda row: "tables",
}
"""Lists that may be thousands of rows long, or name a practice: how many were added, removed and
changed is told."""


def names_of(reference: ReferenceData, library: SpecLibrary) -> dict[str, str]:
    """What codes and ids in a plan stand for: boards, evidence, sections, clauses and
    indicators."""
    headings = {
        name: section.heading
        for outline in library.outlines
        for section in outline.all_sections()
        for name in (section.id, *section.was)
    }
    return (
        {o.code: f"{o.name} ({o.code})" for o in reference.organisations}
        | {evidence.id: evidence.title for evidence in reference.outcomes}
        | headings
        | {
            clause.id: f"{headings[clause.section]}: {_opening(clause.text)}"
            for clause in library.clauses
        }
        | {indicator.id: indicator.name for indicator in library.indicators}
    )


def _opening(text: str) -> str:
    """The first words of a clause, in which names are not filled in."""
    return re.sub(r"\$\w+", "…", shorten(text, 60, placeholder=" …"))


def input_changes(
    before: Plan, after: Plan, names: Mapping[str, str] | None = None
) -> tuple[InputChange, ...]:
    """Every input and decision that differs, by step; empty only where the two plans are the same.

    Rows are matched by what names them, not by position. Local counts are rounded and hidden as
    everywhere else. `names` gives what a code or an id stands for, such as a board's, a piece of
    evidence's or a clause's, and the value of each of our defaults as "default uptake".
    """
    comparison = _Comparison(before, after, names or {}, [])
    for field, text in labels_of(Plan).items():
        comparison.step = STEP_OF[field]
        comparison.field((), text, field, before, after)
    return tuple(sorted(comparison.edits, key=lambda change: list(STEPS).index(change.step)))


@dataclass
class _Comparison:
    before: Plan
    after: Plan
    names: Mapping[str, str]
    edits: list[InputChange]
    step: str = ""

    def say(self, parts: tuple[str, ...], kind: Change, before: str, after: str) -> None:
        what = ", ".join(parts[:-1]) + (": " if len(parts) > 1 else "") + parts[-1]
        self.edits.append(
            InputChange(
                step=self.step,
                what=what[:1].upper() + what[1:],
                kind=kind,
                before=before,
                after=after,
            )
        )

    def models(self, parts: tuple[str, ...], before: BaseModel, after: BaseModel) -> None:
        for name, text in labels_of(type(before)).items():
            self.field(parts, text, name, before, after)

    def field(
        self, parts: tuple[str, ...], label: FieldLabel, name: str, owner: Any, other: Any
    ) -> None:
        """Say what differs in one field of two models of the same kind."""
        before, after = getattr(owner, name), getattr(other, name)
        if before == after:
            return
        here = (*parts, label.label) if label.label else parts
        some = before or after
        if label.form == "sums":
            self.sums(here, before, after)
        elif label.form == "fifths":
            values = [dict(zip(QUINTILES, one, strict=True)) for one in (before, after)]
            self.keys(here, label, values[0], values[1])
        elif label.form != "whole" and isinstance(some, tuple) and isinstance(some[0], BaseModel):
            self.rows(parts if type(some[0]) in ROWS else here, before, after)
        elif isinstance(before, dict):
            self.keys(here, label, before, after)
        elif isinstance(some, BaseModel) and not isinstance(some, Range):
            self.part(here, label, before, after)
        else:
            self.leaf(here, label, name, owner, other)

    def leaf(
        self, here: tuple[str, ...], label: FieldLabel, name: str, owner: Any, other: Any
    ) -> None:
        before = self.words(label, name, owner, self.before)
        after = self.words(label, name, other, self.after)
        if label.form == "long text":
            before, after = where_they_part(getattr(owner, name), getattr(other, name), label.empty)
        if before == after:
            same = ALIKE_IN_PRINT
            if label.form == "whole":
                same = " (not the same ones)"
            elif label.form == "mark":
                same = " (not the same in both)"
            elif isinstance(getattr(owner, name), str):
                same = " (the spacing differs)"
            before = after = before + same
        self.say(here, "changed", before, after)

    def words(self, label: FieldLabel, name: str, owner: Any, plan: Plan) -> str:
        """One field's value as a reader may see it."""
        value = getattr(owner, name)
        if value is None or value == () or isinstance(value, str) and not value.strip():
            ours = self.names.get(f"default {name}")
            return f"{label.empty}, {ours}" if ours and label.empty == DEFAULT else label.empty
        if name == "long_term_share" and owner.patients:
            return part_of(round(value.central * owner.patients), owner.patients, 1)
        match label.form:
            case "local" if name in ("women", "men"):
                return local_counts([owner.women, owner.men])[("women", "men").index(name)]
            case "local":
                return local_count(value)
            case "option":
                return next(option.name for option in plan.options if option.id == value)
            case "whole":
                return f"{len(value)} of them"
            case "mark":
                return "the step as it stood then"
            case "codes":
                return CODES.get(value) or MEASURES[value].in_a_sentence
            case "shares":
                shares = (label.empty if share is None else percent(share) for share in value)
                return ", ".join(shares)
        return self.names.get(value, value) if name in NAMED else in_words(value, label)

    def part(self, here: tuple[str, ...], label: FieldLabel, before: Any, after: Any) -> None:
        """A part of the plan that may be absent as a whole."""
        if before is None:
            self.say(here, "added", label.empty, self.summary(after))
        elif after is None:
            self.say(here, "removed", self.summary(before), label.empty)
        else:
            self.models(here, before, after)

    def keys(
        self,
        here: tuple[str, ...],
        label: FieldLabel,
        before: dict[Any, Any],
        after: dict[Any, Any],
    ) -> None:
        cells = [
            dict(zip(values, local_counts([*values.values()]), strict=True))
            if label.form in ("local", "fifths")
            else {key: in_words(value, label) for key, value in values.items()}
            for values in (before, after)
        ]
        for key in dict.fromkeys([*before, *after]):
            old, new = before.get(key), after.get(key)
            if old == new:
                continue
            was, now = (
                label.empty if one is None else cell[key]
                for one, cell in zip((old, new), cells, strict=True)
            )
            hint = ALIKE_IN_PRINT if was == now and is_shown(was) else ""
            # Of the fifths each is always there, known or not.
            kind: Change = "added" if old is None else "removed" if new is None else "changed"
            if label.form == "fifths":
                kind = "changed"
            self.say((*here, in_words(key, FieldLabel(""))), kind, was + hint, now + hint)

    def rows(self, parts: tuple[str, ...], before: tuple[Any, ...], after: tuple[Any, ...]) -> None:
        kind = ROWS[type((before or after)[0])]
        old, new = _keyed(before), _keyed(after)
        for key in dict.fromkeys((*old, *new)):
            pair = (old.get(key), new.get(key))
            if pair[0] != pair[1]:
                names = sorted({self.name(kind, row) for row in pair if row is not None})
                name = " / ".join(names) or "without a name"
                called = f"{kind.one} '{name}'" if kind.one else name
                self.part((*parts, called), FieldLabel("", empty=kind.absent), *pair)
        orders = [[key for key in rows if key in old and key in new] for rows in (old, new)]
        if orders[0] != orders[1]:
            names = [
                listed([self.name(kind, rows[key]) for key in order])
                for rows, order in zip((old, new), orders, strict=True)
            ]
            self.say((*parts, f"order in which each {kind.one or 'row'} stands"), "changed", *names)

    def name(self, kind: _Rows, row: Any) -> str:
        """What a reader calls a row."""
        name = kind.name(row)
        return self.names.get(name, name) if type(row) in NAMED_BY_ID else name

    def sums(self, here: tuple[str, ...], before: tuple[Any, ...], after: tuple[Any, ...]) -> None:
        noun_of = SUMS[type((before or after)[0])]
        for noun in dict.fromkeys(noun_of(row) for row in (*before, *after)):
            old, new = (
                _keyed(tuple(row for row in rows if noun_of(row) == noun))
                for rows in (before, after)
            )
            gone, come = len(old.keys() - new.keys()), len(new.keys() - old.keys())
            if gone:
                self.say((*here, noun), "removed", f"{gone:,} more", "not there")
            if come:
                self.say((*here, noun), "added", "not there", f"{come:,} more")
            pairs = [(old[key], new[key]) for key in old if key in new and old[key] != new[key]]
            if pairs:
                fields = [
                    label.label
                    for name, label in labels_of(type(pairs[0][0])).items()
                    if any(getattr(a, name) != getattr(b, name) for a, b in pairs)
                ]
                what = f"{noun}, {len(pairs):,} of them with another {listed(fields)}"
                self.say((*here, what), "changed", f"{len(old):,} in all", f"{len(new):,} in all")
        # The same rows, so only their order differs.
        if _keyed(before) == _keyed(after):
            self.say((*here, "order"), "changed", *("the same rows in another order",) * 2)

    def summary(self, row: Any) -> str:
        """What a row that stands in one plan only says, without what is left as it comes."""
        kind, fresh, parts = ROWS.get(type(row)), type(row).model_fields, []
        wanted = kind.tells if kind else ()
        for name, text in labels_of(type(row)).items():
            value = getattr(row, name)
            if (
                name == "id"
                or (kind and (value == kind.name(row) or wanted and name not in wanted))
                or value == fresh[name].get_default()
                or value in ((), "", None)
                or (text.form in ("long text", "whole") and name not in wanted)
            ):
                continue
            if text.form == "long text":
                parts.append(f"{text.label}: {where_they_part('', value, '')[1]}")
            elif type(value) is tuple and type(value[0]) in ROWS and len(value) <= FEW_ROWS:
                parts.append(f"{text.label}: {listed([self.row(one) for one in value])}")
            elif isinstance(value, tuple) and isinstance(value[0], BaseModel):
                parts.append(f"{len(value)} {text.label}")
            elif isinstance(value, dict):
                parts.append(f"{text.label} for {listed(list(value))}")
            else:
                parts.append(f"{text.label} {self.words(text, name, row, self.after)}")
        return "; ".join(parts) or (NOTHING_ELSE if kind else "")

    def row(self, row: Any) -> str:
        """A row within one that stands in one plan only: its name, and what it says."""
        summary = self.summary(row)
        rest = f" ({summary})" if summary != NOTHING_ELSE else ""
        return self.name(ROWS[type(row)], row) + rest


def _keyed(rows: tuple[Any, ...]) -> dict[Hashable, Any]:
    """Rows by what names them; where a name stands twice, the first is matched with the first."""
    seen: Counter[Hashable] = Counter()
    lookup: dict[Hashable, Any] = {}
    for row in rows:
        key = ROW_KEYS[type(row)](row)
        seen[key] += 1
        lookup[key, seen[key]] = row
    return lookup


def in_words(value: Any, label: FieldLabel) -> str:
    """A value of no special kind as a reader says it."""
    match value:
        case bool():
            return "yes" if value else "no"
        case StrEnum():
            return str(getattr(value, "label", value.value))
        case Range():
            low, central, high = (_number(n, label) for n in (value.low, value.central, value.high))
            return central if low == high else f"{central} ({low} to {high})"
        case int() | float():
            return _number(value, label)
        case date():
            return day(value)
        case tuple() | list():
            return listed([in_words(one, label) for one in value])
    return str(value)


def _number(value: float, label: FieldLabel) -> str:
    if label.form == "percent":
        return f"{rounded(value * 100, 4).rstrip('0').rstrip('.')}%"
    if label.form == "pounds":
        return pounds(value, 0 if value == round(value) else 2)
    return f"{value:,.10g}"


def where_they_part(before: str, after: str, empty: str) -> tuple[str, str]:
    """Two long texts without the sentences they share at the beginning and the end, and cut where
    still too long."""
    old, new = (re.split(r"(?<=[.!?])\s+|\n+", text.strip()) for text in (before, after))
    start = len(commonprefix([old, new]))
    end = len(commonprefix([old[start:][::-1], new[start:][::-1]]))
    selection = [" ".join(parts[start : len(parts) - end]) for parts in (old, new)]
    first = max(0, len(commonprefix(selection)) - 80)

    def display(text: str, part: str) -> str:
        if not text.strip():
            return empty
        if not part:
            return "… (nothing here) …"
        cut = part[first : first + LONGEST_EXCERPT] if len(part) > LONGEST_EXCERPT else part
        rest = (
            f" … ({len(part):,} characters in all)" if len(cut) < len(part) else " …" if end else ""
        )
        return ("… " if start or len(cut) < len(part) and first else "") + cut.strip() + rest

    return display(before, selection[0]), display(after, selection[1])
