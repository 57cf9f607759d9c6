"""The documents are in plain English: short sentences, few long words, and every long sentence is listed."""

from __future__ import annotations

import pytest

from tests.readability import GOLDEN, LONG_SENTENCE, prose, readability


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("action*.txt")), ids=lambda path: path.stem)
def test_a_document_reads_no_harder_than_a_newspaper(path) -> None:
    found = readability(prose(path.read_text(encoding="utf-8")))
    longest = "\n".join(found.long_sentences)
    assert found.lix < 40 and found.mean < 15, f"LIX {found.lix:.0f}; over {LONG_SENTENCE} words:\n{longest}"
    assert len(found.long_sentences) < found.sentences / 40, longest
    assert all(len(sentence.split()) <= 55 for sentence in found.long_sentences), longest


def test_the_measures_by_hand() -> None:
    found = readability("One two three four. Something considerably longer follows:\nfive six.")
    # 4 + 4 + 2 words in 3 sentences; "Something", "considerably" and "follows" have more than six letters
    assert (found.words, found.sentences, found.long_words) == (10, 3, 3)
    assert found.lix == pytest.approx(10 / 3 + 30)
