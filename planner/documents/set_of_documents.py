"""The documents that come of one plan, by name, and the file of each. None is put together here."""

from planner.model.library import MAIN, SpecLibrary

COVERAGE = "coverage"
"""The one document of the set that is a spreadsheet."""
NOTE = "working-note"
"""The two-page note for the author: what is missing, and what will be asked."""


def names(library: SpecLibrary) -> tuple[str, ...]:
    """Every document of the set by name: the two main ones, then the others by folder and name."""
    others = sorted((one.folder, one.name) for one in library.outlines)
    return (
        *MAIN.values(),
        *(name for _, name in sorted([*others, ("", COVERAGE)]) if name not in MAIN.values()),
    )


def path_in_set(name: str, library: SpecLibrary) -> str:
    """The file of a document within the set. Raises KeyError for one that is not known."""
    return f"{COVERAGE}.xlsx" if name == COVERAGE else f"{library.outline(name).path}.docx"


def label_of(name: str, library: SpecLibrary) -> str:
    """What a document is called on a button."""
    return "Coverage of the framework" if name == COVERAGE else library.outline(name).label
