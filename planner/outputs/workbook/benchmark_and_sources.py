"""The sheets beside the sums: Benchmark and Sources. The case studies are not ranked."""

from dataclasses import replace

from planner.analysis.calculation.formulas import SCENARIOS, WITHHELD
from planner.analysis.economics.benchmark import BENCHMARK_MEASURES, Cell
from planner.analysis.economics.price_index import price_index
from planner.model.case_study import Measure
from planner.outputs.workbook.content import Content
from planner.outputs.workbook.page import Book, Number, SheetWriter, in_pounds
from planner.outputs.workbook.receipts import cell_provenance, kind_in_words, pay_sources


def benchmark_sheet(book: Book, content: Content) -> None:
    """The case studies in four columns, and this plan's options beside them."""
    bench = content.results.benchmark
    notes = [
        f"The case studies are reference points, not targets, and are not ranked. Uprated money is at {bench.price_year} prices, {bench.method}.",
        "Four columns that are never merged: published as printed, recomputed from printed numbers, uprated, and modelled with a guess. Where there is no such number, the cell says none.",
    ]
    kinds = ("published", "recomputed", "uprated", "modelled")
    sheet = SheetWriter(
        book, "Benchmark", notes, (34, 24, 24, 26, 12, 12, *[12, 10] * 4, 11, 11, 11, 36, 44, 56)
    )
    heads = [words for kind in kinds for words in (kind.capitalize(), "At prices of")]
    right = (6, 8, 10, 12, 14, 15, 16)
    sheet.heads(
        ("Case study or option", "Measure", "Reading", "Unit", "Counts", "Shares are of", *heads, "This plan, low",
         "This plan, central", "This plan, high", "Why there is none", "How", "Cautions"),
        keep=2, numbers=right,
    )  # fmt: skip
    for row in bench.rows:
        cells: dict[str, Cell | None] = {kind: getattr(row, kind) for kind in kinds}
        columns: list[str | Number] = []
        for cell in cells.values():
            columns += (
                [Number(cell.value, row.unit), cell.price_year or ""] if cell else ["none", ""]
            )
        how = "\n".join(
            f"{kind.capitalize()}: {cell.receipt}" for kind, cell in cells.items() if cell
        )
        sheet.row(
            f"{row.case_study}: {row.name}", BENCHMARK_MEASURES[row.measure].label, row.reading, in_pounds(row.unit), row.counted,
            row.denominator, *columns, "", "", "", row.missing_because or "", how, "\n".join(row.cautions), right=right,
        )  # fmt: skip
    for option in content.options:
        steps = {step.name: step for step in option.sums.steps}
        for measure in (Measure.COST_PER_HEAD, Measure.COST_PER_PERSON):
            label, name, unit, _ = BENCHMARK_MEASURES[measure]
            numbers: list[str | Number] = [WITHHELD] * 3
            if name in steps:
                outputs = [option.cell(steps[name], scenario) for scenario in SCENARIOS]
                numbers = [
                    replace(number, formula=f"={number.name}", name="") for number in outputs
                ]
            sheet.row(
                f"{option.key}: {option.sums.option.name}", label, "", in_pounds(unit).replace("per year", "a year"), "people", "",
                *[""] * 8, *numbers, option.withheld.get(name, ""), "Modelled by this plan, on the sheet Cost.", right=right,
            )  # fmt: skip


def sources_sheet(book: Book, content: Content) -> None:
    """Every receipt and every caution."""
    results, plan, known = (
        content.results,
        content.results.plan,
        content.whole.sums.inputs["central"],
    )
    notes = ["Where every number came from, and what to be careful of."]
    sheet = SheetWriter(book, "Sources", notes, (44, 14, 48, 48, 60))
    sheet.heads(("What", "Kind", "Source", "How, and how sure", "Cautions"))
    for heading, receipts in cell_provenance(content).items():
        sheet.row(heading, "", "", "", "", style="sub")
        without_need = content.needed.demand is None and heading.startswith("People")
        for name, receipt in receipts.items():
            if name in known or without_need:
                sheet.row(
                    receipt.label, receipt.kind, receipt.source, "", "\n".join(receipt.cautions)
                )
    sheet.row("Evidence on outcomes", "", "", "", "", style="sub")
    for row in results.outcomes.classes:
        net = row.net_method or row.net_missing_because
        sure = f"Design: {row.design}. Quality: {row.quality}. Follow-up: {row.follow_up}. {row.because} Beyond usual care: {net}."
        what, kind = (
            f"Outcomes, {row.medicine_class.label}: {row.title}",
            kind_in_words(row.kind, row.verified),
        )
        sheet.row(what, kind, row.source, sure, "\n".join((f"Harm: {row.harm}", *row.cautions)))
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
        printed = "; ".join(
            f"{source.title}, {source.publisher}, {source.published}" for source in study.sources
        )
        sheet.row(f"{study.id}: {study.name}", "published", printed, "", "\n".join(study.cautions))
    sheet.row("Cautions", "", "", "", "", style="sub")
    sheet.row("Need", "", "", results.need.method, "\n".join(results.need.cautions))
    for option, result in zip(content.options, results.options, strict=True):
        sheet.row(f"{option.key}: {result.name}", "", "", result.method, "\n".join(result.cautions))
