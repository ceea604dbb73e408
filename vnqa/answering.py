"""Hits to an answer: evidence, draft, grounding, or an abstention with its reason."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from vnqa.confidence import confidence
from vnqa.evidence import Evidence
from vnqa.generators import Generator, Turn
from vnqa.grounding import Grounded, ground, split_statements
from vnqa.prompt import turns
from vnqa.records import Citation, Statement
from vnqa.rendering import Reason

_MAX_STATEMENTS = 4
_MAX_TOKENS = 64


class Verdict(NamedTuple):
    """How answering ended: the confidence, and the reason if there is no answer."""

    confidence: float
    reason: Reason | None


def answer_from(
    question: str,
    evidence: Sequence[Evidence],
    generator: Generator | None,
    *,
    threshold: float,
) -> Iterator[Statement | Verdict]:
    """Yield checked statements, then a verdict.

    Args:
        question: The question.
        evidence: Best first.
        generator: Drafts the answer; without one the best sentence is the answer.
        threshold: Least confidence at which something is said.
    """
    if not evidence:
        yield Verdict(0.0, "irrelevant")
        return
    best = max(confidence(e) for e in evidence[:3])
    if best < threshold:
        yield Verdict(best, "irrelevant")
        return
    if generator is None:
        first = max(evidence[:3], key=confidence)
        yield from _cited([Grounded(first.text, (first,), True)])
        yield Verdict(best, None)
        return
    draft = interruptibly(generator, turns(question, evidence))
    statements = split_statements(draft)[:_MAX_STATEMENTS]
    if not statements:
        yield Verdict(best, "refused")
        return
    grounded = [g for s in statements if (g := ground(s, question, evidence)) is not None]
    if not grounded:
        yield Verdict(best, "unsupported")
        return
    surest = max(confidence(source) for g in grounded for source in g.evidence)
    if surest < threshold:
        yield Verdict(surest, "irrelevant")
        return
    yield from _cited(grounded)
    yield Verdict(surest, None)


def interruptibly(generator: Generator, chat: Sequence[Turn]) -> str:
    """Generate in another thread, so that Ctrl-C ends it at the next token."""
    stop = threading.Event()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="vnqa-generate") as pool:
        try:
            draft = pool.submit(
                generator.generate, chat, max_tokens=_MAX_TOKENS, should_stop=stop.is_set
            )
            return draft.result()
        except BaseException:
            stop.set()  # leaving the pool waits for the thread
            raise


def _cited(grounded: Sequence[Grounded]) -> Iterator[Statement]:
    """Number the sources in order of first use and yield each statement with its citations."""
    numbers: dict[tuple[str, int, int], Citation] = {}
    for statement in {g.text: g for g in grounded}.values():
        citations = []
        for source in statement.evidence:
            key = (source.article.article_id, source.start, source.end)
            if key not in numbers:
                numbers[key] = Citation(
                    number=len(numbers) + 1,
                    article=source.article,
                    start=source.start,
                    end=source.end,
                    quote=source.text,
                )
            citations.append(numbers[key])
        yield Statement(text=_capitalised(statement.text), citations=tuple(citations))


def _capitalised(text: str) -> str:
    first = text.split(maxsplit=1)[0]
    return text[0].upper() + text[1:] if first.islower() else text
