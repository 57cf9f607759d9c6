"""An existing specification held against the framework, the template, good language and form."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from planner.analysis.formatting import by_strength, listed
from planner.analysis.passages import Index, plain, side_by_side
from planner.intake.isolated_child import report_progress
from planner.model.base import grouped
from planner.model.framework import Framework, Requirement
from planner.model.library import MAIN, Outline
from planner.model.review import (
    Passage,
    PassageKind,
    ReadDocument,
    RequirementFinding,
    RequirementTerms,
    Review,
    ReviewTerms,
    State,
    Way,
)
from planner.review.form import (
    accessibility,
    guidance,
    indicators,
    language,
    length,
    match_headings,
    name_of,
    operational,
    placeholders,
)
from planner.review.word_reader import read_word_document

RESTATED = re.compile(r"^(?:requirement\s+)?A[0-5]\.[1-9]\d?[a-z]?\b", re.I)
REQUIREMENTS = re.compile(
    r"^(?:the framework|(?:framework )?action "
    r"[1-5])\b[^.;:]{0,40}\b(?:asks|requires)\b(?!.*\b(?:will|shall|must)\b)",
    re.I,
)
"""What somebody else asks, told without a promise."""
STILL_OPEN = re.compile(r"^(?:still )?to be (?:supplied|confirmed|agreed|completed)\b|^tbc\b", re.I)
LONGEST_QUOTE = 320
EVIDENCE = (
    PassageKind.PARAGRAPH, PassageKind.POINT, PassageKind.ROW, PassageKind.BOX, PassageKind.NOTE,
)  # fmt: skip
METHOD = (
    "The check reads words and not meaning. It cannot tell a promise from a denial, or a good "
    "arrangement from a "
    "poor one. Found means that there is a passage to read; missing means that the planner's words "
    "for it are not there. A "
    "person decides.",
    "Each requirement of the framework is broken into two to four ideas, and each idea has a list "
    "of words "
    "(planner/reference/review_terms.yaml). A passage is a paragraph, a point of a list with the "
    "line that leads into "
    "it, or a row of a table. For requirements that ask for a set of things, a whole list or table "
    "is one passage.",
    "A passage counts only where it, or a heading above it, has a word of what the requirement is "
    "about, and no word "
    "or phrase stands for two ideas at once. "
    "Found: one passage has a word of every idea. Weak: the words stand apart under one heading, "
    "or at least half of "
    "the ideas stand together, the main one among them. Missing: neither. Of the passages that "
    "matched most, "
    "the shortest is shown.",
    "Nothing counts in a contents list, header, footer, glossary or list of sources; nor in a list "
    "that only repeats "
    "the framework's requirements with their numbers (such as A4.3), which restates what is asked "
    "and does not meet "
    "it; nor in a line that tells what the framework asks and promises nothing; nor under the "
    "heading Local wording, where the planner's documents print what does not stand; nor in a line "
    "that says something is still to be supplied. A "
    "heading, or the names of a table's columns, never make a requirement found by themselves.",
    "What the contract's technical guidance says that a specification should hold is looked for in "
    "the same way: each of its seven items has one to three ideas, and each idea has words. Pages "
    "are reckoned from the words.",
    "Tracked changes are read as if accepted. Comments, pictures and hidden text are not read, and "
    "what is still to be filled in is listed and meets nothing.",
)


@dataclass(frozen=True)
class _TextUnit:
    """Something read as one passage."""

    text: str
    display: str
    section: int
    kind: str


@dataclass(frozen=True)
class _PassageIndex:
    """The passages of a document, looked up by their own words and by the headings above them."""

    units: list[_TextUnit]
    index: Index
    above: Index

    @classmethod
    def of(cls, units: list[_TextUnit], document: ReadDocument) -> Self:
        """The passages made ready to be looked through."""
        return cls(
            units,
            Index([unit.text for unit in units]),
            Index([plain(document.under(unit.section)) for unit in units]),
        )


def review(
    document: ReadDocument,
    framework: Framework,
    terms: ReviewTerms,
    outlines: Sequence[Outline],
    actions: Sequence[int] = (3, 4),
) -> Review:
    """What an existing specification says and lacks, for the requirements of the given actions.

    It finds words, not meaning. The same document always gives the same review.
    """
    result = requirements(
        document,
        [r for part in framework.parts if part.number in actions for r in part.requirements],
        terms,
    )
    headings, template = match_headings(document, outlines, terms)
    faulty, seen = indicators(document, terms)
    strengths = {
        state: by_strength(finding.strength for finding in result if finding.state is state)
        for state in State
    }
    about = (
        "The whole framework"
        if 0 in actions
        else f"Action{'s' * (len(actions) > 1)} {listed([str(action) for action in actions])}"
    )
    answered = Counter(heading.action for heading in template if heading.answered_by)
    return Review(
        file=document.file,
        summary=(
            f"{about}: {by_strength(finding.strength for finding in result)}. "
            + " ".join(f"{state.capitalize()}: {count}." for state, count in strengths.items())
        ),
        actions=tuple(actions),
        headings=headings,
        template=template,
        nearest=3 if answered[3] > answered[4] else 4,
        requirements=result,
        indicators=faulty,
        indicators_seen=seen,
        guidance=guidance(document, terms),
        operational=operational(document, terms),
        # The most pages that a contract manager reads of a specification.
        length=length(document, next(o.pages for o in outlines if o.name == MAIN[4])),
        language=language(document, terms),
        placeholders=placeholders(document),
        accessibility=accessibility(document),
        notes=document.notes,
        method=METHOD,
    )


def requirements(
    document: ReadDocument, wanted: Sequence[Requirement], terms: ReviewTerms
) -> tuple[RequirementFinding, ...]:
    """Each requirement found, weak or missing, with the passage that was judged."""
    evidence = [p for p in map(_fill, document.passages) if _is_evidence(p, document, terms)]
    single = [
        _TextUnit(
            text=plain(f"{p.lead} {p.text}"),
            display=f"{p.lead} … {p.text}" if p.lead else p.text,
            section=p.section,
            kind=p.kind.value,
        )
        for p in evidence
    ]
    whole = [
        _TextUnit(
            text=plain(" ".join([rows[0].lead, *(p.text for p in rows)])),
            display=" ".join([rows[0].lead, "; ".join(p.text for p in rows)]).strip(),
            section=rows[0].section,
            kind={"row of a table": "table", "point of a list": "list"}.get(
                rows[0].kind.value, rows[0].kind.value
            ),
        )
        for rows in grouped(evidence, lambda passage: passage.block).values()
    ]
    by_section = grouped(single, lambda unit: unit.section)
    order = sorted(by_section)
    sections = Index(
        [
            " . ".join(
                [
                    plain(document.headings[section].text) if section >= 0 else "",
                    *(unit.text for unit in by_section[section]),
                ]
            )
            for section in order
        ]
    )
    alone, together = _PassageIndex.of(single, document), _PassageIndex.of(whole, document)
    entries = {entry.id: entry for entry in terms.requirements}
    return tuple(
        _judge(
            r,
            entries[r.id],
            entries[r.id].subject or terms.subject,
            together if entries[r.id].together else alone,
            sections,
            order,
            document,
        )
        for r in wanted
    )


def _fill(passage: Passage) -> Passage:
    """A passage without what Word shows in boxes that nobody has filled in."""
    text = passage.text
    for prompt in passage.prompts:
        text = text.replace(prompt, "", 1)
    return passage.model_copy(update={"text": text}) if passage.prompts else passage


def _is_evidence(passage: Passage, document: ReadDocument, terms: ReviewTerms) -> bool:
    if passage.kind not in EVIDENCE or any(
        p.match(passage.text) for p in (RESTATED, REQUIREMENTS, STILL_OPEN)
    ):
        return False
    # A cell of a row too long for one passage.
    if passage.kind is PassageKind.ROW and RESTATED.match(passage.lead):
        return False
    # Rows above the first heading are the block of names and dates.
    if passage.section < 0:
        return passage.kind is not PassageKind.ROW or not document.headings
    path = document.headings[passage.section].path
    return not {name_of(path[0]), name_of(path[-1])} & set(terms.not_evidence)


def _judge(
    requirement: Requirement,
    entry: RequirementTerms,
    subject: Sequence[str],
    reading: _PassageIndex,
    sections: Index,
    order: list[int],
    document: ReadDocument,
) -> RequirementFinding:
    units = reading.units
    about = reading.index.holding_any(subject) | reading.above.holding_any(subject)
    holding = [
        {idea: reading.index.holding_any(words) for idea, words in way.items()}
        for way in entry.ways
    ]
    met = [
        (State.FOUND, way, together)
        for way, places in zip(entry.ways, holding, strict=True)
        if (
            together := [
                place
                for place in sorted(about.intersection(*places.values()))
                if len(side_by_side(way, units[place].text)) == len(way)
            ]
        )
    ]
    best = met[0] if met else _weak(entry, holding, units, about, sections, order)
    if best is None:
        return RequirementFinding(
            id=requirement.id,
            asks=requirement.asks,
            asked_of=requirement.asked_of,
            strength=requirement.strength,
            state=State.MISSING,
            lacking=tuple(entry.ways[0]),
        )
    state, way, unit_places = best
    # The plainest to read.
    unit = units[min(unit_places, key=lambda place: (len(units[place].text), place))]
    stands = side_by_side(way, unit.text)
    return RequirementFinding(
        id=requirement.id,
        asks=requirement.asks,
        asked_of=requirement.asked_of,
        strength=requirement.strength,
        state=state,
        quote=quoted(unit.display, list(stands.values())),
        under=document.under(unit.section),
        kind=unit.kind,
        matched=tuple(f"{idea}: {words}" for idea, words in stands.items()),
        lacking=tuple(idea for idea in way if idea not in stands),
        others=max(0, len({place for _, _, together in met for place in together}) - 1),
    )


def _weak(
    entry: RequirementTerms,
    holding: list[dict[str, set[int]]],
    units: list[_TextUnit],
    about: set[int],
    sections: Index,
    order: list[int],
) -> tuple[State, Way, list[int]] | None:
    """The passages to show where the ideas stand under one heading, or at least half of them, and
    two, together; where the subject stands too."""
    sections_about = {units[place].section for place in about}
    for way, places in zip(entry.ways, holding, strict=True):
        near = set.intersection(*(sections.holding_any(words) for words in way.values()))
        under = {
            order[place]
            for place in near
            if order[place] in sections_about
            and len(side_by_side(way, sections.texts[place])) == len(way)
        }
        main_idea, main_places = next(iter(places.items()))
        stands = {place: side_by_side(way, units[place].text) for place in main_places}
        enough = max(2, (len(way) + 1) // 2)
        chosen = [place for place in stands if units[place].section in under] or [
            place
            for place in main_places & about
            if len(stands[place]) >= enough and main_idea in stands[place]
        ]
        if chosen:
            most = max(len(stands[place]) for place in chosen)
            return State.WEAK, way, sorted(p for p in chosen if len(stands[p]) == most)
    return None


def quoted(text: str, around: Sequence[str] = ()) -> str:
    """The passage, or as much of it as can be shown, kept to where the words stand."""
    if len(text) <= LONGEST_QUOTE:
        return text
    places = [at for words in around if (at := text.casefold().find(words.split(" ")[0])) >= 0]
    start = max(0, min(places, default=0) - 60)
    start = 0 if start < 40 else text.rfind(" ", 0, start) + 1
    end = text.rfind(" ", start, start + LONGEST_QUOTE)
    end = end if end > start else start + LONGEST_QUOTE
    return ("… " if start else "") + text[start:end].rstrip() + (" …" if end < len(text) else "")


def read_and_review(
    name: str,
    data: bytes,
    framework: Framework,
    terms: ReviewTerms,
    outlines: Sequence[Outline],
    actions: Sequence[int],
) -> Review:
    """What a specification says and lacks, as `review` finds it. Raises IntakeError for the
    file."""
    report_progress("reading its text", 0.1)
    document = read_word_document(name, data)
    report_progress(f"judging {len(document.passages):,} passages", 0.4)
    return review(document, framework, terms, outlines, actions)
