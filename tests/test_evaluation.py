"""Questions from files, figures with their intervals, rankings, and the report of it all."""

from __future__ import annotations

import importlib.util
import json
import math
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vnqa.evaluation
from tests.fakes import FakeEmbedder, FakeGenerator, FakeReader
from tests.test_evaluation_answers import BRIDGE, FAIR
from vnqa import Article, ArticleError, MissingExtraError, NewsQA
from vnqa.embedders.bundled import BundledEmbedder
from vnqa.evaluation import (
    Figure,
    Question,
    Report,
    evaluate,
    rank_articles,
    read_questions,
    retrieval_figures,
)
from vnqa.evaluation.figures import bootstrapped, mean_figure, median_figure

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
QUESTIONS = [
    Question(question="Cầu Bến Ngự dài bao nhiêu?", answers=("320 m",), article_ids=("cau",)),
    Question(question="Hội chợ sách mở tại đâu?", answers=("Bến Trúc",), article_ids=("sach",)),
    Question(question="Giá vàng hôm nay?"),
]


def test_what_is_exported_is_there() -> None:
    assert sorted(vnqa.evaluation.__all__) == vnqa.evaluation.__all__
    for name in vnqa.evaluation.__all__:
        assert hasattr(vnqa.evaluation, name)


class TestQuestions:
    @pytest.mark.parametrize(
        ("fields", "answerable"),
        [
            ({}, False),
            ({"answers": ("a",)}, True),
            ({"article_ids": ("b",)}, True),
            ({"quotes": ("c",)}, False),
            ({"answers": ("a",), "answerable": False}, False),
            ({"answerable": True}, True),
            ({"answers": ("", " \n")}, False),
            ({"article_ids": ("",)}, False),
            ({"answers": ("", "a")}, True),
        ],
    )
    def test_answerable_by_default_if_anything_is_known(
        self, fields: dict[str, object], answerable: bool
    ) -> None:
        question = Question.model_validate({"question": "Ai?", **fields})
        assert question.answerable is answerable
        assert Question.model_validate_json(question.model_dump_json()) == question

    @pytest.mark.parametrize("form", ["lines", "list"])
    def test_names_that_people_give_are_understood(self, tmp_path: Path, form: str) -> None:
        records = [
            {"question": "A?", "answers": ["x", "y"], "article_ids": ["1"], "id": 7},
            {"question": "A?", "answer": "x", "article": "1", "quote": "Là x.", "source": "Báo"},
            {"question": "A?", "answer": 34, "article_id": "1", "sources": ["Báo", "Đài"]},
            {"question": "A?", "answers": None, "articles": ["1", "2"], "quotes": ["Là x."]},
            {"question": "A?", "answers": [], "sources": []},
            {"question": "A?", "answerable": False},
            {"question": "A?", "answer": "x", "answerable": None},
        ]
        lines = [json.dumps(record, ensure_ascii=False) for record in records]
        text = "\n\n".join(lines) if form == "lines" else f"\n[{','.join(lines)}]"
        path = tmp_path / "hoi.jsonl"
        path.write_text(text, encoding="utf-8-sig")
        assert read_questions(path) == [
            Question(question="A?", answers=("x", "y"), article_ids=("1",)),
            Question(
                question="A?",
                answers=("x",),
                article_ids=("1",),
                quotes=("Là x.",),
                sources=("Báo",),
            ),
            Question(question="A?", answers=("34",), article_ids=("1",), sources=("Báo", "Đài")),
            Question(question="A?", article_ids=("1", "2"), quotes=("Là x.",)),
            Question(question="A?", answerable=False),
            Question(question="A?", answerable=False),
            Question(question="A?", answers=("x",)),
        ]

    @pytest.mark.parametrize(
        "fields", ['"answer": ""', '"answers": ["", " "], "article": ""', '"answers": [" "]']
    )
    def test_a_blank_answer_is_none(self, tmp_path: Path, fields: str) -> None:
        path = tmp_path / "hoi.jsonl"
        path.write_text(f'{{"question": "A?", "source": "", {fields}}}', encoding="utf-8")
        (question,) = read_questions(path)
        assert question == Question(question="A?", answerable=False)

    @pytest.mark.parametrize(
        ("written", "answer"),
        [
            ("3.125", "3,125"),
            ("5.0", "5"),
            ("1e20", "100000000000000000000"),
            ('"3.125"', "3.125"),
            ('["5", null]', "5"),
            ('"H\\u00e0\\u00a0N\\u1ed9i\\u200b"', "Hà Nội"),
            ('"một\u2028hai\u0085ba"', "một\nhai\nba"),
        ],
    )
    def test_answers_as_they_are_written(self, tmp_path: Path, written: str, answer: str) -> None:
        path = tmp_path / "hoi.jsonl"
        path.write_text(f'{{"question": "A?", "answers": {written}}}\r\n', encoding="utf-8")
        (question,) = read_questions(path)
        assert question.answers == (answer,)

    def test_questions_about_one_article_belong_together(self) -> None:
        one = Question(question="A?", article_ids=("x",))
        assert Question(question="B?", article_ids=("x", "x")).cluster == one.cluster
        alone = Question(question="A?", answers=("x",))
        assert alone.cluster not in (one.cluster, Question(question="B?").cluster)

    def test_an_id_is_composed_as_an_articles_is(self) -> None:
        question = Question(question="A?", article_ids=(unicodedata.normalize("NFD", "cầu"),))
        assert question.article_ids == ("cầu",)

    @pytest.mark.parametrize(
        ("line", "message"),
        [
            ('{"question": "B?", "anwser": "x"}', "got question, anwser"),
            ('{"question": "B?", "answer": "x", "answers": ["y"]}', "answers and answer, got both"),
            ('{"question": "B?", "answer": {"text": "x"}}', "a text or a list of texts, got"),
            ('{"answer": "x"}', "question: Field required"),
            ('{"question": "", "answer": "x"}', "expected a question, got ''"),
            ('{"question": "B?", "answerable": "có lẽ"}', "answerable: Input should be a valid"),
            ('{"question": "B?", "answers": NaN}', "expected answers, article_ids or answerable"),
            ('{"question": "B?", "anwser": "x", "article": ""}', "got question, anwser, article"),
            ('{"question": "B?", "answerable": null}', "expected answers, article_ids or answer"),
            ('{"question": "B?", "answers": true}', "a text or a list of texts, got True"),
            ('{"question": "?!", "answers": "x"}', "expected a question, got '?!'"),
            ('["B?", "x"]', "expected a JSON object, got list"),
            ('{"question": ', "invalid JSON: Expecting value at column"),
        ],
    )
    def test_errors_name_file_and_line(self, tmp_path: Path, line: str, message: str) -> None:
        path = tmp_path / "hoi.jsonl"
        path.write_text(f'{{"question": "A?", "answer": "x"}}\n\n{line}\n', encoding="utf-8")
        with pytest.raises(ArticleError) as raised:
            read_questions(path)
        assert str(raised.value).startswith(f"{path}:3: ")
        assert message in str(raised.value)
        assert raised.value.line == 3

    def test_errors_in_a_list_name_the_question(self, tmp_path: Path) -> None:
        path = tmp_path / "hoi.json"
        path.write_text('[{"question": "A?", "answer": "x"},\n{"question": "B?"}]')
        with pytest.raises(ArticleError, match=r"hoi\.json: question 2: expected answers, "):
            read_questions(path)

    def test_files_that_hold_none(self, tmp_path: Path) -> None:
        path = tmp_path / "hoi.jsonl"
        with pytest.raises(ArticleError, match="cannot be read: No such file"):
            read_questions(path)
        for text in ("\n", "[]"):
            path.write_text(text)
            with pytest.raises(ArticleError, match="expected questions, got an empty file"):
                read_questions(path)

    def test_those_of_the_seeds(self) -> None:
        found = read_questions(SEEDS / "questions.jsonl")
        assert len(found) == 40
        assert sum(not question.answerable for question in found) == 8
        assert found[0].answers == ("23/5/1950",)
        assert found[0].article_ids == ("hoi-huu-nghi-viet-nga.txt",)


class TestFigures:
    def test_a_share_has_the_interval_of_a_binomial(self) -> None:
        figure = mean_figure([0.0, 1.0] * 200, range(400))
        expected = 1.96 * math.sqrt(0.5 * 0.5 / 400)
        assert (figure.value, figure.n) == (0.5, 400)
        assert figure.low == pytest.approx(0.5 - expected, abs=0.01)
        assert figure.high == pytest.approx(0.5 + expected, abs=0.01)

    def test_questions_about_one_article_count_as_one(self) -> None:
        """400 questions that fail and succeed in tens say as much as 40."""
        values = ([0.0] * 10 + [1.0] * 10) * 20
        figure = mean_figure(values, [k // 10 for k in range(400)])
        expected = 1.96 * math.sqrt(0.5 * 0.5 / 40)
        assert figure.high - figure.low == pytest.approx(2 * expected, abs=0.05)

    def test_undefined_resamples_are_left_out(self) -> None:
        def only_with_the_first(drawn: np.ndarray) -> float:
            return 7.0 if 0 in drawn else float("nan")

        assert bootstrapped(only_with_the_first, "abcd") == Figure(value=7, low=7, high=7, n=4)

    @given(st.lists(st.tuples(st.floats(-5, 5), st.integers(0, 3)), min_size=1, max_size=9))
    @settings(max_examples=15, deadline=None)
    def test_intervals_stay_within_the_values_and_repeat(
        self, drawn: list[tuple[float, int]]
    ) -> None:
        values, clusters = zip(*drawn, strict=True)
        for figure in (mean_figure(values, clusters), median_figure(values, clusters)):
            low, high = min(values) - 1e-9, max(values) + 1e-9
            assert low <= figure.low <= figure.high <= high
            assert low <= figure.value <= high
        assert mean_figure(values, clusters) == mean_figure(values, clusters)

    def test_median(self) -> None:
        assert median_figure([1.0, 9.0, 2.0], "abc").value == 2.0


class TestRetrieval:
    def test_every_figure_by_hand(self) -> None:
        gold = [("a",), ("b", "b2"), ("c",), ("d",), ("e",), ()]
        questions = [Question(question=f"{k}?", article_ids=ids) for k, ids in enumerate(gold)]
        rankings = [
            ["a", "x"],  # first
            ["x", "b2", "b"],  # second; the third adds nothing
            ["x", "y", "z", "u", "v", "w", "c"],  # seventh
            ["x", "y"],  # not found
            [],  # nothing found
            ["x"],  # no gold article: not counted
        ]
        found = retrieval_figures(questions, rankings)
        assert {name: figure.value for name, figure in found.items()} == pytest.approx(
            {
                "hit@1": 1 / 5,
                "hit@5": 2 / 5,
                "hit@10": 3 / 5,
                "MRR@10": (1 + 1 / 2 + 1 / 7) / 5,
            }
        )
        assert {figure.n for figure in found.values()} == {5}

    def test_the_eleventh_is_too_late_and_names_are_any_text(self) -> None:
        question = Question(question="?", article_ids=("Tin sáng/bài 1.txt",))
        ranking = [f"bài {k}" for k in range(10)]
        late = retrieval_figures([question], [[*ranking, "Tin sáng/bài 1.txt"]])
        assert [figure.value for figure in late.values()] == [0, 0, 0, 0]
        tenth = retrieval_figures([question], [[*ranking[:9], "Tin sáng/bài 1.txt"]])
        assert [figure.value for figure in tenth.values()] == pytest.approx([0, 0, 1, 0.1])

    def test_an_article_named_twice_has_its_first_place(self) -> None:
        question = Question(question="?", article_ids=("a",))
        found = retrieval_figures([question], [["a", "x", "a"]])
        assert [figure.value for figure in found.values()] == [1, 1, 1, 1]

    def test_unanswerable_questions_are_not_counted(self) -> None:
        taken_out = Question(question="?", article_ids=("a",), answerable=False)
        assert retrieval_figures([taken_out], [["b"]]) == {}

    def test_one_ranking_a_question(self) -> None:
        with pytest.raises(ValueError, match="got 3 questions and 1 rankings"):
            retrieval_figures(QUESTIONS, [["cau"]])

    def test_articles_are_ranked_by_their_best_passage(self, tmp_path: Path) -> None:
        told: list[tuple[str, int, int]] = []
        questions = [*QUESTIONS[:2], Question(question="Cầu Bến Ngự", sources=("Báo Núi",))]
        with NewsQA.open(
            tmp_path / "tin", embedder=FakeEmbedder(), reader=None, generator=None
        ) as qa:
            qa.add([BRIDGE, FAIR])
            rankings = rank_articles(qa, questions, progress=lambda *s: told.append(s))
            assert rank_articles(qa, questions, depth=1) == [ids[:1] for ids in rankings]
            hits = qa.search(questions[0].question, top_k=30)
        assert rankings[0] == list(dict.fromkeys(hit.article.article_id for hit in hits))
        assert [ids[0] for ids in rankings] == ["cau", "sach", "sach"]
        assert rankings[2] == ["sach"]
        assert told == [("ranking", 1, 3), ("ranking", 2, 3), ("ranking", 3, 3)]

    def test_a_long_article_leaves_places_for_others(self, tmp_path: Path) -> None:
        text = " ".join(f"Cầu Bến Ngự dài {k} m, dài lắm, dài mãi." for k in range(20))
        long = Article(article_id="dài", text=text)
        with NewsQA.open(
            tmp_path / "tin", embedder=FakeEmbedder(), reader=None, generator=None
        ) as qa:
            qa.add([long, FAIR])
            nearest = qa.search(QUESTIONS[0].question, top_k=3)
            assert [hit.article.article_id for hit in nearest] == ["dài"] * 3
            assert rank_articles(qa, QUESTIONS[:1], depth=2) == [["dài", "sach"]]

    def test_without_ir_measures(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "ir_measures", None)
        with pytest.raises(MissingExtraError, match=r"pip install 'vnqa\[eval\]'"):
            retrieval_figures(QUESTIONS, [["cau"]] * 3)


class TestReport:
    @pytest.fixture
    def qa(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NewsQA:
        monkeypatch.setattr("vnqa.answering.confidence", lambda evidence: 0.6)
        qa = NewsQA.open(
            tmp_path / "tin", embedder=FakeEmbedder(), reader=None, generator=FakeGenerator("320 m")
        )
        qa.add([BRIDGE, FAIR])
        return qa

    def test_all_is_measured(self, qa: NewsQA) -> None:
        told: list[tuple[str, int, int]] = []
        report = evaluate(qa, QUESTIONS, threshold=0.45, progress=lambda *s: told.append(s))
        assert report.retrieval["hit@1"].value == 1.0
        assert report.answers["EM"].value == 0.5
        assert report.answers["holds gold and cites gold article"].n == 2
        assert report.abstention["AUROC"].value == 0.5  # one confidence for all
        assert (report.questions, report.unanswerable) == (3, 1)
        assert (report.articles, report.embedder, report.generator) == (2, "fake-32", "fake")
        assert (report.threshold, report.version) == (0.45, vnqa.__version__)
        assert [stage for stage, *_ in told] == ["ranking"] * 3 + ["answering"] * 3
        assert Report.model_validate_json(report.model_dump_json()) == report

    def test_a_threshold_silences(self, qa: NewsQA) -> None:
        report = evaluate(qa, QUESTIONS, threshold=0.7)
        assert report.answers["answered"].value == 0.0
        assert report.abstention["abstention recall"].value == 1.0
        assert report.abstention["risk at full coverage"].n == 3  # whatever the threshold

    def test_abstention_needs_unanswerable_questions(self, qa: NewsQA) -> None:
        assert evaluate(qa, QUESTIONS[:2]).abstention == {}

    def test_retrieval_alone_asks_no_language_model(self, qa: NewsQA) -> None:
        report = evaluate(qa, QUESTIONS, with_answers=False)
        assert (report.answers, report.abstention, report.generator) == ({}, {}, None)
        assert report.retrieval["hit@1"].value == 1.0
        assert evaluate(qa, QUESTIONS, threshold=0.5, with_answers=False).threshold is None
        assert isinstance(qa._generator, FakeGenerator)
        assert qa._generator.prompts == []

    def test_the_ranking_measured_is_that_of_the_reader(self, tmp_path: Path) -> None:
        with NewsQA.open(
            tmp_path / "tin",
            embedder=FakeEmbedder(),
            reader=FakeReader(lambda text: 99.0 if text == FAIR.text else 0.0),  # type: ignore[arg-type]
            generator=None,
        ) as qa:
            qa.add([BRIDGE, FAIR])
            report = evaluate(qa, QUESTIONS, with_answers=False)
        assert (report.retrieval["hit@1"].value, report.retrieval["hit@5"].value) == (0.5, 1.0)

    def test_wrong_arguments(self, qa: NewsQA) -> None:
        with pytest.raises(ValueError, match="at least one question"):
            evaluate(qa, [])
        with pytest.raises(ValueError, match=r"between 0 and 1, got 1\.5"):
            evaluate(qa, QUESTIONS, threshold=1.5)

    def test_a_gold_article_that_is_not_there(self, qa: NewsQA) -> None:
        misspelt = Question(question="Cầu dài bao nhiêu?", article_ids=("cau.txt", "cầu"))
        with pytest.raises(ValueError, match=r"'Cầu dài bao nhiêu\?', got cau\.txt, cầu; an id is"):
            evaluate(qa, [misspelt])
        taken_out = misspelt.model_copy(update={"answerable": False})
        assert evaluate(qa, [taken_out], with_answers=False).unanswerable == 1
        half = misspelt.model_copy(update={"article_ids": ("cầu", "cau")})
        assert evaluate(qa, [half], with_answers=False).retrieval["hit@1"].value == 1.0

    def test_sources_that_no_gold_article_is_of(self, qa: NewsQA) -> None:
        qa.add(FAIR.model_copy(update={"article_id": "vo-danh", "source": None}))
        for sources in (("Báo Sôngg",), ("Báo Núi", "Đài")):
            asked = QUESTIONS[0].model_copy(update={"sources": sources})
            with pytest.raises(ValueError, match=rf"got {', '.join(sources)}; theirs: Báo Sông$"):
                evaluate(qa, [asked])
        unnamed = Question(question="Hội chợ?", article_ids=("vo-danh",), sources=("Báo Núi",))
        with pytest.raises(ValueError, match="got Báo Núi; theirs: none"):
            evaluate(qa, [unnamed])
        fitting = QUESTIONS[0].model_copy(update={"sources": ("Đài", "BÁO SÔNG")})
        assert evaluate(qa, [fitting], with_answers=False).retrieval["hit@1"].value == 1.0

    @pytest.mark.parametrize("package", ["ir_measures", "sklearn"])
    def test_a_missing_extra_is_noticed_before_anything_is_asked(
        self, qa: NewsQA, package: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = importlib.util.find_spec
        monkeypatch.setattr(
            "importlib.util.find_spec", lambda name: None if name == package else found(name)
        )
        with pytest.raises(MissingExtraError, match=r"pip install 'vnqa\[eval\]'"):
            evaluate(qa, QUESTIONS)
        assert isinstance(qa._generator, FakeGenerator)
        assert qa._generator.prompts == []

    def test_the_table(self) -> None:
        report = Report(
            retrieval={"hit@1": Figure(value=0.8125, low=0.7, high=0.9, n=12)},
            answers={"EM": Figure(value=1, low=1, high=1, n=7)},
            abstention={},
            questions=12,
            unanswerable=0,
            articles=2,
            passages=3,
            embedder="fake-32",
            generator="fake",
            threshold=0.5,
            seconds=2.25,
            machine="x86_64, 2 cores, Linux",
            seed=20,
            version="1.0",
        )
        assert report.table().splitlines() == [
            "           value   95% interval  questions",
            "Retrieval",
            "  hit@1    0.812  0.700 – 0.900         12",
            "Answers",
            "  EM       1.000  1.000 – 1.000          7",
            "",
            "12 questions, 0 of them unanswerable; 2 articles, 3 passages",
            "embedder: fake-32",
            "language model: fake",
            "threshold: 0.500",
            "2.2 s on x86_64, 2 cores, Linux; vnqa 1.0, bootstrap seed 20",
        ]
        vietnamese = report.table(lang="vi").splitlines()
        assert vietnamese[4] == "  EM (khớp hoàn toàn)    1,000  1,000 – 1,000       7"
        assert "12 câu hỏi, 0 câu không có lời đáp; 2 bài, 3 đoạn" in vietnamese


@pytest.mark.models
def test_the_seeds_with_the_bundled_embedder(tmp_path: Path) -> None:
    questions = read_questions(SEEDS / "questions.jsonl")
    with NewsQA.open(
        tmp_path / "tin", embedder=BundledEmbedder(), generator=None, reader=None
    ) as qa:
        qa.add(SEEDS)
        report = evaluate(qa, questions, with_answers=False)
    assert report.retrieval["hit@1"].n == 32
    assert report.retrieval["hit@1"].value >= 0.95
