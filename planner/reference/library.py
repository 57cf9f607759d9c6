"""Reads the clauses, outlines, indicators and all else in spec_templates. Puts nothing together."""

from __future__ import annotations

from functools import cache

from planner.model.library import SpecLibrary
from planner.reference.cache import cached, content_folder
from planner.reference.load import checked, read_yaml


@cache
def load_library() -> SpecLibrary:
    """The words we bring to a specification, read and checked once for the life of the process.

    Raises ContentError naming the file and the fault.
    """
    return cached(SpecLibrary, _library)


def _library() -> SpecLibrary:
    folder = content_folder("spec_templates")
    return checked(
        SpecLibrary,
        {
            "outlines": [read_yaml(path) for path in sorted((folder / "outlines").glob("*.yaml"))],
            "clauses": [
                clause for path in sorted((folder / "clauses").glob("*.yaml")) for clause in read_yaml(path)
            ],
            "indicators": read_yaml(folder / "indicators.yaml"),
            "workplan": read_yaml(folder / "workplan.yaml"),
            "contract_types": read_yaml(folder / "contract_types.yaml"),
            "case_finding": read_yaml(folder / "case_finding.yaml"),
            "decision": read_yaml(folder / "decision_record.yaml"),
        },
        "spec_templates",
    )
