"""The sheets that the sums start from: Read me, Inputs and Posts. What a person typed is only ever text."""

from dataclasses import replace

from xlsxwriter.utility import xl_rowcol_to_cell

from planner.analysis.calculation.formulas import SCENARIOS, Scenario, draw_out, written
from planner.analysis.calculation.inputs import BY_KEY, INPUTS, input_named
from planner.analysis.calculation.measures import MEASURES, POST_STEPS
from planner.analysis.economics.option_model import moved_cost
from planner.analysis.formatting import day, lower_first
from planner.documents.assemble import plan_hash
from planner.model.service import AGENDA_FOR_CHANGE, ServiceOption
from planner.outputs.workbook.content import Content, Sums, entry
from planner.outputs.workbook.page import Book, Number, SheetWriter, in_pounds
from planner.outputs.workbook.receipts import cell_provenance, kept_or_entered

POST_INPUTS = tuple(item for item in INPUTS if item.scope == "post" and not item.feeds)
"""What a line of posts starts from."""


def read_me_sheet(book: Book, content: Content) -> None:
    """What the workbook is, what its colours mean, and what is withheld and why."""
    results, plan = content.results, content.results.plan
    notes = ["The sums of one plan, as live formulas to be checked."]
    sheet = SheetWriter(
        book, "Read me", notes, (24, 44, 80), plan.title or "A plan without a title"
    )
    sheet.heads(("What", "Which", "In words"))
    for what, which, words in (
        ("Place", results.place_name, f"Figures are for {results.figures_of}"),
        ("Version", plan.specification.version, f"Plan {plan_hash(plan)}{f', {day(plan.plan_date)}' if plan.plan_date else ''}"),
        ("Made with", content.reference.versions.label, "The software, and the figures and words that come with it."),
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
    shared = [
        why for why in (reasons[0] if reasons else ()) if all(why in other for other in reasons)
    ]
    if shared:
        sheet.row("Every option", "", "\n".join(shared))
    for option, text in zip(content.options, reasons, strict=True):
        own = [why for why in text if why not in shared]
        sheet.row(
            option.key, option.sums.option.name, "\n".join(own) or "Nothing more is withheld."
        )
    if not content.options:
        sheet.row("none", "The plan has no options yet.")


def _reasons(option: Sums) -> list[str]:
    """Why measures of an option are withheld, a sentence for each reason. Only those of the
    register are here."""
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
    sheet.heads(
        ("Input", "Name", "Unit", "Low", "Central", "High", "Kind", "Source"), numbers=(3, 4, 5)
    )
    for heading, receipts in cell_provenance(content).items():
        current = {
            name: row
            for name, row in receipts.items()
            if name in content.whole.sums.inputs["central"]
        }
        if current:
            sheet.row(heading, *[""] * 7, style="sub")
        for name, row in current.items():
            numbers = content.whole.entries(name)
            sheet.row(row.label, name, in_pounds(row.unit), *numbers, row.kind, row.source)
    for option in content.options:
        sheet.at += 1
        _option_inputs(sheet, option, content)


def _option_inputs(sheet: SheetWriter, option: Sums, content: Content) -> None:
    """What one option starts from, but for its posts, each line of its other costs by itself."""
    chosen = option.sums.option
    sheet.row(f"{option.key}: {chosen.name}", *[""] * 7, style="sub")
    ours = [ServiceOption(id="ours", name="ours"), *content.reference.option_templates]
    for name in sorted(
        option.sums.inputs["central"], key=lambda name: INPUTS.index(input_named(name)[0])
    ):
        item, of = input_named(name)
        field = item.field or "posts"
        if item.scope == "role" and item.path:
            label = f"Post {of} ({chosen.posts[int(of) - 1].title}), {lower_first(item.label)}"
            sheet.row(
                label, name, in_pounds(item.unit), *option.entries(name), *kept_or_entered(False)
            )
        elif item.scope == "option" and (item.path or name == "recruits"):
            saved = getattr(chosen, field) in [getattr(other, field, None) for other in ours]
            label = f"{item.label}, {chosen.overhead_mode}" if field == "overhead" else item.label
            sheet.row(
                label, name, in_pounds(item.unit), *option.entries(name), *kept_or_entered(saved)
            )
    for name, once in (("other_costs", False), ("set_up", True)):
        item, numbers = BY_KEY[name], option.entries(name)
        receipt = ("entered", "no such cost in this plan")
        lines = [cost for cost in chosen.other_costs if cost.once is once]
        for cost in lines:
            moved = moved_cost(cost, content.results.plan, content.reference)
            amount, source = entry(item, moved.value), "this plan"
            if moved.factor != 1:
                source = (
                    f"this plan: £{cost.amount:,.0f} in {moved.from_year} prices; {moved.method}"
                )
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
        sheet.row(item.label, name, in_pounds(item.unit), *numbers, *receipt)


def _sum_above(row: int, lines: int, column: int) -> str:
    return f"=SUM({xl_rowcol_to_cell(row - lines, column)}:{xl_rowcol_to_cell(row - 1, column)})"


def posts_sheet(book: Book, content: Content) -> None:
    """Each line of posts in each case, from salary to what it costs an employer, and the sum of
    each option."""
    notes = [
        "One row for each line of posts in each case: low is the bottom of its band, high the top. Yellow cells may be changed.",
        "People in post does not follow from whole-time equivalents: change both, since National Insurance is charged person by person.",
    ]
    words = [*(item.label for item in POST_INPUTS), *(step.label for step in POST_STEPS)]
    names = [*(item.key for item in POST_INPUTS), *(step.name for step in POST_STEPS)]
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
                typed = [entry(item, cost.inputs[item.key]) for item in POST_INPUTS]
                output = draw_out(POST_STEPS, cost.inputs)
                own_hours = (
                    option.refer(f"role_hours_{number}", scenario) if post.hours_each else ""
                )
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
