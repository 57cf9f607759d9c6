"""The form of an existing specification: headings, indicators, language, and who can read it.

No files.
"""

import math
import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from planner.analysis.passages import UNFILLED, any_of, first_of, plain
from planner.documents.language_check import warnings
from planner.model.library import Outline, OutlineSection
from planner.model.review import (
    AccessibilityFault,
    GuidanceFinding,
    HeadingMatch,
    IndicatorFinding,
    IndicatorWords,
    LanguageFinding,
    Length,
    OlderHeading,
    PassageKind,
    Quoted,
    ReadDocument,
    ReadTable,
    ReviewTerms,
    State,
    TemplateHeading,
)

LABEL = re.compile(
    r"^(?:(?:annex|appendix|schedule|section|part) (?:[a-z]|[ivx]+|\d+) |\d+ (?:\d+ )*|[a-z] )+"
)
SMALL_WORDS = frozenset(
    (
        "the",
        "of",
        "and",
        "or",
        "to",
        "for",
        "a",
        "an",
        "in",
        "with",
        "by",
        "on",
        "any",
        "our",
        "eg",
        "e",
        "g",
    )
)
ALIKE = 0.67
MOST_LISTED = 200
MOST_HEADINGS = 2_000
MOST_QUOTED = 300
WHERE_LISTED = 6

Section = tuple[Outline, OutlineSection, int]


def name_of(heading: str) -> str:
    """A heading's words without its number or letter."""
    words = plain(heading)
    return LABEL.sub("", words) or words


@lru_cache(maxsize=4_096)
def _stems(name: str) -> frozenset[str]:
    return frozenset(word[:6] for word in name.split() if word not in SMALL_WORDS)


def alike(one: str, other: str) -> float:
    """How alike two names of headings are, 0 to 1: the share of their words, by first six letters,
    in both."""
    if one == other:
        return 1.0
    a, b = _stems(one), _stems(other)
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def match_headings(
    document: ReadDocument, outlines: Sequence[Outline], terms: ReviewTerms
) -> tuple[tuple[HeadingMatch, ...], tuple[TemplateHeading, ...]]:
    """Which template heading each heading of the file answers to, and which template headings have
    an answer."""
    sections: list[Section] = [
        (outline, section, level)
        for outline in sorted(outlines, key=lambda outline: -outline.action)
        for upper in outline.sections
        for section, level in ((upper, 1), *((lower, 2) for lower in upper.sections))
    ]
    answered: dict[str, list[str]] = {section.id: [] for _, section, _ in sections}
    under: dict[str, str] = {}
    matches = []
    for heading in document.headings[:MOST_HEADINGS]:
        name = name_of(heading.text)
        older = _older(name, heading.text, terms)
        scores = {
            key: max(alike(name, other) for other in names)
            for key, names in {
                section.id: [
                    name_of(n) for n in (section.heading, *terms.also_headed.get(section.id, ()))
                ]
                for _, section, _ in sections
            }.items()
        }
        best = max(scores.values(), default=0.0)
        answers = [key for key, score in scores.items() if score == best and best >= ALIKE]
        if older is not None:
            under.setdefault(older.number, heading.text)
            answers = list(
                dict.fromkeys(
                    [
                        *answers,
                        *[
                            s.id
                            for _, s, _ in sections
                            if re.search(rf"(?:^|; ){re.escape(older.number)} [A-Z]", s.older)
                        ],
                    ]
                )
            )
        for key in answers:
            answered[key].append(heading.text)
        matches.append(
            HeadingMatch(
                heading=heading.text,
                answers=tuple(
                    f"Action {o.action}: {s.heading}" for o, s, _ in sections if s.id in answers
                ),
                older=f"{older.number} {older.names[0].capitalize()}" if older else "",
            )
        )
    return tuple(matches), tuple(
        TemplateHeading(
            action=outline.action,
            heading=section.heading,
            older=section.older,
            level=1 if level == 1 else 2,
            answered_by=tuple(dict.fromkeys(answered[section.id])),
            perhaps_under=next(
                (
                    under[number]
                    for number in re.findall(r"\d(?:\.\d)?", section.older)
                    if number in under and not answered[section.id]
                ),
                "",
            ),
        )
        for outline, section, level in sections
    )


def _older(name: str, heading: str, terms: ReviewTerms) -> OlderHeading | None:
    """The older template's heading that this is, by its words, or by its number and half of its
    words."""
    number = re.match(r"\s*(\d(?:\.\d)?)\b", heading)

    def likeness(older: OlderHeading) -> float:
        by_words = max(alike(name, known) for known in older.names)
        same_number = number and number[1] == older.number and by_words >= 0.4
        return by_words + 0.5 if same_number else by_words

    best = max(terms.older_headings, key=likeness, default=None)
    return best if best and likeness(best) >= 0.75 else None


def language(document: ReadDocument, terms: ReviewTerms) -> tuple[LanguageFinding, ...]:
    """Each place with words to reconsider, in headings, text, margins and notes alike."""
    places = [
        *((heading.text, place, False) for place, heading in enumerate(document.headings)),
        *(
            (p.text, p.section, p.kind is PassageKind.ROW)
            for p in document.passages
            if p.kind is not PassageKind.CONTENTS
        ),
    ]
    lookup: dict[tuple[str, str], LanguageFinding] = {}
    any_word = any_of(word for rule in terms.language for word in rule.words)
    for text, section, is_row in places:
        if any_word.search(plain(text)) and len(lookup) < MOST_LISTED:
            for rule, words, sentence in warnings(text, terms.language, whole=is_row):
                finding = LanguageFinding(
                    words=words,
                    quote=_beginning(sentence),
                    under=document.under(section),
                    why=rule.why,
                    instead=rule.instead,
                )
                lookup.setdefault((rule.why, sentence), finding)
    return tuple(lookup.values())[:MOST_LISTED]


def _beginning(passage: str) -> str:
    """As much of a passage as is quoted, with a mark where it goes on."""
    if len(passage) <= MOST_QUOTED:
        return passage
    words, space, _ = passage[: MOST_QUOTED - 1].rpartition(" ")
    return f"{words if space else passage[: MOST_QUOTED - 2]} …"


def placeholders(document: ReadDocument) -> tuple[Quoted, ...]:
    """Each place that is still to be filled in, in the order of the file; headers, footers and
    notes last."""
    places = sorted(
        [
            *((at, h.text, (), document.under(at)) for at, h in enumerate(document.headings)),
            *(
                (
                    p.section,
                    p.text,
                    p.prompts,
                    p.kind.value
                    if p.kind in (PassageKind.MARGIN, PassageKind.NOTE)
                    else document.under(p.section),
                )
                for p in document.passages
                if p.kind is not PassageKind.CONTENTS
            ),
        ],
        key=lambda place: place[0],
    )
    return tuple(
        Quoted(words=words[:160], quote=_beginning(text), under=under)
        for _, text, prompts, under in places
        for words in (*prompts, *_unfilled(text, prompts))
    )[:MOST_LISTED]


def _unfilled(text: str, prompts: Sequence[str]) -> dict[str, None]:
    """What a text leaves to fill in beside the boxes that nobody filled, each once, in order."""
    for prompt in prompts:
        text = text.replace(prompt, " ", 1)
    return dict.fromkeys(match[0].strip(" :|(") for match in UNFILLED.finditer(text))


def accessibility(document: ReadDocument) -> tuple[AccessibilityFault, ...]:
    """What would keep people who use a screen reader, or read large print, from reading the
    document."""
    facts = document.facts
    styled = [heading for heading in document.headings if heading.styled]
    levels = [0, *(heading.level for heading in styled)]
    language_words = (
        f"The language is set to {facts.language}" if facts.language else "No language is set"
    )

    def tables(has_fault: Callable[[ReadTable], bool]) -> list[str]:
        return [
            f"table {place} ({', '.join(filter(None, table.columns))[:60]}), "
            f"under {document.under(table.section)}"
            for place, table in enumerate(document.tables, start=1)
            if has_fault(table)
        ]

    faults = (
        _fault(
            "No headings: nobody can move about the document by its headings",
            "Give each heading the style Heading 1, 2 or 3 (Home, Styles).",
            count=int(not styled),
        ),
        _fault(
            "Text that looks like a heading and is not one",
            "Give it the style Heading 1, 2 or 3 in place of bold or underline.",
            [heading.text for heading in document.headings if not heading.styled],
        ),
        _fault(
            "Heading levels that skip",
            "Use Heading 2 under Heading 1, and Heading 3 under Heading 2, with no level left out.",
            [
                f"{heading.text} (level {heading.level} after "
                f"{'the start' if before == 0 else f'level {before}'})"
                for before, heading in zip(levels, styled, strict=False)
                if heading.level > before + 1
            ],
        ),
        _fault(
            "Tables whose header row is not marked",
            "Select the first row; Table Layout, Repeat Header Rows.",
            tables(lambda t: bool(t.rows) and len(t.columns) > 1 and not t.header_marked),
        ),
        _fault(
            "Tables with merged or split cells",
            "Give every row the same cells.",
            tables(lambda t: t.merged),
        ),
        _fault(
            "Tables inside tables",
            "Take the inner table out and put it below.",
            tables(lambda t: t.nested),
        ),
        _fault(
            "Tables used to lay out text",
            "Take the text out of the table (Table Layout, Convert to Text).",
            count=facts.layout_tables,
        ),
        _fault(
            "Pictures without alternative text",
            "Right-click the picture, View Alt Text, and say in a sentence what it shows, "
            "or mark it as decorative.",
            facts.pictures_without_words,
        ),
        _fault(
            f"{language_words}, so that it may be read aloud with the wrong voice",
            "Select all; Review, Language, Set Proofing Language, English (United Kingdom).",
            count=int(facts.language != "en-GB"),
        ),
        _fault(
            "Passages marked as another language",
            "Select them; Review, Language, Set Proofing Language. "
            "Leave those that truly are in another language.",
            [code for code in facts.other_languages if code != "en-GB"],
        ),
        _fault(
            "No title in the file's properties",
            "File, Info, Title: write the service's name.",
            count=int(not facts.title),
        ),
        _fault(
            "Text smaller than 10 points",
            "Use 12 points for text and no less than 10 in tables.",
            [f"{size:g} points: {words}" for size, words in facts.small_text],
        ),
        _fault(
            "Empty paragraphs used as spacing",
            "Delete them and set the space before or after in the style (Paragraph, Spacing).",
            count=facts.spacing_paragraphs,
        ),
        _fault(
            "Text boxes, which many screen readers pass over",
            "Move the words into the text.",
            count=facts.text_boxes,
        ),
    )
    return tuple(fault for fault in faults if fault.count)


def _fault(
    words: str, fix: str, places: Sequence[str] = (), count: int | None = None
) -> AccessibilityFault:
    """A fault with the first places where it is, and how many there are: as many as places, unless
    they were counted only."""
    more = f"; and {len(places) - WHERE_LISTED} more" if len(places) > WHERE_LISTED else ""
    return AccessibilityFault(
        fault=words,
        where="; ".join(places[:WHERE_LISTED]) + more,
        fix=fix,
        count=len(places) if count is None else count,
    )


WORDS_A_PAGE = 560
"""How many words stand on a page of a specification in 11 points, tables among them: LibreOffice
sets 570 of our own on one."""


def guidance(document: ReadDocument, terms: ReviewTerms) -> tuple[GuidanceFinding, ...]:
    """Each thing that a specification should hold by the technical guidance: found where every idea
    of it has a passage, weak where some have, missing where none has.

    An idea may stand in a passage or in a heading.
    """
    places = [
        *((heading.text, at) for at, heading in enumerate(document.headings)),
        *(
            (passage.text, passage.section)
            for passage in document.passages
            if passage.kind is not PassageKind.CONTENTS
        ),
    ]
    texts = [plain(text) for text, _ in places]
    findings = []
    for item in terms.guidance:
        stands = {
            idea: next((at for at, text in enumerate(texts) if any_of(words).search(text)), None)
            for idea, words in item.ideas.items()
        }
        known = [at for at in stands.values() if at is not None]
        lacking = tuple(idea for idea, at in stands.items() if at is None)
        state = State.MISSING if not known else State.WEAK if lacking else State.FOUND
        quote, section = places[known[0]] if known else ("", -1)
        findings.append(
            GuidanceFinding(
                holds=item.holds,
                state=state,
                quote=_beginning(quote),
                under=document.under(section) if known else "",
                lacking=lacking,
            )
        )
    return tuple(findings)


def operational(document: ReadDocument, terms: ReviewTerms) -> tuple[Quoted, ...]:
    """Each passage that seems to repeat an operational policy."""
    words = any_of(terms.operational)
    return tuple(
        Quoted(
            words=match[0].strip(),
            quote=_beginning(passage.text),
            under=document.under(passage.section),
        )
        for passage in document.passages
        if passage.kind is not PassageKind.CONTENTS
        if (match := words.search(plain(passage.text)))
    )[:MOST_LISTED]


def length(document: ReadDocument, most: int) -> Length:
    """How many words a document has, and about how many pages."""
    words = sum(
        len(text.split())
        for text in (
            *(heading.text for heading in document.headings),
            *(passage.text for passage in document.passages),
        )
    )
    return Length(words=words, pages=math.ceil(words / WORDS_A_PAGE), most=most)


NOTHING = ("", "-", "–", "—", "?")
LACKS = ("denominator", "baseline", "threshold")
REFERENCE = re.compile(r"^[a-z]{1,4}\d{1,3}[a-z]? (?=\S)")
"""The number some indicators have before their name."""


def indicators(
    document: ReadDocument, terms: ReviewTerms
) -> tuple[tuple[IndicatorFinding, ...], int]:
    """Each indicator that lacks a denominator, a baseline or a threshold; and how many indicators
    were seen.

    A table counts where one column is headed like an indicator and another like one of the three; a
    list where it stands under a heading about indicators that has no such table. An indicator that
    stands in several tables is seen once, and lacks only what none of them says; a sentence beside
    a table may say by what day every baseline is set. How complete the data are is no indicator:
    the contract's schedule for it asks no baseline.
    """
    words = terms.indicators
    in_tables: dict[str, IndicatorFinding] = {}
    dated = _with_a_day_for_baselines(document, words)
    for table in document.tables:
        for name, lacks in _in_table(table, words):
            if table.section in dated:
                lacks = tuple(what for what in lacks if what != "baseline")
            key = REFERENCE.sub("", plain(name))
            finding = _finding(name, document.under(table.section), lacks)
            first = in_tables.get(key, finding)
            both = tuple(what for what in first.lacks if what in lacks)
            in_tables[key] = first.model_copy(update={"lacks": both})
    headings = [word for word in words.indicator if word not in ("measure", "requirement")]
    tabled = {table.section for table in document.tables if _in_table(table, words)}
    findings = [
        *in_tables.values(),
        *(
            _finding(p.text, document.under(p.section), _point_lacks(plain(p.text), words))
            for p in document.passages
            if p.kind is PassageKind.POINT
            and p.section >= 0
            and p.section not in tabled
            and first_of(headings, plain(document.headings[p.section].text))
        ),
    ]
    return tuple(one for one in findings if one.lacks), len(findings)


def _with_a_day_for_baselines(document: ReadDocument, words: IndicatorWords) -> set[int]:
    """The sections of which a sentence says by what day each baseline is set."""
    return {
        passage.section
        for passage in document.passages
        if passage.kind is PassageKind.PARAGRAPH
        and any(
            first_of(words.baseline, plain(sentence))
            and first_of(words.to_be_set, plain(sentence))
            and any(c.isdigit() for c in sentence)
            for sentence in passage.text.split(". ")
        )
    }


def _point_lacks(text: str, words: IndicatorWords) -> list[str]:
    there = {
        "denominator": first_of(words.over, text),
        "baseline": first_of(words.baseline, text),
        "threshold": any(c.isdigit() for c in text) or first_of(words.threshold, text),
    }
    return [what for what in LACKS if not there[what]]


def _finding(name: str, under: str, lacks: Sequence[str]) -> IndicatorFinding:
    return IndicatorFinding(indicator=name[:160], under=under, lacks=tuple(lacks))


def _in_table(table: ReadTable, words: IndicatorWords) -> list[tuple[str, tuple[str, ...]]]:
    """Each indicator of a table with what it lacks; none where the table is not about
    indicators."""
    whole = (table.columns, *table.rows)
    # A table that opens with a title has its header in the second row.
    for header in range(min(2, len(whole))):
        heads = [plain(column) for column in whole[header]]
        name = _column(heads, words.indicator)
        places = {what: _column(heads, getattr(words, what)) for what in LACKS}
        if (
            name is not None
            and not first_of(words.not_indicator, heads[name])
            and any(at is not None and at != name for at in places.values())
        ):
            return [
                (
                    row[name],
                    tuple(what for what in LACKS if not _has(what, row, places[what], words)),
                )
                for row in whole[header + 1 :]
                if name < len(row) and row[name].strip() not in NOTHING
            ]
    return []


def _column(heads: Sequence[str], words: Sequence[str]) -> int | None:
    return next((place for place, head in enumerate(heads) if first_of(words, head)), None)


def _has(what: str, row: Sequence[str], place: int | None, words: IndicatorWords) -> bool:
    cell = row[place].strip() if place is not None and place < len(row) else ""
    text = plain(cell)
    filled = (
        cell not in NOTHING and text not in words.blank and first_of(words.blank[:7], text) is None
    )
    if what == "denominator":
        return filled or first_of(words.over, plain(" ".join(row))) is not None
    # A day for it will do.
    if what == "baseline" and first_of(words.to_be_set, text):
        return filled and any(c.isdigit() for c in cell)
    return filled
