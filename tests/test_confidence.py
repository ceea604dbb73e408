"""Confidence by hand, and what it never is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import FakeCompleter, FakeGenerator
from tests.test_answering import SENTENCES, Writer, answered, evidence, trained
from vnqa.confidence import (
    EXTRACTED,
    MOST_TRUSTED,
    REFUSED,
    THRESHOLD,
    combined,
    confidence,
    relevance,
    signs,
    trust,
    trust_when_read,
)
from vnqa.evidence import Evidence
from vnqa.generators import Generator
from vnqa.reader import Reading

NOTHING = np.zeros(0, dtype=np.float32)


def sentences(
    cosines: tuple[float, ...], coverages: tuple[float, ...], relevances: tuple[float, ...] = ()
) -> list[Evidence]:
    """Return sentences, best first, read where it is told how relevant they were found."""
    found = [
        source._replace(cosine=cosine, coverage=coverage)
        for source, cosine, coverage in zip(evidence(), cosines, coverages, strict=False)
    ]
    for place, relevant in enumerate(relevances):
        reading = Reading(relevant, NOTHING, NOTHING, NOTHING.reshape(0, 2).astype(np.int32))
        found[place] = found[place]._replace(reading=reading)
    return found


def test_the_three_best_sentences_give_the_signs() -> None:
    found = sentences((0.7, 0.8, 0.9, 1.0), (0.2, 0.1, 0.5, 0.6))
    assert signs(found) == pytest.approx((0.9, 0.5, 0.9 - 3.4 / 4))
    assert relevance(found) is None
    read = sentences((0.7, 0.8, 0.9, 1.0), (0.2, 0.1, 0.5, 0.6), (-1.0, 2.0, 0.0, 9.0))
    assert relevance(read) == 2.0


def test_how_likely_the_articles_hold_an_answer_by_hand() -> None:
    cosines, coverages = (0.85, 0.9, 0.8, 0.85), (0.2, 0.1, 0.5, 0.6)  # a margin of 0.05
    # -23.6 + 21.3 * 0.9 + 5.3 * 0.5 + 36.8 * 0.05 = 0.06
    assert confidence(sentences(cosines, coverages)) == pytest.approx(0.5150, abs=1e-4)
    # -6.87 + 5.83 * 0.9 + 1.15 * 0.5 + 35.1 * 0.05 - 0.513 * 1 = 0.194
    read = sentences(cosines, coverages, (-2.0, -1.0))
    assert confidence(read) == pytest.approx(0.5483, abs=1e-4)


def test_how_far_a_draft_is_trusted_by_hand() -> None:
    assert trust(-0.09) == pytest.approx(0.6457, abs=1e-4)  # 2.7 - 7 * 0.3
    assert trust_when_read(-0.09, 5.0) == pytest.approx(0.7685, abs=1e-4)  # 2.5 + 0.5 - 6 * 0.3
    assert trust_when_read(-0.25, None) == pytest.approx(0.3100, abs=1e-4)  # 2.5 - 0.3 - 6 * 0.5
    assert trust_when_read(None, 15.0) == pytest.approx(0.3435, abs=1e-4)  # 4 - 6 * 0.6 ** 0.5
    for beyond, most in ((99.0, 15.0), (-99.0, -10.0)):
        assert trust_when_read(-0.09, beyond) == trust_when_read(-0.09, most)


def test_both_are_combined_by_hand() -> None:
    assert combined(0.25, 0.9) == pytest.approx(0.5938, abs=1e-4)  # 0.25 ** 0.3 * 0.9
    assert (combined(1.0, 0.9), combined(0.0, 0.9)) == (0.9, 0.0)
    assert THRESHOLD == 0.35


@pytest.mark.parametrize(
    ("generator", "most"),
    [
        (None, 0.57),
        (FakeGenerator(SENTENCES[3]), 0.57),
        (trained({SENTENCES[2]: ("có", 0.0)}), 0.98),
    ],
    ids=["none", "chat", "trained"],
)
@given(cosine=st.floats(-1.0, 1.0), coverage=st.floats(0.0, 1.0))
@settings(max_examples=40, deadline=None)
def test_no_answer_is_surer_than_is_promised(
    generator: Generator | None, most: float, cosine: float, coverage: float
) -> None:
    for question in ("Ai cắt băng khai mạc hội chợ hoa?", "Khách có đi đường vòng không?"):
        for sure in (cosine, 10.0):  # nothing is as near
            found = sentences((sure, *[0.0] * 6), (coverage, *[0.0] * 6))
            assert answered(generator, question, found=found)[1].confidence <= most


def test_the_surest_answers_are_as_sure_as_is_promised() -> None:
    near = sentences((10.0, *[0.0] * 6), (1.0,) * 7)
    assert (EXTRACTED, MOST_TRUSTED) == (0.57, 0.98)
    for generator in (None, FakeGenerator("công viên Bến Ngự")):
        said, verdict = answered(generator, found=near)
        assert (len(said), verdict.confidence) == pytest.approx((1, EXTRACTED))
    surely = trained({SENTENCES[0]: ("có", 0.0)})
    said, verdict = answered(surely, "Hội chợ có khai mạc không?", found=near)
    assert said == [SENTENCES[0]]
    assert verdict.confidence == pytest.approx(MOST_TRUSTED)


def test_where_nothing_is_said_confidence_is_low() -> None:
    likely = confidence(evidence())
    for generator in (FakeCompleter("", -0.1), Writer({})):
        said, verdict = answered(generator)
        assert (said, verdict) == ([], (combined(likely, REFUSED), "refused"))
    far = sentences((0.5,) * 7, (0.0,) * 7)
    said, verdict = answered(None, found=far, threshold=0.5)
    assert (said, verdict) == ([], (combined(confidence(far), REFUSED), "irrelevant"))
    assert combined(1.0, REFUSED) < THRESHOLD
