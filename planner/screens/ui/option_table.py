"""The options and the case studies in one table, in which one is preferred, opened or removed."""

import streamlit as st

from planner.analysis.economics.case_study_models import StudyHere
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.economics.option_model import residents_of_all_ages
from planner.analysis.formatting import Unit, about_pounds, format_range, people, pounds
from planner.model.base import Range
from planner.model.document import DASH
from planner.model.edit import with_value, with_values
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.screens.ui.display import bullets, plain
from planner.screens.ui.session import (
    VISIT,
    nothing_is_lost,
    projections_for,
    replace_rows,
    results_for,
    store_plan,
    visit,
)

EDITING, REMOVED = "editing", "removed"
"""What a visit to a page remembers: the option whose fields are open, and the one just removed."""
COLUMNS = ("Cost a year", "Per head", "Per person", "People a year", "Within budget")

# A table of the page's own: Streamlit's can hold no button, and a grid of columns is no table to
# whoever hears it read.
_TABLE = st.components.v2.component(
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
    .choices label {display: flex; gap: 0.5rem; align-items: baseline; cursor: pointer;}
    .choices input {flex: none; width: 1.1rem; height: 1.1rem; margin: 0; accent-color: #005EB8;}
    .choices .chosen {font-weight: 700;}
    .choices button {font: inherit; color: inherit; background: none; cursor: pointer;
      border: 0; text-decoration: underline; padding: 0.25rem 1rem 0.25rem 0;
      min-height: 1.75rem;}
    .choices th div {margin-left: 1.6rem;}
    @media screen and (max-width: 50rem) {
      .choices :is(td, th) {min-width: 6rem;}
      .choices :is(thead, tbody) th:first-child {position: sticky; left: 0; min-width: 9rem;
        max-width: 10rem; background: light-dark(#FFFFFF, #12191F); overflow-wrap: break-word;}
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
      const quoted = (cell) => '"' + String(cell).replaceAll('"', '""') + '"';
      const rows = [['Option', ...data.columns], ...data.rows.map((r) => [r.name, ...r.cells])];
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
      const table = made('table', '', made('div', '', box), {ariaLabel: 'Options side by side'});
      const head = made('tr', '', made('thead', '', table));
      for (const column of ['Option: choose the one you prefer', ...data.columns]) {
        made('th', column, head, {scope: 'col'});
      }
      const body = made('tbody', '', table);
      for (const row of data.rows) {
        const line = made('tr', '', body), first = made('th', '', line, {scope: 'row'});
        if (row.id) {
          const label = made('label', '', first, {className: row.chosen ? 'chosen' : ''});
          const radio = made('input', '', label,
            {type: 'radio', name: 'preferred', checked: row.chosen});
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
        for (const cell of row.cells) made('td', cell, line);
      }
      made('button', 'Download this table (CSV)', box,
        {type: 'button', onclick: () => asCsv(data)}).dataset.at = 'csv';
      if (data.rows.some((row) => row.chosen)) act(box, 'Prefer none yet', 'prefer', '');
      const at = before ?? (!old && data.focus ? 'change:' + data.focus : undefined);
      if (at) box.querySelector(`[data-at="${CSS.escape(at)}"]`)?.focus();
    }
    """,
)


def option_table(plan: Plan, reference: ReferenceData, *, can_open: bool = True) -> None:
    """Draw the table, and carry out what was chosen in it: one preferred, opened or removed. With
    `can_open` an option has a button that opens its fields."""
    results, budget = results_for(plan), plan.pricing.budget
    keeps = reference.example.do_nothing.id
    residents = residents_of_all_ages(plan, reference)
    whom = f"{residents:,.0f} residents" if residents else "residents"
    rows = [
        {
            "id": option.id,
            "name": option.name,
            "chosen": option.id == plan.preferred_option,
            "cells": _cells_of_option(option, budget),
            "acts": [
                *([("change", "Change")] if can_open else []),
                *([("remove", "Remove")] if option.id != keeps else []),
            ],
        }
        for option in results.options
    ]
    rows += [
        {
            "name": f"Case study {one.number}, {one.name}, at this place's size",
            "cells": _cells_of_study(one, budget),
        }
        for one in projections_for(plan).case_studies.models
        if one.printed_cost and one.cost_here
    ]
    act = _TABLE(
        key="option-table",
        data={
            "words": f"In {plan.pricing.price_year} prices. Per head is over the {whom} of all "
            "ages here, in every row. Options are modelled, with their likely range, unless "
            "quoted. Case studies are their printed costs and people at this place's size.",
            "columns": COLUMNS,
            "rows": rows,
            "focus": visit().get(EDITING + "-before", ""),
        },
        on_act_change=lambda: None,
    ).act
    bullets(
        f"{one.name}: whom it would see is not known, because {one.withheld['people_assessed']}."
        for one in results.options
        if "people_assessed" in one.withheld and "written" not in one.measures
    )
    bullets(f"{one.name} is too thin: {one.too_thin}." for one in results.options if one.too_thin)
    _offer_back(plan)
    if act:
        _carry_out(plan, *act)


def within(cost: float, budget: float | None) -> str:
    """Whether a cost is within the budget, and if not by how much it is over."""
    if budget is None:
        return "no budget given"
    return "yes" if cost <= budget else f"no, {about_pounds(cost - budget)} over"


def _cells_of_option(option: OptionResult, budget: float | None) -> list[str]:
    writes = "written" in option.measures
    seen = option.measures.get("written") if writes else option.people_assessed
    each = option.measures.get("cost_per_written") if writes else option.cost_per_assessed
    if not option.annual_cost.high:
        return ["none", *[DASH] * (len(COLUMNS) - 2), within(0, budget)]
    return [
        format_range(option.annual_cost, Unit.POUNDS),
        format_range(option.cost_per_head_all_ages, Unit.PENCE),
        _or(each, Unit.POUNDS, "withheld"),
        _or(seen, Unit.PEOPLE, "not known", " written to" if writes else " assessed"),
        within(option.annual_cost.central, budget),
    ]


def _or(values: Range | None, unit: Unit, otherwise: str, what: str = "") -> str:
    return otherwise if values is None else format_range(values, unit) + what


def _cells_of_study(study: StudyHere, budget: float | None) -> list[str]:
    cost, seen, each = study.cost_here, study.people_here, study.parts.per_person
    return [
        DASH if cost is None else about_pounds(cost),
        DASH if study.cost_per_head is None else pounds(study.cost_per_head, 2),
        DASH if each is None else about_pounds(each),
        DASH if seen is None else f"{people(seen)}: {study.counts}",
        DASH if cost is None else within(cost, budget),
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
        at = ids.index(option_id)
        st.session_state[VISIT] = {REMOVED: (at, plan.options[at], plan.preferred_option)}
        kept = tuple(one for one in plan.options if one.id != option_id)
        stays = None if plan.preferred_option == option_id else plan.preferred_option
        changed = {"options": kept, "preferred_option": stays}
        replace_rows(plan, lambda: with_values(plan, changed))
    st.rerun()


def _offer_back(plan: Plan) -> None:
    """After an option was removed: say so, with a button that puts it back where it was."""
    if REMOVED not in visit():
        return
    at, option, preferred = visit()[REMOVED]
    with st.container(horizontal=True, vertical_alignment="center"):
        was = " It was the preferred one." if preferred == option.id else ""
        st.markdown(f"Removed: {plain(option.name)}.{was}", width="content")
        if st.button("Undo: put it back", key="put-back") and nothing_is_lost():
            options = (*plan.options[:at], option, *plan.options[at:])
            preferred = preferred if preferred == option.id else plan.preferred_option
            changed = {"options": options, "preferred_option": preferred}
            st.session_state.pop(VISIT)
            replace_rows(plan, lambda: with_values(plan, changed))
            st.rerun()
