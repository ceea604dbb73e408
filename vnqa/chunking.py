"""Articles to passages: whole sentences, to a budget in the embedder's own tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from vnqa.language.sentences import Span, clause_spans, sentence_spans, word_spans

CountTokens = Callable[[Sequence[str]], list[int]]


def chunk(text: str, *, count_tokens: CountTokens, max_tokens: int) -> list[Span]:
    """Cut a text into passages and return them as ``(start, end)`` offsets, in order.

    A passage is a run of whole sentences. Passages of one text are of about equal size, so that
    none is left with a last short sentence, and break rather at the end of a paragraph. A sentence
    over the budget is cut at clauses, a clause over it at spaces, a word over it anywhere.

    Args:
        text: The article's text.
        count_tokens: Gives the number of tokens of each of many texts.
        max_tokens: Budget of a passage; the tokens of its pieces add up to no more.

    Returns:
        Spans that do not overlap and cover every character that is not white space.

    Raises:
        ValueError: If the budget is not positive.
    """
    if max_tokens < 1:
        raise ValueError(f"max_tokens must be at least 1, got {max_tokens}")
    pieces, sizes = _pieces(text, count_tokens, max_tokens)
    if not pieces:
        return []
    total = sum(sizes)
    target = total / -(-total // max_tokens) if total else max_tokens
    spans: list[Span] = []
    start, size = 0, 0
    for i, piece_size in enumerate(sizes):
        # The second test: the passage is nearer to its target size without this piece.
        if i > start and (size + piece_size > max_tokens or size + piece_size / 2 > target):
            spans.append((pieces[start][0], pieces[i - 1][1]))
            start, size = i, 0
        size += piece_size
        if (
            i + 1 < len(pieces)
            and size >= 0.8 * target
            and "\n" in text[pieces[i][1] : pieces[i + 1][0]]
        ):
            spans.append((pieces[start][0], pieces[i][1]))
            start, size = i + 1, 0
    if start < len(pieces):
        spans.append((pieces[start][0], pieces[-1][1]))
    return spans


def _pieces(text: str, count_tokens: CountTokens, max_tokens: int) -> tuple[list[Span], list[int]]:
    """Return pieces that fit the budget, and their sizes: sentences, or parts of long ones."""
    spans = sentence_spans(text)
    sizes = count_tokens([text[start:end] for start, end in spans])
    few_chars = max(1, max_tokens // 8)  # no tokenizer makes more than 8 tokens of a character
    for cut in (clause_spans, word_spans, partial(_slices, length=few_chars)):
        if all(size <= max_tokens for size in sizes):
            break
        finer: list[Span] = []
        for span, size in zip(spans, sizes, strict=True):
            finer.extend([span] if size <= max_tokens else cut(text, *span))
        spans, sizes = finer, count_tokens([text[start:end] for start, end in finer])
    return spans, sizes


def _slices(text: str, start: int, end: int, *, length: int) -> list[Span]:
    """Return slices of a fixed number of characters."""
    return [(i, min(i + length, end)) for i in range(start, end, length)]
