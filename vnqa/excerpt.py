"""What a language model is shown of the evidence: a few sentences, and some beside them."""

from __future__ import annotations

from collections.abc import Sequence

from vnqa.evidence import Evidence


def sentences_to_read(evidence: Sequence[Evidence], *, max_chars: int) -> list[Evidence]:
    """Return what the model is shown: the two best sentences and their neighbours, to be read.

    Sentences of one passage stand in its order; the passage of the best sentence comes first.

    Args:
        evidence: All sentences of the hits, best first.
        max_chars: Budget; neighbours are left out first, the best sentence never.
    """
    places = {(source.hit.passage.passage_id, source.start): source for source in evidence}
    order = sorted(places)
    chosen: dict[tuple[int, int], Evidence] = {}
    used = 0
    for reach in (0, 1):
        for best in evidence[:2]:
            at = order.index((best.hit.passage.passage_id, best.start))
            for place in order[max(0, at - reach) : at + reach + 1]:
                source = places[place]
                length = source.end - source.start
                if (
                    place in chosen
                    or place[0] != best.hit.passage.passage_id
                    or (used and used + length > max_chars)
                ):
                    continue
                chosen[place] = source
                used += length
    first = {place[0]: rank for rank, place in reversed(list(enumerate(chosen)))}
    return [chosen[place] for place in sorted(chosen, key=lambda place: (first[place[0]], place))]


def excerpt(sentences: Sequence[Evidence]) -> str:
    """Return the sentences as one text, a line for each passage."""
    lines: dict[int, list[str]] = {}
    for source in sentences:
        lines.setdefault(source.hit.passage.passage_id, []).append(source.text)
    return "\n".join(" ".join(line) for line in lines.values())
