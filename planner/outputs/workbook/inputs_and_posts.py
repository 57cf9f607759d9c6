"""The sheets that the sums start from: Read me, Inputs and Posts. What a person typed is only ever text."""

from __future__ import annotations

from dataclasses import replace

from xlsxwriter.utility import xl_rowcol_to_cell

from planner.analysis.calculation.formulas import SCENARIOS, Scenario, draw_out, written
from planner.analysis.calculation.measures import MEASURES, POST_STEPS
from planner.analysis.economics.option_model import moved_cost
from planner.analysis.formatting import day
from planner.documents.assemble import plan_hash
from planner.model.service import AGENDA_FOR_CHANGE, ServiceOption
from planner.outputs.workbook.content import Content, Sums
from planner.outputs.workbook.page import Book, Number, SheetWriter, in_pounds
from planner.outputs.workbook.receipts import cell_provenance, kept_or_entered

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


def read_me_sheet(book: Book, content: Content) -> None:
    """What the workbook is, what its colours mean, and what is withheld and why."""
    results, plan = content.results, content.results.plan
    notes = ["The sums of one plan, as live formulas to be checked."]
    sheet = SheetWriter(book, "Read me", notes, (24, 44, 80), plan.title or "A plan without a title")
    sheet.heads(("What", "Which", "In words"))
    for what, which, words in (
        ("Place", results.place_name, f"Figures are for {results.figures_of}"),
        ("Version", plan.specification.version, f"Plan {plan_hash(plan)}{f', {day(plan.plan_date)}' if plan.plan_date else ''}"),
        ("Prices", plan.pricing.price_year, results.benchmark.method),
        ("Pension cost", plan.pricing.perspective, {"provider": "What the employer pays.", "public": "The full public cost."}[plan.pricing.perspective]),
        ("Everything is modelled", "", "Nothing here is a target. No payment is linked to stopping a medicine or reducing a dose."),
        ("Low, central, high", "", "Scenarios, not a statistical interval: low takes every low assumption together, high every high one. The opposite case is high in the low column and low in the high column; in order means the central value where that lies further out; a cost for each person is low where most people are supported."),
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
    reasons = [_reasons(option) for option in content.options]
    shared = [why for why in (reasons[0] if reasons else ()) if all(why in other for other in reasons)]
    if shared:
        sheet.row("Every option", "", "\n".join(shared))
    for option, text in zip(content.options, reasons, strict=True):
        own = [why for why in text if why not in shared]
        sheet.row(option.key, option.sums.option.name, "\n".join(own) or "Nothing more is withheld.")
    if not content.options:
        sheet.row("none", "The plan has no options yet.")


def _reasons(option: Sums) -> list[str]:
    """Why measures of an option are withheld, a sentence for each reason. Only those of the register are here."""
    lookup: dict[str, set[str]] = {}
    for name, why in option.withheld.items():
        if name in MEASURES:
            lookup.setdefault(why, set()).add(MEASURES[name].label)
    return [f"{'; '.join(sorted(names))}: {why}." for why, names in lookup.items()]


def inputs_sheet(book: Book, content: Content) -> None:
    """Every input but for posts, low, central and high, with its kind and source."""
    notes = [
        "What the sums start from, but for posts. Yellow cells may be changed, each case by itself. Local counts are rounded to 5 here.",
        "A share who stop beyond usual care has limits of its own and does not follow from the two shares above it: change them together.",
    ]
    if content.needed.missing_because:
        notes.append(f"Need and outcomes are left out: {content.needed.missing_because}.")
    sheet = SheetWriter(book, "Inputs", notes, (46, 30, 22, 12, 12, 12, 19, 60))
    sheet.heads(("Input", "Name", "Unit", "Low", "Central", "High", "Kind", "Source"), numbers=(3, 4, 5))
    for heading, receipts in cell_provenance(content).items():
        current = {
            name: row for name, row in receipts.items() if name in content.whole.sums.inputs["central"]
        }
        if current:
            sheet.row(heading, *[""] * 7, style="sub")
        for name, row in current.items():
            numbers = content.whole.entries(name, row.unit)
            sheet.row(row.label, name, in_pounds(row.unit), *numbers, row.kind, row.source)
    for option in content.options:
        sheet.at += 1
        _option_inputs(sheet, option, content)


def _option_inputs(sheet: SheetWriter, option: Sums, content: Content) -> None:
    """What one option starts from, but for its posts, each line of its other costs by itself."""
    chosen = option.sums.option
    sheet.row(f"{option.key}: {chosen.name}", *[""] * 7, style="sub")
    ours = [ServiceOption(id="ours", name="ours"), *content.reference.option_templates]
    for name, field, label, unit in (
        ("overhead_share", "overhead", f"Overheads, {chosen.overhead_mode}", "share of pay"),
        ("hours_per_person", "hours_per_person", "Staff hours for one person, over a year", "hours"),
        (
            "recruits",
            "posts",
            "Whether anyone is recruited (1) or all is there from the start (0)",
            "times",
        ),
        ("effect", "effect", "What it adds to usual care, beside the evidence", "times"),
        ("stated_capacity", "stated_capacity", "People the option can support, as stated", "people a year"),
    ):
        if name in option.sums.inputs["central"]:
            saved = getattr(chosen, field) in [getattr(other, field, None) for other in ours]
            sheet.row(label, name, unit, *option.entries(name, unit), *kept_or_entered(saved))
    for number, post in enumerate(chosen.posts, 1):
        name = f"role_hours_each_{number}"
        if name in option.sums.inputs["central"]:
            label = f"Hours of post {number} ({post.title}) for one person, over a year"
            sheet.row(label, name, "hours", *option.entries(name, "hours"), *kept_or_entered(False))
    for name, once, label, unit in (
        ("other_costs", False, "Costs other than pay, a year", "GBP a year"),
        ("set_up", True, "Set-up, paid once", "GBP"),
    ):
        numbers = option.entries(name, unit)
        receipt = ("entered", "no such cost in this plan")
        lines = [cost for cost in chosen.other_costs if cost.once is once]
        for cost in lines:
            moved = moved_cost(cost, content.results.plan, content.reference)
            amount, source = Number(moved.value, unit, entry=True), "this plan"
            if moved.factor != 1:
                source = f"this plan: £{cost.amount:,.0f} in {moved.from_year} prices; {moved.method}"
            sheet.row(
                f"– {cost.label}",
                "",
                cost.heading.value,
                amount,
                amount,
                amount,
                "assumed or entered",
                source,
            )
        if lines:
            numbers = [
                replace(cell, formula=_sum_above(sheet.at, len(lines), column), entry=False)
                for column, cell in enumerate(numbers, 3)
            ]
            receipt = ("derived", "sum of the lines above")
        sheet.row(label, name, in_pounds(unit), *numbers, *receipt)


def _sum_above(row: int, lines: int, column: int) -> str:
    return f"=SUM({xl_rowcol_to_cell(row - lines, column)}:{xl_rowcol_to_cell(row - 1, column)})"


def posts_sheet(book: Book, content: Content) -> None:
    """Each line of posts in each case, from salary to what it costs an employer, and the sum of each option."""
    notes = [
        "One row for each line of posts in each case: low is the bottom of its band, high the top. Yellow cells may be changed.",
        "People in post does not follow from whole-time equivalents: change both, since National Insurance is charged person by person.",
    ]
    words = [*(label for label, _ in POST_INPUTS.values()), *(step.label for step in POST_STEPS)]
    names = [*POST_INPUTS, *(step.name for step in POST_STEPS)]
    hows = [*[""] * len(POST_INPUTS), *(step.formula for step in POST_STEPS)]
    places = {name: column for column, name in enumerate(names, 5)}
    sheet = SheetWriter(
        book, "Posts", notes, (7, 38, 9, 7, 8, *[13] * len(POST_INPUTS), *[18] * len(POST_STEPS))
    )
    sheet.heads(
        ("Option", "Post", "Band", "Point", "Case", *words), ("", "", "", "", "Name", *names), ("", "", "", "", "How", *hows),
        keep=5, numbers=range(5, 5 + len(names)),
    )  # fmt: skip

    def comparison(name: str, scenario: Scenario) -> str:
        return str(xl_rowcol_to_cell(sheet.at, places[name]))

    for option in content.options:
        posts = list(zip(option.sums.option.posts, option.sums.posts, strict=True))
        for scenario in SCENARIOS:
            for number, (post, costs) in enumerate(posts, 1):
                cost = costs[scenario]
                typed = [
                    Number(cost.inputs[name], unit, entry=True) for name, (_, unit) in POST_INPUTS.items()
                ]
                output = draw_out(POST_STEPS, cost.inputs)
                own_hours = option.refer(f"role_hours_{number}", scenario) if post.hours_each else ""
                sums = [
                    Number(
                        float(output[s.name]),
                        s.unit,
                        written(s.formula, comparison, scenario),
                        own_hours if s.name == "hours" else "",
                    )
                    for s in POST_STEPS
                ]
                point = cost.point if post.band in AGENDA_FOR_CHANGE else "none"
                sheet.row(option.key, post.title, post.band, point, scenario, *typed, *sums)
            total: list[str | Number] = [option.key, "All posts" if posts else "No posts", "", "", scenario, *[""] * len(names)]  # fmt: skip
            for step, name, unit in (("total", "pay", "GBP"), ("hours", "hours", "hours")):
                formula = _sum_above(sheet.at, len(posts), places[step]) if posts else ""
                total[places[step]] = Number(option.sums.inputs[scenario][name], unit, formula, option.refer(name, scenario))  # fmt: skip
            sheet.row(*total, style="sub")
