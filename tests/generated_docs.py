"""The pages of docs/ that are made from the code and the data, so that they cannot say anything
else.

Run: python -m tests.generated_docs (writes every page anew; tests/test_generated_docs.py fails
where one is not as made)

A page is either made whole, or written by hand with one part that is made, between two marks.
"""

from __future__ import annotations

import argparse
import ast
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from pydantic.json_schema import PydanticJsonSchemaWarning

from planner.analysis.calculation.inputs import INPUTS, SHAPES_IN_WORDS, Input, input_named
from planner.analysis.calculation.measures import REGISTER, Calculation
from planner.analysis.completeness.wizard_steps import STEPS
from planner.cli.main import parser
from planner.documents.glossary import glossary as meanings
from planner.intake import epd, mapping
from planner.intake.registry import FORMATS
from planner.intake.template import ALSO, HEADINGS
from planner.model.place import Place
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.reference import load_reference
from planner.reference.field_help import field_help, load_glossary
from planner.reference.library import load_library

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
EXAMPLES = ROOT / "tests" / "worked_examples"
HEAD = "<!-- Made by `python -m tests.generated_docs`; edit what it is made from. -->"
BEGIN, END = "<!-- made by python -m tests.generated_docs: begin -->", "<!-- end -->"


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Give a Markdown table; a bar or a line break in a cell is kept from ending it."""

    def line(cells: Sequence[object]) -> str:
        return "| " + " | ".join(" ".join(str(c).split()).replace("|", r"\|") for c in cells) + " |"

    return "\n".join([line(heads), "|" + "---|" * len(heads), *map(line, rows)]) + "\n"


def code(text: object) -> str:
    """Give text as code, or nothing for nothing."""
    return f"`{text}`" if str(text) else ""


# --------------------------------------------------------------------------------- the command line


def command_line() -> str:
    """Every command with what it reads, writes and asks, from the parser itself."""
    parts = [HEAD + "\n", "# The command line\n"]
    parts.append(
        "A mistake is one line on standard error, and the command returns 2; after Ctrl+C it says "
        "what was done and what was not, and returns 130. `--json` prints an object with the "
        "versions of software and reference data in it. No command writes over what it reads; "
        "over a link, a file of another kind or another plan, only with `--force`. What is no "
        "file, such as a folder or a pipe, is not read.\n"
    )
    program = parser()
    parts.append(table(("Option", "What it does"), map(_option, _options(program))))
    for name, command in _commands(program):
        parts.append(f"## planner {name}\n")
        parts.append(f"{command.description}.\n")
        options = list(_options(command))
        if options:
            parts.append(table(("Option", "What it does"), map(_option, options)))
    return "\n".join(parts)


def _commands(program: argparse.ArgumentParser, before: str = "") -> Iterator[tuple[str, Any]]:
    for action in program._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                below = list(_commands(command, f"{before}{name} "))
                yield from below or [(before + name, command)]


def _options(command: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in command._actions:
        if not isinstance(action, argparse._SubParsersAction | argparse._HelpAction):
            yield action


def _option(action: argparse.Action) -> tuple[str, str]:
    choices = ", ".join(map(str, action.choices)) if action.choices else ""
    value = "" if action.nargs == 0 else f" {action.metavar or action.dest.upper()}"
    name = (
        f"{action.option_strings[0]}{value}"
        if action.option_strings
        else str(action.metavar or action.dest)
    )
    words = [str(action.help or "")]
    words += [f"one of {choices}"] if choices else []
    words += (
        [f"{action.default} where left out"]
        if action.default not in (None, False, "", [], ())
        else []
    )
    words += ["needed"] if action.required and action.option_strings else []
    return code(name), "; ".join(filter(None, words)).replace("%%", "%")


# -------------------------------------------------------------------------------- the plan's schema


def plan_schema() -> str:
    """Every field of a plan file, from the model that checks it."""
    with warnings.catch_warnings():
        # A default that JSON has no form for is told by its type.
        warnings.simplefilter("ignore", PydanticJsonSchemaWarning)
        schema = Plan.model_json_schema()
    version = Plan.model_fields["schema_version"].default
    parts = [HEAD + "\n", "# The plan file\n"]
    parts.append(
        f"A plan is one JSON file of schema {version}. It holds decisions and inputs only; "
        "everything else is worked out afresh. Files of earlier schemas open and are brought up "
        "to date; one of a newer planner is refused. A field that is not named here is refused "
        "too.\n"
    )
    for name, part in [("Plan", schema), *sorted(schema["$defs"].items())]:
        parts.append(f"## {name}\n")
        if words := part.get("description", ""):
            parts.append(words.split("\n\n")[0].replace("\n", " ") + "\n")
        if "enum" in part:
            parts.append("One of " + ", ".join(code(value) for value in part["enum"]) + ".\n")
        elif part.get("properties"):
            required = set(part.get("required", ()))
            parts.append(
                table(
                    ("Field", "Holds", "Where left out"),
                    (
                        (code(field), _kind(of), "needed" if field in required else _default(of))
                        for field, of in part["properties"].items()
                    ),
                )
            )
    return "\n".join(parts)


def _kind(of: dict[str, Any]) -> str:
    if "$ref" in of:
        name = of["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in of:
        return " or ".join(dict.fromkeys(_kind(one) for one in of["anyOf"]))
    if "enum" in of:
        return "one of " + ", ".join(code(value) for value in of["enum"])
    if of.get("type") == "array":
        return f"list of {_kind(of.get('items', {}))}"
    if of.get("type") == "object" and isinstance(of.get("additionalProperties"), dict):
        return f"a {_kind(of['additionalProperties'])} for each name"
    words = {
        "null": "nothing",
        "string": of.get("format", "text"),
        "integer": "whole number",
        "boolean": "true or false",
    }
    bounds = [
        f"{says} {of[key]:,.10g}"
        for key, says in (
            ("minimum", "at least"),
            ("exclusiveMinimum", "above"),
            ("maximum", "at most"),
            ("exclusiveMaximum", "below"),
            ("maxLength", "length at most"),
        )
        if key in of
    ]
    kind = (
        code(of["const"])
        if "const" in of
        else words.get(str(of.get("type", "anything")), str(of.get("type", "anything")))
    )
    return ", ".join([str(kind), *bounds])


def _default(of: dict[str, Any]) -> str:
    default = of.get("default", {})
    if isinstance(default, dict | list):
        return "as for each field of it" if default else "empty"
    words = {"None": "nothing", "": "empty", "True": "true", "False": "false"}
    return words.get(str(default), code(default))


# --------------------------------------------------------------------------- formats, words, inputs


def formats() -> str:
    """Every kind of file that is read, from the registry, and the columns of the planner's own
    table."""
    parts = [HEAD + "\n", "# Files that are read\n"]
    parts.append(
        "A file is known by what it holds and not by its name: the first of these that recognises "
        "it reads it. How to bring one: [local files](../how-to/local-files.md).\n"
    )
    parts.append(
        table(
            ("Name", "Mark in a plan", "What it is"),
            (
                (one.NAME, code(one.ID), (one.__doc__ or "").split("\n")[0])
                for one in (epd, *FORMATS, mapping)
            ),
        )
    )
    parts.append("## The planner's own table\n")
    parts.append(
        "`class` and `period` are needed, and one of `patients`, `items` and `population`. CSV or "
        "Excel; the order of columns does not matter.\n"
    )
    parts.append(
        table(
            ("Column", "May also be headed"),
            (
                (code(heading), ", ".join(code(words) for words in ALSO.get(key, ())))
                for key, heading in HEADINGS.items()
            ),
        )
    )
    return "\n".join(parts)


def glossary() -> str:
    """Every word that the documents and the wizard explain, as the Glossary page has them."""
    plan = Plan(place=Place(icb_code="QF7"))
    rows = meanings(load_library(), load_glossary(), plan).items()
    return "\n".join([HEAD + "\n", "# Glossary\n", table(("Term", "Meaning"), rows)])


def inputs_page() -> str:
    """Every input of the sums: where a plan holds it, its bounds, what is used without it, and how
    sure it is."""
    parts = [
        HEAD,
        "# Inputs",
        "Every number that the sums start from, by the step of the wizard it is filled in on. The "
        "name is the one in formulas, in the workbook and in `--json`; one of each class, year or "
        "post has that after it. A number without a place in a plan is ours, or is worked out "
        "from the others.",
    ]
    for step, title in STEPS.items():
        rows = [_row(item) for item in INPUTS if item.step == step]
        if rows:
            columns = (
                "Input",
                "Name",
                "Place in a plan",
                "Unit",
                "From, to",
                "If empty",
                "How it is drawn",
                "Tornado",
            )
            parts += [f"## {title}", table(columns, rows)]
    parts += [
        "## Where the numbers are found",
        table(
            ("Input", "Where"),
            [
                (item.label_of(), help.where)
                for item in INPUTS
                if item.path and (help := field_help(item.path.replace("*", "0")))
            ],
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _row(item: Input) -> tuple[str, ...]:
    highest = "" if item.highest is None else f"{item.highest:,.10g}"
    shape = SHAPES_IN_WORDS[item.shape] if item.shape else f"Not drawn: {item.not_drawn}"
    row = item.row_label or item.row_of("…" if item.scope in ("class", "role") else "")
    return (
        item.label_of(),
        f"`{item.key}`" if not item.feeds else f"goes into `{item.feeds}`",
        f"`{item.path}`" if item.path else "",
        item.unit.replace("GBP", "£"),
        f"{item.lowest:,.10g} to {highest}" if highest else f"{item.lowest:,.10g} or more",
        _ours(item),
        shape,
        f"`{row}`" if row and " " not in row else row or item.not_moved,
    )


def _ours(item: Input) -> str:
    """Our figures for it, low to high where there are three; or what an empty one means."""
    if not item.default:
        return item.empty if item.path else ""
    reference, texts = load_reference(), []
    for of in [c.value for c in MedicineClass] if "{of}" in item.default[0] else [""]:
        figures = dict.fromkeys(figure.format(of=of) for figure in item.default)
        values = " to ".join(f"{reference.default(figure):.4g}" for figure in figures)
        texts.append(f"{of} {values}".replace("_", " ").strip())
    return "; ".join(texts)


# --------------------------------------------------------------------------------- methods, the map

SECTIONS = {
    "post": "One line of posts",
    "need": "People",
    "referrals": "How people come to a service",
    "shares": "What becomes of the people an option sees",
    "cost": "Cost, capacity and reach of an option",
    "outcomes": "Outcomes of an option",
    "years": "Year by year",
}
NEEDS = {
    "need": "a count of people in need",
    "opioids": "opioids in the plan",
    "letters offer": "option that only writes to people",
    "invites": "letters that invite people to a service",
    "specialist": "people as a specialist service sees",
    "effect": "statement of what the option adds to usual care",
    "net": "evidence on usual care",
    "contract price": "uplift or efficiency of a contract's price",
    "stated": "capacity that the provider states",
    "roles": "post with hours of its own for each person",
    "budget": "budget",
    "count {at}": "count of the class's people in a year",
    "quarter {at}": "count of them in a quarter",
    "month {at}": "count of them in a month",
    "rate {at}": "rate of England's that the class rests on",
    "items {at}": "items that the class rests on",
    "region {at}": "region whose items they are",
    "by month {at}": "long-term share of a month's people",
    "of part {at}": "long-term share of the people counted in part of a year",
    "searches": "hours of searches in practices",
    "long count {at}": "people on the class for a year or more counted here",
}


def methods() -> str:
    """Each sum with its formula, where its inputs are from, and a figure worked out by hand."""
    parts = []
    examples = list(_examples())
    for section, title in SECTIONS.items():
        parts.append(f"### {title}\n")
        for one in REGISTER:
            if one.section == section and not one.is_link:
                parts.append(_sum(one, examples))
    return "\n".join(parts)


def _sum(one: Calculation, examples: Sequence[tuple[str, str, str, str]]) -> str:
    label = " ".join(one.label.replace("{of}", "each class").replace("{at}", "…").split())
    needs = [
        ("no " if need.startswith("not ") else "") + NEEDS[need.removeprefix("not ")]
        for need in one.needs
    ]
    condition = f" Only where there is: {', '.join(needs)}." if needs else ""
    lines = [
        f"#### {label} (`{one.name}`)\n",
        f"In {one.unit}.{condition}\n",
        f"```text\n{one.formula}\n```\n",
    ]
    if one.first:
        lines.append(f"In the first year: `{one.first}`.\n")
    if one.how:
        words = re.sub(r"\{(\w+)(:\w+)?\}", lambda matching: matching[1].replace("_", " "), one.how)
        lines.append(f"In words: {words}.\n")
    lines.append(f"Source: {_source(one)}.\n")
    pattern = re.compile(re.escape(one.name).replace(r"\{at\}", r"\w+"))
    matching = [example for example in examples if pattern.fullmatch(example[1])]
    if matching:
        # One that says how it is worked out is worth more than one that does not.
        where, name, value, working = max(
            matching, key=lambda example: (bool(example[3]), example[2] != "0")
        )
        lines.append(
            f"Worked example, “{where}”: `{name}` = "
            f"{value}{f', from {working}' if working else ''}.\n"
        )
    return "\n".join(lines)


def _source(one: Calculation) -> str:
    reference = load_reference()
    titles: list[str] = []
    ours = {
        "salary": [reference.pay_points[0].source],
        "zone": [row.source for row in reference.high_cost_areas],
        "ni": [row.source for row in reference.oncosts if row.item.startswith("ni")],
        "pension": [row.source for row in reference.oncosts if row.item.startswith("pension")],
        "levy": [row.source for row in reference.oncosts if row.item == "levy"],
    }
    evidence = {"stop", "usual", "net", "stay_off", "added_relapse"}
    for used in re.findall(r"[a-z][a-z_]*(?:\?|\{at\})?", f"{one.formula} {one.first}"):
        try:
            item, _ = input_named(
                used.replace("{at}", "antidepressants").replace("?", "antidepressants")
            )
        except ValueError:
            continue
        titles += ours.get(item.key.split("_")[0], [])[-1:]
        titles += ["the evidence chosen for each class, `planner/reference/outcomes.yaml`"] * (
            item.key in evidence
        )
        figures = [key.replace("{of}", "antidepressants") for key in item.default]
        titles += [reference.source_title(reference.assumption(key).source) for key in figures]
    return (
        "; ".join(dict.fromkeys(titles))
        or "arithmetic on the steps and entries that the formula names"
    )


def _examples() -> Iterator[tuple[str, str, str, str]]:
    """Each expected figure of the worked examples: of which example, its name, its value, and how
    it is worked out."""
    for path in sorted(EXAMPLES.glob("*.yaml")):
        where = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if match := re.match(r"- name: (.*)", line):
                where = match[1]
            elif match := re.match(r"    (\w+): (-?[\d.]+|\[[^{\]]*\])(?:\s+#\s(.*))?$", line):
                yield where, match[1], match[2], match[3] or ""


def architecture() -> str:
    """The map: every module with the first sentence of its own description, room by room."""
    parts = []
    modules = sorted((ROOT / "planner").rglob("*.py"))
    for room, paths in groupby(
        modules, key=lambda path: path.relative_to(ROOT / "planner").parent.as_posix()
    ):
        rows = []
        for path in paths:
            docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            rows.append((code(path.name), docstring.split("\n")[0]))
        parts.append(f"### planner/{'' if room == '.' else room}\n")
        parts.append(table(("Module", "What it is"), rows))
    return "\n".join(parts)


# -------------------------------------------------------------------------------------- all of them


def in_part(name: str, make: Callable[[], str]) -> Callable[[], str]:
    """Give a page written by hand with its made part as it should be now."""

    def page() -> str:
        before, begin, rest = (DOCS / name).read_text(encoding="utf-8").partition(BEGIN)
        _, end, after = rest.partition(END)
        if not begin or not end:
            raise ValueError(f"docs/{name} has no part between {BEGIN} and {END}")
        return f"{before}{begin}\n\n{make().rstrip()}\n\n{end}{after}"

    return page


PAGES: dict[str, Callable[[], str]] = {
    "reference/command-line.md": command_line,
    "reference/plan-schema.md": plan_schema,
    "reference/formats.md": formats,
    "reference/glossary.md": glossary,
    "reference/inputs.md": inputs_page,
    "explanation/methods.md": in_part("explanation/methods.md", methods),
    "explanation/architecture.md": in_part("explanation/architecture.md", architecture),
}
"""Each page by its place under docs/, and the function that gives its text."""


def main() -> None:
    """Write every page that is not as it should be."""
    for name, page in PAGES.items():
        path, text = DOCS / name, page()
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"Wrote docs/{name}")


if __name__ == "__main__":
    main()
