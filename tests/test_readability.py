"""The documents are in plain English: short sentences, few long words, and every long sentence is
listed."""

from __future__ import annotations

import pytest

from tests.golden_texts import agreed_text, document_names
from tests.readability import LONG_SENTENCE, prose, readability


@pytest.mark.parametrize("name", document_names())
def test_a_document_reads_no_harder_than_a_newspaper(name: str) -> None:
    result = readability(prose(agreed_text(name)))
    longest = "\n".join(result.long_sentences)
    easiest = 30 if name.startswith("public-summary") else 41
    assert result.lix < easiest and result.mean < 15, (
        f"LIX {result.lix:.0f}; over {LONG_SENTENCE} words:\n{longest}"
    )
    # An obligation says who, what, by when and how shown in one sentence; a short document has few
    # sentences.
    assert len(result.long_sentences) <= max(2, result.sentences / 15), longest
    assert all(len(sentence.split()) <= 60 for sentence in result.long_sentences), longest


def test_the_measures_by_hand() -> None:
    result = readability("One two three four. Something considerably longer follows:\nfive six.")
    # 4 + 4 + 2 words in 3 sentences; "Something", "considerably" and "follows" have more than six
    # letters
    assert (result.words, result.sentences, result.long_words) == (10, 3, 3)
    assert result.lix == pytest.approx(10 / 3 + 30)
