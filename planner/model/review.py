"""An existing specification as it was read, what it is searched for, and what was found."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from planner.model.base import Frozen
from planner.model.framework import RequirementId, Strength

Words = Annotated[tuple[str, ...], Field(min_length=1)]
"""Words or phrases, any one of which will do. A star at a word's end stands for any ending."""

Way = Annotated[dict[str, Words], Field(min_length=1)]
"""One way to meet a requirement: ideas by name, each with its words. All of them must be there."""


class PassageKind(StrEnum):
    """What a passage is."""

    PARAGRAPH = "paragraph"
    POINT = "point of a list"
    ROW = "row of a table"
    BOX = "text box"
    TITLE = "title or caption"
    CONTENTS = "contents list"
    MARGIN = "header or footer"
    NOTE = "footnote or endnote"


class Passage(Frozen):
    """A paragraph, a point of a list or a row of a table, with where it stands.

    `block` is the list or table it is part of; `lead` the line that leads into its list;
    `prompts` what of the text Word shows in boxes that nobody has filled in.
    """

    kind: PassageKind
    text: str
    section: int
    block: int
    lead: str = ""
    prompts: tuple[str, ...] = ()


class Heading(Frozen):
    """A heading: its words, its level, and whether it is one or only looks like one."""

    text: str
    level: int = Field(ge=1, le=9)
    path: tuple[str, ...]
    styled: bool = True


class ReadTable(Frozen):
    """A table's first row and the rest, as text, with what a screen reader would make of it."""

    section: int
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    header_marked: bool
    merged: bool
    nested: bool


class Facts(Frozen):
    """What can be told of a document's accessibility without looking at it."""

    title: str = ""
    language: str = ""
    other_languages: tuple[str, ...] = ()
    pictures: int = 0
    pictures_without_words: tuple[str, ...] = ()
    small_text: tuple[tuple[float, str], ...] = ()
    spacing_paragraphs: int = 0
    layout_tables: int = 0
    text_boxes: int = 0


class ReadDocument(Frozen):
    """A Word document as read: headings in order, passages under them, tables and facts.

    A passage's or table's `section` is a place in `headings`; -1 is what stands before the first.
    """

    file: str
    headings: tuple[Heading, ...]
    passages: tuple[Passage, ...]
    tables: tuple[ReadTable, ...]
    facts: Facts
    notes: tuple[str, ...] = ()

    def under(self, section: int) -> str:
        """The heading something stands under, with those above it."""
        return (
            " > ".join(self.headings[section].path)
            if section >= 0
            else "no heading (top of the file)"
        )


class RequirementTerms(Frozen):
    """What shows that a requirement is met: one or more ways, any of which will do.

    With `together`, a whole list or table is read as one passage, for a requirement that asks for a
    set. A passage counts where it, or a heading above it, has a word of `subject`; of the subject
    of them all where that is left empty.
    """

    id: RequirementId
    ways: tuple[Way, ...] = Field(min_length=1)
    together: bool = False
    subject: tuple[str, ...] = ()


class GuidanceItem(Frozen):
    """Something a specification should hold by the contract's technical guidance: ideas by name,
    each with its words, any one of which will do. Every idea must stand somewhere."""

    holds: str
    ideas: dict[str, Words] = Field(min_length=1)


class LanguageRule(Frozen):
    """Words that should not stand in a specification, why, and what to write instead.

    With `near`, they count only in a sentence that also has one of those words; with `unless`, not
    in a sentence that has one of those. They do not count either with a word of `not_of` close to
    them, and none of `but_of`: they are then about another matter than a prescribed medicine.
    """

    words: Words
    near: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    not_of: tuple[str, ...] = ()
    but_of: tuple[str, ...] = ()
    why: str
    instead: str


class OlderHeading(Frozen):
    """A heading of the older contract template by its number, and the names it has gone by."""

    number: str
    names: Words


class IndicatorWords(Frozen):
    """How the columns of a table of indicators may be headed, and what stands for a gap.

    A table whose first such column is headed with a word of `not_indicator` is about something
    else.
    """

    indicator: Words
    denominator: Words
    baseline: Words
    threshold: Words
    blank: Words
    over: Words
    not_indicator: Words
    to_be_set: Words


class ReviewTerms(Frozen):
    """Everything an existing document is searched for."""

    subject: Words
    requirements: tuple[RequirementTerms, ...]
    not_evidence: Words
    older_headings: tuple[OlderHeading, ...]
    also_headed: dict[str, Words]
    indicators: IndicatorWords
    language: tuple[LanguageRule, ...]
    guidance: tuple[GuidanceItem, ...]
    operational: Words


class HeadingMatch(Frozen):
    """A heading of the file and the template headings it answers to."""

    heading: str
    answers: tuple[str, ...]
    older: str = ""


class TemplateHeading(Frozen):
    """A heading of our template and the headings of the file that answer to it, if any do."""

    action: Literal[3, 4]
    heading: str
    older: str
    level: int
    answered_by: tuple[str, ...] = ()
    perhaps_under: str = ""


class State(StrEnum):
    """How far the words of a requirement were found."""

    FOUND = "found"
    WEAK = "weak"
    MISSING = "missing"


class RequirementFinding(Frozen):
    """A requirement, of whom it is asked and how strongly, whether its words were found, and the
    passage that was judged."""

    id: RequirementId
    asks: str
    asked_of: str
    strength: Strength
    state: State
    quote: str = ""
    under: str = ""
    kind: str = ""
    matched: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    others: int = 0


class GuidanceFinding(Frozen):
    """An item of the technical guidance, how far its words were found, the passage that has the
    first of them, and which ideas have none."""

    holds: str
    state: State
    quote: str = ""
    under: str = ""
    lacking: tuple[str, ...] = ()


class Length(Frozen):
    """How long a document is, about how many pages that is, and the most that its readers read."""

    words: int
    pages: int
    most: int

    @property
    def is_too_long(self) -> bool:
        """Whether it is longer than its readers read."""
        return self.pages > self.most


class Quoted(Frozen):
    """Words to look at again, the passage that they stand in, and the heading it stands under."""

    words: str
    quote: str
    under: str


class IndicatorFinding(Frozen):
    """An indicator and what it lacks."""

    indicator: str
    under: str
    lacks: tuple[str, ...]


class LanguageFinding(Quoted):
    """Words to reconsider, why, and what to write instead."""

    why: str
    instead: str


class AccessibilityFault(Frozen):
    """Something that keeps people from reading a document, where, and how to mend it in Word."""

    fault: str
    where: str
    fix: str
    count: int = 1


class Review(Frozen):
    """All that a check of one file found, and how it judged."""

    file: str
    summary: str
    actions: tuple[int, ...]
    headings: tuple[HeadingMatch, ...]
    template: tuple[TemplateHeading, ...]
    nearest: Literal[3, 4]
    requirements: tuple[RequirementFinding, ...]
    indicators: tuple[IndicatorFinding, ...]
    indicators_seen: int
    guidance: tuple[GuidanceFinding, ...]
    operational: tuple[Quoted, ...]
    length: Length
    language: tuple[LanguageFinding, ...]
    placeholders: tuple[Quoted, ...]
    accessibility: tuple[AccessibilityFault, ...]
    notes: tuple[str, ...]
    method: tuple[str, ...]

    @property
    def unanswered(self) -> tuple[TemplateHeading, ...]:
        """Headings of the nearest template that no heading of the file answers to."""
        return tuple(t for t in self.template if t.action == self.nearest and not t.answered_by)

    def of(self, state: State) -> tuple[RequirementFinding, ...]:
        """The requirements in one state."""
        return tuple(r for r in self.requirements if r.state is state)
