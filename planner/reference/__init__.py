"""The figures we ship, and what reads them."""

from planner.reference.cache import content_folder
from planner.reference.load import (
    HERE,
    ContentError,
    checked,
    load_case_studies,
    load_reference,
    read_yaml,
)

__all__ = [
    "HERE",
    "ContentError",
    "checked",
    "content_folder",
    "load_case_studies",
    "load_reference",
    "read_yaml",
]
