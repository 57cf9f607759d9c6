"""Reads what an existing specification is searched for, and holds it against the framework.

No judging.
"""

from functools import cache
from typing import Any

from planner.model.case_study_names import case_study_names
from planner.model.review import ReviewTerms
from planner.reference import (
    HERE,
    ContentError,
    checked,
    load_case_studies,
    load_reference,
    read_yaml,
)
from planner.reference.library import fill_names

TERMS = "review_terms.yaml"


@cache
def load_review_terms() -> ReviewTerms:
    """The words that an existing specification is searched for, read and checked once.

    Raises ContentError where a requirement of the framework has no entry, has two, or is not known.
    """
    values = fill_names(read_yaml(HERE / TERMS), case_study_names(load_case_studies()))
    values.pop("vocabulary", None)
    terms = checked(ReviewTerms, _flat(values), TERMS)
    wanted = [requirement.id for requirement in load_reference().framework.requirements]
    current = [entry.id for entry in terms.requirements]
    for words, faults in (
        ("no entry for", [i for i in wanted if i not in current]),
        ("not in the framework:", [i for i in current if i not in wanted]),
        ("two entries for", sorted({i for i in current if current.count(i) > 1})),
    ):
        if faults:
            raise ContentError(f"{TERMS}: {words} {', '.join(faults)}")
    return terms


def _flat(value: Any) -> Any:
    """Lists of words with other lists named in them, made one list."""
    if isinstance(value, dict):
        return {key: _flat(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [
            word
            for inner in map(_flat, value)
            for word in (inner if isinstance(inner, list) else [inner])
        ]
    return value
