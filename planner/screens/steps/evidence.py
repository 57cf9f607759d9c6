"""Part of the Outcomes step: which result each class rests on, shares of the user's own, and what the evidence says. No sums."""

import streamlit as st

from planner.analysis.calculation.inputs import label_at
from planner.analysis.economics.outcomes import ClassOutcomes
from planner.analysis.formatting import percent, rounded
from planner.analysis.results.results import Results
from planner.documents import tables
from planner.documents.tables import class_name, in_full
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData, ReferenceMissing
from planner.reference.library import load_library
from planner.screens.ui.form import Form, draw, hold_incomplete, range_boxes, with_stranger
from planner.screens.ui.form import plain_text as plain
from planner.screens.ui.panels import lazy_panel
from planner.screens.ui.session import field_key, results_for
from planner.screens.ui.tables import bullets, table

OWN = "own"


def choose_evidence(form: Form, plan: Plan, reference: ReferenceData) -> None:
    """Which result each class takes, or shares of the user's own."""
    with lazy_panel("Evidence for each class, and your own figures", "evidence") as is_open:
        if is_open:
            st.write(
                "Each share is of everyone who starts. What support adds is what people do with it less what they "
                "would have done with usual care. A case study's success rate does not carry over to another place."
            )
            try:
                taken = {row.medicine_class: row for row in results_for(plan).outcomes.classes}
            except ReferenceMissing as error:
                taken = {}
                st.warning(
                    f"{plain(str(error))}. Choose one that we hold, or give figures of your own."
                )
            for medicine_class in plan.prescribing.included:
                _choose(form, plan, medicine_class, taken.get(medicine_class), reference)


def _choose(
    form: Form,
    plan: Plan,
    medicine_class: MedicineClass,
    row: ClassOutcomes | None,
    reference: ReferenceData,
) -> None:
    """Which result a class takes, or shares of the user's own."""
    current = reference.outcomes_for(medicine_class)
    words = {evidence.id: f"{evidence.title} ({evidence.design.value})" for evidence in current}
    words[OWN] = "Figures of our own"
    place = list(MedicineClass).index(medicine_class)
    path = f"outcomes.classes.{place}"
    own = plan.outcomes.of(medicine_class)
    key = field_key(f"{path}.choice")
    first = OWN if own.stopped is not None else own.evidence or current[0].id
    options, display = list(words), words.__getitem__
    if own.evidence and own.evidence not in words:
        options, display = [*options, own.evidence], with_stranger(own.evidence, display)
    name = medicine_class.label
    chosen = draw(
        st.selectbox, f"Evidence on {name}", key, first, options=options, format_func=display
    )
    if chosen != OWN:
        if own.stopped is not None or (own.evidence or current[0].id) != chosen:
            values = own.model_dump() | dict.fromkeys(("stopped", "usual", "reduced", "left"))
            form.set(path, values | {"evidence": chosen}, f"Evidence on {name}")
        return
    typed, half = {}, False
    for what, start, optional in (
        ("stopped", own.stopped or (row.stop.values if row else None), ""),
        ("usual", own.usual or (row.usual.values if row and row.usual else None), ""),
        ("reduced", own.reduced, " (may be left empty)"),
        ("left", own.left, " (may be left empty)"),
    ):
        field = f"{path}.{what}"
        typed[what], empty = range_boxes(field, f"{label_at(field)}{optional}", start)
        half = half or (typed[what] is None and not empty)
    form.text(f"{path}.source", f"Where these figures on {name} come from", max_chars=300)
    if typed["stopped"] is not None and typed["usual"] is not None and not half:
        source = str(st.session_state.get(field_key(f"{path}.source"), own.source))
        values = own.model_dump() | typed | {"evidence": None, "source": source}
        if values != own.model_dump():
            form.set(path, values, f"Shares of {name}")
    else:
        hold_incomplete(
            f"Give all six figures on {name}, each from low to high, and those who reduce or leave whole or not at all. "
            "Until then the last ones are used."
        )


def evidence_table(results: Results) -> None:
    """Each class with what its evidence says, and its receipts and harm in a panel of its own."""
    table(tables.evidence(results.outcomes.classes, load_library()))
    for row in results.outcomes.classes:
        with lazy_panel(
            f"{class_name(row.medicine_class)}: receipts and harm",
            f"evidence-{row.medicine_class.value}",
        ) as is_open:
            if is_open:
                bullets(
                    [
                        f"Source ({in_full(row.kind, '', row.verified)}): {row.source}",
                        f"Followed for: {row.follow_up}",
                        f"Harm and restarts: {row.harm}",
                        f"Does it carry over? {row.because}",
                        f"Drawn from: {row.stop.words}",
                        *([f"What support adds: {row.net_method}"] if row.net is not None else []),
                        *row.cautions,
                    ]
                )
    completers = [(row, row.left) for row in results.outcomes.classes if row.left is not None]
    if not completers:
        st.write(
            "Shares of completers are not given: no evidence chosen says how many left early, and a share of those who "
            "finished would flatter every option."
        )
    else:
        for row, left in completers:
            stayed = 1 - left.values.central
            share = row.stop.values.central / stayed if stayed > 0 else 0.0
            st.write(
                f"{class_name(row.medicine_class)}: of the {rounded(stayed * 100)}% who finished, {percent(share)} stopped. This "
                "stands beside the share of everyone who started, never instead of it."
            )
