"""Words looked up in passages: what counts as the same word, where an idea's words stand."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import takewhile

Span = tuple[int, int]
"""From which character of a text to which."""
PLACEHOLDER = re.compile(
    r"\[\s*(?:to be|tbc|tba|tbd|insert|enter|name|date|add|xx+|type|choose|select|specify|state|"
    r"complete|describe|delete|provider|commissioner|icb|place|number|year|amount|£|●|•|_)"
    r"(?:(?<=\W)|\b)(?!\s*\d)[^\]]{0,200}\]"
    r"|<(?![^>]*(?:@|://|www\.))[a-z][^<>]{0,200}>",
    re.I,
)
"""Something still to be filled in, which meets nothing."""


UNFILLED = re.compile(
    PLACEHOLDER.pattern
    + r"|\b(?:click|tap)(?: or (?:tap|click))?(?: here)? to (?:enter|add|choose|select)"
    r"(?: (?:some )?text| an? [a-z]+)?"
    r"|\bchoose an item|\b(?:enter|type|insert) (?:your )?text here"
    r"|\btb[acd]\b"
    r"|(?:^|[:|(]\s*)to be (?:confirmed|inserted|decided|determined|completed|added|supplied)"
    r"(?=\s*(?:$|[|.)]))"
    r"|\bstill to be supplied\b"
    r"|£\s?x+(?:[,.]x+)*[km]?\b|\bx+(?:[,.]x+)*\s?%|\bx{1,4}/x{1,4}/x{2,4}\b"
    r"|(?<!annex )(?<!part )(?<!schedule )(?<!appendix )(?<!chapter )(?<!volume )\bxx+\b"
    r"|\b20(?:xx|\dx)\b"
    r"|(?<!format )(?<!as )(?<!dd )(?<![/.-])\b(?:dd?[/. -])?(?:mm?|month)[/. -]yy(?:yy)?\b"
    r"|_{3,}(?:\s*_{3,})*|(?:\.{6,}+|…{3,}+)(?!\s*\d)"
    r"|\blorem ipsum\b",
    re.I,
)
"""Placeholders however they are written: also those whose words tell a reader something, such as
TBC in the cell of a baseline."""


def plain(text: str) -> str:
    """Words in small letters, one space between them; hyphens and marks fall away, placeholders
    too."""
    without = PLACEHOLDER.sub(" ", text).replace("’", "'").casefold()
    return " ".join(re.findall(r"[^\W_]+(?:'[^\W_]+)?", without))


@lru_cache(maxsize=8_192)
def pattern(term: str) -> re.Pattern[str]:
    """A word or phrase as it is looked for in plain text; a star stands for any ending of a
    word."""
    words = [
        re.escape(plain(word.rstrip("*"))) + (r"\S*" if word.endswith("*") else "")
        for word in re.findall(r"[^\s\-]+", term)
    ]
    return re.compile(r"(?<!\S)" + " ".join(words) + r"(?!\S)")


def any_of(terms: Iterable[str]) -> re.Pattern[str]:
    """One pattern for any of several terms, to tell quickly that a text has none."""
    return re.compile("|".join(pattern(term).pattern for term in dict.fromkeys(terms)))


def first_of(terms: Iterable[str], text: str) -> str | None:
    """The first of several terms that stands in a plain text, as it stands there, or None."""
    matches = (pattern(term).search(text) for term in terms)
    return next((match[0] for match in matches if match), None)


def side_by_side(way: Mapping[str, Iterable[str]], text: str) -> dict[str, str]:
    """The words of a plain text for each idea, no word of the text standing for two of them.

    An idea that no words are left for is left out, as few as can be.
    """
    spans = {
        idea: list(dict.fromkeys(m.span() for term in terms for m in pattern(term).finditer(text)))
        for idea, terms in way.items()
    }
    # What has fewest places to stand is placed first, so that others make way for it.
    chosen = _place_passage(sorted(spans.items(), key=lambda item: len(item[1])), {}, {})
    return {idea: text[slice(*chosen[idea])] for idea in way if idea in chosen}


def _place_passage(
    ideas: Sequence[tuple[str, list[Span]]], taken: dict[str, Span], best: dict[str, Span]
) -> dict[str, Span]:
    """The largest choice of places that do not overlap, at most one an idea, from `taken` on; the
    best so far where none is larger."""
    best = max(best, taken, key=len)
    if len(taken) + len(ideas) <= len(best):
        return best
    (idea, spans), *others = ideas
    for start, end in spans:
        if all(end <= first or last <= start for first, last in taken.values()):
            best = _place_passage(others, taken | {idea: (start, end)}, best)
    return _place_passage(others, taken, best)


class Index:
    """Which of many plain texts hold a term, without reading each for each."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        places: dict[str, set[int]] = defaultdict(set)
        for place, text in enumerate(texts):
            for word in text.split():
                places[word].add(place)
        self._places = dict(places)
        self._words = sorted(places)
        self._known: dict[str, frozenset[int]] = {}

    def holding(self, term: str) -> frozenset[int]:
        """The texts that hold a word or phrase."""
        if term not in self._known:
            words = re.findall(r"[^\s\-]+", term)
            sets = [self._with(word) for word in words]
            common = set.intersection(*sets) if sets else set()
            if len(words) > 1:
                common = {place for place in common if pattern(term).search(self.texts[place])}
            self._known[term] = frozenset(common)
        return self._known[term]

    def holding_any(self, terms: Iterable[str]) -> set[int]:
        """The texts that hold at least one of several terms."""
        return set().union(*(self.holding(term) for term in terms))

    def _with(self, word: str) -> set[int]:
        start = plain(word.rstrip("*"))
        if not word.endswith("*"):
            return self._places.get(start, set())
        later = self._words[bisect_left(self._words, start) :]
        alike = takewhile(lambda known: known.startswith(start), later)
        return set().union(*(self._places[known] for known in alike))
