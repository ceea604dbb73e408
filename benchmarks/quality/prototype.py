"""Seconds an answer, beside the prototype that the goals were set against.

The prototype: the best two sentences by cosine, out of six passages, with their neighbours, up to
900 characters; a prompt of about 400 tokens, of which a fixed prefix has about 210; greedy decoding
of up to 64 tokens, in int8 through CTranslate2, the prefix computed anew for each question. Its
parts are kept here as they were, apart from the library's, so that an improvement there does not
speed it up too.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.quality.bench import Bench, tell
from benchmarks.quality.datasets import everywhere, sample
from benchmarks.quality.prototype_weights import int8_folder
from benchmarks.quality.retrieval import both_reading_sets
from benchmarks.quality.rows import Goal, StageResult, rows_of
from vnqa import NewsQA
from vnqa.embedders import Embedder
from vnqa.evaluation.figures import bootstrapped, median_figure
from vnqa.language.sentences import sentence_spans

_QUESTIONS, _PASSAGES, _CHARS, _TOKENS = 20, 6, 900, 64
_GOAL = 2.5 / 4.6  # seconds: what is to be reached, where the prototype takes the second

_START, _END = "<|im_start|>", "<|im_end|>"
_CHAT = (
    (
        "system",
        "Trả lời câu hỏi bằng cụm từ ngắn nhất có trong đoạn trích. Nếu đoạn trích không nói tới, "
        "viết: Không có.",
    ),
    (
        "user",
        "Đoạn trích: Hội làng Thượng Bản mở từ mùng 8 đến mùng 10 tháng Ba, thu hút 3.600 lượt "
        "khách.\nCâu hỏi: Hội làng Thượng Bản thu hút bao nhiêu lượt khách?",
    ),
    ("assistant", "3.600 lượt khách"),
    (
        "user",
        "Đoạn trích: Ông Lê Văn Đồng, chủ xưởng đóng tàu ở Cửa Lạch, vừa bàn giao chiếc thứ 40."
        "\nCâu hỏi: Ai là chủ xưởng đóng tàu ở Cửa Lạch?",
    ),
    ("assistant", "Lê Văn Đồng"),
    ("user", "Đoạn trích: Phà tạm nghỉ vì sương mù.\nCâu hỏi: Vé phà giá bao nhiêu?"),
    ("assistant", "Không có"),
)


class Prototype:
    """Answers as the prototype did.

    Args:
        qa: Finds the passages.
        embedder: Compares their sentences with the question.
        threads: CPU threads; 0 is CTranslate2's default.
    """

    def __init__(self, qa: NewsQA, embedder: Embedder, *, threads: int = 0) -> None:
        import ctranslate2
        from tokenizers import Tokenizer

        folder = int8_folder()
        self._qa = qa
        self._embedder = embedder
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._model: Any = ctranslate2.Generator(
            str(folder), device="cpu", compute_type="int8", intra_threads=threads
        )
        self.prefix = self._chat(_CHAT)

    def ask(self, question: str) -> str:
        """Return the model's draft, unchecked."""
        shown = nearest_sentences(self._qa, self._embedder, question)
        asked = f"Đoạn trích: {shown}\nCâu hỏi: {question}"
        reply = [_START, *self._tokenizer.encode("assistant\n").tokens]
        (result,) = self._model.generate_batch(
            [self.prefix + self._chat([("user", asked)]) + reply],
            include_prompt_in_result=False,
            max_length=_TOKENS,
            beam_size=1,
            sampling_topk=1,
            end_token=[_END],
        )
        text: str = self._tokenizer.decode(result.sequences_ids[0])
        return text.strip()

    def _chat(self, turns: Sequence[tuple[str, str]]) -> list[str]:
        line_end = self._tokenizer.encode("\n").tokens
        tokens: list[str] = []
        for role, content in turns:
            tokens += [_START, *self._tokenizer.encode(f"{role}\n{content}").tokens, _END]
            tokens += line_end
        return tokens


def nearest_sentences(qa: NewsQA, embedder: Embedder, question: str) -> str:
    """Return the two sentences nearest to a question, with their neighbours, in reading order."""
    texts: list[tuple[int, str]] = []
    for hit in qa.search(question, top_k=_PASSAGES):
        passage = hit.passage.text
        texts += [(hit.rank, passage[a:b]) for a, b in sentence_spans(passage)]
    vectors = embedder.embed_passages([text for _, text in texts])
    nearest = np.argsort(-(vectors @ embedder.embed_query(question)), kind="stable")[:2]
    chosen: set[int] = set()
    used = 0
    for reach, best in itertools.product((0, 1), map(int, nearest)):
        for i in range(max(0, best - reach), min(len(texts), best + reach + 1)):
            rank, text = texts[i]
            if i in chosen or rank != texts[best][0] or (used and used + len(text) > _CHARS):
                continue
            chosen.add(i)
            used += len(text)
    return " ".join(texts[i][1] for i in sorted(chosen))


def timing(bench: Bench) -> StageResult:
    """Twenty questions, each asked of the library and of the prototype, one after the other."""
    if bench.generator is None:
        return StageResult(rows=(), notes={"skipped": "there is no language model to time"})
    dataset = both_reading_sets(bench)
    folder = bench.index(dataset.name, dataset.articles, among_news=True)
    questions = sample(list(everywhere(dataset.questions)), 5 if bench.quick else _QUESTIONS)
    seconds: list[tuple[float, float]] = []
    with bench.open(folder) as qa:
        prototype = Prototype(qa, bench.embedder)
        for ask in (qa.ask, prototype.ask):  # loads the models
            ask(questions[0].question)
        for done, question in enumerate(questions, start=1):
            started = time.perf_counter()
            qa.ask(question.question)
            between = time.perf_counter()
            prototype.ask(question.question)
            seconds.append((between - started, time.perf_counter() - between))
            tell("timed", done, len(questions))
    clusters = [question.cluster for question in questions]
    ours, theirs = np.array(seconds).T
    figures = {
        "median seconds an answer": median_figure(list(ours), clusters),
        "median seconds an answer, prototype": median_figure(list(theirs), clusters),
        "ratio of the medians": bootstrapped(
            lambda drawn: float(np.median(ours[drawn]) / np.median(theirs[drawn])), clusters
        ),
    }
    goals = {"ratio of the medians": Goal(round(_GOAL, 2), at_most=True)}
    rows = rows_of("timing", bench.searched(dataset.name), figures, goals)
    return StageResult(
        rows=tuple(rows), notes={"prompt tokens of the prefix": len(prototype.prefix)}
    )
