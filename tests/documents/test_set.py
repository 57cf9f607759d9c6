"""The set of documents: each part and clause stands in one of them."""

from collections import Counter

from planner.documents.assemble import CLAUSES, PARTS
from planner.model.library import MAIN, SpecLibrary


def test_every_part_stands_in_one_document(library: SpecLibrary) -> None:
    stands = Counter(
        name
        for outline in library.outlines
        for section in outline.all_sections()
        for name in section.blocks
        if name != CLAUSES
    )
    # Each document lists the sources that it cites.
    stands.pop("sources", None)
    assert stands == Counter(PARTS.keys() - {"sources"})


def test_every_clause_is_printed_in_one_document(library: SpecLibrary) -> None:
    prints = Counter(
        section.id
        for outline in library.outlines
        for section in outline.all_sections()
        if CLAUSES in section.blocks
    )
    assert {clause.id: prints[clause.section] for clause in library.clauses} == {
        clause.id: 1 for clause in library.clauses
    }


def test_the_two_main_documents_are_among_the_set(library: SpecLibrary) -> None:
    assert set(MAIN.values()) < {outline.name for outline in library.outlines}
    paths = [outline.path for outline in library.outlines]
    assert len(set(paths)) == len(paths) == 19
