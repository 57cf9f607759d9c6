"""Fields that fill from the plan and write back to it, checked by the plan's own rules.

No layout.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, get_origin

import streamlit as st
from pydantic import ValidationError

from planner.analysis.calculation.inputs import (
    BY_PATH,
    field_kinds,
    input_at,
    is_range,
    label_at,
    model_field,
)
from planner.analysis.formatting import capital, lower_first
from planner.analysis.population.inequality import QUINTILES
from planner.analysis.results.results import Results
from planner.model.base import (
    FEW_WORDS,
    LARGEST_COUNT,
    LONGEST_LINE,
    LONGEST_TEXT,
    MOST_WORDS,
    Range,
    as_range,
)
from planner.model.edit import parts_of, value_at, with_value, with_values
from planner.model.labels.plan import IN_ROWS, LABELS, FieldLabel
from planner.model.plan import Plan
from planner.reference.field_help import field_help
from planner.screens.ui.accessibility import FIELD_FIRST, HALF_TYPED
from planner.screens.ui.conflicts import show_conflicts
from planner.screens.ui.display import draw_finding_first
from planner.screens.ui.markup import plain
from planner.screens.ui.plan_state import PLAN, may_only_read
from planner.screens.ui.saved_plan import take_late
from planner.screens.ui.session import (
    BEFORE,
    REFUSED,
    WAITING,
    WRITINGS,
    field_key,
    forget_fields,
    give_notice,
    nothing_is_lost,
    replace_rows,
    seed_widget,
    store_plan,
    take_over,
)
from planner.screens.ui.sought import sought
from planner.screens.ui.streamlit_compat import DeltaGenerator
from planner.screens.ui.typed import amount as amount_in
from planner.screens.ui.typed import (
    day_in,
    day_text,
    number_text,
    per_cent,
    share_text,
    whole_number,
    without_a_patient,
)
from planner.screens.ui.typed import share as share_in
from planner.store.plan_file import reason

if TYPE_CHECKING:
    from planner.store.drafts import SavedPlan

DISPLAY_SUFFIX = ".shown"
RANGE_BOXES = "range-boxes"
"""The _RangeBoxes of each range that was drawn, by its path."""
HALF = "half-typed"
SCENARIOS = ("low", "central", "high")
SHARE = re.compile(r"^share( of [a-z ]+)?")
"""What the register counts as shares is typed in per cent."""


class FieldEdit(NamedTuple):
    """What one field would write, where, and what the field is called."""

    path: str
    value: Any
    label: str


class Form:
    """The fields of one step. Each draws itself, and remembers what to write where.

    `revised` gives the plan with everything that was changed. A value that the plan refuses is not
    written; its reason is shown, the field keeps what was typed, and all other changes still count.
    With `at_once` each change is in the session's plan before the page is drawn; not so for a form
    that shows rows which the session's plan may not hold in the same place. A field given no label
    is called what the registers of inputs and labels call it. A `finding` is drawn before the
    fields, and again once they have made another plan.

    `rows` gives what a pressed button makes of the plan's rows, by path, and `remembered` what the
    session then keeps; `done` sees to both.
    """

    def __init__(
        self, plan: Plan, finding: Callable[[Results], None] | None = None, at_once: bool = True
    ) -> None:
        self.plan = plan
        self._keep = store_plan if finding is None else draw_finding_first(finding, plan)
        self.rows: Callable[[Plan], Mapping[str, Any]] | None = None
        self.remembered: dict[str, Any] = {}
        self._at_once = at_once
        self._changes: list[FieldEdit] = []
        self._refused: list[str] = []
        self._at_field: dict[str, DeltaGenerator] = {}

    def text(
        self,
        path: str,
        label: str = "",
        *,
        tall: bool = False,
        read: Callable[[str | None], str] = without_a_patient,
        **named: Any,
    ) -> str:
        """A line, or several lines, of the user's own words; what tells of a patient is refused,
        or what else `read` does not take."""
        widget, most = (st.text_area, LONGEST_TEXT) if tall else (st.text_input, LONGEST_LINE)
        if limit := word_limit(self.plan, path):
            named = named | {"help": f"{limit} {named.get('help', '')}".strip()}
        # What was written is seen whole, however long it grew.
        whole = {"height": "content"} if tall else {}
        named = {"max_chars": most} | whole | helped(path, named)
        return str(
            self._draw_field(
                widget,
                path,
                label,
                read,
                lambda value: value or "",
                blank="",
                **named,
            )
        )

    def number(
        self,
        path: str,
        label: str = "",
        *,
        most: float,
        least: float = 0.0,
        whole: bool = True,
        **named: Any,
    ) -> float | None:
        """A number, or nothing; one beyond its bounds stays in its box and is refused at it."""
        read = whole_number if whole else amount_in
        typed: float | None = self._draw_number(
            path, label, partial(read, most=most, least=least), number_text, **named
        )
        # Where one is needed and the box is empty, that is said here.
        self._at_field[path] = st.empty()
        return typed

    def percent(
        self, path: str, label: str = "", *, most: float = 100.0, least: float = 0.0, **named: Any
    ) -> None:
        """A share, typed as a percentage."""

        def read(typed: str) -> float | None:
            value = per_cent(typed, most, least)
            return None if value is None else round(value / 100, 8)

        def show(value: float | None) -> str:
            return number_text(None if value is None else round(value * 100, 4))

        self._draw_number(path, label, read, show, **named)

    def share(self, path: str, label: str, **named: Any) -> None:
        """One share in per cent as people have it, or nothing; a range that the plan holds stays
        while its central figure is the one in the box."""

        def show(value: Any) -> str:
            return share_text(getattr(value, "central", value))

        self._draw_number(path, label, share_in, show, **named)

    def press(self, words: str, key: str, changes: Mapping[str, Any]) -> None:
        """A button that writes several fields at once, by path."""
        st.button(words, key=key, on_click=_write, args=(changes,), disabled=may_only_read())

    def one_figure(self, path: str, label: str = "", *, most: float, empty: str = "") -> None:
        """One number, where the plan has room for a low, a central and a high: all three alike, and
        needed unless `empty` says what it means that there is none; where they differ, all three
        are asked."""
        current = value_at(self.plan, path)
        if current is not None and current.low < current.high:
            self.field(path)
            return
        self._draw_number(
            path,
            label or label_at(path),
            partial(_alike, most=most, may_be_empty=bool(empty)),
            lambda values: number_text(values and values.central),
            placeholder=empty,
        )

    def quintiles(self, path: str, label: str) -> None:
        """A count of people for each deprivation fifth; `{}` in the label is which."""
        self.columns(
            *(
                [partial(self.count, f"{path}.{place}", label.format(quintile))]
                for place, quintile in enumerate(QUINTILES)
            )
        )

    def count(self, path: str, label: str = "") -> None:
        """A whole number of people, or nothing."""
        self.number(path, label, most=LARGEST_COUNT)

    def field(self, path: str, *, label: str = "", **named: Any) -> float | None:
        """Draw the field at a path of the plan as the registers have it: of an input its label,
        or the one given, bounds and what it counts, of another its label, its example and what the
        plan may hold.

        Returns what is typed where it is a number of other than shares.
        """
        pattern = re.sub(r"\.\d+(?=\.|$)", ".*", path)
        kinds = field_kinds(pattern)
        if pattern not in BY_PATH:
            _, words = _row_and_label(self.plan, path)
            choices = [one for kind in kinds if issubclass(kind, StrEnum) for one in kind]
            model, name = model_field(pattern)
            many = get_origin(model.model_fields[name].annotation) is tuple
            if many and choices:
                self.several(path, choices, str)
            elif date in kinds:
                self.day(path)
            elif bool in kinds:
                self.tick(path)
            elif choices:
                unsaid = [None] if type(None) in kinds else []
                self.choice(path, [*unsaid, *choices], lambda one: one or words.empty, **named)
            elif int in kinds:
                self.count(path)
            else:
                named = {"placeholder": words.example} | named
                self.text(path, tall=words.form == "long text", **named)
            return None
        item, label = BY_PATH[pattern], label or label_at(path)
        scale = 100 if item.measure == "share" else 1
        bounds = {"least": item.lowest * scale, "most": (item.highest or 0) * scale}
        if is_range(pattern):
            self._range(path, label, scale, type(None) not in kinds, **bounds | named)
        elif scale == 100:
            self.percent(path, f"{label}, %", **bounds | named)
        else:
            label = f"{label}, £" if item.measure == "GBP" else label
            return self.number(path, label, whole=int in kinds, **bounds | named)
        return None

    def _range(self, path: str, label: str, scale: int, is_required: bool, **named: Any) -> None:
        """A central figure, with a low and a high or without, or nothing unless `is_required`.

        An end without a central figure, or one on its wrong side, is not written: what the plan
        held stays, and that is said.
        """
        current = value_at(self.plan, path)
        values, empty = range_boxes(path, label, current, scale, **named)
        show_conflicts(self.plan, path)
        if values is None and (is_required or not empty):
            hold_incomplete(
                f"{label}: give the central figure, and no low above it or high below it. "
                "Until then the last ones are used."
            )
            return
        if values != (None if current is None else as_typed(current, scale)):
            self.set(path, values, label)

    def columns(self, *columns: Sequence[str | Callable[[], object]], **named: Any) -> None:
        """Fields side by side, column by column: each is the path of a field, or draws itself."""
        for column, entries in zip(
            st.columns(**{"spec": len(columns)} | named), columns, strict=True
        ):
            with column:
                for entry in entries:
                    if isinstance(entry, str):
                        self.field(entry)
                    else:
                        entry()

    def choice(
        self,
        path: str,
        options: Sequence[Any],
        words: Callable[[Any], str] = str,
        *,
        label: str = "",
        default: Any = None,
        **named: Any,
    ) -> Any:
        """One of several, drawn as a list to pick from. None among the options stands for "not
        decided".

        What the plan holds and we do not offer, as a file from elsewhere may, is offered too and
        called so: looking at a field changes nothing.
        """
        key = self._seed(path, lambda value: default if value is None else value)
        current = st.session_state[key]
        if current is None and None not in options:
            st.session_state[key] = options[0]
        elif current not in options:
            options, words = [*options, current], with_stranger(current, words)
        # An empty box says what being empty means.
        if None in options:
            named = {"placeholder": words(None)} | named
        return self._draw_field(
            st.selectbox,
            path,
            label,
            lambda chosen: chosen,
            blank=default,
            options=options,
            format_func=words,
            **named,
        )

    def several(
        self, path: str, options: Sequence[Any], words: Callable[[Any], str] = str, **named: Any
    ) -> None:
        """Any number of several. An empty box says what being empty means."""
        _, words_of_field = _row_and_label(self.plan, path)
        named = {"placeholder": capital(words_of_field.empty)} | named
        key = self._seed(path, list)
        if named.get("accept_new_options"):
            options = list(dict.fromkeys([*options, *st.session_state[key]]))
        self._draw_field(
            st.multiselect, path, "", tuple, options=options, format_func=words, **named
        )

    def tick(self, path: str, label: str = "", **named: Any) -> bool:
        """Yes or no."""
        return bool(self._draw_field(st.checkbox, path, label, bool, bool, **named))

    def day(self, path: str, label: str = "") -> None:
        """A date, typed as day/month/year. What the plan refuses of it is said under it."""
        self._draw_field(st.text_input, path, label, day_in, day_text, placeholder="dd/mm/yyyy")
        # Where another day does not go with this one, that is said here.
        self._at_field[path] = st.empty()

    def refuse(self, label: str, words: str) -> None:
        """Say at a field why what it holds is not taken, and hold back leaving the page."""
        self._refused.append(f"{label}: {plain(words)}.")
        st.error(self._refused[-1])

    def add_row(self, path: str, words: str, key: str, new: Mapping[str, Any]) -> None:
        """A button that adds a row to the list at a path."""
        if st.button(words, key=key, disabled=may_only_read()):
            self.rows = lambda plan: {path: [*value_at(plan, path), new]}

    def remove_row(self, path: str, words: str, key: str, **named: Any) -> None:
        """A button that removes the row at a path from its list."""
        rows, _, place = path.rpartition(".")
        if st.button(words, key=key, **shut_to_readers(named)):
            self.rows = lambda plan: {
                rows: [row for at, row in enumerate(value_at(plan, rows)) if at != int(place)]
            }

    def done(self, tidy: Callable[[Plan], Plan] = lambda plan: plan) -> Plan:
        """The plan as revised and made tidy, now the session's; after a row was added or removed
        the step begins anew with it."""
        plan = tidy(self.revised())
        if self.rows is not None and nothing_is_lost():
            rows = self.rows(plan)
            if replace_rows(plan, lambda: with_values(plan, rows)):
                st.session_state.update(self.remembered)
            st.rerun()
        self._keep(plan)
        return plan

    def revised(self) -> Plan:
        """The plan with every change that it accepts; each refused one is shown.

        What the plan's own check names is left out, one fault after another, so that one refused
        field takes no other with it that needs a third.
        """
        left = [
            change for change in self._changes if value_at(self.plan, change.path) != change.value
        ]
        while left:
            try:
                plan = self._with(left)
                break
            except ValidationError as error:
                for change in self._at_fault(left, error):
                    left.remove(change)
                    self._refused.append(f"{change.label}: not kept ({reason(error)}).")
                    if change.path in self._at_field:
                        self._at_field[change.path].error(self._refused[-1])
        else:
            plan = self.plan
        st.session_state.setdefault(REFUSED, []).extend(self._refused)
        return plan

    def _with(self, changes: Sequence[FieldEdit]) -> Plan:
        return with_values(self.plan, {change.path: change.value for change in changes})

    def _at_fault(
        self, changes: Sequence[FieldEdit], error: ValidationError
    ) -> Sequence[FieldEdit]:
        """The changes to leave out for the first fault: the field it names, or one of those that do
        not fit together."""
        place = error.errors()[0]["loc"]
        named = [
            change
            for change in changes
            if place[: len(parts_of(change.path))] == parts_of(change.path)
        ]
        if named:
            return named
        within = [
            change for change in changes if parts_of(change.path)[: len(place)] == place
        ] or changes
        for change in reversed(within):
            try:
                self._with([other for other in changes if other is not change])
            except ValidationError as still:
                if still.errors()[0]["loc"] == place:
                    continue
            return [change]
        return within

    def _draw_field(
        self,
        widget: Callable[..., Any],
        path: str,
        label: str,
        read: Callable[[Any], Any],
        show: Callable[[Any], Any] = lambda value: value,
        blank: Any = None,
        rewrite: bool = False,
        **named: Any,
    ) -> Any:
        """Draw the field, which shows what the plan holds unless it was seeded before; write what
        it holds, and give it as the plan would hold it. With `rewrite` a box then shows what was
        understood of what was typed."""
        label, key = label or label_of(self.plan, path), self._seed(path, show)
        if self._at_once:
            writings: dict[str, _Writing] = st.session_state.setdefault(WRITINGS, {})
            writings[key] = _Writing(path, read, blank, show if rewrite else None)
            named |= {"on_change": _take, "args": (key,)}
        typed = widget(label, key=key, **shut_to_readers(named))
        show_conflicts(self.plan, path)
        try:
            value = read(typed)
        except ValueError as error:
            self.refuse(label, str(error))
            return value_at(self.plan, path)
        if not _still_nothing(self.plan, path, value, blank):
            self.set(path, value, label)
        return value

    def _draw_number(
        self,
        path: str,
        label: str,
        read: Callable[[str], Any],
        show: Callable[[Any], str],
        **named: Any,
    ) -> Any:
        """A box for a number as people have it, such as 141,000, 1.41E+05 or 137 thousand, which
        then shows the number meant. While it shows the one that the plan holds, that one stays to
        its last digit."""
        current = value_at(self.plan, path)

        def exact(typed: str) -> Any:
            value = read(typed)
            return current if typed == show(current) else value

        return self._draw_field(
            st.text_input,
            path,
            label,
            exact,
            show,
            rewrite=True,
            **helped(path, {"max_chars": LONGEST_LINE} | named),
        )

    def _seed(self, path: str, show: Callable[[Any], Any]) -> str:
        key = field_key(path)
        seed_widget(key, show(value_at(self.plan, path)))
        return key

    def set(self, path: str, value: Any, label: str) -> None:
        """Write a value worked out from fields of the step's own."""
        self._changes.append(FieldEdit(path, value, label))


def _alike(typed: str, most: float, may_be_empty: bool) -> Range | None:
    """One number as a range without a spread, or nothing where it may be. Raises ValueError,
    in words."""
    value = amount_in(typed, most)
    if value is None and may_be_empty:
        return None
    if value is None:
        raise ValueError("give a number; until then the last one is used")
    return as_range(value)


def _row_and_label(plan: Plan, path: str) -> tuple[Any, FieldLabel]:
    """What holds the field at a path of the plan, and the field in words."""
    parent, _, field = path.rpartition(".")
    row = value_at(plan, parent) if parent else plan
    return row, LABELS[type(row)][field]


def label_of(plan: Plan, path: str) -> str:
    """What the box of a field of the plan says, naming the row where there are several."""
    row, field = _row_and_label(plan, path)
    words = (field.asks or field.label).format(row=row)
    number = next((part + 1 for part in reversed(parts_of(path)) if isinstance(part, int)), 0)
    return IN_ROWS.get(type(row), "{label}").format(
        label=capital(words), lower=lower_first(words), number=number, row=row
    )


def draw(widget: Callable[..., Any], label: str, key: str, start: Any = None, **named: Any) -> Any:
    """Draw a field under its key, and give what it holds; one that holds nothing yet begins with
    `start`."""
    seed_widget(key, start)
    if key.startswith(field_key("")):
        # It stands for something of the plan.
        named = shut_to_readers(named)
    return widget(label, key=key, **named)


def shut_to_readers(named: Mapping[str, Any]) -> dict[str, Any]:
    """What a field or a button is drawn with, shut where the plan may only be read."""
    return {**named, "disabled": bool(named.get("disabled")) or may_only_read()}


def _still_nothing(plan: Plan, path: str, value: Any, blank: Any) -> bool:
    """Whether a field left as it starts would write over nothing; a blank entry of a table need not
    be written."""
    return bool(value == blank) and value_at(plan, path) is None


class _Writing(NamedTuple):
    """Where in the plan a field writes, how it is read, what it holds when it holds nothing, and
    how its box then shows what was understood, if it does."""

    path: str
    read: Callable[[Any], Any]
    blank: Any
    show: Callable[[Any], Any] | None


def _take(key: str) -> None:
    """Write a field that was just changed to the session's plan, before anything is drawn.

    What follows from it can then be the first thing sent. What the plan refuses is left to the
    form, which says so.
    """
    to: _Writing | None = st.session_state.get(WRITINGS, {}).get(key)
    if to is None or key not in st.session_state:
        # The fields were let go of and this one not yet drawn anew: to Streamlit it then looks
        # changed.
        return
    plan: Plan = st.session_state[PLAN]
    # What cannot be read, or the plan refuses.
    with suppress(ValueError):
        value = to.read(st.session_state[key])
        if key != field_key(to.path):
            take_late(to.path, value)
        elif not _still_nothing(plan, to.path, value, to.blank):
            st.session_state[PLAN] = with_value(plan, to.path, value)
            if to.show is not None:
                st.session_state[key] = to.show(value)


class _RangeBoxes(NamedTuple):
    """The three boxes of a range: their keys, how each is read, and what its numbers are divided by
    in the plan."""

    keys: Sequence[str]
    read: Callable[[str], float | None]
    scale: int

    def values(self, typed: Sequence[str]) -> dict[str, float] | None:
        """Low, central and high as typed, an end that is empty as the central one, where that is
        there, all can be read and they are in order."""
        with suppress(ValueError):
            numbers = [self.read(one) for one in typed]
            if (central := numbers[1]) is None:
                return None
            values = [round((central if one is None else one) / self.scale, 8) for one in numbers]
            return dict(zip(SCENARIOS, values, strict=True)) if values == sorted(values) else None
        return None


def _take_range(path: str, boxes: _RangeBoxes, key: str) -> None:
    """Show in a box of a range the number meant; of boxes that held something before another
    person's figures were seen in their place, take that."""
    if any(one not in st.session_state for one in boxes.keys):
        return
    # What cannot be read, or the plan refuses.
    with suppress(ValueError):
        if key in (field_key(f"{path}.{scenario}") for scenario in SCENARIOS):
            _show_meant(key, boxes.read)
        elif values := boxes.values([st.session_state[one] for one in boxes.keys]):
            take_late(path, values)


def _show_meant(key: str, read: Callable[[str], float | None]) -> None:
    """Show in a box the number meant by what was typed, if it is one."""
    with suppress(ValueError):
        st.session_state[key] = number_text(read(st.session_state[key]))


def keep_half_typed() -> None:
    """Have the browser hand over what stands half typed in a box that is about to show what
    another person has changed."""
    HALF_TYPED(key=HALF, on_half_change=_take_half)


def _take_half() -> None:
    sent = st.session_state[HALF].half
    writings: dict[str, _Writing] = st.session_state.get(WRITINGS, {})
    for key, to in writings.items():
        if _css_class(key) == sent["box"] and key != field_key(to.path):
            with suppress(ValueError):
                take_late(to.path, to.read(sent["typed"]))
    ranges: dict[str, _RangeBoxes] = st.session_state.get(RANGE_BOXES, {})
    for path, boxes in ranges.items():
        for at, key in enumerate(boxes.keys):
            any_of_it = rf"{_css_class(key.partition('~')[0])}(-\d+)?"
            if sent["box"] != _css_class(key) and re.fullmatch(any_of_it, sent["box"]):
                _take_half_set(path, boxes, at, sent["typed"])


def focus_on_sought() -> None:
    """Give the focus to the field that the page was reached for."""
    place = sought()
    if place is None:
        return
    keys = field_key(place.at), place.at
    FIELD_FIRST(key=f"sought-{place.at}", data=[f".{_css_class(key)}" for key in keys])


def _css_class(key: str) -> str:
    """What Streamlit names on the page what stands there under a key."""
    return "st-key-" + re.sub(r"[^a-zA-Z0-9_-]", "-", key)


def _take_half_set(path: str, boxes: _RangeBoxes, at: int, half: str) -> None:
    """Take what stood half typed in one of three boxes, beside what the other two then held: as a
    value of its own if it is whole, else back into the boxes."""
    before: SavedPlan | None = st.session_state.get(BEFORE)
    typed = _in_boxes(value_at(before.plan, path) if before else None, boxes.scale)
    typed[at] = half
    values = boxes.values(typed)
    if values is not None:
        take_late(path, values)
        return
    for key, text in zip(boxes.keys, typed, strict=True):
        st.session_state[key] = text


def _write(changes: Mapping[str, Any]) -> None:
    """Write fields of the session's plan before anything is drawn, and fill them from it."""
    try:
        take_over(with_values(st.session_state[PLAN], changes))
    except ValidationError as error:
        give_notice(f"Not done: {reason(error)}.")


def help_words(path: str, above: bool = False) -> str:
    """Unit, basis and where the number of a field is found; nothing where that is said once above a
    group of fields, or with `above`, where it is not.

    A unit that the help does not give is that of the register of inputs.
    """
    ours = field_help(path)
    if ours is None or ours.above is not above:
        return ""
    return ours.words(ours.unit or SHARE.sub("per cent", input_at(path).unit))


def word_limit(plan: Plan, path: str) -> str:
    """How many words the documents have room for in a field, in words; empty where it is a line of
    text or stands in none that keeps to its pages, as an entry of a table does."""
    above, _, name = path.rpartition(".")
    fields = getattr(type(value_at(plan, above) if above else plan), "model_fields", {})
    few = name in fields and FEW_WORDS in fields[name].metadata
    return f"At most {MOST_WORDS} words." if few else ""


def helped(path: str, named: dict[str, Any]) -> dict[str, Any]:
    """What a field is drawn with, its help among it, and then the step's own words."""
    words = f"{help_words(path)} {named.get('help', '')}".strip()
    return named | {"help": words} if words else named


def hold_incomplete(words: str, place: Any = st) -> None:
    """Say that something typed is not whole yet, and hold back moving on until it is, lest it be
    lost."""
    place.warning(words)
    st.session_state.setdefault(WAITING, []).append(words)


def as_typed(values: Range, scale: int) -> dict[str, float]:
    """Low, central and high as their boxes would give them back."""
    return {
        scenario: round(round(getattr(values, scenario) * scale, 4) / scale, 8)
        for scenario in SCENARIOS
    }


def range_boxes(
    path: str,
    label: str,
    start: Range | None,
    scale: int = 100,
    *,
    most: float = 100.0,
    least: float = 0.0,
    **named: Any,
) -> tuple[dict[str, float] | None, bool]:
    """Three boxes, in per cent where the scale is 100. What they hold if it is whole and in order,
    and whether they are all empty.

    One figure is enough: an end left empty is taken as the central one. The help of all three
    stands at the first.
    """
    unit, read = (", %", per_cent) if scale == 100 else ("", amount_in)
    named = helped(path, {"max_chars": LONGEST_LINE} | named)
    keys = [field_key(f"{path}.{scenario}") for scenario in SCENARIOS]
    boxes = _RangeBoxes(keys, partial(read, most=most, least=least), scale)
    _keep_half_set(path, boxes)
    typed: list[str] = []
    is_empty = True
    starts = _in_boxes(start, scale)
    end = "as the central one" if st.session_state.get(keys[1], starts[1]) else None
    for scenario, key, begin, column in zip(SCENARIOS, keys, starts, st.columns(3), strict=True):
        words = f"{label}, {scenario}{unit}"
        named["placeholder"] = "enough by itself" if scenario == "central" else end
        named |= {"on_change": _take_range, "args": (path, boxes, key)}
        typed.append(draw(column.text_input, words, key, begin, **named))
        named.pop("help", None)
        try:
            is_empty = boxes.read(typed[-1]) is None and is_empty
        except ValueError as error:
            column.error(plain(f"{words}: {error}."))
            is_empty = False
    return boxes.values(typed), is_empty


def number_box(
    label: str,
    key: str,
    start: float | None,
    read: Callable[[str], float | None],
    **named: Any,
) -> float | None:
    """A box for a number that is no field of the plan by itself, or nothing. Raises ValueError, in
    words, where what it holds is none."""
    named = {"max_chars": LONGEST_LINE, "on_change": _show_meant, "args": (key, read)} | named
    return read(draw(st.text_input, label, key, number_text(start), **named))


def _keep_half_set(path: str, boxes: _RangeBoxes) -> None:
    """Let three boxes that are about to be filled with another person's figures go on holding what
    stands half typed in them; a whole set is a value of its own, and is put beside the other's."""
    ranges: dict[str, _RangeBoxes] = st.session_state.setdefault(RANGE_BOXES, {})
    before = ranges.get(path, boxes)
    ranges[path] = boxes
    if before.keys == boxes.keys:
        return
    typed = [st.session_state.get(key, "") for key in before.keys]
    if any(typed) and boxes.values(typed) is None:
        for key, text in zip(boxes.keys, typed, strict=True):
            seed_widget(key, text)


def _in_boxes(values: Range | None, scale: int) -> list[str]:
    """What three boxes show of a range; of one without a spread, the central figure alone."""
    if values is None:
        return ["", "", ""]
    low, central, high = (number_text(round(getattr(values, one) * scale, 4)) for one in SCENARIOS)
    return ["", central, ""] if values.low == values.high else [low, central, high]


def with_stranger(current: Any, words: Callable[[Any], str]) -> Callable[[Any], str]:
    """The words of options to pick from, one of which the plan holds and we do not."""
    return lambda one: f"{one} (not on the planner's list)" if one == current else words(one)


def displayed_entry(key: str, among: Sequence[Any], start: Any) -> Any:
    """Which of a list has its fields on the page: what `pick` last went to while it is in the list,
    else `start`."""
    if st.session_state.get(key + DISPLAY_SUFFIX) not in among:
        st.session_state[key + DISPLAY_SUFFIX] = start
    return st.session_state[key + DISPLAY_SUFFIX]


def pick(
    place: DeltaGenerator,
    label: str,
    among: Sequence[Any],
    words: Callable[[Any], str],
    key: str,
) -> None:
    """The list that `displayed_entry` follows, in its place, drawn once the fields of what is shown
    have been read and the plan is kept.

    Going to another lets go of what those fields hold. While something in them is refused or half
    typed it is not gone to, and that is said.
    """
    display, wanted = st.session_state[key + DISPLAY_SUFFIX], st.session_state.get(key)
    with place:
        if wanted in among and wanted != display and nothing_is_lost():
            forget_fields()
            st.session_state[key] = st.session_state[key + DISPLAY_SUFFIX] = wanted
            st.rerun()
        if wanted != display:
            st.session_state.pop(key, None)
        draw(st.selectbox, label, key, display, options=among, format_func=words)


def typed_now(path: str, current: Any) -> Any:
    """What the field of that path holds at this moment, or `current` if it is not drawn."""
    now = st.session_state.get(field_key(path))
    return current if now is None else now
