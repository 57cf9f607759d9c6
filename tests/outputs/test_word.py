"""The Word documents: right, readable, safe with what people type, and always the same."""

from __future__ import annotations

import difflib
import io
import re
import zipfile
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from openxml_audit import OpenXmlValidator

from planner.analysis.economics.example import example_plan
from planner.analysis.results.projections import Projections
from planner.analysis.results.results import Results, results
from planner.documents.assemble import specification
from planner.documents.changes.compare import changes
from planner.documents.context import plan_hash
from planner.documents.set_of_documents import COVERAGE, names, path_in_set
from planner.model.library import MAIN, SpecLibrary
from planner.model.outcomes import Simulation
from planner.model.place import OrganisationList
from planner.model.plan import ContractType, Plan, Pricing
from planner.model.reference import ReferenceData
from planner.outputs.charts.drawing import IN_A_TABLE
from planner.outputs.documents import changes_docx, set_zip, specification_docx
from planner.outputs.word.template import PAPERS, Paper
from planner.reference import content_folder, load_reference
from planner.reference.library import load_library
from tests.golden_texts import GOLDEN, base_of, difference, path_of
from tests.outputs.conftest import stand_in
from tests.present import present
from tests.word_templates import PARAGRAPHS, SUBHEADINGS, build_template

Make = Callable[[str, str], bytes]

CHANGES = "changes"
LARGE = "large print"
# The first is every plan's unless it says otherwise.
CONTRACT_TYPES = [contract_type.value for contract_type in ContractType][1:]
SET = tuple(name for name in names(load_library()) if name != COVERAGE)
MAIN_TWO = tuple(MAIN.values())
SCHEDULES = tuple(name for name in SET if load_library().outline(name).folder)
OF_PLAN = {
    "minimal": (*SET, CHANGES),
    "starter": MAIN_TWO,
    "example": (*SET, CHANGES),
    "maximal": (*SET, CHANGES),
    "revised": (CHANGES,),
    **{f"example for {contract_type}": (*MAIN_TWO, *SCHEDULES) for contract_type in CONTRACT_TYPES},
    **{f"{name} for {LARGE}": (*MAIN_TWO, "evidence-pack") for name in ("minimal", "maximal")},
}
"""The documents that are made of each plan, each once for all checks."""
EVERY_PLAN = [
    pytest.param(
        name, marks=pytest.mark.slow if name.partition(" for ")[2] in CONTRACT_TYPES else ()
    )
    for name in OF_PLAN
]
OF_GOLDEN = [*((name, document) for name in ("example", "minimal") for document in SET)]
OF_GOLDEN.append(("revised", CHANGES))
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
    def projections_of(name: str) -> Projections:
        return Projections(of_plan(name), reference)

    @cache
    def one(name: str, document: str) -> bytes:
        # From the worked example to each plan, so that one of them is no change at all.
        if document == CHANGES:
            return changes_docx(
                changes(of_plan("example"), of_plan(name), reference, library), library
            )
        with pytest.MonkeyPatch.context() as patch:
            # What a picture shows is drawn for the example; nothing else of a document rests on it.
            if name != "example":
                stand_in(patch, picture)
            return specification_docx(
                of_plan(name), document, reference, library, projections_of(name)
            )

    return one


@lru_cache(maxsize=200)
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
        r"\bNone\b(?! [a-z])",
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


def golden_name(name: str, document: str) -> str:
    return f"{document}_{name}"


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


@pytest.mark.parametrize(("name", "document"), OF_GOLDEN)
def test_the_text_is_as_agreed(
    make: Make, name: str, document: str, request: pytest.FixtureRequest
) -> None:
    """Kept as what the plan's text adds to another plan's."""
    text, base = text_of(make(name, document)), base_of(golden_name(name, document))
    if base is not None:
        text = difference(text_of(make(base.partition("_")[2], document)), text, base)
    check_golden(
        path_of(golden_name(name, document)), text, request.config.getoption("--update-golden")
    )


@pytest.mark.slow
def test_the_text_for_each_contract_type_is_as_agreed(
    make: Make, request: pytest.FixtureRequest
) -> None:
    """Kept as the lines that differ from the documents for the shorter-form contract.

    The lines that give way are in the plan's own text: their first words are enough to know
    them by.
    """
    lines: list[str] = []
    for document in (*MAIN_TWO, *SCHEDULES):
        usual = text_of(make("example", document)).splitlines()
        for contract_type in CONTRACT_TYPES:
            text = text_of(make(f"example for {contract_type}", document)).splitlines()
            differ = difflib.unified_diff(
                usual, text, document, f"{document}: {contract_type}", n=0, lineterm=""
            )
            lines += [
                line if line.startswith("+") else shorten(line)
                for line in differ
                if not line.startswith(("@@", "---"))
            ]
    check_golden(
        path_of("contract_types"),
        "\n".join(lines) + "\n",
        request.config.getoption("--update-golden"),
    )


def shorten(line: str, most: int = 90) -> str:
    return line if len(line) <= most else f"{line[:most].rstrip()} …"


def test_every_golden_text_is_one_that_is_compared(request: pytest.FixtureRequest) -> None:
    golden_names = [*(golden_name(*one) for one in OF_GOLDEN), "contract_types"]
    others = set(GOLDEN.iterdir()) - {path_of(name) for name in golden_names}
    if request.config.getoption("--update-golden"):
        for path in others:
            path.unlink()
    assert not [path.name for path in others if path.exists()]


MARK = re.compile(r"mark [0-9a-f]{12}| \(part \d of 2\)")


def parts_of(text: str) -> set[str]:
    """Every line and every cell of a text, whether or not a wide table stands in two parts."""
    return {
        part.strip()
        for line in MARK.sub("", text).splitlines()
        for part in (line.split("|") if line.startswith("|") else [line])
    }


def test_large_print_says_the_same_in_larger_letters(make: Make) -> None:
    for name in OF_PLAN[f"maximal for {LARGE}"]:
        large = make(f"maximal for {LARGE}", name)
        usual = text_of(make("maximal", name))
        assert parts_of(text_of(large)) == parts_of(usual)
        sizes = sizes_in(large)
        assert len(sizes) > 8 and min(sizes.values()) >= 14, sizes
        assert sizes["Normal"] > 16


def sizes_in(data: bytes) -> dict[str, float]:
    """The size of each style of paragraph in use."""
    document = Document(io.BytesIO(data))
    used = {mark.get(qn("w:val")) for mark in document.element.body.iter(qn("w:pStyle"))}
    return {
        style.name: style.font.size.pt
        for style in document.styles
        if style.style_id in {*used, "Normal"} and style.font.size is not None
    }


def test_letters_are_large_enough_to_read(make: Make) -> None:
    """Text of 11 points or more, tables of 10, and 14 for the public."""
    for name in SET:
        sizes = sizes_in(make("example", name))
        least = 14 if name == "public-summary" else 11
        small = {"Table Text", "Table Heading", "Row Heading", "Footer"}
        assert all(size >= least for style, size in sizes.items() if style not in small), name
        assert all(size >= 10 for style, size in sizes.items() if style != "Footer"), name


@pytest.mark.parametrize("name", EVERY_PLAN)
def test_nothing_of_the_machinery_shows(make: Make, name: str) -> None:
    for document in OF_PLAN[name]:
        assert_clean(make(name, document))


@pytest.mark.usefixtures("one_picture")
@pytest.mark.parametrize(("code", "which"), BOARDS)
def test_every_board_makes_both_documents(
    code: str, which: OrganisationList, reference: ReferenceData, library: SpecLibrary
) -> None:
    organisation = reference.organisation(code, which)
    # few draws and no mix: both are the same whichever the board, and there are 78 boards
    plan = example_plan(organisation, reference).model_copy(
        update={"simulation": Simulation(simulations=200), "pricing": Pricing()}
    )
    plan_results = results(plan, reference)
    for document in MAIN_TWO:
        data = specification_docx(plan_results, document, reference, library)
        assert_clean(data)
        assert organisation.name in text_of(data)


@pytest.mark.parametrize("name", EVERY_PLAN)
def test_a_screen_reader_can_use_it(make: Make, name: str) -> None:
    for document in OF_PLAN[name]:
        check_for_a_screen_reader(make(name, document), f"{document} of {name}")


LONGEST_ROW_HEAD = 150
"""In letters: what heads a row is read before each of its cells."""


def check_for_a_screen_reader(data: bytes, which: str) -> None:
    wide = LARGE in which
    document = Document(io.BytesIO(data))
    by_id = {style.style_id: style for style in document.styles}
    levels = []
    for paragraph in document.paragraphs:
        if present(paragraph.style).name in ("Heading 1", "Front Heading"):
            levels.append(1)
        elif present(paragraph.style).name in ("Heading 2", "Part Heading"):
            levels.append(2)
        elif present(paragraph.style).name == "Heading 3":
            levels.append(3)
    assert levels[0] == 1, which
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False)), (
        which
    )
    assert document.styles["Front Heading"].base_style.name == "Heading 1"
    # Nothing is typed that a list or a style does, and no line is empty but after a last table.
    typed = re.compile(r"\(?\[?\d+[.)\]] |[•–] ")
    empty = [
        p for p in document.paragraphs if not p.text.strip() and not p._p.xpath(".//w:drawing")
    ]
    assert not [p.text for p in document.paragraphs if typed.match(p.text)], which
    assert empty == [] or [p._p for p in empty] == [document.paragraphs[-1]._p], which
    for table in document.tables:
        rows = table._tbl.tr_lst
        heads = [row.tc_lst[0].xpath("string()") for row in rows[1:]]
        # A row of what changed begins with all that stood there before.
        if not which.startswith(CHANGES):
            assert len(set(heads)) == len(heads), f"{which}: {heads}"
            assert max(map(len, heads)) <= LONGEST_ROW_HEAD, f"{which}: {max(heads, key=len)}"
        assert len(rows[0].tc_lst) <= 6 or wide, which
        assert not [c for row in rows for c in row.tc_lst if c.xpath("string()").strip() in "—-"]
        assert present(rows[0].trPr).find(qn("w:tblHeader")) is not None
        assert all(present(row.trPr).find(qn("w:tblHeader")) is None for row in rows[1:])
        assert len({len(row.tc_lst) for row in rows}) == 1 and len(rows) > 1
        assert all(present(row.trPr).find(qn("w:cantSplit")) is not None for row in rows)
        assert present(table._tbl.tblPr.find(qn("w:tblLook"))).get(qn("w:firstColumn")) == "1"
        properties = table._tbl.tblPr
        for what in ("w:tblCaption", "w:tblDescription"):
            assert present(present(properties.find(qn(what))).get(qn("w:val"))).strip()
    xml = document.element.body
    assert not list(xml.iter(qn("w:gridSpan"), qn("w:vMerge"), qn("w:txbxContent")))
    pictures = list(xml.iter(qn("wp:docPr")))
    for picture in pictures:
        words = picture.get("descr") or ""
        sentences, figures = re.findall(r"[.!?](?= |$)", words), re.findall(r"\d[\d,.]*", words)
        assert len(words) > 40, words
        # Two sentences where a table has the numbers; where none has them, the numbers.
        if IN_A_TABLE in words:
            captions = [table.get(qn("w:val")) for table in xml.iter(qn("w:tblCaption"))]
            named = re.findall(r"“(.+?)”", words)
            assert len(sentences) == 2 and named, words
            assert all(any(c.startswith(name) for c in captions) for name in named), words
        else:
            assert len(figures) > 2, words
    assert len({picture.get("id") for picture in pictures}) == len(pictures)
    language = document.styles.element.find(qn("w:docDefaults")).find(f".//{qn('w:lang')}")
    assert language.get(qn("w:val")) == "en-GB" and document.core_properties.language == "en-GB"
    assert document.core_properties.title and "&amp;" not in document.core_properties.title
    marks = [mark.get(qn("w:name")) for mark in xml.iter(qn("w:bookmarkStart"))]
    links = [link.get(qn("w:anchor")) for link in xml.iter(qn("w:hyperlink"))]
    assert len(set(marks)) == len(marks) and set(links) <= set(marks)
    assert by_id["Normal"].font.name == "Arial"


# Every part that a document can have stands in those of the fullest plan; a contract type changes
# words and no structure.
VALIDATED = [
    *(("maximal", document) for document in OF_PLAN["maximal"]),
    *((name, document) for name in ("minimal", "example") for document in MAIN_TWO),
    (f"maximal for {LARGE}", "evidence-pack"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "document"), VALIDATED)
def test_the_file_is_valid(make: Make, name: str, document: str, tmp_path: Path) -> None:
    path = tmp_path / "made.docx"
    path.write_bytes(make(name, document))
    result = OpenXmlValidator().validate(str(path))
    assert not result.errors, [str(error) for error in result.errors][:5]


def test_the_contents_list_names_every_heading_in_order(make: Make) -> None:
    library = load_library()
    for name in SET:
        document = Document(io.BytesIO(make("example", name)))
        contents = [p for p in document.paragraphs if present(p.style).name.startswith("Contents")]
        entries = ["".join(t.text or "" for t in p._p.iter(qn("w:t"))) for p in contents]
        headings = [
            p.text
            for p in document.paragraphs
            if present(p.style).name in ("Heading 1", "Heading 2")
        ]
        assert bool(entries) is library.outline(name).contents
        for entry, heading in zip(entries, headings, strict=True) if entries else ():
            assert entry.endswith(heading) and re.match(r"\d+(\.\d+)? ", entry)


def test_paragraphs_of_a_contract_count_on_from_their_headings(
    example: Plan, reference: ReferenceData, library: SpecLibrary, make: Make
) -> None:
    """The numbers in the contents list are those that Word gives."""
    content = specification(results(example, reference), 4, reference, library)
    document = Document(io.BytesIO(make("example", MAIN[4])))
    counts, seen = [0, 0, 0, 0], []
    for paragraph in document.paragraphs:
        level = {"Heading 1": 0, "Heading 2": 1}.get(present(paragraph.style).name)
        mark = paragraph._p.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:ilvl')}")
        if level is None and mark is not None:
            level = int(present(mark.get(qn("w:val"))))
        if level is None:
            continue
        counts[level] += 1
        counts[level + 1 :] = [0] * (3 - level)
        if present(paragraph.style).name.startswith("Heading"):
            seen.append(".".join(str(count) for count in counts[: level + 1]))
        else:
            assert present(paragraph.style).name == ("Lettered" if level == 3 else "Numbered")
    assert seen == [section.number for section in content.sections]


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
def test_what_is_typed_arrives_exactly(
    example: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    values = example.model_dump()
    values["preferred_because"] = " / ".join(NASTY)
    values["specification"]["sponsor"] = NASTY[2]
    row = values["specification"]["directory"][0]
    values["specification"]["directory"] = [
        row | {"offer": typed, "provider": typed} for typed in NASTY
    ]
    plan = Plan.model_validate(values)
    worked = results(plan, reference)
    text = "".join(
        text_of(specification_docx(worked, name, reference, library))
        for name in (MAIN[3], "team-and-directory")
    )
    for typed in NASTY:
        assert text.count(typed) >= 3 + (typed == NASTY[2]), typed
    assert "uid=" not in text


@pytest.mark.usefixtures("one_picture")
def test_long_text_and_line_ends_are_kept(
    example: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    values = example.model_dump()
    values["specification"]["decision"]["involvement_reasons"] = (
        "First line\nSecond line\n- not a bullet of ours\n" + "word " * 1990
    )
    plan = Plan.model_validate(values)
    text = text_of(
        specification_docx(results(plan, reference), "decision-record", reference, library)
    )
    assert text.count("word ") >= 1990 and "- not a bullet of ours" in text


def test_the_same_plan_gives_the_same_bytes(
    example: Plan, reference: ReferenceData, library: SpecLibrary, make: Make
) -> None:
    """Each file of the set, and the set as an archive."""
    archive = set_zip(results(example, reference), reference, library)
    with zipfile.ZipFile(io.BytesIO(archive)) as package:
        assert package.namelist() == [path_in_set(name, library) for name in names(library)]
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        for name in SET:
            again = package.read(path_in_set(name, library))
            assert again == make("example", name), name
            with zipfile.ZipFile(io.BytesIO(again)) as one:
                assert {info.date_time for info in one.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_number_of_a_source_leads_to_it(make: Make) -> None:
    """In the evidence pack, whose list of sources numbers itself."""
    document = Document(io.BytesIO(make("example", "evidence-pack")))
    listed = [p for p in document.paragraphs if present(p.style).name == "Source"]
    leads = {
        link.get(qn("w:anchor")): link.xpath("string()")
        for link in document.element.body.iter(qn("w:hyperlink"))
    }
    cited = {anchor: words for anchor, words in leads.items() if anchor.startswith("_source_")}
    assert len(cited) > 40
    assert cited == {f"_source_{n}": f"[{n}]" for n in range(1, len(listed) + 1)}


def test_what_the_committee_is_asked_is_a_list_that_numbers_itself(make: Make) -> None:
    document = Document(io.BytesIO(make("example", MAIN[3])))
    requests = [p.text for p in document.paragraphs if present(p.style).name == "Request"]
    assert len(requests) > 2 and not [text for text in requests if text.startswith("(")]


def test_every_first_page_says_whom_to_ask_for_another_format(make: Make) -> None:
    for name in SET:
        rows = [line for line in text_of(make("example", name)).splitlines() if "Easy Read" in line]
        assert rows or name == "working-note", name


def test_the_plan_is_known_by_a_property_and_not_by_a_footer(example: Plan, make: Make) -> None:
    for name in SET:
        data = make("example", name)
        assert Document(io.BytesIO(data)).core_properties.identifier == plan_hash(example)
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            footer = package.read("word/footer1.xml").decode()
        assert plan_hash(example) not in footer and "Draft 0.1 · 30 November 2026" in footer
        # The evidence pack says of which plan its numbers are.
        assert (plan_hash(example) in text_of(data)) is (name == "evidence-pack"), name


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


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_the_committed_template_is_what_the_builder_writes(paper: Paper, tmp_path: Path) -> None:
    rebuilt = tmp_path / "rebuilt.docx"
    build_template(paper, rebuilt)
    with (
        zipfile.ZipFile(rebuilt) as new,
        zipfile.ZipFile(content_folder("spec_templates") / paper.template) as current,
    ):
        assert new.namelist() == current.namelist()
        for name in new.namelist():
            assert new.read(name) == current.read(name), (
                f"{name}: run python -m tests.word_templates"
            )


def test_the_template_uses_every_kind_of_block_and_readme_lists_every_tag() -> None:
    with zipfile.ZipFile(content_folder("spec_templates") / "ordinary.docx") as package:
        xml = package.read("word/document.xml").decode() + package.read("word/footer1.xml").decode()
    tags = set(re.findall(r"\{\{ ([a-z_.]+)", xml))
    readme = (content_folder("spec_templates") / "README.md").read_text(encoding="utf-8")
    assert not [tag for tag in tags if f"`{tag}`" not in readme]
    kinds = set(re.findall(r"block\.kind == '(\w+)'", xml.replace("&apos;", "'")))
    others = {"numbered", "lettered", "points", "requests", "sources", "picture"}
    others |= {f"heading{level}" for level in SUBHEADINGS}
    assert kinds == {*PARAGRAPHS, *others, *(f"table{n}" for n in range(2, 8))}


@pytest.mark.usefixtures("one_picture")
def test_small_local_counts_are_never_printed(
    minimal: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    values = minimal.model_dump()
    values["prescribing"]["classes"][4]["patients"] = 3
    values["prescribing"]["high_dose_opioid_patients"] = 2
    values["inequality"]["classes"][3]["by_quintile"] = (3, 50, 61, 70, 80)
    plan = Plan.model_validate(values)
    worked = results(plan, reference)
    text = text_of(specification_docx(worked, "evidence-pack", reference, library))
    table = next(
        line
        for line in text.splitlines()
        if line.startswith("| Opioids |") and "fewer than 5" in line
    )
    assert "not shown, to protect another cell" in table
    drugs = next(line for line in text.splitlines() if line.startswith("| Z-drugs |"))
    assert "fewer than 5" in drugs and "not shown" in drugs and "a day: fewer than 5 " in text
    for name in SET:
        text = text_of(specification_docx(worked, name, reference, library))
        for line in text.splitlines():
            if line.startswith(("| Opioids |", "| Z-drugs |")):
                assert not {"2", "3"} & {cell.strip() for cell in line.strip("|").split("|")}, line


def test_both_directions_of_inequality_reach_the_evidence(make: Make) -> None:
    text = text_of(make("maximal", "evidence-pack"))
    assert "Opioids: prescribed at 1.99 times the rate in the most deprived fifth" in text
    assert "Benzodiazepines: prescribed less in the most deprived fifth, at 0.57 times" in text


def test_case_study_numbers_stand_with_their_cautions(make: Make) -> None:
    text = text_of(make("example", "evidence-pack"))
    assert (
        "| 1. PMSS, North Wales, cost per head of population | £0.26 (2018/19) | £0.2553 (2018/19) "
        "|" in text
    )
    rows = re.findall(r"\| \d\. [^|]+, cost per head of population[^|]*\| (.*)\|", text)
    # Nothing is printed as published but by case study 1; another may be modelled.
    assert len(rows) > 2 and all(row.startswith("no figure | " * 3) for row in rows[1:])
    assert "counts medicines" in text and "Posts as printed: 2, 8 and 1 WTE" in text
    assert "What is printed is never corrected" in text
