"""The documents that come of one plan, by name, and the file of each. None is put together here."""

from planner.model.library import MAIN, SpecLibrary


def names(library: SpecLibrary) -> tuple[str, ...]:
    """Every document of the set by name: the two main ones, then the others by folder and name."""
    return tuple(
        outline.name
        for outline in sorted(
            library.outlines, key=lambda one: (one.name not in MAIN.values(), one.folder, one.name)
        )
    )


def path_in_set(name: str, library: SpecLibrary) -> str:
    """The file of a document within the set. Raises KeyError for one that is not known."""
    return f"{library.outline(name).path}.docx"


def label_of(name: str, library: SpecLibrary) -> str:
    """What a document is called on a button."""
    return library.outline(name).label
