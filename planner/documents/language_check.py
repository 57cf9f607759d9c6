"""Words in what the user typed that the reader may take as blame, and what to write instead.

It warns only.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from planner.analysis.completeness.wizard_steps import STEP_OF
from planner.analysis.passages import any_of, first_of, plain
from planner.model.base import Frozen
from planner.model.labels.plan import LABELS
from planner.model.plan import Plan
from planner.model.review import LanguageRule

TYPED = ("title", "place", "preferred_because", "options", "specification")
"""The parts of a plan whose text the documents print."""


@dataclass(frozen=True, kw_only=True)
class LanguageFlag:
    """Words to reconsider in one field: the step it is filled in on, the field, the sentence, why,
    and what instead."""

    where: str
    field: str
    words: str
    sentence: str
    why: str
    instead: str

    @property
    def warning(self) -> str:
        """The warning as a reader sees it."""
        return f"{self.field}: '{self.words}'. {self.why} Instead: {self.instead}"


def flag_language(plan: Plan, rules: Sequence[LanguageRule]) -> tuple[LanguageFlag, ...]:
    """Each place in the user's own text with words to reconsider, by the rules that others'
    specifications are held to."""
    return tuple(
        LanguageFlag(
            where=STEP_OF[part],
            field=label[0].upper() + label[1:],
            words=words,
            sentence=sentence,
            why=rule.why,
            instead=rule.instead,
        )
        for part in TYPED
        for label, text in _texts(LABELS[Plan][part].label, getattr(plan, part))
        for rule, words, sentence in warnings(text, rules)
    )


def warnings(
    text: str, rules: Sequence[LanguageRule], whole: bool = False
) -> list[tuple[LanguageRule, str, str]]:
    """Each rule that a sentence of the text breaks, the words that break it, and the sentence.

    A row of a table is read as one sentence with `whole`.
    """
    rows = []
    for sentence in [text] if whole else re.split(r"(?<=[.!?;])\s+", text):
        phrase = plain(sentence)
        for rule in rules:
            words = first_of(rule.words, _about_medicines(rule, phrase))
            if (
                words is not None
                and (not rule.near or first_of(rule.near, phrase))
                and not (rule.unless and first_of(rule.unless, phrase))
            ):
                rows.append((rule, words, sentence.strip()))
    return rows


CLOSE = 4
"""How many words away another matter may stand for words to be about it."""


def _about_medicines(rule: LanguageRule, phrase: str) -> str:
    """A plain sentence without those of the rule's words that are about another matter."""
    if not rule.not_of or first_of(rule.not_of, phrase) is None:
        return phrase

    def without_other_matters(match: re.Match[str]) -> str:
        before, after = phrase[: match.start()].split(), phrase[match.end() :].split()
        around = " ".join([*before[-CLOSE:], match[0], *after[:CLOSE]])
        other = any_of(rule.not_of)
        is_other = other.search(around) and not first_of(rule.but_of, other.sub(" ", around))
        return "" if is_other else match[0]

    return any_of(rule.words).sub(without_other_matters, phrase)


def _texts(label: str, value: Any) -> Iterator[tuple[str, str]]:
    """Every text that a person may have typed within a value, with the words for its field."""
    match value:
        case StrEnum():
            return
        case str() if value.strip():
            yield label or "text", value
        case Frozen():
            for name, text in LABELS.get(type(value), {}).items():
                yield from _texts(
                    ", ".join(filter(None, (label, text.label))), getattr(value, name)
                )
        case dict():
            for item in value.values():
                yield from _texts(label, item)
        case tuple():
            for number, item in enumerate(value, 1):
                yield from _texts(f"{label} {number}" if len(value) > 1 else label, item)
