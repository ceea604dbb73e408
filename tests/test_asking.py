"""Many questions, questions of an event loop, and answers that are kept."""

from __future__ import annotations

import asyncio
import contextvars
import itertools
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import EndlessGenerator, FakeConcurrent, FakeEmbedder, FakeGenerator
from vnqa import Answer, Article, ModelError, NewsQA
from vnqa.asking import in_order, interruptibly
from vnqa.generators import Generator, Turn

ROOT = Path(__file__).parent.parent
BRIDGE = Article(
    article_id="cau",
    title="Khánh thành cầu Bến Ngự",
    text="Cầu Bến Ngự dài 320 m, bắc qua sông Lam Giang. Cầu được khánh thành ngày 4/7/1998. "
    "Kỹ sư Phan Văn Tư thiết kế cầu.",
    source="Báo Sông",
)
FAIR = Article(
    article_id="sach",
    title="Hội chợ sách mùa thu",
    text="Hội chợ sách thu hút 12.000 lượt khách. Ban tổ chức tặng 1.500 cuốn sách cho trường học.",
    source="Báo Núi",
)
QUESTIONS = [
    "Cầu Bến Ngự dài bao nhiêu?",
    "Hội chợ sách tặng bao nhiêu cuốn sách?",
    "Cầu Bến Ngự khánh thành ngày nào?",
    "Hội chợ sách thu hút bao nhiêu lượt khách?",
    "Ai thiết kế cầu Bến Ngự?",
    "Giá vàng hôm nay?",
]
DRAFTS = dict(
    zip(QUESTIONS, ["320 m", "1.500", "4/7/1998", "12.000", "Phan Văn Tư", ""], strict=True)
)


def drafted(prompt: str) -> str:
    asked = prompt.rsplit("Câu hỏi: ", 1)[1]
    return next((draft for question, draft in DRAFTS.items() if question[-12:] == asked[-12:]), "")


def opened(path: Path, generator: Generator | None, **options: object) -> NewsQA:
    qa = NewsQA.open(
        path / "tin",
        embedder=FakeEmbedder(),
        generator=generator,
        reader=None,
        threshold=0.0,
        **options,  # type: ignore[arg-type]
    )
    qa.add([BRIDGE, FAIR])
    return qa


def but_for_time(answers: list[Answer]) -> list[dict[str, object]]:
    return [answer.model_dump(exclude={"seconds"}) for answer in answers]


# In order, several at once


def test_answers_come_in_order_however_long_each_takes() -> None:
    later = [threading.Event() for _ in range(6)]

    def ask(number: int, stop: threading.Event) -> int:
        if number % 2 == 0:
            assert later[number + 1].wait(60)  # the one after it ends first
        later[number].set()
        return number * 10

    assert list(in_order(ask, range(6), at_once=2)) == [0, 10, 20, 30, 40, 50]


def test_no_more_than_asked_for_run_at_once_and_few_ahead() -> None:
    others, started, begun = set(threading.enumerate()), set[threading.Thread](), set[int]()
    let_go = threading.Event()

    class Asked(Sequence[int]):
        """Lets calls end once six were handed over: a third thread would have been started."""

        def __len__(self) -> int:
            return 100

        def __getitem__(self, number: Any) -> Any:
            started.update(set(threading.enumerate()) - others)
            if number == 6:
                let_go.set()
            return number

    def ask(number: int, stop: threading.Event) -> int:
        begun.add(number)
        assert let_go.wait(60)
        return number

    answers = in_order(ask, Asked(), at_once=2)
    assert [next(answers), next(answers)] == [0, 1]
    assert len(started) == 2
    answers.close()  # type: ignore[attr-defined]
    assert len(begun) <= 10  # two taken, and four for each thread


def test_an_error_ends_the_others_and_starts_no_more() -> None:
    asked, stopped = set[int](), threading.Event()
    both = threading.Barrier(2)

    def ask(number: int, stop: threading.Event) -> int:
        asked.add(number)
        if number < 2:
            both.wait(60)
        if number == 0:
            raise ModelError("mất kết nối")
        assert stop.wait(60)
        stopped.set()
        return number

    with pytest.raises(ModelError, match="mất kết nối"):
        list(in_order(ask, range(50), at_once=2))
    assert stopped.is_set()
    assert asked <= {0, 1, 2}  # one more may have been taken up before the error was seen


# Many questions


@pytest.mark.parametrize(
    "generator", [None, FakeGenerator(drafted), FakeConcurrent(drafted, at_once=2)]
)
def test_many_answers_are_those_of_one_after_another(
    tmp_path: Path, generator: Generator | None
) -> None:
    plain = None if generator is None else FakeGenerator(drafted)
    with opened(tmp_path / "one", plain) as qa:
        one_by_one = [qa.ask(question, top_k=2) for question in QUESTIONS]
    with opened(tmp_path / "many", generator) as qa:
        many = list(qa.ask_many(QUESTIONS, top_k=2))
        assert list(qa.ask_many([])) == []
    assert but_for_time(many) == but_for_time(one_by_one)
    if generator is not None:
        assert [answer.text for answer in many] == [
            "320 m [1].", "1.500 [1].", "4/7/1998 [1].", "12.000 [1].", "Phan Văn Tư [1].", "",
        ]  # fmt: skip


def test_filters_hold_for_all_questions(tmp_path: Path) -> None:
    with opened(tmp_path, None) as qa:
        answers = list(qa.ask_many(QUESTIONS, sources=iter(["báo núi"])))
    assert {hit.article.article_id for answer in answers for hit in answer.hits} == {"sach"}


def test_a_wrong_question_is_named_before_any_is_asked(tmp_path: Path) -> None:
    generator = FakeGenerator(drafted)
    with opened(tmp_path, generator) as qa:
        with pytest.raises(ValueError, match=r"question 2: expected a question, got '\?!'"):
            qa.ask_many([QUESTIONS[0], " ?! ", "", QUESTIONS[1]])
        with pytest.raises(ValueError, match=r"question 1: .* at most 2,000 characters, got 3,000"):
            qa.ask_many(["a" * 3_000])
        with pytest.raises(ValueError, match="iterable of questions, got the string 'Cầu"):
            qa.ask_many(QUESTIONS[0])
        with pytest.raises(ValueError, match="top_k must be at least 1, got 0"):
            qa.ask_many(QUESTIONS, top_k=0)
    assert generator.prompts == []


def test_ctrl_c_ends_many_at_the_next_token(tmp_path: Path) -> None:
    script = f"""
import os, signal, threading
from pathlib import Path
from tests.fakes import EndlessGenerator
from tests.test_asking import QUESTIONS, opened
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored by jobs in the background
generator = EndlessGenerator()
def interrupt():
    generator.begun.wait(60)
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=interrupt).start()
with opened(Path({str(tmp_path)!r}), generator) as qa:
    try:
        list(qa.ask_many(QUESTIONS))
    except KeyboardInterrupt:
        print("interrupted", generator.ended.is_set())
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, timeout=120
    )
    assert done.stdout.strip() == "interrupted True", done.stderr


def test_an_iterator_that_is_left_ends_its_work(tmp_path: Path) -> None:
    class Second(EndlessGenerator):
        def generate(self, turns: list[Turn], **how: object) -> str:  # type: ignore[override]
            if turns[-1].content.endswith(QUESTIONS[0]):
                return "320 m"
            return super().generate(turns, **how)  # type: ignore[arg-type]

    generator = Second()
    with opened(tmp_path, generator) as qa:
        answers = qa.ask_many(QUESTIONS)
        assert not generator.begun.is_set()
        assert next(answers).text == "320 m [1]."
        assert generator.begun.wait(60)
        answers.close()  # type: ignore[attr-defined]
        assert generator.ended.is_set()


# Questions of an event loop


def test_the_event_loop_goes_on_while_an_answer_is_written(tmp_path: Path) -> None:
    loop_went_on = threading.Event()

    def slow(prompt: str) -> str:
        assert loop_went_on.wait(60)  # set by the loop: never, if it is blocked
        return "320 m"

    async def main(qa: NewsQA) -> Answer:
        task = asyncio.create_task(qa.aask(QUESTIONS[0], top_k=2))
        for _ in range(20):
            await asyncio.sleep(0)
        loop_went_on.set()
        return await task

    with opened(tmp_path, FakeGenerator(slow)) as qa:
        answer = asyncio.run(main(qa))
        assert but_for_time([answer]) == but_for_time([qa.ask(QUESTIONS[0], top_k=2)])
        with pytest.raises(ValueError, match="no words"):
            asyncio.run(qa.aask("?"))


def test_cancelling_the_task_stops_the_generator(tmp_path: Path) -> None:
    generator = EndlessGenerator()

    async def main(qa: NewsQA) -> None:
        task = asyncio.create_task(qa.aask(QUESTIONS[0]))
        await asyncio.to_thread(generator.begun.wait, 60)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(generator.ended.wait, 60)

    with opened(tmp_path, generator, cache_answers=4) as qa:
        asyncio.run(main(qa))
        assert generator.ended.is_set()
        assert not qa._answers._answers, "a draft that was cut short is no answer"


# Answers that are kept


def test_a_kept_answer_is_given_again_without_asking_the_model(tmp_path: Path) -> None:
    generator = FakeGenerator(drafted)
    with opened(tmp_path, generator, cache_answers=2) as qa:
        first = qa.ask(QUESTIONS[0])
        again = [qa.ask(f" {QUESTIONS[0]}"), asyncio.run(qa.aask(QUESTIONS[0]))]
        again += qa.ask_many([QUESTIONS[0]] * 2)
        assert len(generator.prompts) == 1
        assert but_for_time(again) == but_for_time([first] * 4)
        assert all(answer.seconds < first.seconds for answer in again)
        qa.ask(QUESTIONS[0], top_k=1)
        qa.ask(QUESTIONS[0], sources=["Báo Sông"])
        assert len(generator.prompts) == 3, "other arguments, another answer"
        qa.ask(QUESTIONS[0])
        assert len(generator.prompts) == 4, "two are kept, this one was the third"


def test_a_kept_answer_is_streamed_as_it_was(tmp_path: Path) -> None:
    generator = FakeGenerator(drafted)
    with opened(tmp_path, generator, cache_answers=2) as qa:
        statement, answer = qa.stream(QUESTIONS[0])
        asked = qa.ask(QUESTIONS[0])
        again = list(qa.stream(QUESTIONS[0]))
        assert len(generator.prompts) == 1
        assert isinstance(answer, Answer)
        assert isinstance(again[1], Answer)
        assert again[0] == statement
        assert but_for_time([asked, again[1]]) == but_for_time([answer] * 2)
        next(qa.stream(QUESTIONS[1]))  # and no more of it
        qa.ask(QUESTIONS[1])
        assert len(generator.prompts) == 3, "what was not heard to its end is not kept"


def test_what_is_done_to_a_kept_answer_changes_no_later_one(tmp_path: Path) -> None:
    with opened(tmp_path, None, cache_answers=2) as qa:
        qa.add(BRIDGE.model_copy(update={"extra": {"views": [3]}}))
        for _ in range(3):
            (citation,) = qa.ask(QUESTIONS[0]).citations
            assert citation.article.extra == {"views": [3]}
            citation.article.extra["views"].append(99)
            citation.article.extra["mine"] = 1


def test_the_answer_not_asked_for_longest_goes_first(tmp_path: Path) -> None:
    generator = FakeGenerator(drafted)
    with opened(tmp_path, generator, cache_answers=2) as qa:
        written = []
        for number in (0, 1, 0, 2, 0, 1):
            before = len(generator.prompts)
            qa.ask(QUESTIONS[number])
            written.append(len(generator.prompts) > before)
        assert written == [True, True, False, True, False, True]


def test_a_changed_collection_gives_no_old_answer(tmp_path: Path) -> None:
    with opened(tmp_path, None, cache_answers=8) as qa:
        assert "320 m" in qa.ask(QUESTIONS[0]).text
        with opened_again(tmp_path) as reader:
            assert "320 m" in reader.ask(QUESTIONS[0]).text
            qa.add(BRIDGE.model_copy(update={"text": BRIDGE.text.replace("320", "330")}))
            for asked in (qa, reader):
                assert "330 m" in asked.ask(QUESTIONS[0]).text
        qa.remove("cau")
        assert "330 m" not in qa.ask(QUESTIONS[0]).text


def opened_again(path: Path) -> NewsQA:
    return NewsQA.open(
        path / "tin",
        embedder=FakeEmbedder(),
        generator=None,
        reader=None,
        threshold=0.0,
        cache_answers=8,
        read_only=True,
    )


def test_nothing_is_kept_unless_asked_for(tmp_path: Path) -> None:
    generator = FakeGenerator(drafted)
    with opened(tmp_path, generator) as qa:
        assert but_for_time([qa.ask(QUESTIONS[0])]) == but_for_time([qa.ask(QUESTIONS[0])])
    assert len(generator.prompts) == 2
    with pytest.raises(ValueError, match="cache_answers must be at least 0, got -1"):
        opened(tmp_path / "x", None, cache_answers=-1)


# The bundled models


@pytest.mark.models
def test_many_answers_of_the_bundled_models_are_the_same_to_the_bit(tmp_path: Path) -> None:
    lines = (ROOT / "seeds" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line)["question"] for line in itertools.islice(lines, 8)]
    with NewsQA.open(tmp_path / "tin") as qa:
        qa.add(ROOT / "seeds")
        one_by_one = [qa.ask(question) for question in asked]
        many = list(qa.ask_many(asked))
        assert qa._generator is not None
        assert qa._generator.at_once(8) == 2  # type: ignore[attr-defined]
        assert but_for_time(many) == but_for_time(one_by_one)
        assert "23/5/1950" in many[0].text


# Threads


_LEFT_BEHIND = """
import sys, threading, time
sys.path.insert(0, ".")
from tests.fakes import FakeEmbedder, FakeGenerator
from tests.test_asking import QUESTIONS, drafted, opened
from pathlib import Path

def answer():
    with opened(Path(sys.argv[1]), FakeGenerator(drafted)) as qa:
        threading.main_thread().join()
        print(qa.ask(QUESTIONS[0]).text, [a.text for a in qa.ask_many(QUESTIONS[:2])])

threading.Thread(target=answer).start()
"""


def test_a_thread_asks_on_when_the_main_one_has_ended(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _LEFT_BEHIND, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.stderr == ""
    assert done.stdout == "320 m [1]. ['320 m [1].', '1.500 [1].']\n"


def test_work_nobody_waits_for_any_more_is_not_begun() -> None:
    done: list[int] = []
    unwanted = threading.Event()

    def ask(number: int, stop: threading.Event) -> int:
        if number:
            assert unwanted.wait(60)
            done.extend([number] * (not stop.is_set()))
        return number

    def take_one() -> None:
        taken.append(in_order(ask, range(50), at_once=1))
        assert next(taken[0]) == 0

    taken: list[Iterator[int]] = []
    reader = threading.Thread(target=take_one)
    reader.start()
    reader.join(60)
    unwanted.set()
    taken[0].close()  # type: ignore[attr-defined]
    assert done == []


def test_the_model_is_asked_in_the_context_of_who_asks(tmp_path: Path) -> None:
    request: contextvars.ContextVar[str] = contextvars.ContextVar("request")
    seen: list[str] = []

    def draft(prompt: str) -> str:
        seen.append(request.get("none"))
        return drafted(prompt)

    with opened(tmp_path, FakeGenerator(draft)) as qa:
        request.set("a")
        qa.ask(QUESTIONS[0])
        list(qa.ask_many(QUESTIONS[:1]))
    assert set(seen) == {"a"}


def test_ctrl_c_does_not_wait_for_a_model_that_does_not_listen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("vnqa.asking.PATIENCE", 0.01)
    begun, ended = threading.Event(), threading.Event()

    def write(should_stop: Callable[[], bool]) -> str:
        begun.set()
        ended.wait(60)
        return str(should_stop())

    def interrupt() -> None:
        begun.wait(60)
        signal.raise_signal(signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        threading.Thread(target=interrupt).start()
        with pytest.raises(KeyboardInterrupt):
            interruptibly(write)
    finally:
        signal.signal(signal.SIGINT, before)
        ended.set()
