"""Haystack, set up as the examples of ``Pipeline.run`` and of its integrations do.

Left at default: the splitter (200 words), batch sizes, the context (as long as the model's). The
prompt is that of the examples in Haystack's own docstrings, since it has no default. Nor does it
bound what is written: 128 tokens is the value of the llama.cpp integration's example.
"""

from __future__ import annotations

from importlib.metadata import version

import llama_cpp
import torch
from haystack import Document, Pipeline
from haystack.components.builders import ChatPromptBuilder
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.writers import DocumentWriter
from haystack.dataclasses import ChatMessage
from haystack.utils import ComponentDevice
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)
from haystack_integrations.components.generators.llama_cpp import LlamaCppChatGenerator
from haystack_integrations.components.retrievers.faiss import FAISSEmbeddingRetriever
from haystack_integrations.document_stores.faiss import FAISSDocumentStore

from benchmarks.peers.serving import Ask, Inputs, Reply, serve

_MAX_TOKENS = 128
_PROMPT = """
Given these documents, answer the question.
Documents:
{% for doc in documents %}
    {{ doc.content }}
{% endfor %}
Question: {{question}}
Answer:
"""


def build(inputs: Inputs) -> tuple[Ask, dict[str, object]]:
    """Embed the collection and return what runs the pipeline of retrieval and generation."""
    torch.set_num_threads(inputs.threads)
    device = ComponentDevice.from_str("cpu")
    # The store compares by Euclidean distance: as cosine does, where vectors have unit length.
    embedding = {
        "model": inputs.embedder,
        "device": device,
        "normalize_embeddings": True,
        "progress_bar": False,
    }
    passages = SentenceTransformersDocumentEmbedder(prefix="passage: ", **embedding)
    question = SentenceTransformersTextEmbedder(prefix="query: ", **embedding)
    question.warm_up()
    store = FAISSDocumentStore(embedding_dim=len(question.run("a")["embedding"]))
    indexing = Pipeline()
    indexing.add_component("splitter", DocumentSplitter())
    indexing.add_component("embedder", passages)
    indexing.add_component("writer", DocumentWriter(store))
    indexing.connect("splitter", "embedder")
    indexing.connect("embedder", "writer")
    documents = [
        Document(content=d.text, meta={"article_id": d.article_id, "title": d.title})
        for d in inputs.documents
    ]
    indexing.run({"splitter": {"documents": documents}})

    generator = LlamaCppChatGenerator(
        inputs.model,
        model_kwargs={
            "n_threads": inputs.threads,
            "n_threads_batch": inputs.threads,
            "verbose": False,
        },
        generation_kwargs={"max_tokens": _MAX_TOKENS, "temperature": 0.0},
    )
    answering = Pipeline()
    answering.add_component("embedder", question)
    answering.add_component(
        "retriever", FAISSEmbeddingRetriever(document_store=store, top_k=inputs.top_k)
    )
    answering.add_component(
        "prompt",
        ChatPromptBuilder(
            [ChatMessage.from_user(_PROMPT)], required_variables=["documents", "question"]
        ),
    )
    answering.add_component("llm", generator)
    answering.connect("embedder.embedding", "retriever.query_embedding")
    answering.connect("retriever.documents", "prompt.documents")
    answering.connect("prompt.prompt", "llm.messages")

    def ask(question: str) -> Reply:
        found = answering.run(
            {"embedder": {"text": question}, "prompt": {"question": question}},
            include_outputs_from={"retriever"},
        )
        shown = found["retriever"]["documents"]
        return Reply(found["llm"]["replies"][0].text, tuple(d.meta["article_id"] for d in shown))

    return ask, {
        "haystack-ai": version("haystack-ai"),
        "llama-cpp-python": version("llama-cpp-python"),
        "store": "FAISS Flat",
        "passages": store.count_documents(),
        "max_tokens": _MAX_TOKENS,
        "prompt": _PROMPT.strip(),
        "llama.cpp": llama_cpp.llama_print_system_info().decode(),
    }


if __name__ == "__main__":
    serve(build)
