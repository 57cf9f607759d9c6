"""The options of a plan beside the case studies in one table, and what may be added to them.

For step 3 and the first draft.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Literal

import streamlit as st

from planner.analysis.calculation.inputs import label_at, label_named
from planner.analysis.completeness.wizard_steps import at_step
from planner.analysis.economics.case_study_models import StudyHere
from planner.analysis.economics.example import (
    option_from_quote,
    options_from,
    options_from_case_studies,
    starter_plan,
)
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.economics.option_model import residents_of_all_ages
from planner.analysis.formatting import about_pounds, people, pounds
from planner.analysis.population.need import plan_organisation
from planner.documents import tables
from planner.model.base import LONGEST_LINE, as_range
from planner.model.case_study_names import numbered
from planner.model.document import DASH
from planner.model.edit import with_value, with_values
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.model.service import AGENDA_FOR_CHANGE, Post, ServiceOption
from planner.screens.ui.display import bullets
from planner.screens.ui.form import Form, draw, helped, hold_incomplete
from planner.screens.ui.markup import plain
from planner.screens.ui.plan_state import may_only_read
from planner.screens.ui.session import (
    COMES_FIRST,
    VISIT,
    field_key,
    give_notice,
    nothing_is_lost,
    projections_for,
    replace_rows,
    results_for,
    store_plan,
    visit,
)
from planner.screens.ui.streamlit_compat import DeltaGenerator
from planner.screens.ui.typed import amount, number_text, whole_number, without_a_patient

EDITING, BEFORE = "editing", "editing-before"
"""What a visit to a page remembers: the option whose fields are open, and whose were before."""
NOT_STATED, PEOPLE_NOT_STATED = "not stated", "Not stated: no cost per person"
PROMPTED = "prompted-at-boxes"
"""What a visit remembers besides: the boxes at which something was said of what they lack."""
MORE_POSTS = (
    "One kind of post is taken here. More are added to the same team on "
    f"{at_step('options')}: press Change there. "
)
IN_COLUMNS = ("annual_cost", "cost_per_head_all_ages")
SEEN, WRITTEN_TO = ("cost_per_assessed", "people_assessed"), ("cost_per_written", "written")
"""The measures in the columns of every option, of one that sees people, and of one that writes."""
COLUMNS = ("Cost a year", "Per head", "Per person", "People a year", "Within budget")
MOST_PAID, MOST_PEOPLE, MOST_POSTS = 1e9, 1e7, 1000.0
PERIODS = {"a year": 1.0, "six months": 0.5, "two years": 2.0, "three years": 3.0}
"""What a price may be for, with how many years that is."""

# A table of the page's own: Streamlit's can hold no button, and a grid of columns is no table to
# whoever hears it read.
TABLE = st.components.v2.component(
    "option_table",
    isolate_styles=False,
    css="""
    .choices {font-size: 0.875rem;}
    .choices > p {margin: 0 0 0.5rem; max-width: 100ch;}
    .choices > div {overflow-x: auto;}
    .choices table {border-collapse: collapse; width: 100%;}
    .choices :is(th, td) {text-align: left; vertical-align: top; padding: 0.3rem 0.5rem;
      border-bottom: 1px solid color-mix(in srgb, currentColor 25%, transparent);}
    .choices tbody th {font-weight: 400; min-width: 15rem;}
    .choices label {display: flex; gap: 0.5rem; align-items: start; cursor: pointer;}
    .choices input {flex: none; width: 1.1rem; height: 1.1rem; margin: 0.15rem 0 0;
      accent-color: #005EB8;}
    .choices .chosen {font-weight: 700;}
    .choices button {font: inherit; color: inherit; background: none; cursor: pointer;
      border: 0; text-decoration: underline; padding: 0.25rem 1rem 0.25rem 0;
      min-height: 1.5rem;}
    .choices th div {margin-left: 1.6rem;}
    /* Where there is no room for columns a row is a paragraph, each figure after its column's
       name. */
    @media screen and (max-width: 50rem) {
      .choices :is(table, tbody, tr) {display: block;}
      .choices thead {position: absolute; width: 1px; height: 1px; overflow: hidden;
        clip-path: inset(50%);}
      .choices tbody tr {padding: 0.5rem 0;
        border-bottom: 1px solid color-mix(in srgb, currentColor 25%, transparent);}
      .choices tbody :is(th, td) {border: 0; padding: 0; min-width: 0;}
      .choices tbody th {display: block;}
      .choices td {display: inline;}
      .choices td::before {content: attr(data-of) ": "; font-weight: 700;}
      .choices td:not(:last-child)::after {content: "; ";}
    }
    @media print {.choices button {display: none;}}
    """,
    js="""
    function made(kind, words, parent, named) {
      const one = Object.assign(document.createElement(kind), named);
      one.textContent = words;
      parent.append(one);
      return one;
    }

    function asCsv(data) {
      // What would be taken for a formula where the file is opened is text.
      const quoted = (cell) => '"' + String(cell).replace(/^(?=[=+@]|-[^0-9£])/, "'")
        .replaceAll('"', '""') + '"';
      const rows = [['Option', ...data.columns],
        ...data.rows.map((r) => [r.name + (r.id ? '' : ", at this place's size"), ...r.cells])];
      const text = '\\ufeff' + rows.map((row) => row.map(quoted).join(',')).join('\\r\\n');
      const href = URL.createObjectURL(new Blob([text], {type: 'text/csv'}));
      Object.assign(document.createElement('a'), {href, download: 'options.csv'}).click();
    }

    export default function ({data, parentElement, setTriggerValue}) {
      const old = parentElement.querySelector('.choices'), text = JSON.stringify(data);
      if (old?.drawn === text) return;
      const before = old?.contains(document.activeElement)
        ? document.activeElement.dataset.at : undefined;
      const box = made('div', '', parentElement, {className: 'choices', drawn: text});
      old?.remove();
      const act = (parent, words, what, id, named) => {
        const button = made('button', words, parent, {type: 'button', ...named});
        button.dataset.at = what + ':' + id;
        button.onclick = () => setTriggerValue('act', [what, id]);
      };
      made('p', data.words, box);
      // Said, since what is not laid out as a table is else no longer read as one.
      const part = (kind, role, words, parent, named) =>
        made(kind, words, parent, {role, ...named});
      const table = part('table', 'table', '', made('div', '', box),
        {ariaLabel: 'Options side by side'});
      const head = part('tr', 'row', '', part('thead', 'rowgroup', '', table));
      for (const column of ['Option: choose the one you prefer', ...data.columns]) {
        part('th', 'columnheader', column, head, {scope: 'col'});
      }
      const body = part('tbody', 'rowgroup', '', table);
      for (const row of data.rows) {
        const line = part('tr', 'row', '', body);
        const first = part('th', 'rowheader', '', line, {scope: 'row'});
        if (row.id) {
          const label = made('label', '', first, {className: row.chosen ? 'chosen' : ''});
          const radio = made('input', '', label,
            {type: 'radio', name: 'preferred', checked: row.chosen, disabled: data.shut});
          radio.dataset.at = 'prefer:' + row.id;
          radio.onchange = () => setTriggerValue('act', ['prefer', row.id]);
          made('span', row.name, label);
          const acts = made('div', '', first);
          for (const [what, words] of row.acts) {
            act(acts, words, what, row.id, {ariaLabel: words + ' ' + row.name});
          }
        } else {
          made('span', row.name, first);
        }
        row.cells.forEach((cell, at) => {
          part('td', 'cell', cell, line).dataset.of = data.columns[at];
        });
      }
      made('button', 'Download this table (CSV)', box,
        {type: 'button', onclick: () => asCsv(data)}).dataset.at = 'csv';
      if (!data.shut && data.rows.some((row) => row.chosen)) {
        act(box, 'Prefer none yet', 'prefer', '');
      }
      const at = before ?? (!old && data.focus ? 'change:' + data.focus : undefined);
      if (at) box.querySelector(`[data-at="${CSS.escape(at)}"]`)?.focus();
    }
    """,
)


def option_table(plan: Plan, reference: ReferenceData, *, can_open: bool = True) -> None:
    """Draw the table, and carry out what was chosen in it: one preferred, opened or removed. With
    `can_open` an option has a button that opens its fields."""
    results, budget = results_for(plan), plan.pricing.budget
    keeps, shut = reference.example.do_nothing.id, may_only_read()
    residents = residents_of_all_ages(plan, reference)
    whom = f"{residents:,.0f} residents" if residents else "residents"
    rows = [
        {
            "id": option.id,
            "name": option.name,
            "chosen": option.id == plan.preferred_option,
            "cells": _cells_of_option(option, budget),
            "acts": [
                *([("change", "Look at" if shut else "Change")] if can_open else []),
                *([("remove", "Remove")] if option.id != keeps and not shut else []),
            ],
        }
        for option in results.options
    ]
    rows += [
        {
            "name": f"Case study {one.number}, {one.name}",
            "cells": _cells_of_study(one, budget),
        }
        for one in projections_for(plan).case_studies.models
        if one.printed_cost and one.cost_here
    ]
    act = TABLE(
        key="option-table",
        data={
            "words": f"In {plan.pricing.price_year} prices. Per head is over the {whom} of all "
            "ages here, in every row. Options are modelled, with their likely range, unless "
            f"quoted. {median_explained(results.options, (*IN_COLUMNS, *SEEN, *WRITTEN_TO))}"
            "Case studies are their printed costs and people at this place's size.",
            "columns": COLUMNS,
            "rows": rows,
            "shut": shut,
            "focus": visit().get(BEFORE, ""),
        },
        on_act_change=lambda: None,
    ).act
    bullets(
        f"{one.name}: whom it would see is not known, because {one.withheld['people_assessed']}."
        for one in results.options
        if "people_assessed" in one.withheld and "written" not in one.measures
    )
    bullets(f"{one.name} is too thin: {one.too_thin}." for one in results.options if one.too_thin)
    if act:
        _carry_out(plan, *act)


def median_explained(options: Iterable[OptionResult], names: Sequence[str]) -> str:
    """What a figure marked as a median is, where one of these measures of the options is."""
    if not any(name in option.medians for option in options for name in names):
        return ""
    return (
        "A figure marked median is the middle of the simulations, where that and the central case "
        "lie well apart. "
    )


def _within(cost: float, budget: float | None) -> str:
    """Whether a cost is within the budget, and if not by how much it is over."""
    if budget is None:
        return "no budget given"
    return "yes" if cost <= budget else f"no, {about_pounds(cost - budget)} over"


def _cells_of_option(option: OptionResult, budget: float | None) -> list[str]:
    writes = "written" in option.measures
    names = (*IN_COLUMNS, *(WRITTEN_TO if writes else SEEN))
    none = NOT_STATED if option.is_price_alone else DASH
    printed = (tables.measure_text(option, name) for name in names)
    *cells, whom = (none if cell == DASH else cell for cell in printed)
    within = _within(option.annual_cost.central, budget)
    return [*cells, f"{whom} written to" if writes else whom, within]


def _cells_of_study(study: StudyHere, budget: float | None) -> list[str]:
    cost, seen, each = study.cost_here, study.people_here, study.parts.per_person
    return [
        DASH if cost is None else about_pounds(cost),
        DASH if study.cost_per_head is None else pounds(study.cost_per_head, 2),
        DASH if each is None else about_pounds(each),
        DASH if seen is None else f"{people(seen)}: {study.counts}",
        DASH if cost is None else _within(cost, budget),
    ]


def _carry_out(plan: Plan, what: str, option_id: str) -> None:
    """Do what was chosen of an option, once nothing typed would be lost by it."""
    ids = [option.id for option in plan.options]
    if (option_id and option_id not in ids) or not nothing_is_lost():
        return
    if what == "change":
        st.session_state[VISIT] = {EDITING: option_id}
    elif what == "prefer":
        store_plan(with_value(plan, "preferred_option", option_id or None))
    else:
        gone = plan.options[ids.index(option_id)]
        changed: dict[str, Any] = {"options": tuple(one for one in plan.options if one != gone)}
        words = f"Removed: {plain(gone.name)}."
        if option_id == plan.preferred_option:
            changed["preferred_option"] = None
            words += " It was the preferred one."
        if replace_rows(plan, lambda: with_values(plan, changed)):
            give_notice(f"{words} Undo, at the side, puts it back.")
    st.rerun()


def budget(form: Form) -> None:
    """The one box for the budget."""
    label = f"{label_at('pricing.budget')}, £"
    form.number("pricing.budget", label, most=MOST_PAID, whole=False, placeholder="Not given")


class _Boxes:
    """The boxes of what is being added, which are no fields of the plan, and the button that adds
    it.

    The button is open from the first, and says at its boxes what is missing once it is pressed.
    """

    def __init__(self, button: str, key: str) -> None:
        self._button, self._key = button, key
        self._names: set[str] = set()
        self._missing: list[tuple[str, DeltaGenerator, str]] = []
        self._refused = self._begun = False
        self._prompted: set[str] = visit().setdefault(PROMPTED, set())

    def text(
        self,
        label: str,
        name: str,
        read: Callable[[str], Any],
        place: Any = st,
        needs: str = "",
        **named: Any,
    ) -> Any:
        """What a box holds, or None where it is empty or refused at the field; `needs` asks for
        what may not be left out."""
        named = helped(name, {"max_chars": LONGEST_LINE} | named)
        typed = draw(place.text_input, label, field_key(name), "", **named).strip()
        # Below the row that the box stands in, where it is one line in any column's width.
        at_field = st.empty()
        self._names.add(name)
        self._begun = self._begun or bool(typed)
        try:
            value = read(typed) or None
        except ValueError as error:
            self._refused = True
            self._prompted.add(name)
            hold_incomplete(plain(f"{label}: {error}."), at_field)
            return None
        if needs and value is None:
            self._missing.append((name, at_field, f"{label}: {needs}."))
        elif name in self._prompted:
            # It takes the room of what was said, so that the button stays where it is pressed.
            at_field.success(f"{label}: {'given' if value else 'left empty'}.")
        return value

    def add(self, what: str, leads: bool) -> bool:
        """Draw the button, in colour where it `leads`, and give whether what is in the boxes is to
        be added now; what is begun and not added holds back going on."""
        if self._begun:
            st.session_state[COMES_FIRST] = True
        # Its kind never changes: a button that the browser draws anew while it is held down loses
        # the press.
        kind: Literal["primary", "secondary"] = "primary" if leads else "secondary"
        if st.button(self._button, key=self._key, type=kind, disabled=may_only_read()):
            if not self._missing and not self._refused:
                return True
            self._prompted.update(name for name, _, _ in self._missing)
        elif not self._begun:
            self._prompted -= self._names
        for name, at_field, words in self._missing:
            if name in self._prompted:
                at_field.error(words)
        if self._begun:
            hold_incomplete(f"{what} not added yet: press {self._button}, or empty the boxes.")
        return False


def quote(form: Form, leads: bool = True) -> None:
    """Boxes for a quote, which is taken whole or not at all."""
    st.write(
        "A quote is one price, taken whole or not at all. Its effect beside usual care is not "
        "known until its provider says."
    )
    boxes = _Boxes("Add this quote", "add-quote")
    name = boxes.text("Who quoted", "quote.name", without_a_patient, needs="say who quoted")
    one, two = st.columns(2)
    read = partial(amount, most=MOST_PAID)
    price = boxes.text("Price, £", "quote.price", read, one, needs="give the price")
    key = field_key("quote.period")
    period = draw(two.selectbox, "The price is for", key, "a year", options=list(PERIODS))
    seen = boxes.text(
        label_named("stated_capacity"),
        "quote.people",
        partial(whole_number, most=MOST_PEOPLE),
        placeholder=PEOPLE_NOT_STATED,
    )
    covers = boxes.text("What it includes", "quote.covers", without_a_patient)
    if boxes.add("The quote is", leads):
        a_year = price / PERIODS[period]
        option = option_from_quote("quote", name, a_year, None if seen is None else as_range(seen))
        words = [
            option.description
            if period == "a year"
            else f"Quoted whole at {pounds(price)} for {period}, {pounds(a_year)} a year.",
            *([f"It includes: {covers}."] if covers else []),
        ]
        _add(form, option.model_copy(update={"description": " ".join(words)}))


def posts(form: Form, leads: bool = True) -> None:
    """Boxes for a team of posts, of which the first is asked; step 3 then opens it for more."""
    st.write(
        f"{'' if leads else MORE_POSTS}What the posts add to usual care is not known until you "
        f"give it at 'Effect compared with the trials', on {at_step('options')}."
    )
    boxes = _Boxes("Add these posts", "add-posts")
    name = boxes.text("What to call it", "posts.name", without_a_patient, placeholder="Our posts")
    one, two = st.columns(2)
    read = partial(amount, most=MOST_POSTS)
    needs = "say how many posts"
    wte = boxes.text(
        "Whole-time posts", "posts.wte", read, one, needs=needs, placeholder="such as 2.4"
    )
    bands = list(AGENDA_FOR_CHANGE)
    band = draw(two.selectbox, "Band", field_key("posts.band"), "7", options=bands)
    if boxes.add("The posts are", leads):
        called = name or f"Our posts: {number_text(wte)} WTE of band {band}"
        post = Post(title=f"Band {band} post", band=band, wte=wte)
        _add(form, ServiceOption(id="posts", name=called, posts=(post,)), opened=True)


def starter(form: Form, reference: ReferenceData) -> None:
    """A list of the services we offer, sized to the place."""
    offered = starter_plan(plan_organisation(form.plan, reference), reference).options
    has_nothing = any(option.is_do_nothing for option in form.plan.options)
    _from_list(form, [one for one in offered if not (has_nothing and one.is_do_nothing)])


def case_study(form: Form, reference: ReferenceData) -> None:
    """A list of what the case studies print, as options."""
    without = [
        study for study in reference.case_studies if not options_from(study, form.plan, reference)
    ]
    verb, them = ("prints", "it") if len(without) == 1 else ("print", "them")
    nothing = (
        f"{numbered(without).capitalize()} {verb} neither a workforce nor a cost, "
        f"so nothing can be started from {them}. "
    )
    st.write(
        f"{nothing if without else ''}What is printed is never corrected: where a workforce "
        "can be read in two ways, both are here."
    )
    _from_list(form, options_from_case_studies(form.plan, reference))


def _from_list(form: Form, offered: Iterable[ServiceOption]) -> None:
    """One of several options, each with what it costs and whom it sees here."""
    starts = {option.id: option for option in offered}
    costed = costed_here(form.plan, starts.values())
    chosen = st.selectbox(
        "Start from",
        list(starts),
        format_func=lambda one: f"{starts[one].name}: {in_short(costed[one])}",
        key="add-from",
    )
    if chosen is not None:
        # A narrow list cuts its lines short.
        st.write(plain(f"{starts[chosen].name}: {in_short(costed[chosen])}."))
    shut = may_only_read()
    if st.button("Add this option", key="add-option", type="primary", disabled=shut):
        _add(form, starts[chosen])


def costed_here(plan: Plan, options: Iterable[ServiceOption]) -> dict[str, OptionResult]:
    """Options that the plan may not hold, costed as if it held them, by id."""
    mine = {option.id for option in plan.options}
    every = (*plan.options, *(option for option in options if option.id not in mine))
    return {one.id: one for one in results_for(with_values(plan, {"options": every})).options}


def in_short(option: OptionResult) -> str:
    """What an option costs and whom it sees, in a few words."""
    what = "assessed" if option.people_assessed else "written to"
    seen = option.people_assessed or option.measures.get("written")
    whom = f", {people(seen.central)} people {what}" if seen else ""
    return f"{about_pounds(option.annual_cost.central)} {option.by_the_year}{whom}"


def copy_option(form: Form, option: ServiceOption) -> None:
    """Add a copy of an option and open it."""
    again = {"id": f"{option.id[:70]}-copy", "name": f"{option.name[:290]} (copy)"}
    _add(form, option.model_copy(update=again), opened=True)


def _add(form: Form, option: ServiceOption, opened: bool = False) -> None:
    """Add an option under an id that no other has; with `opened` its fields are open then."""
    taken = {one.id for one in form.plan.options}
    names = (option.id, *(f"{option.id}-{number}" for number in range(2, len(taken) + 3)))
    new = option.model_copy(update={"id": next(name for name in names if name not in taken)})
    form.rows = lambda plan: {"options": (*plan.options, new)}
    form.remembered = {VISIT: {EDITING: new.id} if opened else {}}
