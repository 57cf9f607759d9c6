"""Reads the clauses, outlines, indicators and all else in spec_templates. Puts nothing together."""

from collections.abc import Mapping
from functools import cache
from string import Template
from typing import Any

from planner.model.case_study_names import case_study_names
from planner.model.library import SpecLibrary
from planner.reference.cache import cached, content_folder
from planner.reference.load import checked, load_case_studies, read_yaml


@cache
def load_library() -> SpecLibrary:
    """The words we bring to a specification, read and checked once for the life of the process.

    Raises ContentError naming the file and the fault.
    """
    return cached(SpecLibrary, _library)


def _library() -> SpecLibrary:
    folder, names = content_folder("spec_templates"), case_study_names(load_case_studies())
    return checked(
        SpecLibrary,
        fill_names(
            {
                "outlines": [
                    read_yaml(path) for path in sorted((folder / "outlines").glob("*.yaml"))
                ],
                "clauses": [
                    clause
                    for path in sorted((folder / "clauses").glob("*.yaml"))
                    for clause in read_yaml(path)
                ],
                "indicators": read_yaml(folder / "indicators.yaml"),
                "data_set": read_yaml(folder / "minimum_data_set.yaml"),
                "workplan": read_yaml(folder / "workplan.yaml"),
                "contract_types": read_yaml(folder / "contract_types.yaml"),
                "case_finding": read_yaml(folder / "case_finding.yaml"),
                "decision": read_yaml(folder / "decision_record.yaml"),
                "coverage": read_yaml(folder / "coverage.yaml"),
                "paper": read_yaml(folder / "paper.yaml"),
                "texts": {
                    f"{path.stem}.{part}.{name}": text
                    for path in sorted((folder / "sections").glob("*.yaml"))
                    for part, texts in read_yaml(path).items()
                    for name, text in texts.items()
                },
            },
            names,
        ),
        "spec_templates",
    )


def fill_names(content: Any, names: Mapping[str, str]) -> Any:
    """The content with the names it uses filled in, wherever they stand; other $names are left for
    the plan's."""
    if isinstance(content, str):
        return Template(content).safe_substitute(names)
    if isinstance(content, dict):
        return {key: fill_names(value, names) for key, value in content.items()}
    return [fill_names(value, names) for value in content] if isinstance(content, list) else content
