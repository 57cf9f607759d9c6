"""A plan as a workbook of live formulas, each from the table of steps and holding what Python made of it. No sum is invented here.

What a person typed is written as text and is never read as a formula.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from functools import cached_property
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell

from planner.analysis.benchmark import MEASURE_IN_WORDS, Cell
from planner.analysis.need import Need
from planner.analysis.option_sums import OptionSums, option_sums
from planner.analysis.option_templates import DO_NOTHING
from planner.analysis.options import cost_option
from planner.analysis.outcomes import SHARES
from planner.analysis.prices import price_index
from planner.analysis.results import Results
from planner.analysis.specification import plan_hash
from planner.analysis.steps import CASES, POST_STEPS, WITHHELD, Case, Step, draw_out, option_steps, written
from planner.analysis.wording import day, to_five
from planner.model.base import Range
from planner.model.case_study import Measure
from planner.model.figures import Kind
from planner.model.reference import ReferenceData
from planner.model.service import AGENDA_FOR_CHANGE, ServiceOption

OPTION_INPUTS = ("pay", "hours", "overhead_share", "other_costs", "set_up", "hours_per_person", "effect", "stated_capacity")  # fmt: skip
ON_COST = (
    "overhead", "set_up_spread", "annual_cost", "cost_per_head", "cost_per_head_all_ages", "capacity", "supported",
    "unmet", "waiting_weeks", "cost_per_person", "reach", "starting", "cost_per_start",
)  # fmt: skip
"""An option's steps on the sheet Cost. Whatever follows from people starting is on the sheet Outcomes."""
FORMS = (
    ("%", "0.0"), ("per head", "£#,##0.00"), ("GBP", "£#,##0"), ("share of pay", "0.00%"), ("share a year", "0.00%"),
    ("share", "0.0%"), ("per 1,000", "0.0"), ("people", "#,##0"), ("hours", "#,##0.0"), ("weeks", "#,##0"),
    ("times", "0.00##"), ("WTE", "0.00"),
)  # fmt: skip
"""How a number is shown, by the first of these words that its unit holds."""
POST_INPUTS = {
    "salary": ("Salary, whole time", "GBP"),
    "wte": ("Whole-time equivalents", "WTE"),
    "people": ("People in post", "people"),
    "zone_share": ("High-cost area, part of salary", "share"),
    "zone_minimum": ("High-cost area, at least", "GBP"),
    "zone_maximum": ("High-cost area, at most", "GBP"),
    "ni_rate": ("National Insurance rate", "share of pay"),
    "ni_threshold": ("Pay of one person free of it", "GBP"),
    "pension_rate": ("Pension rate", "share of pay"),
    "levy_rate": ("Levy rate", "share of pay"),
    "hours_a_year": ("Hours a year, whole time", "hours"),
    "patient_facing": ("Part of time with people", "share"),
}
"""What a post starts from, in words, with the unit that decides how it is shown."""
COLOURS = {"head": "#D9E2EC", "entry": "#FFF6CC", "sub": "#EEF2F6"}


@dataclass(frozen=True)
class _Number:
    """A cell that is not plain text. Without a value it is withheld; with a name, formulas may call on it."""

    value: float | None
    unit: str = ""
    formula: str = ""
    name: str = ""
    entry: bool = False


@dataclass(frozen=True)
class _Receipt:
    """What an input is in words, and where it came from."""

    label: str
    unit: str
    kind: str
    source: str
    cautions: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Sums:
    """The sums of the whole plan (no `key`) or of one option, as cells whose names begin with `key`."""

    key: str
    sums: OptionSums
    withheld: dict[str, str]

    @cached_property
    def own(self) -> frozenset[str]:
        """The names of which each option has its own value."""
        steps = (*self.sums.steps, *self.sums.years) if self.key else ()
        return frozenset((*(OPTION_INPUTS if self.key else ()), *(step.name for step in steps)))

    @cached_property
    def not_given(self) -> frozenset[str]:
        """Steps that the planner withholds, and any that rest on them."""
        found = set(self.withheld)
        for step in (*self.sums.steps, *self.sums.years):
            if any(re.sub("__(opposite|low|central)$", "", name) in found for name in step.uses):
                found.add(step.name)
        return frozenset(found)

    def refer(self, name: str, case: Case) -> str:
        """What a value is called in the workbook: `low_uptake`, or `o1_low_pay` where it is an option's own."""
        return f"{self.key}_{case}_{name}" if name in self.own else f"{case}_{name}"

    def cell(self, step: Step, case: Case) -> _Number:
        """A step as a formula, with what Python made of it."""
        value, formula = self.sums.values[case][step.name], written(step, self.refer, case)
        if value is not None and step.name in self.not_given:
            # worked out, yet not given: the option has no cost, or no capacity, for it to rest on
            rests_on = "annual_cost" if self.sums.option.is_do_nothing else "capacity"
            value, formula = None, f'=IF({self.refer(rests_on, "high")} > 0, {formula[1:]}, "{WITHHELD}")'
        is_link = step.formula == step.name  # its cell, and so its name, is on another sheet
        return _Number(value, step.unit, formula, "" if is_link else self.refer(step.name, case))

    def entries(self, name: str, unit: str) -> list[_Number]:
        """An input in each case, for anyone to change."""
        return [
            _Number(self.sums.inputs[case][name], unit, name=self.refer(name, case), entry=True)
            for case in CASES
        ]


@dataclass(frozen=True)
class _Content:
    """Everything the sheets are written from. Local counts are rounded to 5, and all that rests on them is worked out again."""

    results: Results
    reference: ReferenceData
    needed: Need
    whole: _Sums
    options: tuple[_Sums, ...]


class _Book:
    """The file and its looks, each made once, since a workbook holds only so many."""

    def __init__(self, file: BytesIO):
        typed_as_typed = {f"strings_to_{kind}": False for kind in ("formulas", "urls", "numbers")}
        self.file = Workbook(file, {"in_memory": True, **typed_as_typed})
        self.looks: dict[tuple[tuple[str, Any], ...], Any] = {}

    def look(self, **wanted: Any) -> Any:
        """How a cell looks, in XlsxWriter's words."""
        key = tuple(sorted(wanted.items()))
        if key not in self.looks:
            self.looks[key] = self.file.add_format({"font_name": "Arial", "font_size": 10} | wanted)
        return self.looks[key]


class _Sheet:
    """One sheet, written from the top down, wide enough to read and not too small to print."""

    def __init__(
        self, book: _Book, name: str, notes: Sequence[str], widths: Sequence[float], title: str = ""
    ):
        self.book, self.name, self.at, self.widths = book, name, len(notes) + 2, widths
        self.page = book.file.add_worksheet(name)
        self.page.write_string(0, 0, title or name, book.look(bold=True, font_size=14))
        for row, note in enumerate(notes, 1):
            self.page.write_string(row, 0, note, book.look())
        for column, width in enumerate(widths):
            self.page.set_column(column, column, width)
        self.page.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})
        self.page.set_landscape()
        self.page.set_paper(9)
        self.page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.page.fit_to_pages(max(1, round(sum(widths) / 200)), 0)
        self.page.set_footer("&L&A&RPage &P of &N")

    def heads(
        self, *rows: Sequence[str], above: Sequence[str] = (), keep: int = 1, numbers: Sequence[int] = ()
    ) -> None:
        """Rows of headings that stay in sight, as do the first `keep` columns; both are printed on every page.

        `numbers` are the columns that will hold numbers, whose headings stand to the right as they do.
        """
        first = self.at
        if above:
            self.row(*above, style="sub")
        for words in rows:
            self.row(*words, style="head", right=numbers)
        self.page.freeze_panes(self.at, keep)
        self.page.repeat_rows(first, self.at - 1)
        self.page.repeat_columns(0, keep - 1)

    def row(self, *cells: str | _Number | None, style: str = "text", right: Sequence[int] = ()) -> int:
        """One row of texts and numbers. Gives its place, counted from 0."""
        lines = 1
        for column, cell in enumerate(cells):
            if isinstance(cell, _Number):
                self._number(column, cell, style)
            elif cell is not None and (cell or style != "text"):
                look: dict[str, Any] = {"valign": "top"}
                if style in COLOURS:
                    look |= {"bold": True, "bg_color": COLOURS[style]}
                if style != "sub":  # a heading within a sheet runs on over the empty cells beside it
                    look["text_wrap"] = True
                    lines = max(lines, self._lines(cell, column))
                if column in right:
                    look |= {"align": "right", "indent": 1}
                self.page.write_string(self.at, column, cell, self.book.look(**look))
        if lines > 1:
            self.page.set_row(self.at, min(400, 13.5 * lines))  # not every reader of .xlsx makes room itself
        self.at += 1
        return self.at - 1

    def _lines(self, text: str, column: int) -> int:
        """About how many lines a text takes in its column."""
        return sum(1 + int(len(line) * 1.08 // self.widths[column]) for line in text.split("\n"))

    def _number(self, column: int, cell: _Number, style: str) -> None:
        form = next((form for word, form in FORMS if word in cell.unit), "General")
        look: dict[str, Any] = {"num_format": form, "align": "right", "indent": 1, "valign": "top"}
        if cell.entry:
            form = form.replace("0.0%", "0.00%")
            look |= {"num_format": form, "bg_color": COLOURS["entry"], "locked": False, "border": 1, "border_color": "#C9B458"}  # fmt: skip
        elif style in COLOURS:
            look |= {"bold": True, "bg_color": COLOURS[style]}
        if cell.formula:
            value = WITHHELD if cell.value is None else cell.value
            self.page.write_formula(self.at, column, cell.formula, self.book.look(**look), value)
        elif cell.value is not None:
            self.page.write_number(self.at, column, cell.value, self.book.look(**look))
        if cell.name:
            place = xl_rowcol_to_cell(self.at, column, row_abs=True, col_abs=True)
            self.book.file.define_name(cell.name, f"='{self.name}'!{place}")


def workbook(results: Results, reference: ReferenceData) -> bytes:
    """The plan as the bytes of an .xlsx file of nine sheets, always the same ones for the same plan.

    Inputs are unlocked and yellow; every other number is a formula or a printed figure, locked without a
    password. Local counts are rounded to 5, so numbers may differ slightly from those on screen. Money is in
    pounds at the plan's price year.
    """
    content, plan, file = _content(results, reference), results.plan, BytesIO()
    book = _Book(file)
    made = datetime.combine(plan.plan_date, time()) if plan.plan_date else datetime(2026, 1, 1)
    book.file.set_properties({"title": plan.title, "author": plan.author, "created": made})
    for write in (_read_me, _inputs, _posts, _demand, _cost, _outcomes, _years, _benchmark, _sources):
        write(book, content)
    book.file.close()
    return file.getvalue()


def _content(results: Results, reference: ReferenceData) -> _Content:
    plan, outcome = results.plan, results.outcomes
    rounded = (
        row.model_copy(update={"patients": _to_five(row.patients)})
        if row.kind is Kind.ENTERED and row.patients
        else row
        for row in results.need.classes
    )
    needed = results.need.model_copy(update={"classes": tuple(rounded)})

    def made(key: str, option: ServiceOption) -> _Sums:
        withheld = cost_option(option, plan, needed, outcome, reference).withheld
        return _Sums(key, option_sums(option, plan, needed, outcome, reference), withheld)

    return _Content(
        results=results,
        reference=reference,
        needed=needed,
        whole=made("", DO_NOTHING),  # the sums of the whole plan are the same whatever the option
        options=tuple(made(f"o{number}", option) for number, option in enumerate(plan.options, 1)),
    )


def _to_five(counts: Range) -> Range:
    return Range(**{case: float(to_five(round(getattr(counts, case)))) for case in CASES})


def _read_me(book: _Book, content: _Content) -> None:
    results, plan = content.results, content.results.plan
    notes = ["The sums of one plan, as live formulas to be checked."]
    sheet = _Sheet(book, "Read me", notes, (24, 44, 80), plan.title or "A plan without a title")
    sheet.heads(("What", "Which", "In words"))
    for what, which, words in (
        ("Place", results.place_name, f"Figures are for {results.figures_of}"),
        ("Version", plan.specification.version, f"Plan {plan_hash(plan)}{f', {day(plan.plan_date)}' if plan.plan_date else ''}"),
        ("Prices", plan.pricing.price_year, results.benchmark.method),
        ("Pension cost", plan.pricing.perspective, {"provider": "What the employer pays.", "public": "The full public cost."}[plan.pricing.perspective]),
        ("Everything is modelled", "", "Nothing here is a target. No payment is linked to stopping a medicine or reducing a dose."),
        ("Low, central, high", "", "Scenarios, not a statistical interval: low takes every low assumption together, high every high one. The opposite case is high in the low column and low in the high column; a cost for each person is low where most people are supported."),
        ("Withheld", "", "A number that cannot honestly be given, such as a cost for each person where there may be nobody to divide by. It is never nought. The reasons are below."),
        ("Local counts", "", "Local counts are rounded to 5 in this workbook, and all that rests on them is worked out from the rounded counts, so numbers may differ slightly from those on screen and in the documents."),
        ("How a cell is named", "low_uptake, o1_low_pay", "The case, then the name in the column Name; an option's number comes first where the value is the option's own. The column How has the formula in these names. An error such as #DIV/0! after a change means that the change left nothing to divide by."),
        ("Sheet Inputs", "", "What the sums start from, but for posts. Change any yellow cell and every sheet follows."),
        ("Sheet Posts", "", "Each line of posts in each case, from salary to what it costs an employer."),
        ("Sheet Demand", "", "From people prescribed each class to people who may take up support."),
        ("Sheet Cost", "", "Each option's cost, capacity and people supported in a year."),
        ("Sheet Outcomes", "", "What may come of the people who start, with support and beyond usual care."),
        ("Sheet Years", "", "Year by year: cash, present value, people supported and people waiting."),
        ("Sheet Benchmark", "", "The case studies as reference points, and this plan's options. They are not ranked."),
        ("Sheet Sources", "", "Where every number came from, and what to be careful of."),
    ):  # fmt: skip
        sheet.row(what, which, words)
    sheet.at += 1
    sheet.row("Colours", "", "", style="head")
    sheet.row("Yellow, framed", "", "An input. It is not locked: type over it.", style="entry")
    sheet.row("White", "", "A formula, or a figure as printed. It is locked, without a password.")
    sheet.row("Grey and bold", "", "A heading, or a total.", style="sub")
    sheet.at += 1
    sheet.row("Option", "Name", "Withheld, and why", style="head")
    every = option_steps(
        stated=False, need=True, outcomes=True, net=True, reduced=True, left=True, relapse=True, all_ages=True
    )
    labels = {step.name: step.label for step in every} | {"people_supported": "People supported"}
    for option in content.options:
        reasons: dict[str, list[str]] = {}
        for name, why in option.withheld.items():
            if labels[name] not in reasons.setdefault(why, []):
                reasons[why].append(labels[name])
        said = [f"{'; '.join(names)}: {why}." for why, names in reasons.items()]
        sheet.row(option.key, option.sums.option.name, "\n".join(said) or "Nothing is withheld.")
    if not content.options:
        sheet.row("none", "The plan has no options yet.")


def _kind(kind: Kind, verified: bool = True) -> str:
    return kind.value if verified else f"{kind.value}, unverified"


def _receipts(content: _Content) -> Iterator[tuple[str, dict[str, _Receipt]]]:
    """Every input of the whole plan under three headings, with its receipt, by its name in formulas."""
    plan, reference, needed = content.results.plan, content.reference, content.needed
    titles = {source.id: source.title for source in reference.assumption_sources}

    def ours(name: str, label: str, unit: str, entered: object = None, source: str = "") -> _Receipt:
        if entered is not None:
            return _Receipt(label, unit, "entered", source or "entered in this plan")
        figure = reference.assumption(name)
        return _Receipt(
            label, unit, figure.kind_in_words, f"{titles[figure.source]}, {figure.section}", figure.cautions
        )

    inputs = {
        item.key: _Receipt(f"{item.name[0].upper()}{item.name[1:]}", item.unit, _kind(item.kind, item.verified), item.source, item.cautions)
        for item in needed.inputs
    }  # fmt: skip
    if len(needed.classes) < 2:
        inputs["classes_per_person"] = replace(inputs["classes_per_person"], kind="derived", source="1, because the plan covers one class", cautions=())  # fmt: skip
    people: dict[str, _Receipt] = {}
    for row in needed.classes:
        name, words, share = row.medicine_class.value, row.medicine_class.words, row.long_term_share
        entered = row.kind is Kind.ENTERED
        shown = "local count, rounded to 5" if entered else row.method
        people[f"patients_{name}"] = _Receipt(f"People prescribed {words} in a year", "people", row.kind.value, f"{row.source}, {row.period}; {shown}", row.cautions)  # fmt: skip
        of_counted = _Receipt(
            "", "share", "entered", "1, because the long-term share entered is of the people counted"
        )
        month = inputs.get("month_of_year") if share.kind is not Kind.ENTERED else None
        people[f"month_share_{name}"] = replace(
            month or of_counted, label=f"Share of them prescribed in any one month, {words}"
        )
        people[f"long_term_share_{name}"] = _Receipt(f"Long-term share, {words}", share.unit, _kind(share.kind, share.verified), share.source, share.cautions)  # fmt: skip
    yield "People and demand", people | inputs
    said = {"stop": "Stop, with support", "usual": "Stop, with usual care", "net": "Stop beyond usual care (limits of its own)", "reduce": "Reduce", "left": "Leave or not known"}  # fmt: skip
    chosen = plan.outcomes
    after = {
        "starting_share": ours("starting_share", "Share of people supported who start to reduce", "share", chosen.starting_share)
    }  # fmt: skip
    if chosen.relapse is not None:
        after["relapse"] = ours("relapse", "Share of those who stopped who start again later", "share", chosen.relapse, chosen.relapse_source)  # fmt: skip
    for result in content.results.outcomes.classes:
        name, words = result.medicine_class.value, result.medicine_class.words
        for what in (what for what in SHARES if getattr(result, what) is not None):
            after[f"{what}_{name}"] = _Receipt(f"{said[what]}, {words}", "share of people who start", _kind(result.kind, result.verified), f"{result.title}; {result.source}", result.cautions)  # fmt: skip
        after[f"medicine_cost_{name}"] = ours(f"medicine_cost_{name}", f"Medicines for one person for a year, {words}", "GBP per person")  # fmt: skip
    yield "People who start", after
    place, horizon, population = content.results.organisation.name, plan.horizon, needed.population
    money = {
        "population": _Receipt(f"The plan's population: {population.basis.words}", "people", _kind(population.kind, population.verified), f"{population.source}, {population.period}", (population.caution,) if population.caution else ()),
        "residents": _Receipt("Residents of all ages", "people", "entered" if population.kind is Kind.ENTERED else "published", population.source if population.kind is Kind.ENTERED else f"as held for {place}"),
        "budget": _Receipt("Budget for a year", "GBP", "entered", "entered in this plan"),
        "years": _Receipt("Years that set-up is spread over (the sheet Years keeps its own number)", "years", "entered", "this plan's horizon"),
        "pay_growth": ours("pay_growth", "Growth of pay", "share a year", horizon.pay_growth),
        "price_growth": ours("price_growth", "Growth of other prices", "share a year", horizon.price_growth),
        "discount_rate": ours("discount_rate", "Discount rate, for present values only", "share a year", horizon.discount_rate),
    } | {
        f"staffed_{year}": _Receipt(f"Posts filled, year {year}", "share", "entered", "this plan's horizon: staff arriving, and months of recruitment in year 1")
        for year in range(1, horizon.years + 1)
    }  # fmt: skip
    yield "Population, money and years", money


def _inputs(book: _Book, content: _Content) -> None:
    notes = [
        "What the sums start from, but for posts. Yellow cells may be changed, each case by itself. Local counts are rounded to 5 here.",
        "A share who stop beyond usual care has limits of its own and does not follow from the two shares above it: change them together.",
    ]
    if content.needed.missing_because:
        notes.append(f"Need and outcomes are left out: {content.needed.missing_because}.")
    sheet = _Sheet(book, "Inputs", notes, (46, 29, 20, 12, 12, 12, 13, 64))
    sheet.heads(("Input", "Name", "Unit", "Low", "Central", "High", "Kind", "Source"), numbers=(3, 4, 5))
    for heading, receipts in _receipts(content):
        held = {name: row for name, row in receipts.items() if name in content.whole.sums.inputs["central"]}
        if held:
            sheet.row(heading, *[""] * 7, style="sub")
        for name, row in held.items():
            numbers = content.whole.entries(name, row.unit)
            sheet.row(row.label, name, _pounds(row.unit), *numbers, row.kind, row.source)
    for option in content.options:
        sheet.at += 1
        _option_inputs(sheet, option, content.reference)


def _option_inputs(sheet: _Sheet, option: _Sums, reference: ReferenceData) -> None:
    """What one option starts from, but for its posts, each line of its other costs by itself."""
    chosen = option.sums.option
    sheet.row(f"{option.key}: {chosen.name}", *[""] * 7, style="sub")
    ours = [ServiceOption(id="ours", name="ours"), *reference.option_templates]
    for name, field, label, unit in (
        ("overhead_share", "overhead", f"Overheads, {chosen.overhead_mode}", "share of pay"),
        ("hours_per_person", "hours_per_person", "Staff hours for one person, over a year", "hours"),
        ("effect", "effect", "How often people stop, against the evidence", "times"),
        ("stated_capacity", "stated_capacity", "People the option can support, as stated", "people a year"),
    ):
        if name in option.sums.inputs["central"]:
            is_ours = getattr(chosen, field) in [getattr(other, field, None) for other in ours]
            receipt = (
                ("assumed", "our starting value, kept") if is_ours else ("entered", "entered in this plan")
            )
            sheet.row(label, name, unit, *option.entries(name, unit), *receipt)
    for name, once, label, unit in (
        ("other_costs", False, "Costs other than pay, a year", "GBP a year"),
        ("set_up", True, "Set-up, paid once", "GBP"),
    ):
        numbers = option.entries(name, unit)
        receipt = ("entered", "no such cost in this plan")
        lines = [cost for cost in chosen.other_costs if cost.once is once]
        for cost in lines:
            amount = _Number(cost.amount, unit, entry=True)
            sheet.row(
                f"– {cost.label}",
                "",
                cost.heading.value,
                amount,
                amount,
                amount,
                "assumed or entered",
                "this plan",
            )
        if lines:
            numbers = [
                replace(cell, formula=_sum_above(sheet.at, len(lines), column), entry=False)
                for column, cell in enumerate(numbers, 3)
            ]
            receipt = ("derived", "sum of the lines above")
        sheet.row(label, name, _pounds(unit), *numbers, *receipt)


def _pounds(unit: str) -> str:
    return unit.replace("GBP", "£")


def _sum_above(row: int, lines: int, column: int) -> str:
    return f"=SUM({xl_rowcol_to_cell(row - lines, column)}:{xl_rowcol_to_cell(row - 1, column)})"


def _posts(book: _Book, content: _Content) -> None:
    notes = [
        "One row for each line of posts in each case: low is the bottom of its band, high the top. Yellow cells may be changed.",
        "People in post does not follow from whole-time equivalents: change both, since National Insurance is charged person by person.",
    ]
    words = [*(label for label, _ in POST_INPUTS.values()), *(step.label for step in POST_STEPS)]
    names = [*POST_INPUTS, *(step.name for step in POST_STEPS)]
    hows = [*[""] * len(POST_INPUTS), *(step.formula for step in POST_STEPS)]
    places = {name: column for column, name in enumerate(names, 5)}
    sheet = _Sheet(book, "Posts", notes, (7, 34, 9, 7, 8, *[13] * len(names)))
    sheet.heads(
        ("Option", "Post", "Band", "Point", "Case", *words), ("", "", "", "", "Name", *names), ("", "", "", "", "How", *hows),
        keep=5, numbers=range(5, 5 + len(names)),
    )  # fmt: skip

    def beside(name: str, case: Case) -> str:
        return str(xl_rowcol_to_cell(sheet.at, places[name]))

    for option in content.options:
        posts = list(zip(option.sums.option.posts, option.sums.posts, strict=True))
        for case in CASES:
            for post, costs in posts:
                cost = costs[case]
                typed = [
                    _Number(cost.inputs[name], unit, entry=True) for name, (_, unit) in POST_INPUTS.items()
                ]
                made = draw_out(POST_STEPS, cost.inputs)
                sums = [_Number(float(made[s.name]), s.unit, written(s, beside, case)) for s in POST_STEPS]
                point = cost.point if post.band in AGENDA_FOR_CHANGE else "none"
                sheet.row(option.key, post.title, post.band, point, case, *typed, *sums)
            total: list[str | _Number] = [option.key, "All posts" if posts else "No posts", "", "", case, *[""] * len(names)]  # fmt: skip
            for step, name, unit in (("total", "pay", "GBP"), ("hours", "hours", "hours")):
                formula = _sum_above(sheet.at, len(posts), places[step]) if posts else ""
                total[places[step]] = _Number(option.sums.inputs[case][name], unit, formula, option.refer(name, case))  # fmt: skip
            sheet.row(*total, style="sub")


def _how(step: Step) -> str:
    """A step's formula as it stands in the table, with the case of a name in words."""
    return re.sub(
        "__(opposite|low|central)",
        lambda found: f" ({found[1]} case)",
        step.formula.replace("WITHHELD", f'"{WITHHELD}"'),
    )


def _steps(
    book: _Book,
    content: _Content,
    name: str,
    note: str,
    whole: Sequence[Step] = (),
    pick: Callable[[_Sums], Sequence[Step]] | None = None,
) -> None:
    """A sheet with steps down; across, the three cases of the whole plan, then of each option."""
    missing, options = content.needed.missing_because, content.options if pick else ()
    notes = [note, *([f"What follows from need cannot be worked out: {missing}."] if missing else [])]
    if name == "Outcomes":
        notes += [f"Left out: {why}." for why in dict.fromkeys(content.results.outcomes.withheld.values())]
    blank = [None] * (3 if whole else 0)
    heads = [
        *(["Low", "Central", "High"] if whole else []),
        *(f"{option.key} {case}" for option in options for case in CASES),
    ]
    above = [*[""] * 4, *(["Every option", "", ""] if whole else [])]
    above += [words for option in options for words in (f"{option.key}: {option.sums.option.name}", "", "")]
    sheet = _Sheet(book, name, notes, (42, 25, 18, 42, *[13] * len(heads)))
    sheet.heads(
        ("Step", "Name", "Unit", "How", *heads),
        above=above if options else (),
        numbers=range(4, 4 + len(heads)),
    )
    for step in whole:
        numbers = [content.whole.cell(step, case) for case in CASES]
        sheet.row(step.label, step.name, _pounds(step.unit), _how(step), *numbers)
    for same in zip(*(pick(option) for option in options), strict=True) if pick else ():
        how = " or ".join(dict.fromkeys(_how(step) for step in same))
        numbers = [
            option.cell(step, case) for option, step in zip(options, same, strict=True) for case in CASES
        ]
        sheet.row(same[0].label, same[0].name, _pounds(same[0].unit), how, *blank, *numbers)


def _demand(book: _Book, content: _Content) -> None:
    note = "From people prescribed each class to people who may take up support in a year. Local counts are rounded to 5."
    _steps(book, content, "Demand", note, content.whole.sums.need)


def _cost(book: _Book, content: _Content) -> None:
    links = [
        Step("pay", "Pay, from the sheet Posts", "GBP a year", "pay"),
        Step("hours", "Hours with or for people, from the sheet Posts", "hours a year", "hours"),
        Step("other_costs", "Costs other than pay, from the sheet Inputs", "GBP a year", "other_costs"),
        Step("set_up", "Set-up, paid once, from the sheet Inputs", "GBP", "set_up"),
        Step("demand", "Taking up an offer, from the sheet Demand", "people", "demand"),
    ]
    known = links if content.needed.demand is not None else links[:-1]
    note = "Each option's cost, capacity and people supported in a year."
    _steps(
        book,
        content,
        "Cost",
        note,
        pick=lambda option: [*known, *(s for s in option.sums.steps if s.name in ON_COST)],
    )


def _outcomes(book: _Book, content: _Content) -> None:
    note = "What may come of the people who start: shares over all classes first, then people of each option."
    whole = content.whole.sums.outcomes
    _steps(
        book,
        content,
        "Outcomes",
        note,
        whole,
        lambda option: [s for s in option.sums.steps if s.name not in ON_COST],
    )


def _years(book: _Book, content: _Content) -> None:
    years = [str(year) for year in range(1, content.results.plan.horizon.years + 1)]
    notes = [
        "Each option in each case, year by year. Cash is at the prices of its own year; present value is discounted.",
        "In How, [y] is the year itself and [y-1] the year before it. The lists under the headings show one option, case or line.",
    ]
    sheet = _Sheet(book, "Years", notes, (8, 9, 36, 20, 10, 46, *[13] * (len(years) + 1)))
    heads = (
        "Option",
        "Case",
        "What",
        "Name",
        "Unit",
        "How",
        *(f"Year {year}" for year in years),
        "All years",
    )
    sheet.heads(heads, keep=3, numbers=range(6, 7 + len(years)))
    first = sheet.at - 1

    def how(step: Step, year: str) -> str:
        return re.sub(r"_(\d+)\b", lambda found: "_[y]" if found[1] == year else "_[y-1]", step.formula)

    for option in content.options:
        lines: dict[str, dict[str, Step]] = {}
        for step in option.sums.years:
            what, _, when = step.name.rpartition("_")
            lines.setdefault(what, {})[when] = step
        for case in CASES:
            for what, steps in lines.items():
                last = steps[years[-1]]
                label = re.sub(rf", year {years[-1]}\b", "", last.label, count=1).replace(
                    f"of year {years[-1]}", "of each year"
                )
                then = {"year 1": how(steps["1"], "1"), "then": how(last, years[-1])}
                said = (
                    then["then"]
                    if len(set(then.values())) == 1
                    else "; ".join(f"{when}: {formula}" for when, formula in then.items())
                )
                numbers = [
                    option.cell(steps[when], case) if when in steps else "" for when in (*years, "total")
                ]
                style = "sub" if what == "cash" else "text"
                sheet.row(
                    option.key, case, label, f"{what}_[y]", _pounds(last.unit), said, *numbers, style=style
                )
    if content.options:
        sheet.page.autofilter(first, 0, sheet.at - 1, 6 + len(years))


def _benchmark(book: _Book, content: _Content) -> None:
    bench = content.results.benchmark
    notes = [
        f"The case studies are reference points, not targets, and are not ranked. Uprated money is at {bench.price_year} prices, {bench.method}.",
        "Four columns that are never merged: published as printed, recomputed from printed numbers, uprated, and modelled with a guess. None means that there is no such number.",
    ]
    kinds = ("published", "recomputed", "uprated", "modelled")
    sheet = _Sheet(book, "Benchmark", notes, (34, 24, 24, 26, 12, 12, *[12, 10] * 4, 11, 11, 11, 36, 44, 56))
    heads = [words for kind in kinds for words in (kind.capitalize(), "At prices of")]
    right = (6, 8, 10, 12, 14, 15, 16)
    sheet.heads(
        ("Case study or option", "Measure", "Reading", "Unit", "Counts", "Shares are of", *heads, "This plan, low",
         "This plan, central", "This plan, high", "Why there is none", "How", "Cautions"),
        keep=2, numbers=right,
    )  # fmt: skip
    for row in bench.rows:
        cells: dict[str, Cell | None] = {kind: getattr(row, kind) for kind in kinds}
        columns: list[str | _Number] = []
        for cell in cells.values():
            columns += [_Number(cell.value, row.unit), cell.price_year or ""] if cell else ["none", ""]
        how = "\n".join(f"{kind.capitalize()}: {cell.receipt}" for kind, cell in cells.items() if cell)
        sheet.row(
            f"{row.case_study}: {row.name}", MEASURE_IN_WORDS[row.measure], row.reading, _pounds(row.unit), row.counted,
            row.denominator, *columns, "", "", "", row.missing_because or "", how, "\n".join(row.cautions), right=right,
        )  # fmt: skip
    for option in content.options:
        steps = {step.name: step for step in option.sums.steps}
        for measure, name, unit in (
            (Measure.COST_PER_HEAD, "cost_per_head_all_ages", "GBP a year per head of residents of all ages"),
            (Measure.COST_PER_PERSON, "cost_per_person", "GBP per person supported"),
        ):
            numbers: list[str | _Number] = [WITHHELD] * 3
            if name in steps:
                made = [option.cell(steps[name], case) for case in CASES]
                numbers = [replace(number, formula=f"={number.name}", name="") for number in made]
            sheet.row(
                f"{option.key}: {option.sums.option.name}", MEASURE_IN_WORDS[measure], "", _pounds(unit), "people", "",
                *[""] * 8, *numbers, option.withheld.get(name, ""), "Modelled by this plan, on the sheet Cost.", right=right,
            )  # fmt: skip


def _sources(book: _Book, content: _Content) -> None:
    results, plan, known = content.results, content.results.plan, content.whole.sums.inputs["central"]
    notes = ["Where every number came from, and what to be careful of."]
    sheet = _Sheet(book, "Sources", notes, (44, 14, 48, 48, 60))
    sheet.heads(("What", "Kind", "Source", "How, and how sure", "Cautions"))
    for heading, receipts in _receipts(content):
        sheet.row(heading, "", "", "", "", style="sub")
        for name, receipt in receipts.items():
            if name in known or name == "month_of_year" or content.needed.demand is None:
                sheet.row(receipt.label, receipt.kind, receipt.source, "", "\n".join(receipt.cautions))
    sheet.row("Evidence on outcomes", "", "", "", "", style="sub")
    for row in results.outcomes.classes:
        sure = f"{row.design}; quality: {row.quality}; followed for {row.follow_up}. {row.because} Beyond usual care: {row.net_method or row.net_missing_because}."
        cautions = "\n".join((f"Harm: {row.harm}", *row.cautions))
        sheet.row(
            f"{row.medicine_class.words}: {row.title}",
            _kind(row.kind, row.verified),
            row.source,
            sure,
            cautions,
        )
    sheet.row("Pay, prices and case studies", "", "", "", "", style="sub")
    posts = [post[case] for option in content.options for post in option.sums.posts for case in CASES]
    for source in dict.fromkeys(source for post in posts for source in post.sources):
        sheet.row("Pay, and what an employer pays on it", "published", source)
    index = price_index(plan, content.reference)
    sheet.row(
        index.name,
        "entered" if plan.pricing.own_index else "published",
        index.source,
        results.benchmark.method,
    )
    for study in content.reference.case_studies:
        printed = "; ".join(
            f"{source.title}, {source.publisher}, {source.published}" for source in study.sources
        )
        sheet.row(f"{study.id}: {study.name}", "published", printed, "", "\n".join(study.cautions))
    sheet.row("Cautions", "", "", "", "", style="sub")
    sheet.row("Need", "", "", results.need.method, "\n".join(results.need.cautions))
    for option, result in zip(content.options, results.options, strict=True):
        sheet.row(f"{option.key}: {result.name}", "", "", result.method, "\n".join(result.cautions))
