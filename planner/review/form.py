"""The form of an existing specification: its headings, indicators and language, and who can read it. No files."""

import re
from collections.abc import Sequence
from functools import lru_cache

from planner.analysis.passages import any_of, first_of, plain
from planner.documents.language_check import warnings
from planner.model.library import Outline, OutlineSection
from planner.model.review import (
    AccessibilityFault,
    HeadingMatch,
    IndicatorFinding,
    IndicatorWords,
    LanguageFinding,
    OlderHeading,
    PassageKind,
    ReadDocument,
    ReadTable,
    ReviewTerms,
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
    under: dict[str, list[str]] = {}
    known = {
        section.id: [name_of(n) for n in (section.heading, *terms.also_headed.get(section.id, ()))]
        for _, section, _ in sections
    }
    matches = []
    for heading in document.headings[:MOST_HEADINGS]:
        name = name_of(heading.text)
        older = _older(name, heading.text, terms)
        scores = {key: max(alike(name, other) for other in names) for key, names in known.items()}
        best = max(scores.values(), default=0.0)
        answers = [key for key, score in scores.items() if score == best and best >= ALIKE]
        if older is not None:
            under[older.number] = [*under.get(older.number, []), heading.text]
            named = [
                s.id
                for _, s, _ in sections
                if re.search(rf"(?:^|; ){re.escape(older.number)} [A-Z]", s.older)
            ]
            answers = list(dict.fromkeys([*answers, *named]))
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
            annex=section.annex,
            answered_by=tuple(dict.fromkeys(answered[section.id])),
            perhaps_under=next(
                (
                    under[number][0]
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
    best, chosen = 0.0, None
    for older in terms.older_headings:
        score = max(alike(name, known) for known in older.names)
        if number and number[1] == older.number and score >= 0.4:
            score += 0.5
        if score > best and score >= 0.75:
            best, chosen = score, older
    return chosen


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
    question = any_of(word for rule in terms.language for word in rule.words)
    for text, section, is_row in places:
        if not question.search(plain(text)):
            continue
        for rule, words, sentence in warnings(text, terms.language, whole=is_row):
            if len(lookup) < MOST_LISTED:
                key = (rule.why, sentence)
                lookup.setdefault(
                    key,
                    LanguageFinding(
                        words=words,
                        quote=sentence[:300],
                        under=document.under(section),
                        why=rule.why,
                        instead=rule.instead,
                    ),
                )
    return tuple(lookup.values())


def accessibility(document: ReadDocument) -> tuple[AccessibilityFault, ...]:
    """What would keep people who use a screen reader, or read large print, from reading the
    document."""
    facts, faults = document.facts, []

    def fault(words: str, places: Sequence[str], fix: str, count: int | None = None) -> None:
        number = len(places) if count is None else count
        if number:
            display = "; ".join(places[:WHERE_LISTED])
            more = f"; and {len(places) - WHERE_LISTED} more" if len(places) > WHERE_LISTED else ""
            faults.append(
                AccessibilityFault(fault=words, where=display + more, fix=fix, count=number)
            )

    styled = [heading for heading in document.headings if heading.styled]
    looks = [heading.text for heading in document.headings if not heading.styled]
    if not styled:
        fault(
            "No headings: nobody can move about the document by its headings",
            [],
            "Give each heading the style Heading 1, 2 or 3 (Home, Styles).",
            1,
        )
    fault(
        "Text that looks like a heading and is not one",
        looks,
        "Give it the style Heading 1, 2 or 3 in place of bold or underline.",
    )
    levels = [0, *(heading.level for heading in styled)]
    fault(
        "Heading levels that skip",
        [
            f"{heading.text} (level {heading.level} after {'the start' if before == 0 else f'level {before}'})"
            for before, heading in zip(levels, styled, strict=False)
            if heading.level > before + 1
        ],
        "Use Heading 2 under Heading 1, and Heading 3 under Heading 2, with no level left out.",
    )

    def tables(words: str, fix: str, chosen: Sequence[bool]) -> None:
        fault(
            words,
            [
                f"table {place} ({', '.join(filter(None, table.columns))[:60]}), under {document.under(table.section)}"
                for place, (table, is_so) in enumerate(
                    zip(document.tables, chosen, strict=True), start=1
                )
                if is_so
            ],
            fix,
        )

    current = document.tables
    tables(
        "Tables whose header row is not marked",
        "Select the first row; Table Layout, Repeat Header Rows.",
        [bool(t.rows) and len(t.columns) > 1 and not t.header_marked for t in current],
    )
    tables(
        "Tables with merged or split cells",
        "Give every row the same cells.",
        [t.merged for t in current],
    )
    tables(
        "Tables inside tables",
        "Take the inner table out and put it below.",
        [t.nested for t in current],
    )
    fault(
        "Tables used to lay out text",
        [],
        "Take the text out of the table (Table Layout, Convert to Text).",
        facts.layout_tables,
    )
    fault(
        "Pictures without alternative text",
        facts.pictures_without_words,
        "Right-click the picture, View Alt Text, and say in a sentence what it shows, or mark it as decorative.",
    )
    if facts.language != "en-GB":
        text = (
            f"The language is set to {facts.language}" if facts.language else "No language is set"
        )
        fault(
            f"{text}, so that it may be read aloud with the wrong voice",
            [],
            "Select all; Review, Language, Set Proofing Language, English (United Kingdom).",
            1,
        )
    fault(
        "Passages marked as another language",
        [code for code in facts.other_languages if code != "en-GB"],
        "Select them; Review, Language, Set Proofing Language. Leave those that truly are in another language.",
    )
    if not facts.title:
        fault(
            "No title in the file's properties",
            [],
            "File, Info, Title: write the service's name.",
            1,
        )
    fault(
        "Text smaller than 10 points",
        [f"{size:g} points: {words}" for size, words in facts.small_text],
        "Use 12 points for text and no less than 10 in tables.",
    )
    fault(
        "Empty paragraphs used as spacing",
        [],
        "Delete them and set the space before or after in the style (Paragraph, Spacing).",
        facts.spacing_paragraphs,
    )
    if facts.text_boxes:
        fault(
            "Text boxes, which many screen readers pass over",
            [],
            "Move the words into the text.",
            facts.text_boxes,
        )
    return tuple(faults)


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
    list where it stands under a heading about indicators. An indicator that stands in several
    tables is seen once, and lacks only what none of them says. How complete the data are is no
    indicator: the contract's schedule for it asks no baseline.
    """
    words = terms.indicators
    rows: list[IndicatorFinding] = []
    seen = 0
    texts: dict[str, IndicatorFinding] = {}
    for table in document.tables:
        for name, lacks in _in_table(table, words):
            key = REFERENCE.sub("", plain(name))
            if key in texts:
                lacks = tuple(what for what in texts[key].lacks if what in lacks)
                texts[key] = texts[key].model_copy(update={"lacks": lacks})
            else:
                texts[key] = _finding(name, document.under(table.section), lacks)
    seen += len(texts)
    rows += [one for one in texts.values() if one.lacks]
    for passage in document.passages:
        if passage.kind is not PassageKind.POINT or passage.section < 0:
            continue
        heading = plain(document.headings[passage.section].text)
        if first_of([word for word in words.indicator if word != "measure"], heading) is None:
            continue
        text = plain(passage.text)
        lacks = tuple(
            what
            for what, there in (
                ("denominator", first_of(words.over, text) is not None),
                ("baseline", first_of(words.baseline, text) is not None),
                (
                    "threshold",
                    any(c.isdigit() for c in text) or first_of(words.threshold, text) is not None,
                ),
            )
            if not there
        )
        seen += 1
        if lacks:
            rows.append(_finding(passage.text, document.under(passage.section), lacks))
    return tuple(rows), seen


def _finding(name: str, under: str, lacks: Sequence[str]) -> IndicatorFinding:
    return IndicatorFinding(indicator=name[:160], under=under, lacks=tuple(lacks))


def _in_table(table: ReadTable, words: IndicatorWords) -> list[tuple[str, tuple[str, ...]]]:
    """Each indicator of a table with what it lacks; none where the table is not about indicators."""
    for columns, rows in ((table.columns, table.rows), _second(table)):
        heads = [plain(column) for column in columns]
        name = _column(heads, words.indicator)
        places = {what: _column(heads, getattr(words, what)) for what in LACKS}
        if (
            name is None
            or first_of(words.not_indicator, heads[name])
            or not any(at is not None and at != name for at in places.values())
        ):
            continue
        return [
            (row[name], tuple(what for what in LACKS if not _has(what, row, places[what], words)))
            for row in rows
            if name < len(row) and row[name].strip() not in NOTHING
        ]
    return []


def _second(table: ReadTable) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The table as if its second row were its header, for tables that open with a title."""
    return (table.rows[0], table.rows[1:]) if table.rows else ((), ())


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
