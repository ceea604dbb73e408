from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnqa.weights.greedy import continued

VOCABULARY = 7


class Scripted:
    """Says the next token of a script, whatever it is asked, if it was read rightly so far."""

    def __init__(self, prompt: Sequence[int], script: Sequence[int]) -> None:
        self.script = [*prompt, *script]
        self.read: list[int] = []
        self.steps = 0

    def start(self, prefix, tokens, should_stop):
        self.read = list(tokens)
        return None if should_stop() else self._after(len(self.read))

    def follow(self, tokens):
        self.steps += 1
        self.read += tokens
        first = len(self.read) - len(tokens)
        return np.array([self._after(first + n + 1) for n in range(len(tokens))])

    def take_back(self, count):
        self.read = self.read[: len(self.read) - count]

    def _after(self, count):
        """Return logits of the script's next token, or of none where another text was read."""
        logits = np.zeros(VOCABULARY, np.float32)
        if self.read[:count] == self.script[:count] and count < len(self.script):
            logits[self.script[count]] = 2.0
        return logits


def never() -> bool:
    return False


TOKENS = st.lists(st.integers(1, VOCABULARY - 1), min_size=1, max_size=30)


@given(TOKENS, TOKENS)
def test_a_text_is_continued_as_one_token_at_a_time_would(prompt, script):
    decoder = Scripted(prompt, script)
    written = []
    for token, log_probability in continued(decoder, [], prompt, never):
        written.append(token)
        assert log_probability == pytest.approx(2.0 - math.log(math.exp(2.0) + VOCABULARY - 1))
        if len(written) == len(script):
            break
    assert written == script


def test_what_is_copied_is_read_at_once():
    prompt = [1, 2, 3, 4, 5, 6, 1, 5]
    decoder = Scripted(prompt, [2, 3, 4, 5, 6, 1, 5])
    tokens = continued(decoder, [], prompt, never)
    assert [next(tokens)[0] for _ in range(7)] == [2, 3, 4, 5, 6, 1, 5]
    assert decoder.steps == 1


def test_a_text_that_was_not_read_to_its_end_is_not_continued():
    assert list(continued(Scripted([1, 2, 3], [4, 4, 4]), [], [1, 2, 3], lambda: True)) == []
