"""Evidence to an answer: draft, grounding, a second look where in doubt, or an abstention."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from vnqa.confidence import (
    EXTRACTED,
    MOST_TRUSTED,
    REFUSED,
    combined,
    confidence,
    mean_cosine,
    surprise,
    trust,
    trust_when_read,
)
from vnqa.drafting import Drafted, Drafter
from vnqa.evidence import Evidence, QuestionWords
from vnqa.excerpt import excerpt, sentences_to_read
from vnqa.generators import Generator
from vnqa.grounding import Grounded, ground
from vnqa.grounding.statements import listed_names
from vnqa.language.answer_kinds import counts_what_is_asked, is_of_kind
from vnqa.language.facts import missing_facts
from vnqa.language.markers import without_markers
from vnqa.language.questions import asks_whether
from vnqa.language.sentences import Span, coordinate_spans
from vnqa.reader_answer import read_answer
from vnqa.records import Citation, Statement
from vnqa.rendering import Reason
from vnqa.yes_no import settling

EXCERPT_CHARS = 700  # of what a model is shown
_READ = 5  # sentences looked at without a language model
_UNSURE = -0.2  # mean log probability of a draft below which the model is shown more
_CLOSE = 0.05  # of `Evidence.score`: two sentences that close may either be the one
_COVERS_MORE = 0.1  # of `Evidence.coverage`: so may one that has that much more of the question
_FARTHER = 0.2  # a sentence that much below the best is none to answer from
_FARTHER_IF_COVERS = 0.5  # one that has more of the question may be that much farther
_LIKELY = 0.25  # confidence of the evidence at which more of it is read
_READ_ON = 6  # sentences, best first, that are read one by one where the best say nothing
_SURE = -0.1  # mean log probability of a draft at which no more are read
_HARDLY = -0.5  # and below which the model would rather have said nothing
_NOT_KNOWN = re.compile(  # that is what the best sentence says; no other is read then
    r"(?:(?:hiện|vẫn|còn) )*(?:chưa|không) (?:được )?(?:rõ|biết|xác định|công bố|tiết lộ)\b",
    re.IGNORECASE,
)
_MARGIN = 0.2  # of `surprise`, by which what it says of a sentence farther on must be surer


class Verdict(NamedTuple):
    """How answering ended: the confidence, and the reason if there is no answer."""

    confidence: float
    reason: Reason | None


def answer_from(
    question: str,
    words: QuestionWords,
    evidence: Sequence[Evidence],
    generator: Generator | None,
    *,
    threshold: float,
    stop: threading.Event | None = None,
) -> Iterator[Statement | Verdict]:
    """Yield checked statements, then a verdict.

    Args:
        question: The question, with diacritics where they could be restored.
        words: Its words.
        evidence: Best first.
        generator: Drafts the answer; without one the best sentence is the answer.
        threshold: Least confidence at which something is said.
        stop: Ends what is being drafted when it is set; see `Drafter`.

    Raises:
        Stopped: If it was set before the draft was complete.
    """
    likely = confidence(evidence)
    tells = hasattr(generator, "complete")  # how sure it is
    most = combined(likely, MOST_TRUSTED if tells else EXTRACTED)
    if not evidence or most < threshold:
        yield Verdict(combined(likely, REFUSED), "irrelevant")
        return
    if generator is None:
        answer = _extracted(question, evidence, likely)
    elif asks_whether(question):
        answer = _settled(question, evidence, Drafter(generator, stop), likely)
    else:
        answer = _drafted(question, words, evidence, Drafter(generator, stop), likely)
    if answer.said and answer.sure < threshold:
        yield Verdict(answer.sure, "doubtful")
        return
    reason: Reason | None = answer.reason
    for cited in _cited(answer.said):
        reason = None
        yield cited
    yield Verdict(answer.sure, reason)


class _Answered(NamedTuple):
    """What is said, the confidence (0 to 1), and why nothing is said if nothing is."""

    said: list[Grounded]
    sure: float
    reason: Reason


def _extracted(question: str, evidence: Sequence[Evidence], likely: float) -> _Answered:
    """Answer with the best sentence that can hold what is asked for."""
    fitting = [e for e in evidence[:_READ] if is_of_kind(e.text, question)]
    best = max(fitting, key=lambda e: counts_what_is_asked(e.text, question), default=None)
    said = [] if best is None else [Grounded(best.text, best, (0, len(best.text)))]
    return _Answered(said, combined(likely, EXTRACTED if said else REFUSED), "refused")


def _drafted(
    question: str,
    words: QuestionWords,
    evidence: Sequence[Evidence],
    drafter: Drafter,
    likely: float,
) -> _Answered:
    """Answer with what the language model drafts, or the reader finds where that says nothing.

    The model reads the best sentence alone; small models are led away by what stands beside it. It
    reads the two best with their neighbours where it says nothing that the sentence bears out, or
    the next sentence has more of the question's words; and, unless a reader agrees with what it
    said, where it is unsure, or the next sentence is as near to the question. What it then says
    stays if it is surer of it, unless that rests on sentences farther from the question than the
    best is. Where it still says nothing, or hardly, and it is likely that the articles hold an
    answer, it reads on.
    """
    best = evidence[0]
    said, draft = _checked(question, words, [best], [best], drafter)
    statements, shown = draft.statements, [best]
    if statements and not said and all(map(_NOT_KNOWN.match, statements)):
        return _Answered([], combined(likely, REFUSED), "refused")
    in_doubt = _is_less_sure(draft, _UNSURE) or _has_rival(evidence)
    if (
        not said
        or _lacks_words(evidence)
        or (in_doubt and not _is_read_so(said[0], question, best))
    ):
        shown = sentences_to_read(evidence, max_chars=EXCERPT_CHARS)
    if len(shown) > 1:
        said_of_more, draft_of_more = _checked(
            question, words, shown, _near(shown, evidence), drafter
        )
        statements = statements or draft_of_more.statements
        is_near = any(_is_near(found.source, best) for found in said_of_more)
        is_surer = _is_surer(draft_of_more, draft)
        if said_of_more and (not said or (is_surer and is_near)):
            said, draft = said_of_more, draft_of_more
    if likely >= _LIKELY and (not said or (drafter.is_trained and _says_hardly(draft))):
        farther = _read_on(question, words, evidence, drafter)
        if farther is not None and (not said or _may_replace(farther, best, draft)):
            said, draft = farther
    reason: Reason = "unsupported" if statements and not _says_hardly(draft) else "refused"
    is_drafted = bool(said)
    if not said and (read := read_answer(question, evidence)) is not None:
        said = [read]
    trusted = _trusted(said, draft.log_probability, is_drafted=is_drafted)
    return _Answered(said, combined(likely, trusted), reason)


def _read_on(
    question: str,
    words: QuestionWords,
    evidence: Sequence[Evidence],
    drafter: Drafter,
) -> tuple[list[Grounded], Drafted] | None:
    """Return the surest of what is said of the next sentences, each read alone; None if nothing.

    An article tells what is asked in one sentence of many, and a question in other words than its
    own is near to several of them. How sure a trained model is of its draft tells which answers.
    """
    surest: tuple[list[Grounded], Drafted] | None = None
    for source in _near(evidence[1:_READ_ON], evidence):
        said, draft = _checked(question, words, [source], [source], drafter)
        if said and (surest is None or not _is_surer(surest[1], draft)):
            surest = said, draft
        if surest is not None and not _is_less_sure(surest[1], _SURE):
            break
    return surest


def _settled(
    question: str, evidence: Sequence[Evidence], drafter: Drafter, likely: float
) -> _Answered:
    """Answer whether something is so with the sentence that likeliest settles it.

    The sentence is said whole: "không" alone stands in no source, and a part says too little.
    """
    settles, source = settling(question, evidence, drafter)
    if drafter.is_trained:
        sure = combined(likely, MOST_TRUSTED * settles)
    else:  # such a model tells little; the sentence must be near
        sure = likely * settles * source.coverage
    return _Answered([_whole(source)], sure, "refused")


def _is_near(source: Evidence, best: Evidence) -> bool:
    """Tell whether a sentence may be answered from though it is not the best one."""
    covers_more = source.coverage - best.coverage > _COVERS_MORE
    return source.score >= best.score - (_FARTHER_IF_COVERS if covers_more else _FARTHER)


def _may_replace(farther: tuple[list[Grounded], Drafted], best: Evidence, draft: Drafted) -> bool:
    """Tell whether what was read on is said in place of a draft.

    It must be much surer, by the more the less its sentence has of the question.
    """
    said, draft_of_farther = farther
    lacks = max(0.0, best.coverage - said[0].source.coverage)
    return _is_surer_by(_MARGIN + lacks, draft_of_farther, draft)


def _whole(source: Evidence) -> Grounded:
    """Return a sentence as it is said, without a mark of a quotation that goes on elsewhere."""
    text = source.text
    start, end = 0, len(text)
    for opening, closing in ("“”", '""', "‘’"):
        inner = text[start:end]
        if inner.startswith(opening) and inner.count(closing) <= (opening == closing):
            start += 1
        elif inner.rstrip(".").endswith(closing) and inner.count(opening) <= (opening == closing):
            end = start + inner.rindex(closing)
    return Grounded(text[start:end], source, (start, end))


def _is_less_sure(draft: Drafted, least: float) -> bool:
    """Tell whether a draft is known to be less likely than some mean log probability."""
    return draft.log_probability is not None and draft.log_probability < least


def _says_hardly(draft: Drafted) -> bool:
    """Tell whether the model is known to have said something where it would rather say nothing."""
    return _is_less_sure(draft, _HARDLY)


def _is_surer(one: Drafted, other: Drafted) -> bool:
    """Tell whether one draft is likelier than another, as far as that is known."""
    if one.log_probability is None or other.log_probability is None:
        return True
    return one.log_probability >= other.log_probability


def _is_surer_by(margin: float, one: Drafted, other: Drafted) -> bool:
    """Tell whether one draft is known to be less of a surprise than another by a margin."""
    if one.log_probability is None or other.log_probability is None:
        return False
    return surprise(one.log_probability) + margin <= surprise(other.log_probability)


def _has_rival(evidence: Sequence[Evidence]) -> bool:
    """Tell whether the second sentence is as near to the question."""
    return len(evidence) > 1 and evidence[0].score - evidence[1].score < _CLOSE


def _lacks_words(evidence: Sequence[Evidence]) -> bool:
    """Tell whether the second sentence has more of the question's words than the best."""
    return len(evidence) > 1 and evidence[1].coverage - evidence[0].coverage > _COVERS_MORE


def _is_read_so(said: Grounded, question: str, best: Evidence) -> bool:
    """Tell whether a reader finds its answer where the draft's is."""
    read = read_answer(question, [best])
    if read is None:
        return False
    return said.span[0] < read.span[1] and read.span[0] < said.span[1]


def _checked(
    question: str,
    words: QuestionWords,
    shown: Sequence[Evidence],
    near: Sequence[Evidence],
    drafter: Drafter,
) -> tuple[list[Grounded], Drafted]:
    """Return the statements drafted from what is shown that the near of it bears out; the draft."""
    draft = drafter.draft(question, excerpt(shown))
    best_first = sorted(near, key=lambda source: -source.score)
    looked = [
        _second_look(found, question, words, drafter)
        for statement in draft.statements
        for found in _grounded(statement, question, best_first)
    ]
    return [found for found in looked if is_of_kind(found.text, question)], draft


def _grounded(statement: str, question: str, evidence: Sequence[Evidence]) -> list[Grounded]:
    """Return what a statement is bound to: names that it lists, if only one by one, or nothing."""
    found = ground(statement, question, evidence)
    if found is not None:
        return [found]
    named = [ground(name, question, evidence) for name in listed_names(statement)]
    return [each for each in named if each is not None] if all(named) else []


def _trusted(said: Sequence[Grounded], log_probability: float | None, *, is_drafted: bool) -> float:
    """Return how far an answer is trusted, by how sure its writer was and what a reader says."""
    if not said:
        return REFUSED
    scores = [found.source.answers(*found.span) for found in said]
    best = max((score for score in scores if score is not None), default=None)
    if not is_drafted:
        return trust_when_read(None, best)
    if log_probability is None:
        return EXTRACTED
    if said[0].source.reading is None:
        return trust(log_probability)
    return trust_when_read(log_probability, best)


def _near(shown: Sequence[Evidence], evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return the sentences that are not much farther from the question than the average one found.

    Others were shown for what they say of their neighbours; they support nothing. Much is more
    than a standard deviation: where all sentences found are of one short article, half of those
    that answer are below the average.
    """
    mean = mean_cosine(evidence)
    variance = math.fsum((source.cosine - mean) ** 2 for source in evidence) / len(evidence)
    least = mean - math.sqrt(variance)
    return [source for source in shown if source.cosine >= least]


def _second_look(
    grounded: Grounded, question: str, words: QuestionWords, drafter: Drafter
) -> Grounded:
    """Ask again about the half of a sentence that the question is about, if the draft is not of it.

    Where a sentence tells the same of two things ("đoàn A do bà B dẫn đầu và đoàn C do ông D dẫn
    đầu"), a small model takes the first. A draft is doubted if it lies outside the half that has
    most of the question's words, in one all of whose words that half has, and more; what the model
    says of that half alone stays if grounded, unless a reader prefers the draft.
    """
    source = grounded.source
    spans = coordinate_spans(source.text)
    if len(spans) < 2:
        return grounded
    topics = [words.topics_in(source.text[start:end]) for start, end in spans]
    best = max(range(len(spans)), key=lambda i: words.share(source.text[slice(*spans[i])]))
    start, end = spans[best]
    first, last = grounded.span
    touched = [i for i, (a, b) in enumerate(spans) if a < last and first < b]
    if best in touched or not any(topics[i] < topics[best] for i in touched):
        return grounded
    half = source._replace(start=source.start + start, end=source.start + end)
    drafted = drafter.draft(question, half.text)
    for statement in [] if _says_hardly(drafted) else drafted.statements:
        again = ground(statement, question, [half])
        if again is None:
            continue
        span = again.span[0] + start, again.span[1] + start
        if _prefers(source, grounded.span, span):
            return grounded
        return Grounded(again.text, source, span)
    return grounded


def _prefers(source: Evidence, one: Span, other: Span) -> bool:
    """Tell whether a reader read the sentence and takes one stretch for the answer, not another."""
    scores = source.answers(*one), source.answers(*other)
    return scores[0] is not None and scores[1] is not None and scores[0] > scores[1]


def _cited(grounded: Iterable[Grounded]) -> Iterator[Statement]:
    """Number the sources in order of first use and yield each statement once, with citations."""
    numbers: dict[tuple[str, int, int], Citation] = {}
    said: set[str] = set()
    for statement in grounded:
        text = without_markers(statement.text)
        if not text or text in said:
            continue
        said.add(text)
        source = statement.source
        key = (source.article.article_id, source.start, source.end)
        if key not in numbers:
            numbers[key] = Citation(
                number=len(numbers) + 1,
                article=source.article,
                start=source.start,
                end=source.end,
                quote=source.text,
            )
        citation = numbers[key]
        yield Statement(text=_capitalised(text, citation.quote), citations=(citation,))


def _capitalised(text: str, quote: str) -> str:
    """Begin with a capital, unless that makes a name of it which the quote does not hold."""
    capitalised = text[0].upper() + text[1:]
    is_common = text.split(maxsplit=1)[0].islower()
    return capitalised if is_common and not missing_facts(capitalised, [quote]) else text
