"""What each requirement of the framework has come to, as a spreadsheet for those who assure."""

from planner.analysis.results.results import Results
from planner.documents.coverage import coverage, strengths_in_words
from planner.model.library import SpecLibrary
from planner.model.reference import ReferenceData
from planner.outputs.workbook.page import SheetWriter, WorkbookFile

SHEET = "Coverage"


def coverage_workbook(results: Results, reference: ReferenceData, library: SpecLibrary) -> bytes:
    """Every requirement with its state, where it stands and what is missing, as the bytes of an
    .xlsx file, always the same ones for the same plan."""
    plan, framework = results.plan, reference.framework
    rows, title = coverage(plan, library, framework), library.text("coverage.sheet.title")
    author = plan.author or results.organisation.name
    book = WorkbookFile([SHEET], title, author, plan.plan_date, reference.versions.label)
    sheet = SheetWriter(
        book,
        SHEET,
        (
            library.text("coverage.sheet.states"),
            *(f"{state.value}: {count}" for state, count in strengths_in_words(rows).items()),
        ),
        (13, 24, 60, 16, 60, 60),
        f"{title}: {results.organisation.name}",
    )
    names = library.table("coverage.sheet.table", [("",) * 6])
    sheet.heads(names.columns, keep=1)
    first = sheet.at
    for part in framework.parts:
        sheet.row(part.name, "", "", "", "", "", style="sub")
        for row in rows:
            if row.action == part.number:
                wanted = row.requirement
                sheet.row(
                    wanted.id,
                    wanted.asked_of,
                    wanted.asks,
                    row.state.value,
                    "; ".join(met.words for met in row.met_by),
                    row.why,
                )
    sheet.page.autofilter(first - 1, 0, sheet.at - 1, 5)
    return book.finished()
