"""How hard our documents are to read: words in a sentence, long words, and the sentences that are
too long.

Run: python -m tests.readability (prints each document's measures and its longest sentences)

The index is LIX (Björnsson, 1968): words in a sentence, plus the percentage of words of more than
six letters. About 25 is a children's book, 40 a newspaper, 50 official text, 60 law. It needs no
dictionary, so it gives the same on every machine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.golden_texts import agreed_text, document_names

# Words; the longest that plain English allows, list introductions included.
LONG_SENTENCE = 35
PROSE = re.compile(r"\[(Normal|Lead In|Note|Still Missing|List Bullet|Numbered|Lettered)\] (.*)")


@dataclass(frozen=True)
class Readability:
    """Measures of one text."""

    words: int
    sentences: int
    long_words: int
    long_sentences: tuple[str, ...]

    @property
    def mean(self) -> float:
        """Words in a sentence."""
        return self.words / self.sentences

    @property
    def lix(self) -> float:
        """Björnsson's index."""
        return self.mean + 100 * self.long_words / self.words


def sentences(text: str) -> list[str]:
    """The sentences of running text; a point of a list that ends with a semicolon is one."""
    return [part.strip() for part in re.split(r"(?<=[.!?;:])\s+|\n", text) if len(part.split()) > 1]


def readability(text: str) -> Readability:
    """The measures of a text of at least one sentence."""
    result = sentences(text)
    words = [word.strip(".,;:()[]!?\"'") for sentence in result for word in sentence.split()]
    return Readability(
        words=len(words),
        sentences=len(result),
        long_words=sum(len(word) > 6 for word in words),
        long_sentences=tuple(s for s in result if len(s.split()) > LONG_SENTENCE),
    )


def prose(golden: str) -> str:
    """The running text of a document as the golden texts have it: no tables, headings, contents."""
    return "\n".join(match[2] for line in golden.splitlines() if (match := PROSE.match(line)))


def main() -> None:
    """Print the measures of the two main documents of every plan that has a golden text."""
    for name in document_names():
        result = readability(prose(agreed_text(name)))
        print(
            f"{name}: {result.words:,} words, {result.mean:.1f} in a sentence, LIX "
            f"{result.lix:.0f}, {len(result.long_sentences)} of {result.sentences} sentences over "
            f"{LONG_SENTENCE} words"
        )
        for sentence in sorted(result.long_sentences, key=lambda s: -len(s.split()))[:5]:
            print(f"    {len(sentence.split())}: {sentence[:160]}")


if __name__ == "__main__":
    main()
