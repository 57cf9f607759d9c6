"""A tool: an existing specification held against the framework.

Nothing of it goes into the plan.
"""

import streamlit as st

from planner.analysis.formatting import by_strength
from planner.intake.errors import IntakeError, Stopped
from planner.intake.isolated_process import prewarm
from planner.model.framework import STRONG
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.model.review import RequirementFinding, Review, State
from planner.reference.library import load_library
from planner.review.report import finding_lines, review_csv, why_line
from planner.review.requirements import read_and_review
from planner.review.terms import load_review_terms
from planner.screens.ui.display import bullets, table
from planner.screens.ui.markup import plain
from planner.screens.ui.progress import read_alone

MOST_MB = 50
ACTIONS = {
    "Actions 3 and 4": (3, 4),
    "Action 3 only": (3,),
    "Action 4 only": (4,),
    "The whole framework": (0, 1, 2, 3, 4, 5),
}
REVIEW_IN_SESSION = "reviewed"


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the box for a file and, once one is there, what was found; the plan stays as it is."""
    prewarm(read_and_review)
    st.info(
        "This reads words and not meaning. Found means that there is a passage to read; missing "
        "means that the planner's words for it are not there. A person decides. Nothing of the "
        "file is kept, and nothing goes into the plan."
    )
    file = st.file_uploader(
        f"Specification (.docx, up to {MOST_MB} MB)",
        type=["docx", "doc", "docm", "dotx"],
        key="review-file",
        max_upload_size=MOST_MB,
    )
    chosen = st.radio("Check it against", list(ACTIONS), horizontal=True, key="review-actions")
    if file is None:
        st.session_state.pop(REVIEW_IN_SESSION, None)
        return plan
    question = (file.file_id, chosen)
    if st.session_state.get(REVIEW_IN_SESSION, (None, None))[0] != question:
        try:
            result: Review | IntakeError = read_alone(
                "review",
                question,
                file.name,
                read_and_review,
                file.name,
                file.getvalue(),
                reference.framework,
                load_review_terms(),
                load_library().outlines,
                ACTIONS[chosen],
                what="Checking",
            )
        except IntakeError as error:
            result = error
        st.session_state[REVIEW_IN_SESSION] = (question, result)
    current: Review | IntakeError = st.session_state[REVIEW_IN_SESSION][1]
    if isinstance(current, Stopped):
        st.info(plain(f"{current}."))
        if st.button("Check it after all", key="review-after-all"):
            st.session_state.pop(REVIEW_IN_SESSION)
            st.rerun()
    elif isinstance(current, IntakeError):
        st.error(plain(f"{current}."))
    else:
        _show_review(current)
    return plan


def _show_review(result: Review) -> None:
    first, *others = finding_lines(result)
    st.header("What was found", anchor=False)
    st.markdown(f"**{plain(result.file)}.** {plain(first)}")
    strong = sum(r.strength in STRONG for r in result.requirements)
    for place, (state, words) in zip(
        st.columns(3),
        ((State.FOUND, "Found"), (State.WEAK, "Weak"), (State.MISSING, "Missing")),
        strict=True,
    ):
        of_state = sum(r.strength in STRONG for r in result.of(state))
        place.metric(f"{words}, of musts and shoulds", f"{of_state} of {strong}")
    bullets(others)
    for note in result.notes:
        st.warning(plain(note))
    st.download_button(
        "Download this report (CSV)",
        review_csv(result),
        file_name="specification-check.csv",
        mime="text/csv",
        key="review-download",
        on_click="ignore",
    )
    st.header("Requirements of the framework", anchor=False)
    for state, words in (
        (State.MISSING, "Missing: the planner's words for it were not found"),
        (State.WEAK, "Weak: some of the words, or words apart"),
        (State.FOUND, "Found: read the passage, and decide"),
    ):
        current = result.of(state)
        if current:
            count = by_strength(finding.strength for finding in current)
            with st.expander(f"{words} ({count})", expanded=state is not State.FOUND):
                table([_requirement(finding) for finding in current], f"Requirements {state.value}")
    _headings(result)
    _others(result)
    with st.expander("How this was judged"):
        bullets(result.method)


def _requirement(finding: RequirementFinding) -> dict[str, str]:
    question = {
        "No.": finding.id,
        "Asked of, how strongly": finding.asked_of,
        "What it asks": finding.asks,
    }
    if not finding.quote:
        return question | {"What was looked for": "; ".join(finding.lacking)}
    return question | {
        "Passage judged": finding.quote,
        "Stands under": finding.under,
        "Why": why_line(finding),
    }


def _headings(result: Review) -> None:
    st.header("Headings", anchor=False)
    if result.headings:
        with st.expander(f"Headings of the file ({len(result.headings)})"):
            table(
                [
                    {
                        "Heading of the file": h.heading,
                        "Answers to": "; ".join(h.answers) or "no heading of the template",
                        "Older template": h.older or "—",
                    }
                    for h in result.headings
                ],
                "Each heading of the file and the template headings it answers to",
            )
    missing = result.unanswered
    with st.expander(
        f"Headings of the Action {result.nearest} template that nothing answers ({len(missing)})"
    ):
        if missing:
            table(
                [
                    {
                        "Template heading": t.heading,
                        "Older template": t.older or "—",
                        "Perhaps under": t.perhaps_under or "—",
                    }
                    for t in missing
                ],
                "Template headings without an answer in the file",
            )
        else:
            st.write("Every heading is answered.")


def _others(result: Review) -> None:
    none_lacking = (
        f"All {result.indicators_seen} say over whom, from where and how far."
        if result.indicators_seen
        else "No table or list of indicators was seen."
    )
    for heading, rows, words, nothing in (
        (
            "Indicators",
            [
                {"Indicator": i.indicator, "Lacks": ", ".join(i.lacks), "Stands under": i.under}
                for i in result.indicators
            ],
            "Indicators without a denominator, a baseline or a threshold",
            none_lacking,
        ),
        (
            "What a specification should hold",
            [
                {
                    "By the technical guidance": g.holds,
                    "Finding": g.state.value,
                    "Not found": ", ".join(g.lacking) or "nothing",
                    "Passage": g.quote,
                    "Stands under": g.under,
                }
                for g in result.guidance
            ],
            "Things that a specification should hold, by the contract's technical guidance",
            "",
        ),
        (
            "Like an operational policy",
            [
                {"Words": o.words, "Passage": o.quote, "Stands under": o.under}
                for o in result.operational
            ],
            "Passages like an operational policy, which a specification should not repeat",
            "No passage like an operational policy was found.",
        ),
        (
            "Language",
            [
                {
                    "Words": w.words,
                    "Passage": w.quote,
                    "Stands under": w.under,
                    "Why": w.why,
                    "Instead": w.instead,
                }
                for w in result.language
            ],
            "Words to reconsider, with what to write instead",
            "No words to reconsider were found.",
        ),
        (
            "Still to be filled in",
            [
                {"Placeholder": p.words, "Passage": p.quote, "Stands under": p.under}
                for p in result.placeholders
            ],
            "Placeholders that nobody has filled in, and where they stand",
            "No placeholder was found.",
        ),
        (
            "Accessibility",
            [
                {
                    "Fault": a.fault,
                    "How many": str(a.count),
                    "Where": a.where or "—",
                    "What to do": a.fix,
                }
                for a in result.accessibility
            ],
            "Accessibility faults, where they are and how to mend them in Word",
            "No fault was found. Word's own accessibility checker looks for more.",
        ),
    ):
        st.header(heading, anchor=False)
        if rows:
            table(rows, words)
        else:
            st.write(nothing)
