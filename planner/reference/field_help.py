"""Reads the help of the wizard: each figure's unit, basis and place, and the words it uses."""

from functools import cache, lru_cache

from planner.model.field_help import FieldHelp, FieldHelps
from planner.reference.cache import cached
from planner.reference.load import HERE, ContentError, checked, read_yaml

HELP, GLOSSARY = "field_help.yaml", "glossary.yaml"


@cache
def load_field_helps() -> FieldHelps:
    """The help of every field that holds a figure, read and checked once. Raises ContentError
    naming the fault."""
    return cached(FieldHelps, _field_helps)


def _field_helps() -> FieldHelps:
    return checked(FieldHelps, {"entries": read_yaml(HERE / HELP)}, HELP)


@lru_cache(maxsize=4096)
def field_help(path: str) -> FieldHelp | None:
    """The help of the field of that path in a plan, or None where it holds no figure."""
    return load_field_helps().of(path)


@cache
def load_glossary() -> dict[str, str]:
    """Words of the wizard with their meanings, beside those that the documents print. Raises
    ContentError for a word twice."""
    rows = read_yaml(HERE / GLOSSARY)
    terms = {str(term): str(meaning) for term, meaning in rows}
    if len(terms) != len(rows):
        raise ContentError(f"{GLOSSARY}: a term stands twice")
    return terms
