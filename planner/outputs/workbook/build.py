"""A plan as a workbook of live formulas, each from the register of measures and holding what Python made of it. No sum is invented here.

What a person typed is written as text and is never read as a formula.
"""

from datetime import datetime, time
from io import BytesIO

from planner.analysis.results.results import Results
from planner.model.reference import ReferenceData
from planner.outputs.workbook.benchmark_and_sources import benchmark_sheet, sources_sheet
from planner.outputs.workbook.content import content_of
from planner.outputs.workbook.inputs_and_posts import inputs_sheet, posts_sheet, read_me_sheet
from planner.outputs.workbook.page import Book
from planner.outputs.workbook.steps import cost_sheet, demand_sheet, outcomes_sheet, years_sheet


def workbook(results: Results, reference: ReferenceData) -> bytes:
    """The plan as the bytes of an .xlsx file of nine sheets, always the same ones for the same
    plan.

    Inputs are unlocked and yellow; every other number is a formula or a printed figure, locked
    without a password. Local counts are rounded to 5, so numbers may differ slightly from those on
    screen. Money is in pounds at the plan's price year.
    """
    content, plan, file = content_of(results, reference), results.plan, BytesIO()
    book = Book(file)
    output = datetime.combine(plan.plan_date, time()) if plan.plan_date else datetime(2026, 1, 1)
    book.file.set_properties(
        {
            "title": plan.title,
            "author": plan.author,
            "created": output,
            "comments": reference.versions.label,
        }
    )
    for write in (
        read_me_sheet,
        inputs_sheet,
        posts_sheet,
        demand_sheet,
        cost_sheet,
        outcomes_sheet,
        years_sheet,
        benchmark_sheet,
        sources_sheet,
    ):
        write(book, content)
    book.file.close()
    return file.getvalue()
