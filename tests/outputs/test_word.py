"""The Word documents: right, readable, safe with what people type, and always the same."""

from __future__ import annotations

import difflib
import io
import re
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from openxml_audit import OpenXmlValidator

from planner.analysis.economics.example import example_plan
from planner.analysis.results.results import Results, results
from planner.documents.changes.compare import changes
from planner.model.library import SpecLibrary
from planner.model.outcomes import Simulation
from planner.model.place import OrganisationList
from planner.model.plan import ContractType, Plan, Pricing
from planner.model.reference import ReferenceData
from planner.outputs.documents import changes_docx, specification_docx
from planner.outputs.word.template import PARAGRAPHS, TEMPLATES, build_template
from planner.reference import content_folder, load_reference
from tests.golden_texts import GOLDEN, base_of, difference, path_of
from tests.outputs.conftest import stand_in

Make = Callable[[str, int | str], bytes]

CHANGES = "changes"
PLANS = ("minimal", "starter", "example", "maximal")
LARGE = "large print"
# The first is every plan's unless it says otherwise.
FAMILIES = [family.value for family in ContractType][1:]
OF_FAMILIES = [
    (f"{name} for {family}", action)
    for name in ("minimal", "example", "maximal")
    for family in FAMILIES
    for action in (3, 4)
]
EVERY = [
    *((name, action) for name in PLANS for action in (3, 4)),
    *((name, CHANGES) for name in (*PLANS, "revised")),
    *OF_FAMILIES,
    *((f"{name} for {LARGE}", action) for name in ("minimal", "maximal") for action in (3, 4)),
]
# The quick loop makes a document of each plan, not of each contract type as well.
EACH = [pytest.param(*one, marks=pytest.mark.slow) if one in OF_FAMILIES else one for one in EVERY]
# A contract type changes words and no structure: one plan of one type stands for the others. The
# starter has no block of its own.
VALIDATED = [
    (name, action)
    for name, action in EVERY
    if name != "starter"
    and ((name, action) not in OF_FAMILIES or name == f"example for {FAMILIES[0]}")
]
OF_GOLDEN = [*((name, action) for name in PLANS for action in (3, 4)), ("revised", CHANGES)]
NEWER = {icb.code for icb in load_reference().icbs(OrganisationList.FROM_APRIL_2026)}
# Every board of the newer list, those of the older that it no longer has, and two that are on both.
BOARDS = [
    pytest.param(
        icb.code,
        which,
        id=f"{icb.code}-{which.value[:2]}",
        marks=() if icb.code == "QF7" else pytest.mark.slow,
    )
    for which in OrganisationList
    for icb in load_reference().icbs(which)
    if which is OrganisationList.FROM_APRIL_2026
    or icb.code not in NEWER
    or icb.code in ("QF7", "QWO")
]


@pytest.fixture(scope="session")
def make(
    request: pytest.FixtureRequest, reference: ReferenceData, library: SpecLibrary, picture: bytes
) -> Make:
    worked: dict[str, Results] = {}

    def of_plan(name: str) -> Results:
        if name not in worked:
            plan, _, wanted = name.partition(" for ")
            plan = request.getfixturevalue(plan)
            if wanted:
                text = (
                    {"large_print": True}
                    if wanted == LARGE
                    else {"contract_type": ContractType(wanted)}
                )
                spec = plan.specification.model_copy(update=text)
                plan = plan.model_copy(update={"specification": spec})
            worked[name] = results(plan, reference)
        return worked[name]

    @cache
    def one(name: str, action: int | str) -> bytes:
        # From the worked example to each plan, so that one of them is no change at all.
        if action == CHANGES:
            return changes_docx(
                changes(of_plan("example"), of_plan(name), reference, library), library
            )
        with pytest.MonkeyPatch.context() as patch:
            # A contract type changes no chart, and its plan's own document has those.
            if (name, action) in OF_FAMILIES:
                stand_in(patch, picture)
            return specification_docx(of_plan(name), int(action), reference, library)

    return one


def text_of(data: bytes) -> str:
    """All that a reader sees, in order: paragraphs and cells, pictures as their words."""
    lines = []
    document = Document(io.BytesIO(data))
    styles = {style.style_id: style.name for style in document.styles}
    for child in document.element.body:
        if child.tag == qn("w:p"):
            style = child.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
            name = styles[style.get(qn("w:val"))] if style is not None else "Normal"
            words = "".join(t.text or "" for t in child.iter(qn("w:t")))
            pictures = [p.get("descr") for p in child.iter(qn("wp:docPr"))]
            lines += [f"[{name}] {words}"] if words else []
            lines += [f"[Picture] {words}" for words in pictures]
        elif child.tag == qn("w:tbl"):
            for row in child.iter(qn("w:tr")):
                cells = [
                    "".join(t.text or "" for t in cell.iter(qn("w:t")))
                    for cell in row.iter(qn("w:tc"))
                ]
                lines.append("| " + " | ".join(cells) + " |")
    # The versions change with every figure and clause, and the text must not.
    return ("\n".join(lines) + "\n").replace(load_reference().versions.label, "(versions)")


def assert_clean(data: bytes) -> None:
    """Nothing of the machinery shows: no None, no nan, no tags, no empty heading or cell."""
    text = text_of(data)
    for pattern in (
        r"\bNone\b",
        r"\bnan\b",
        r"\{\{",
        r"\}\}",
        r"\{%",
        "built-in",
        r"\$\w",
        "&amp;",
        "£-",
        "Undefined",
    ):
        assert not re.search(pattern, text), f"{pattern}: {re.search(f'.*{pattern}.*', text)}"
    for line in text.splitlines():
        assert not re.match(r"\[(Heading|Annex|Front)[^\]]*\]\s*$", line)
        if line.startswith("|"):
            assert all(cell.strip() for cell in line.strip("|").split("|")), line


def golden_name(name: str, action: int | str) -> str:
    return f"{CHANGES}_{name}" if action == CHANGES else f"action{action}_{name}"


def check_golden(path: Path, text: str, update: bool) -> None:
    """The text is what the file holds; the switch writes it there instead."""
    if update:
        path.write_text(text, encoding="utf-8")
    agreed = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    changed = list(
        difflib.unified_diff(agreed, text.splitlines(), "agreed", "now", n=0, lineterm="")
    )
    if changed:
        pytest.fail(
            "run pytest --update-golden and read the difference:\n" + "\n".join(changed[:12]),
            pytrace=False,
        )


@pytest.mark.parametrize(("name", "action"), OF_GOLDEN)
def test_the_text_is_as_agreed(
    make: Make, name: str, action: int | str, request: pytest.FixtureRequest
) -> None:
    """Kept as what the plan's text adds to another plan's."""
    text, base = text_of(make(name, action)), base_of(golden_name(name, action))
    if base is not None:
        text = difference(text_of(make(base.partition("_")[2], action)), text, base)
    check_golden(
        path_of(golden_name(name, action)), text, request.config.getoption("--update-golden")
    )


@pytest.mark.slow
@pytest.mark.parametrize("action", [3, 4])
def test_the_text_for_each_contract_type_is_as_agreed(
    make: Make, action: int, request: pytest.FixtureRequest
) -> None:
    """Kept as the lines that differ from the document for the shorter-form contract, once for
    plans that agree.

    The lines that give way are in the plan's own text: their first words are enough to know
    them by.
    """
    texts: dict[str, list[str]] = {}
    for name in ("example", "maximal", "minimal"):
        usual = text_of(make(name, action)).splitlines()
        lines: list[str] = []
        for family in FAMILIES:
            text = text_of(make(f"{name} for {family}", action)).splitlines()
            differ = difflib.unified_diff(usual, text, "shorter form", family, n=0, lineterm="")
            lines += [
                line if line.startswith("+") else shorten(line)
                for line in differ
                if not line.startswith(("@@", "---"))
            ]
        texts.setdefault("\n".join(lines) + "\n", []).append(name)
    (first, names), *others = texts.items()
    parts = [f"=== {', '.join(names)}\n{first}"]
    parts += [f"=== {', '.join(own)}\n{difference(first, text, names[0])}" for text, own in others]
    path = path_of(f"contract_types_action{action}")
    check_golden(path, "".join(parts), request.config.getoption("--update-golden"))


def shorten(line: str, most: int = 90) -> str:
    return line if len(line) <= most else f"{line[:most].rstrip()} …"


def test_every_golden_text_is_one_that_is_compared(request: pytest.FixtureRequest) -> None:
    names = [
        *(golden_name(*one) for one in OF_GOLDEN),
        "contract_types_action3",
        "contract_types_action4",
    ]
    others = set(GOLDEN.iterdir()) - {path_of(name) for name in names}
    if request.config.getoption("--update-golden"):
        for path in others:
            path.unlink()
    assert not [path.name for path in others if path.exists()]


@pytest.mark.parametrize("action", [3, 4])
def test_large_print_says_the_same_in_larger_letters(make: Make, action: int) -> None:
    usual, large = make("maximal", action), make(f"maximal for {LARGE}", action)

    def words(data: bytes) -> str:
        lines = text_of(data).splitlines()
        return "\n".join(line for line in lines if not re.search(r"plan [0-9a-f]{12}", line))

    assert words(large) == words(usual)
    document = Document(io.BytesIO(large))
    used = {mark.get(qn("w:val")) for mark in document.element.body.iter(qn("w:pStyle"))}
    sizes = {
        style.name: style.font.size.pt
        for style in document.styles
        if style.style_id in used and style.font.size is not None
    }
    # The space below a table is a line with nothing in it.
    del sizes["After Table"]
    assert len(sizes) > 10 and min(sizes.values()) >= 14, sizes
    assert document.styles["Normal"].font.size.pt > 16


@pytest.mark.parametrize(("name", "action"), EACH)
def test_nothing_of_the_machinery_shows(make: Make, name: str, action: int | str) -> None:
    assert_clean(make(name, action))


@pytest.mark.usefixtures("one_picture")
@pytest.mark.parametrize(("code", "which"), BOARDS)
def test_every_board_makes_both_documents(
    code: str, which: OrganisationList, reference: ReferenceData, library: SpecLibrary
) -> None:
    organisation = reference.organisation(code, which)
    # few draws and no mix: both are the same whichever the board, and there are 78 boards
    plan = example_plan(organisation, reference).model_copy(
        update={"simulation": Simulation(draws=200), "pricing": Pricing()}
    )
    plan_results = results(plan, reference)
    for action in (3, 4):
        data = specification_docx(plan_results, action, reference, library)
        assert_clean(data)
        assert organisation.name in text_of(data)


@pytest.mark.parametrize(("name", "action"), EACH)
def test_a_screen_reader_can_use_it(make: Make, name: str, action: int | str) -> None:
    document = Document(io.BytesIO(make(name, action)))
    by_id = {style.style_id: style for style in document.styles}
    levels = []
    for paragraph in document.paragraphs:
        if paragraph.style.name in ("Heading 1", "Annex Heading", "Front Heading"):
            levels.append(1)
        elif paragraph.style.name == "Heading 2":
            levels.append(2)
    assert levels[0] == 1 and all(
        after - before <= 1 for before, after in zip(levels, levels[1:], strict=False)
    )
    for style in ("Annex Heading", "Front Heading"):
        assert document.styles[style].base_style.name == "Heading 1"
    for table in document.tables:
        rows = table._tbl.tr_lst
        assert rows[0].trPr.find(qn("w:tblHeader")) is not None
        assert all(row.trPr.find(qn("w:tblHeader")) is None for row in rows[1:])
        assert len({len(row.tc_lst) for row in rows}) == 1 and len(rows) > 1
        properties = table._tbl.tblPr
        for what in ("w:tblCaption", "w:tblDescription"):
            assert properties.find(qn(what)).get(qn("w:val")).strip()
    xml = document.element.body
    assert not list(xml.iter(qn("w:gridSpan"), qn("w:vMerge"), qn("w:txbxContent")))
    pictures = list(xml.iter(qn("wp:docPr")))
    assert all(len(picture.get("descr") or "") > 40 for picture in pictures)
    assert len({picture.get("id") for picture in pictures}) == len(pictures)
    language = document.styles.element.find(qn("w:docDefaults")).find(f".//{qn('w:lang')}")
    assert language.get(qn("w:val")) == "en-GB" and document.core_properties.language == "en-GB"
    assert document.core_properties.title and "&amp;" not in document.core_properties.title
    marks = [mark.get(qn("w:name")) for mark in xml.iter(qn("w:bookmarkStart"))]
    links = [link.get(qn("w:anchor")) for link in xml.iter(qn("w:hyperlink"))]
    assert len(set(marks)) == len(marks) and set(links) <= set(marks) and links
    assert by_id["Normal"].font.name == "Arial" and (
        by_id["Normal"].font.size.pt == 12 or LARGE in name
    )


@pytest.mark.slow
@pytest.mark.parametrize(("name", "action"), VALIDATED)
def test_the_file_is_valid(make: Make, name: str, action: int | str, tmp_path: Path) -> None:
    path = tmp_path / "made.docx"
    path.write_bytes(make(name, action))
    result = OpenXmlValidator().validate(str(path))
    assert not result.errors, [str(error) for error in result.errors][:5]


def test_the_contents_list_names_every_heading_in_order(make: Make) -> None:
    document = Document(io.BytesIO(make("example", 4)))
    contents = [p for p in document.paragraphs if p.style.name.startswith("Contents")]
    entries = ["".join(t.text or "" for t in p._p.iter(qn("w:t"))) for p in contents]
    headings = [
        p.text
        for p in document.paragraphs
        if p.style.name in ("Heading 1", "Heading 2", "Annex Heading")
    ]
    assert len(entries) == len(headings)
    for entry, heading in zip(entries, headings, strict=True):
        assert entry.endswith(heading) and re.match(r"(\d+(\.\d+)?|Annex [A-Z]\.) ", entry)


NASTY = [
    "R&D <b>bold</b> <1% > \"quoted\" 'single'",
    "{{ 7*7 }} {% raw %} {# note #} {_{ }_}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "=1+1",
    "$place $$ ${icb}",
    "Cymraeg ŵŷ, العربية, emoji 🙂, naïve “curly” ‘quotes’",
    "x" * 300,
]


@pytest.mark.usefixtures("one_picture")
@pytest.mark.parametrize("action", [3, 4])
def test_what_is_typed_arrives_exactly(
    example: Plan, reference: ReferenceData, library: SpecLibrary, action: int
) -> None:
    values = example.model_dump()
    values["preferred_because"] = " / ".join(NASTY)
    lead = "clinical_lead" if action == 4 else "sponsor"
    values["specification"][lead] = NASTY[2]
    row = values["specification"]["directory"][0]
    values["specification"]["directory"] = [
        row | {"offer": typed, "provider": typed} for typed in NASTY
    ]
    plan = Plan.model_validate(values)
    text = text_of(specification_docx(results(plan, reference), action, reference, library))
    for typed in NASTY:
        assert text.count(typed) >= 3 + (typed == NASTY[2]), typed
    assert "uid=" not in text


@pytest.mark.usefixtures("one_picture")
def test_long_text_and_line_ends_are_kept(
    example: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    values = example.model_dump()
    values["specification"]["evaluation"] = (
        "First line\nSecond line\n- not a bullet of ours\n" + "word " * 1990
    )
    text = text_of(
        specification_docx(results(Plan.model_validate(values), reference), 4, reference, library)
    )
    assert text.count("word ") >= 1990 and "- not a bullet of ours" in text


@pytest.mark.parametrize("action", [3, 4])
def test_the_same_plan_gives_the_same_bytes(
    example: Plan, reference: ReferenceData, library: SpecLibrary, make: Make, action: int
) -> None:
    again = specification_docx(results(example, reference), action, reference, library)
    assert again == make("example", action)
    with zipfile.ZipFile(io.BytesIO(again)) as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_same_changes_give_the_same_bytes(
    example: Plan, maximal: Plan, reference: ReferenceData, library: SpecLibrary, make: Make
) -> None:
    before, after = results(example, reference), results(maximal, reference)
    assert changes_docx(changes(before, after, reference, library), library) == make(
        "maximal", CHANGES
    )


@pytest.mark.usefixtures("one_picture")
@pytest.mark.slow
def test_changes_in_what_was_typed_arrive_exactly(
    example: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    values = example.model_dump()
    row = values["specification"]["directory"][0]
    values["specification"]["directory"] = [row | {"wait": typed} for typed in NASTY]
    after = results(Plan.model_validate(values), reference)
    text = text_of(
        changes_docx(changes(results(example, reference), after, reference, library), library)
    )
    assert all(text.count(typed) >= 2 for typed in NASTY) and "uid=" not in text


@pytest.mark.parametrize("action", TEMPLATES)
def test_the_committed_template_is_what_the_builder_writes(
    action: int | str, tmp_path: Path
) -> None:
    rebuilt = tmp_path / "rebuilt.docx"
    build_template(action, rebuilt)
    with (
        zipfile.ZipFile(rebuilt) as new,
        zipfile.ZipFile(content_folder("spec_templates") / TEMPLATES[action]) as current,
    ):
        assert new.namelist() == current.namelist()
        for name in new.namelist():
            assert new.read(name) == current.read(name), (
                f"{name}: run python -m planner.outputs.word.template"
            )


def test_the_template_uses_every_kind_of_block_and_readme_lists_every_tag() -> None:
    with zipfile.ZipFile(content_folder("spec_templates") / "action4.docx") as package:
        xml = package.read("word/document.xml").decode() + package.read("word/footer1.xml").decode()
    tags = set(re.findall(r"\{\{ ([a-z_.]+)", xml))
    readme = (content_folder("spec_templates") / "README.md").read_text(encoding="utf-8")
    assert not [tag for tag in tags if f"`{tag}`" not in readme]
    kinds = set(re.findall(r"block\.kind == '(\w+)'", xml.replace("&apos;", "'")))
    assert kinds == {*PARAGRAPHS, "bullets", "picture", *(f"table{n}" for n in range(2, 8))}


@pytest.mark.usefixtures("one_picture")
def test_small_local_counts_are_never_printed(
    minimal: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    values = minimal.model_dump()
    values["prescribing"]["classes"][4]["patients"] = 3
    values["prescribing"]["high_dose_opioid_patients"] = 2
    values["inequality"]["classes"][3]["by_quintile"] = (3, 50, 61, 70, 80)
    plan = Plan.model_validate(values)
    for action in (3, 4):
        text = text_of(specification_docx(results(plan, reference), action, reference, library))
        table = next(
            line
            for line in text.splitlines()
            if line.startswith("| Opioids |") and "fewer than 5" in line
        )
        assert "not shown, to protect another cell" in table
        drugs = next(line for line in text.splitlines() if line.startswith("| Z-drugs |"))
        assert "fewer than 5" in drugs and "not shown" in drugs and "a day: fewer than 5 " in text
        rows = [
            line for line in text.splitlines() if line.startswith(("| Opioids |", "| Z-drugs |"))
        ]
        assert len(rows) > 5
        for line in rows:
            assert not {"2", "3"} & {cell.strip() for cell in line.strip("|").split("|")}, line


def test_both_directions_of_inequality_reach_the_documents(make: Make) -> None:
    for action in (3, 4):
        text = text_of(make("maximal", action))
        assert "Opioids: prescribed at 1.99 times the rate in the most deprived fifth" in text
        assert "Benzodiazepines: prescribed less in the most deprived fifth, at 0.57 times" in text


def test_case_study_numbers_stand_with_their_cautions(make: Make) -> None:
    for action in (3, 4):
        text = text_of(make("example", action))
        assert (
            "| 1. PMSS, North Wales | Cost per head of population | £0.26 (2018/19) | £0.2553 "
            "(2018/19) |" in text
        )
        for number in range(2, 8):
            row = re.search(rf"\| {number}\. [^|]+\| Cost per head of population \|(.*)\|", text)
            assert row and row[1].replace(" ", "") == "—|—|—|—"
        assert "counts medicines" in text and "Posts as printed: 2, 8 and 1 WTE" in text
        assert "What is printed is never corrected" in text
