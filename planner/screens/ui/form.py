"""Fields that fill from the plan and write back to it, checked by the plan's own rules. No layout."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

import streamlit as st
from pydantic import ValidationError

from planner.analysis.calculation.inputs import field_kinds, input_at, is_range, label_at
from planner.analysis.statistics.group_rates import capital
from planner.model.base import Range
from planner.model.edit import parts_of, value_at, with_value, with_values
from planner.model.labels.plan import LABELS
from planner.model.plan import Plan
from planner.reference.field_help import field_help
from planner.screens.ui.session import (
    PLAN,
    REFUSED,
    WAITING,
    field_key,
    forget_fields,
    may_change_rows,
    seed_widget,
)
from planner.store.plan_file import reason

SHOWN_SUFFIX = ".shown"
DATE_FORMS = ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%d/%m/%y")


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
    is called what it is called where two plans are compared.
    """

    def __init__(self, plan: Plan, at_once: bool = True) -> None:
        self.plan = plan
        self._at_once = at_once
        self._changes: list[FieldEdit] = []
        self._refused: list[str] = []

    def text(self, path: str, label: str = "", *, tall: bool = False, **named: Any) -> str:
        """A line, or several lines, of the user's own words."""
        self._seed(path, lambda value: value or "")
        widget = st.text_area if tall else st.text_input
        return str(
            self._draw_field(
                widget, path, label, lambda typed: typed or "", blank="", **helped(path, named)
            )
        )

    def number(
        self, path: str, label: str = "", *, whole: bool = True, **named: Any
    ) -> float | None:
        """A number, or nothing."""
        convert = int if whole else float
        self._seed(path, lambda value: None if value is None else convert(value))
        if whole:
            named = {"step": 1, "format": "%d"} | named
        typed: float | None = self._draw_field(
            st.number_input, path, label, lambda typed: typed, value=None, **helped(path, named)
        )
        return typed

    def percent(
        self, path: str, label: str, *, lowest: float = 0.0, highest: float = 100.0, **named: Any
    ) -> float | None:
        """A share, typed as a percentage."""
        self._seed(path, lambda value: None if value is None else round(value * 100, 4))
        bounds = {"min_value": lowest, "max_value": highest, "step": 1.0, "format": "%.1f"}
        share: float | None = self._draw_field(
            st.number_input, path, label, _share, value=None, **bounds, **helped(path, named)
        )
        return None if share is None else round(share * 100, 4)

    def range_input(
        self,
        path: str,
        label: str,
        *,
        percent: bool = True,
        ours: Range | None = None,
        needed: bool = False,
        **named: Any,
    ) -> None:
        """A low, a central and a high, or nothing unless `needed`; percentages of a share unless
        told otherwise.

        Half a set, or one out of order, is not written: what the plan held stays, and that is said.
        """
        current = value_at(self.plan, path)
        values, empty = range_boxes(path, label, current or ours, percent=percent, **named)
        if values is None and (needed or not empty):
            hold_incomplete(
                f"{label}: give all three figures, from low to high. Until then the last ones are used."
            )
            return
        saved = None if current is None else as_typed(current, percent)
        if values != saved and not (
            current is None and ours is not None and values == as_typed(ours, percent)
        ):
            self._set(path, values, label)

    def field(self, path: str, *, ours: Range | None = None, **named: Any) -> float | None:
        """Draw the input at a path of the plan: its label, its bounds and what it counts are those
        of the register.

        Returns what is typed, but for a low, a central and a high.
        """
        item, label = input_at(path), label_at(path)
        kinds, share = field_kinds(item.path), item.measure == "share"
        least, most = item.lowest, item.highest or 0.0
        if is_range(item.path):
            scale = 100 if share else 1
            named = {"max_value": most * scale, "step": item.jump, "format": item.places} | named
            needed = type(None) not in kinds
            self.range_input(
                path,
                label,
                percent=share,
                ours=ours,
                needed=needed,
                min_value=least * scale,
                **named,
            )
            return None
        if share:
            return self.percent(
                path, f"{label}, %", lowest=least * 100, highest=most * 100, **named
            )
        label = f"{label}, £" if item.measure == "GBP" else label
        if int in kinds:
            return self.number(path, label, min_value=int(least), max_value=int(most), **named)
        named = {
            "min_value": least,
            "max_value": most,
            "step": item.jump,
            "format": item.places,
        } | named
        return self.number(path, label, whole=False, **named)

    def choice(
        self,
        path: str,
        label: str,
        options: Sequence[Any],
        words: Callable[[Any], str] = str,
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
        named = {"options": options, "format_func": words} | named
        return self._draw_field(
            st.selectbox, path, label, lambda chosen: chosen, blank=default, **named
        )

    def several(
        self,
        path: str,
        label: str,
        options: Sequence[Any],
        words: Callable[[Any], str] = str,
        **named: Any,
    ) -> None:
        """Any number of several."""
        key = self._seed(path, list)
        if named.get("accept_new_options"):
            options = list(dict.fromkeys([*options, *st.session_state[key]]))
        self._draw_field(
            st.multiselect, path, label, tuple, options=options, format_func=words, **named
        )

    def tick(self, path: str, label: str, **named: Any) -> bool:
        """Yes or no."""
        self._seed(path, bool)
        return bool(self._draw_field(st.checkbox, path, label, bool, **named))

    def day(self, path: str, label: str = "", **named: Any) -> None:
        """A date, typed as day/month/year."""
        label = label or label_of(self.plan, path)
        key = self._seed(path, lambda value: value.strftime("%d/%m/%Y") if value else "")
        typed = st.text_input(label, key=key, placeholder="dd/mm/yyyy", **named).strip()
        if not typed:
            self._set(path, None, label)
            return
        for form in DATE_FORMS:
            try:
                self._set(path, datetime.strptime(typed, form).date(), label)
                return
            except ValueError:
                continue
        self._refused.append(
            f"{label}: '{plain_text(typed)}' is not a date. Write it as day/month/year, such as 01/04/2027."
        )
        st.error(self._refused[-1])

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
        blank: Any = None,
        **named: Any,
    ) -> Any:
        """Draw the field, write what it holds, and give it as the plan would hold it."""
        label = label or label_of(self.plan, path)
        if self._at_once:
            named |= {"on_change": _take, "args": (path, read, blank)}
        value = read(widget(label, key=field_key(path), **named))
        if not _still_nothing(self.plan, path, value, blank):
            self._set(path, value, label)
        return value

    def _seed(self, path: str, show: Callable[[Any], Any]) -> str:
        key = field_key(path)
        seed_widget(key, show(value_at(self.plan, path)))
        return key

    def set(
        self, path: str, value: Any, label: str, unchanged: Callable[[Any], bool] | None = None
    ) -> None:
        """Write a value worked out from fields of the step's own, unless it already stands so."""
        if unchanged is None or not unchanged(value_at(self.plan, path)):
            self._set(path, value, label)

    def _set(self, path: str, value: Any, label: str) -> None:
        self._changes.append(FieldEdit(path, value, label))


def label_of(plan: Plan, path: str) -> str:
    """What a field of the plan is called, at the head of a line."""
    parent, _, field = path.rpartition(".")
    return capital(LABELS[type(value_at(plan, parent))][field].label)


def draw(widget: Callable[..., Any], label: str, key: str, start: Any = None, **named: Any) -> Any:
    """Draw a field under its key, and give what it holds; one that holds nothing yet begins with
    `start`."""
    seed_widget(key, start)
    return widget(label, key=key, **named)


def _still_nothing(plan: Plan, path: str, value: Any, blank: Any) -> bool:
    """Whether a field left as it starts would write over nothing; a blank entry of a table need not
    be written."""
    return bool(value == blank) and value_at(plan, path) is None


def _take(path: str, read: Callable[[Any], Any], blank: Any) -> None:
    """Write a field that was just changed to the session's plan, before anything is drawn.

    What follows from it can then be the first thing sent. What the plan refuses is left to the
    form, which says so.
    """
    key = field_key(path)
    if key not in st.session_state:
        # The fields were let go of and this one not yet drawn anew: to Streamlit it then looks
        # changed.
        return
    plan: Plan = st.session_state[PLAN]
    value = read(st.session_state[key])
    with suppress(ValidationError):
        if not _still_nothing(plan, path, value, blank):
            st.session_state[PLAN] = with_value(plan, path, value)


def _share(typed: float | None) -> float | None:
    return None if typed is None else round(typed / 100, 8)


def helped(path: str, named: dict[str, Any]) -> dict[str, Any]:
    """What a field is drawn with, its help among it: unit, basis and where the number is found,
    then the step's own words.

    Where the help is said once above a group of fields, none is added to each.
    """
    ours = field_help(path)
    if ours is None or ours.above:
        return named
    return named | {"help": f"{ours.words} {named.get('help', '')}".strip()}


def help_above(path: str) -> str:
    """The help of a group of fields, for the one place above them where it is said. Any one of
    their paths will do."""
    ours = field_help(path)
    assert ours is not None and ours.above, path
    return ours.words


def hold_incomplete(words: str) -> None:
    """Say that something typed is not whole yet, and hold back moving on until it is, lest it be
    lost."""
    st.warning(words)
    st.session_state.setdefault(WAITING, []).append(words)


SCENARIOS = ("low", "central", "high")


def as_typed(values: Range, percent: bool) -> dict[str, float]:
    """Low, central and high as their boxes would give them back."""
    scale = 100 if percent else 1
    return {
        scenario: round(round(getattr(values, scenario) * scale, 4) / scale, 8)
        for scenario in SCENARIOS
    }


def range_boxes(
    path: str, label: str, start: Range | None, *, percent: bool = True, **named: Any
) -> tuple[dict[str, float] | None, bool]:
    """Three boxes. What they hold if it is whole and in order, and whether they are all empty.

    The help of all three stands at the first.
    """
    scale, unit = (100, ", %") if percent else (1, "")
    bounds: dict[str, Any] = {"min_value": 0.0, "step": 1.0, "format": "%.1f"}
    bounds |= ({"max_value": 100.0} if percent else {}) | helped(path, named)
    typed: list[float] = []
    for scenario, column in zip(SCENARIOS, st.columns(3), strict=True):
        key = field_key(f"{path}.{scenario}")
        begin = None if start is None else round(getattr(start, scenario) * scale, 4)
        with column:
            value = draw(
                st.number_input, f"{label}, {scenario}{unit}", key, begin, value=None, **bounds
            )
        bounds.pop("help", None)
        if value is not None:
            typed.append(round(value / scale, 8))
    whole = len(typed) == 3 and typed == sorted(typed)
    return (dict(zip(SCENARIOS, typed, strict=True)) if whole else None), not typed


def with_stranger(current: Any, words: Callable[[Any], str]) -> Callable[[Any], str]:
    """The words of options to pick from, one of which the plan holds and we do not."""
    return lambda one: f"{one} (not among ours)" if one == current else words(one)


def displayed_entry(key: str, among: Sequence[Any], start: Any) -> Any:
    """Which of a list has its fields on the page: what `pick` last went to while it is in the list,
    else `start`."""
    if st.session_state.get(key + SHOWN_SUFFIX) not in among:
        st.session_state[key + SHOWN_SUFFIX] = start
    return st.session_state[key + SHOWN_SUFFIX]


def pick(label: str, among: Sequence[Any], words: Callable[[Any], str], key: str) -> None:
    """The list that `shown_now` follows, drawn once the fields of what is shown have been read and
    the plan is kept.

    Going to another lets go of what those fields hold. While something in them is refused or half
    typed it is not gone to, and that is said.
    """
    display = st.session_state[key + SHOWN_SUFFIX]
    wanted = st.session_state.get(key)
    if wanted in among and wanted != display and may_change_rows():
        forget_fields()
        st.session_state[key] = st.session_state[key + SHOWN_SUFFIX] = wanted
        st.rerun()
    if wanted != display:
        st.session_state.pop(key, None)
    draw(st.selectbox, label, key, display, options=among, format_func=words)


def plain_text(text: str) -> str:
    """What a person typed, where Markdown is drawn, with nothing in it read as markup."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()#+-.!|<>$:~" else c for c in text).replace(
        "\n", " "
    )


def typed_now(path: str, current: Any) -> Any:
    """What the field of that path holds at this moment, or what the plan holds if it is not drawn."""
    now = st.session_state.get(field_key(path))
    return current if now is None else now
