"""A plan as a workbook of live formulas, each of the register and with the value Python gave it.

What a person typed is written as text and is never read as a formula.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time
from io import BytesIO
from itertools import chain

from xlsxwriter.utility import xl_rowcol_to_cell

from planner.analysis.calculation.formulas import WITHHELD, draw_out, written
from planner.analysis.calculation.inputs import BY_KEY, INPUTS, input_named
from planner.analysis.calculation.measures import MEASURES, POST_STEPS, Calculation, measures_of
from planner.analysis.economics.benchmark import BENCHMARK_MEASURES, Cell
from planner.analysis.economics.option_model import moved_cost
from planner.analysis.economics.price_index import price_index
from planner.analysis.formatting import day, lower_first
from planner.analysis.results.results import Results
from planner.documents.assemble import plan_hash
from planner.model.case_study import Measure
from planner.model.reference import ReferenceData
from planner.model.service import AGENDA_FOR_CHANGE, ServiceOption
from planner.outputs.workbook.content import (
    SCENARIOS,
    Content,
    Scenario,
    Sums,
    cell_provenance,
    content_of,
    entry,
    kept_or_entered,
    kind_in_words,
    pay_sources,
)
from planner.outputs.workbook.page import Book, Number, SheetWriter, in_pounds

POST_INPUTS = tuple(item for item in INPUTS if item.scope == "post" and not item.feeds)
"""What a line of posts starts from."""


READ_ME = (
    (
        "Everything is modelled",
        "",
        "Nothing here is a target. No payment is linked to stopping a medicine or reducing a dose.",
    ),
    (
        "Low, central, high",
        "",
        "Scenarios, not a statistical interval: low takes every low assumption together, high "
        "every high one. The opposite case is high in the low column and low in the high column; "
        "in order means the central value where that lies further out; a cost for each person is "
        "low where most people are supported.",
    ),
    (
        "Withheld",
        "",
        "A number that cannot honestly be given, such as a cost for each person where there may be "
        "nobody to divide by. It is never nought. The reasons are below.",
    ),
    (
        "Local counts",
        "",
        "Local counts are rounded to 5 in this workbook, and all that rests on them is worked out "
        "from the rounded counts, so numbers may differ slightly from those on screen and in the "
        "documents.",
    ),
    (
        "How a cell is named",
        "low_uptake, o1_low_pay",
        "The case, then the name in the column Name; an option's number comes first where the "
        "value is the option's own. The column How has the formula in these names. An error such "
        "as #DIV/0! after a change means that the change left nothing to divide by.",
    ),
    (
        "Sheet Inputs",
        "",
        "What the sums start from, but for posts. Change any yellow cell and every sheet follows.",
    ),
    (
        "Sheet Posts",
        "",
        "Each line of posts in each case, from salary to what it costs an employer.",
    ),
    ("Sheet Demand", "", "From people prescribed each class to people who may take up support."),
    ("Sheet Cost", "", "Each option's cost, capacity and people supported in a year."),
    (
        "Sheet Outcomes",
        "",
        "What may come of the people who start, with support and beyond usual care.",
    ),
    ("Sheet Years", "", "Year by year: cash, present value, people supported and people waiting."),
    (
        "Sheet Benchmark",
        "",
        "The case studies as reference points, and this plan's options. They are not ranked.",
    ),
    ("Sheet Sources", "", "Where every number came from, and what to be careful of."),
)
"""What the workbook says of itself, whatever the plan."""


def read_me_sheet(book: Book, content: Content) -> None:
    """What the workbook is, what its colours mean, and what is withheld and why."""
    results, plan = content.results, content.results.plan
    sheet = SheetWriter(
        book,
        "Read me",
        ["The sums of one plan, as live formulas to be checked."],
        (24, 44, 80),
        plan.title or "A plan without a title",
    )
    dated = f", {day(plan.plan_date)}" if plan.plan_date else ""
    pension = {"provider": "What the employer pays.", "public": "The full public cost."}
    sheet.heads(("What", "Which", "In words"))
    for row in (
        ("Place", results.place_name, f"Figures are for {results.figures_of}"),
        ("Version", plan.specification.version, f"Plan {plan_hash(plan)}{dated}"),
        (
            "Made with",
            content.reference.versions.label,
            "The software, and the figures and words that come with it.",
        ),
        ("Prices", plan.pricing.price_year, results.benchmark.method),
        ("Pension cost", plan.pricing.perspective, pension[plan.pricing.perspective]),
        *READ_ME,
    ):
        sheet.row(*row)
    sheet.at += 1
    sheet.row("Colours", "", "", style="head")
    sheet.row("Yellow, framed", "", "An input. It is not locked: type over it.", style="entry")
    sheet.row("White", "", "A formula, or a figure as printed. It is locked, without a password.")
    sheet.row("Grey and bold", "", "A heading, or a total.", style="sub")
    sheet.at += 1
    sheet.row("Option", "Name", "Withheld, and why", style="head")
    reasons = [_reasons(option) for option in content.options]
    shared = [why for why in chain(*reasons[:1]) if all(why in other for other in reasons)]
    if shared:
        sheet.row("Every option", "", "\n".join(shared))
    for option, text in zip(content.options, reasons, strict=True):
        own = "\n".join(why for why in text if why not in shared)
        sheet.row(option.key, option.sums.option.name, own or "Nothing more is withheld.")
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
        "What the sums start from, but for posts. Yellow cells may be changed, each case by "
        "itself. Local counts are rounded to 5 here.",
        "A share who stop beyond usual care has limits of its own and does not follow from the two "
        "shares above it: change them together.",
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
            sheet.row(
                row.label,
                name,
                in_pounds(row.unit),
                *content.whole.entries(name),
                row.kind,
                row.source,
            )
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
            label = f"{item.label}, {chosen.overhead_mode}" if field == "overhead" else item.label
            sheet.row(
                label,
                name,
                in_pounds(item.unit),
                *option.entries(name),
                *kept_or_entered(
                    getattr(chosen, field) in [getattr(other, field, None) for other in ours]
                ),
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
    names = [*(item.key for item in POST_INPUTS), *(step.name for step in POST_STEPS)]
    places = {name: column for column, name in enumerate(names, 5)}
    sheet = SheetWriter(
        book,
        "Posts",
        [
            "One row for each line of posts in each case: low is the bottom of its band, high the "
            "top. Yellow cells may be changed.",
            "People in post does not follow from whole-time equivalents: change both, since "
            "National Insurance is charged person by person.",
        ],
        (7, 38, 9, 7, 8, *[13] * len(POST_INPUTS), *[18] * len(POST_STEPS)),
    )
    words = [*(item.label for item in POST_INPUTS), *(step.label for step in POST_STEPS)]
    sheet.heads(
        ("Option", "Post", "Band", "Point", "Case", *words),
        ("", "", "", "", "Name", *names),
        ("", "", "", "", "How", *[""] * len(POST_INPUTS), *(step.formula for step in POST_STEPS)),
        keep=5,
        numbers=range(5, 5 + len(names)),
    )

    def place_of(name: str, scenario: Scenario) -> str:
        return str(xl_rowcol_to_cell(sheet.at, places[name]))

    for option in content.options:
        posts = list(zip(option.sums.option.posts, option.sums.posts, strict=True))
        for scenario in SCENARIOS:
            for number, (post, costs) in enumerate(posts, 1):
                cost = costs[scenario]
                output = draw_out(POST_STEPS, cost.inputs)
                role_hours = option.refer(f"role_hours_{number}", scenario)
                sheet.row(
                    option.key,
                    post.title,
                    post.band,
                    cost.point if post.band in AGENDA_FOR_CHANGE else "none",
                    scenario,
                    *(entry(item, cost.inputs[item.key]) for item in POST_INPUTS),
                    *(
                        Number(
                            float(output[step.name]),
                            step.unit,
                            written(step.formula, place_of, scenario),
                            role_hours if step.name == "hours" and post.hours_each else "",
                        )
                        for step in POST_STEPS
                    ),
                )
            sums = {
                step: Number(
                    option.sums.inputs[scenario][name],
                    unit,
                    _sum_above(sheet.at, len(posts), places[step]) if posts else "",
                    option.refer(name, scenario),
                )
                for step, name, unit in (("total", "pay", "GBP"), ("hours", "hours", "hours"))
            }
            sheet.row(
                option.key,
                "All posts" if posts else "No posts",
                "",
                "",
                scenario,
                *(sums.get(name, "") for name in names),
                style="sub",
            )


WORKED_OUT_ON = {"pay": "Posts", "hours": "Posts", "demand": "Demand"}
"""The sheet of what a link of the register repeats, where that is not the sheet Inputs."""


def _how(step: Calculation) -> str:
    """A step's formula as it stands in the register, with the case of a name in words."""
    return "the cell of that name" if step.is_link else step.formula


def _steps(
    book: Book,
    content: Content,
    name: str,
    note: str,
    whole: Sequence[Calculation] = (),
    pick: Callable[[Sums], Sequence[Calculation]] | None = None,
) -> None:
    """A sheet with steps down; across, the three cases of the whole plan, then of each option."""
    missing, options = content.needed.missing_because, content.options if pick else ()
    left_out = content.results.outcomes.withheld.values() if name == "Outcomes" else ()
    notes = [
        note,
        *([f"What follows from need cannot be worked out: {missing}."] if missing else []),
        *(f"Left out: {why}." for why in dict.fromkeys(left_out)),
    ]
    heads = [
        *(["Low", "Central", "High"] if whole else []),
        *(f"{option.key} {scenario}" for option in options for scenario in SCENARIOS),
    ]
    above = [*[""] * 4, *(["Every option", "", ""] if whole else [])]
    for option in options:
        heading = f"{option.key}: {option.sums.option.name}"
        above += [heading if len(heading) <= 36 else f"{heading[:35].rstrip()}…", "", ""]
    sheet = SheetWriter(book, name, notes, (42, 25, 18, 42, *[13] * len(heads)))
    sheet.heads(
        ("Step", "Name", "Unit", "How", *heads),
        above=above if options else (),
        numbers=range(4, 4 + len(heads)),
    )
    for step in whole:
        sheet.row(
            step.label,
            step.name,
            in_pounds(step.unit),
            _how(step),
            *[content.whole.cell(step, scenario) for scenario in SCENARIOS],
        )
    own = [{step.name: step for step in pick(option)} for option in options] if pick else []
    for name in _in_order(own):
        # A step of a role is there only where a post has one.
        current = [steps.get(name) for steps in own]
        same = [step for step in current if step is not None]
        sheet.row(
            same[0].label,
            name,
            in_pounds(same[0].unit),
            " or ".join(dict.fromkeys(_how(step) for step in same)),
            *([None] * (3 if whole else 0)),
            *[
                "" if step is None else option.cell(step, scenario)
                for option, step in zip(options, current, strict=True)
                for scenario in SCENARIOS
            ],
        )


def _in_order(own: Sequence[Mapping[str, Calculation]]) -> list[str]:
    """The names of every option's steps, each once, none before what its formula uses in any
    option."""
    names: list[str] = []
    for steps in own:
        at = 0
        for name in steps:
            if name in names:
                at = names.index(name) + 1
            else:
                names.insert(at, name)
                at += 1
    return names


def demand_sheet(book: Book, content: Content) -> None:
    """From people prescribed each class to people who may take up support."""
    note = (
        "From people prescribed each class to people who may take up support in a year. Local "
        "counts are rounded to 5."
    )
    _steps(book, content, "Demand", note, content.whole.sums.need)


def cost_sheet(book: Book, content: Content) -> None:
    """Each option's cost, capacity and people supported in a year."""
    note = "Each option's cost, capacity and people supported in a year."
    _steps(book, content, "Cost", note, pick=_costs)


def _costs(option: Sums) -> list[Calculation]:
    """The steps of an option's cost, first those that repeat what another sheet works out."""
    steps = measures_of(option.sums.known, "cost")
    return [
        *(
            replace(
                one, label=f"{one.label}, from the sheet {WORKED_OUT_ON.get(one.name, 'Inputs')}"
            )
            for one in steps
            if one.is_link
        ),
        *(one for one in steps if not one.is_link),
    ]


def outcomes_sheet(book: Book, content: Content) -> None:
    """Shares over all classes, then what may come of the people who start with each option."""
    note = (
        "What may come of the people who start: shares over all classes first, then people of each "
        "option."
    )
    _steps(
        book,
        content,
        "Outcomes",
        note,
        content.whole.sums.outcomes,
        lambda option: measures_of(option.sums.known, "outcomes"),
    )


def years_sheet(book: Book, content: Content) -> None:
    """Each option in each case, year by year."""
    years = [str(year) for year in range(1, content.results.plan.horizon.years + 1)]
    sheet = SheetWriter(
        book,
        "Years",
        [
            "Each option in each case, year by year. Cash is at the prices of its own year; "
            "present value is discounted.",
            "In How, [y] is the year itself and [y-1] the year before it. The lists under the "
            "headings show one option, case or line.",
        ],
        (8, 9, 36, 20, 10, 46, *[13] * (len(years) + 1)),
    )
    sheet.heads(
        [
            "Option",
            "Case",
            "What",
            "Name",
            "Unit",
            "How",
            *(f"Year {year}" for year in years),
            "All years",
        ],
        keep=3,
        numbers=range(6, 7 + len(years)),
    )
    first = sheet.at - 1

    def how(step: Calculation, year: str) -> str:
        return re.sub(
            r"_(\d+)\b", lambda result: "_[y]" if result[1] == year else "_[y-1]", _how(step)
        )

    for option in content.options:
        lines: dict[str, dict[str, Calculation]] = {}
        for step in option.sums.years:
            what, _, when = step.name.rpartition("_")
            lines.setdefault(what, {})[when] = step
        for scenario in SCENARIOS:
            for what, steps in lines.items():
                last = steps[years[-1]]
                label = re.sub(rf", year {years[-1]}\b", "", last.label, count=1)
                label = label.replace(f"of year {years[-1]}", "of each year")
                in_first, after = how(steps["1"], "1"), how(last, years[-1])
                sheet.row(
                    option.key,
                    scenario,
                    label,
                    f"{what}_[y]",
                    in_pounds(last.unit),
                    after if in_first == after else f"year 1: {in_first}; then: {after}",
                    *[
                        option.cell(steps[when], scenario) if when in steps else ""
                        for when in (*years, "total")
                    ],
                    style="sub" if what == "cash" else "text",
                )
    if content.options:
        sheet.page.autofilter(first, 0, sheet.at - 1, 6 + len(years))


def benchmark_sheet(book: Book, content: Content) -> None:
    """The case studies in four columns, and this plan's options beside them."""
    bench = content.results.benchmark
    kinds = ("published", "recomputed", "uprated", "modelled")
    sheet = SheetWriter(
        book,
        "Benchmark",
        [
            "The case studies are reference points, not targets, and are not ranked. Uprated money "
            f"is at {bench.price_year} prices, {bench.method}.",
            "Four columns that are never merged: published as printed, recomputed from printed "
            "numbers, uprated, and modelled with a guess. Where there is no such number, the cell "
            "says none.",
        ],
        (34, 24, 24, 26, 12, 12, *[12, 10] * 4, 11, 11, 11, 36, 44, 56),
    )
    right = (6, 8, 10, 12, 14, 15, 16)
    sheet.heads(
        (
            *("Case study or option", "Measure", "Reading", "Unit", "Counts", "Shares are of"),
            *(words for kind in kinds for words in (kind.capitalize(), "At prices of")),
            *("This plan, low", "This plan, central", "This plan, high"),
            *("Why there is none", "How", "Cautions"),
        ),
        keep=2,
        numbers=right,
    )
    for row in bench.rows:
        cells: dict[str, Cell | None] = {kind: getattr(row, kind) for kind in kinds}
        columns: list[str | Number] = []
        for cell in cells.values():
            columns += (
                [Number(cell.value, row.unit), cell.price_year or ""] if cell else ["none", ""]
            )
        sheet.row(
            f"{row.case_study}: {row.name}",
            BENCHMARK_MEASURES[row.measure].label,
            row.reading,
            in_pounds(row.unit),
            row.counted,
            row.denominator,
            *columns,
            *[""] * 3,
            row.missing_because or "",
            "\n".join(
                f"{kind.capitalize()}: {cell.receipt}" for kind, cell in cells.items() if cell
            ),
            "\n".join(row.cautions),
            right=right,
        )
    for option in content.options:
        steps = {step.name: step for step in option.sums.steps}
        for measure in (Measure.COST_PER_HEAD, Measure.COST_PER_PERSON):
            label, name, unit, _ = BENCHMARK_MEASURES[measure]
            numbers: list[str | Number] = [WITHHELD] * 3
            if name in steps:
                outputs = (option.cell(steps[name], scenario) for scenario in SCENARIOS)
                numbers = [
                    replace(number, formula=f"={number.name}", name="") for number in outputs
                ]
            sheet.row(
                f"{option.key}: {option.sums.option.name}",
                label,
                "",
                in_pounds(unit).replace("per year", "a year"),
                "people",
                "",
                *[""] * 8,
                *numbers,
                option.withheld.get(name, ""),
                "Modelled by this plan, on the sheet Cost.",
                right=right,
            )


def sources_sheet(book: Book, content: Content) -> None:
    """Every receipt and every caution."""
    results, plan, known = (
        content.results,
        content.results.plan,
        content.whole.sums.inputs["central"],
    )
    sheet = SheetWriter(
        book,
        "Sources",
        ["Where every number came from, and what to be careful of."],
        (44, 14, 48, 48, 60),
    )
    sheet.heads(("What", "Kind", "Source", "How, and how sure", "Cautions"))
    for heading, receipts in cell_provenance(content).items():
        sheet.row(heading, "", "", "", "", style="sub")
        for name, receipt in receipts.items():
            if name in known or (content.needed.demand is None and heading.startswith("People")):
                sheet.row(
                    receipt.label, receipt.kind, receipt.source, "", "\n".join(receipt.cautions)
                )
    sheet.row("Evidence on outcomes", "", "", "", "", style="sub")
    for row in results.outcomes.classes:
        net = row.net_method or row.net_missing_because
        sure = (
            f"Design: {row.design}. Quality: {row.quality}. Follow-up: {row.follow_up}. "
            f"{row.because} Beyond usual care: {net}."
        )
        sheet.row(
            f"Outcomes, {row.medicine_class.label}: {row.title}",
            kind_in_words(row.kind, row.verified),
            row.source,
            sure,
            "\n".join((f"Harm: {row.harm}", *row.cautions)),
        )
    sheet.row("Pay, prices and case studies", "", "", "", "", style="sub")
    for what, kind, source, note in dict.fromkeys(pay_sources(content)):
        sheet.row(what, kind, source, "", note)
    index = price_index(plan, content.reference)
    sheet.row(
        index.name,
        "entered" if plan.pricing.own_index else "published",
        index.source,
        results.benchmark.method,
    )
    for study in content.reference.case_studies:
        sheet.row(
            f"{study.id}: {study.name}",
            "published",
            "; ".join(
                f"{source.title}, {source.publisher}, {source.published}"
                for source in study.sources
            ),
            "",
            "\n".join(study.cautions),
        )
    sheet.row("Cautions", "", "", "", "", style="sub")
    sheet.row("Need", "", "", results.need.method, "\n".join(results.need.cautions))
    for option, result in zip(content.options, results.options, strict=True):
        sheet.row(f"{option.key}: {result.name}", "", "", result.method, "\n".join(result.cautions))


def workbook(results: Results, reference: ReferenceData) -> bytes:
    """The plan as the bytes of an .xlsx file of nine sheets, always the same ones for the same
    plan.

    Inputs are unlocked and yellow; every other number is a formula or a printed figure, locked
    without a password. Local counts are rounded to 5, so numbers may differ slightly from those on
    screen. Money is in pounds at the plan's price year.
    """
    content, plan, file = content_of(results, reference), results.plan, BytesIO()
    book = Book(file)
    book.file.set_properties(
        {
            "title": plan.title,
            "author": plan.author,
            "created": (
                datetime.combine(plan.plan_date, time()) if plan.plan_date else datetime(2026, 1, 1)
            ),
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
