"""Plan, cost and specify support with medicines associated with dependence or withdrawal.

The front door: what a script needs, each name fetched when it is first used, so that a command
which draws nothing does not wait for the drawing library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.analysis.economics.example import example_plan, starter_plan
    from planner.analysis.economics.staff_costs import staff_cost
    from planner.analysis.results.results import Results, results
    from planner.model.plan import Plan
    from planner.outputs.documents import specification_docx
    from planner.reference import load_case_studies, load_reference
    from planner.reference.library import load_library
    from planner.store.plan_file import plan_from_json, plan_to_json

_HOME = {
    "Plan": "planner.model.plan",
    "Results": "planner.analysis.results.results",
    "example_plan": "planner.analysis.economics.example",
    "load_case_studies": "planner.reference",
    "load_library": "planner.reference.library",
    "load_reference": "planner.reference",
    "plan_from_json": "planner.store.plan_file",
    "plan_to_json": "planner.store.plan_file",
    "results": "planner.analysis.results.results",
    "specification_docx": "planner.outputs.documents",
    "staff_cost": "planner.analysis.economics.staff_costs",
    "starter_plan": "planner.analysis.economics.example",
}

__all__ = [
    "Plan",
    "Results",
    "example_plan",
    "load_case_studies",
    "load_library",
    "load_reference",
    "plan_from_json",
    "plan_to_json",
    "results",
    "specification_docx",
    "staff_cost",
    "starter_plan",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'planner' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)
