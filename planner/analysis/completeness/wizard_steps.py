"""The wizard's steps by name, and which parts of a plan are filled in on each. No sums here."""

STEPS = {
    "need": "Place and need",
    "reach": "Who and where",
    "options": "Options and cost",
    "outcomes": "What to expect",
    "specification": "Group and specification",
}
"""The wizard's steps that a plan's fields belong to, in order."""

SUMMARY = "summary"
TITLES = STEPS | {SUMMARY: "Summary and papers"}
"""Every step, the last of which has nothing to fill in."""

LEADS_ON = {
    "place": "need",
    "local_files": "need",
    "prescribing": "need",
    "inequality": "reach",
    "places": "reach",
    "benchmark": "options",
    "years": "outcomes",
    "wording": "specification",
    "download": SUMMARY,
    "history": "versions",
    "compare": "versions",
}
"""The page that each step or page of the first edition, which had eleven steps, is part of now."""

STEP_OF = {
    "schema_version": "need",
    "title": "need",
    "author": "need",
    "plan_date": "need",
    "place": "need",
    "imports": "need",
    "column_mappings": "need",
    "population": "need",
    "prescribing": "need",
    "inequality": "reach",
    "areas": "reach",
    "trend": "reach",
    "boards": "need",
    "demand": "options",
    "pricing": "options",
    "options": "options",
    "carried_over": "options",
    "preferred_option": "options",
    "preferred_because": "options",
    "outcomes": "outcomes",
    "simulation": "outcomes",
    "horizon": "outcomes",
    "mix": "outcomes",
    "specification": "specification",
}
"""The step that each part of a plan is filled in on."""


def at_step(step: str) -> str:
    """Where a user is sent in a sentence: the step's number and title, as in "step 3, Options and
    cost". Raises KeyError for what is no step."""
    return f"step {list(TITLES).index(step) + 1}, {TITLES[step]}"
