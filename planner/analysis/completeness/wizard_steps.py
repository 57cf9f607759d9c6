"""The wizard's steps by name, and which parts of a plan are filled in on each. No sums here."""

STEPS = {
    "place": "Place",
    "local_files": "Local files",
    "prescribing": "Population and prescribing",
    "inequality": "Inequality",
    "places": "Places and priorities",
    "options": "Options",
    "outcomes": "Outcomes",
    "years": "Years and best mix",
    "specification": "Specification",
}
"""The wizard's steps that a plan's fields belong to, in order."""

STEP_OF = {
    "schema_version": "place",
    "title": "place",
    "author": "place",
    "plan_date": "place",
    "place": "place",
    "imports": "local_files",
    "column_mappings": "local_files",
    "population": "prescribing",
    "prescribing": "prescribing",
    "inequality": "inequality",
    "areas": "places",
    "trend": "places",
    "boards": "place",
    "demand": "options",
    "pricing": "options",
    "options": "options",
    "carried_over": "options",
    "preferred_option": "options",
    "preferred_because": "options",
    "outcomes": "outcomes",
    "simulation": "outcomes",
    "horizon": "years",
    "mix": "years",
    "specification": "specification",
}
"""The step that each part of a plan is filled in on."""
