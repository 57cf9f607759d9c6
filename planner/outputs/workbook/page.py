"""A sheet of the workbook and its cells: what is text, what is a number, how each looks.

No sums and no words of a plan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell

from planner.analysis.calculation.formulas import WITHHELD

FORMS = (
    ("%", "0.0"),
    ("per head", "£#,##0.00"),
    ("GBP", "£#,##0"),
    ("share of pay", "0.00%"),
    ("share a year", "0.00%"),
    ("share", "0.0%"),
    ("per 1,000", "0.0#"),
    ("people", "#,##0"),
    ("hours", "#,##0.0"),
    ("weeks", "#,##0"),
    ("times", "0.00##"),
    ("WTE", "0.00"),
)
"""How a number is shown, by the first of these words that its unit holds."""


TEXT = "text"
"""The unit of a cell whose formula comes to words that are read as such."""
COLOURS = {"head": "#D9E2EC", "entry": "#FFF6CC", "sub": "#EEF2F6"}


@dataclass(frozen=True)
class NumberCell:
    """A cell that is not plain text. Without a value it is withheld; with a name, formulas may call
    on it.

    A formula may come to words, such as "funded". What is typed over an entry must keep to its
    `rule`, as `within` or `one_of` has it.
    """

    value: float | str | None
    unit: str = ""
    formula: str = ""
    name: str = ""
    entry: bool = False
    rule: Mapping[str, Any] | None = None


class WorkbookFile:
    """The file, its sheets in order, and its looks, each made once, since a workbook holds only so
    many.

    Its properties give its title, its author, the day of the plan and the versions it was made by;
    nothing of the clock, so that the same plan gives the same bytes.
    """

    def __init__(self, sheets: Sequence[str], title: str, author: str, on: date | None, by: str):
        self.data = BytesIO()
        self.file = Workbook(
            self.data,
            {
                "in_memory": True,
                **{f"strings_to_{kind}": False for kind in ("formulas", "urls", "numbers")},
            },
        )
        self.file.set_properties(
            {
                "title": title,
                "author": author,
                "created": datetime.combine(on or date(2026, 1, 1), time()),
                "comments": by,
            }
        )
        self.pages = {name: self.file.add_worksheet(name) for name in sheets}
        self.looks: dict[tuple[tuple[str, Any], ...], Any] = {}

    def finished(self) -> bytes:
        """The bytes of the file, to which nothing can be added any more."""
        self.file.close()
        return self.data.getvalue()

    def cell_format(self, **wanted: Any) -> Any:
        """How a cell looks, in XlsxWriter's words."""
        key = tuple(sorted(wanted.items()))
        if key not in self.looks:
            self.looks[key] = self.file.add_format({"font_name": "Arial", "font_size": 10} | wanted)
        return self.looks[key]


class SheetWriter:
    """One sheet, written from the top down, wide enough to read and not too small to print."""

    def __init__(
        self,
        book: WorkbookFile,
        name: str,
        notes: Sequence[str],
        widths: Sequence[float],
        title: str = "",
        on_one_page: bool = False,
    ):
        self.book, self.name, self.at, self.widths = book, name, len(notes) + 2, widths
        self.page = book.pages[name]
        self.page.write_string(0, 0, title or name, book.cell_format(bold=True, font_size=14))
        for row, note in enumerate(notes, 1):
            self.page.write_string(row, 0, note, book.cell_format())
        for column, width in enumerate(widths):
            self.page.set_column(column, column, width)
        self.page.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})
        self.page.set_landscape()
        self.page.set_paper(9)
        self.page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        wide = 1 if on_one_page else max(1, round(sum(widths) / 200))
        self.page.fit_to_pages(wide, int(on_one_page))
        self.page.set_footer("&L&A&RPage &P of &N")

    def heads(
        self,
        *rows: Sequence[str],
        keep: int = 1,
        numbers: Sequence[int] = (),
    ) -> None:
        """Rows of headings that stay in sight, as do the first `keep` columns; both are printed on
        every page.

        `numbers` are the columns that will hold numbers, whose headings stand to the right as they
        do.
        """
        first = self.at
        for words in rows:
            self.row(*words, style="head", right=numbers)
        self.page.freeze_panes(self.at, keep)
        self.page.repeat_rows(first, self.at - 1)
        self.page.repeat_columns(0, keep - 1)

    def row(
        self, *cells: str | NumberCell | None, style: str = "text", right: Sequence[int] = ()
    ) -> None:
        """Write one row of texts and numbers."""
        lines = 1
        for column, cell in enumerate(cells):
            if isinstance(cell, NumberCell):
                self._number(column, cell, style)
            elif cell is not None and (cell or style != "text"):
                cell_format: dict[str, Any] = {
                    "valign": "top",
                    "align": "left",
                    "indent": min(1, column),
                }
                if style in COLOURS:
                    cell_format |= {"bold": True, "bg_color": COLOURS[style]}
                # A heading within a sheet runs on over the empty cells beside it.
                if style != "sub":
                    cell_format["text_wrap"] = True
                    lines = max(lines, self._lines(cell, column, 1.1 if style == "head" else 0.86))
                if column in right:
                    cell_format["align"] = "right"
                self.page.write_string(self.at, column, cell, self.book.cell_format(**cell_format))
        if lines > 1:
            # Not every reader of .xlsx makes room itself.
            self.page.set_row(self.at, min(400, 2 + 13 * lines))
        self.at += 1

    def place(self, column: int, rows: int = 0) -> str:
        """The cell of a column in the row to be written next, or in one so many rows from it, as a
        formula of any sheet calls it."""
        cell = xl_rowcol_to_cell(self.at + rows, column, row_abs=True, col_abs=True)
        return f"'{self.name}'!{cell}"

    def block(self, column: int, rows: int = 0, until: int = -1, width: int = 1) -> str:
        """The cells of a column, or of so many beside one another, from one row to another, each
        counted from the row to be written next."""
        start, end = (
            xl_rowcol_to_cell(self.at + row, at, row_abs=True, col_abs=True)
            for row, at in ((rows, column), (until, column + width - 1))
        )
        return f"'{self.name}'!{start}:{end}"

    def _lines(self, text: str, column: int, letter: float) -> int:
        """About how many lines a text takes in its column, a letter being so wide beside a
        figure."""
        return sum(1 + int(len(line) * letter // self.widths[column]) for line in text.split("\n"))

    def _number(self, column: int, cell: NumberCell, style: str) -> None:
        form = next((form for word, form in FORMS if word in cell.unit), "General")
        cell_format: dict[str, Any] = {
            "num_format": form,
            "align": "left" if cell.unit == TEXT else "right",
            "indent": 1,
            "valign": "top",
            "text_wrap": cell.unit == TEXT and not cell.entry,
        }
        if cell.entry:
            form = form.replace("0.0%", "0.00%")
            if form == "£#,##0" and isinstance(cell.value, float) and cell.value % 1:
                form += ".00"
            cell_format |= {
                "num_format": form,
                "bg_color": COLOURS["entry"],
                "locked": False,
                "border": 1,
                "border_color": "#C9B458",
            }
        elif style in COLOURS:
            cell_format |= {"bold": True, "bg_color": COLOURS[style]}
        if cell.rule:
            self.page.data_validation(self.at, column, self.at, column, cell.rule)
        if cell.formula:
            self.page.write_formula(
                self.at,
                column,
                cell.formula,
                self.book.cell_format(**cell_format),
                (WITHHELD if cell.value is None else cell.value),
            )
        elif isinstance(cell.value, float | int):
            self.page.write_number(
                self.at, column, cell.value, self.book.cell_format(**cell_format)
            )
        else:
            self.page.write_string(
                self.at, column, cell.value or WITHHELD, self.book.cell_format(**cell_format)
            )
        if cell.name:
            self.book.file.define_name(cell.name, f"={self.place(column)}")


def limits(lowest: float, highest: float | None) -> str:
    """What a cell may hold, in words."""
    if highest is None:
        return f"{lowest:,.10g} or more"
    return f"{lowest:,.10g} to {highest:,.10g}"


def one_of(choices: str) -> dict[str, Any]:
    """A list of which a cell may hold one, as XlsxWriter has it."""
    return {
        "validate": "list",
        "source": choices,
        "ignore_blank": False,
        "error_title": "Not in the list",
        "error_message": "Choose one from the list.",
    }


def within(lowest: float, highest: float | None) -> dict[str, Any]:
    """What a cell may hold, as XlsxWriter has it: a number, and none outside what a plan may
    hold."""
    rule = {"criteria": ">=", "value": lowest}
    if highest is not None:
        rule = {"criteria": "between", "minimum": lowest, "maximum": highest}
    return {"validate": "decimal", "ignore_blank": False, "error_title": "Not a number the sums "
                                                                         "can use",
            "error_message": f"Type a number, {limits(lowest, highest)}."} | rule  # fmt: skip


def in_pounds(unit: str) -> str:
    """A unit with the sign for pounds."""
    return unit.replace("GBP", "£")
