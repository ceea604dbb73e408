"""LlamaIndex, set up as the pages of its llama.cpp and FAISS integrations do.

Left at default: the splitter, the prompt, the response mode, batch size, context window (3,900
tokens) and the most tokens written (256). The prompt goes through the model's chat template, and
tokens are counted by the model's tokenizer, as those pages advise.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import faiss
import llama_cpp
import torch
from llama_cpp.llama_chat_format import Jinja2ChatFormatter
from llama_index.core import (
    Document,
    PromptTemplate,
    StorageContext,
    VectorStoreIndex,
    set_global_tokenizer,
)
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.llms.llama_cpp import LlamaCPP
from llama_index.vector_stores.faiss import FaissVectorStore

from benchmarks.peers.serving import Ask, Inputs, Reply, serve


def build(inputs: Inputs) -> tuple[Ask, dict[str, object]]:
    """Embed the collection and return the query engine's ``query``."""
    torch.set_num_threads(inputs.threads)
    embedder = HuggingFaceEmbedding(
        model_name=inputs.embedder,
        query_instruction="query: ",
        text_instruction="passage: ",
        device="cpu",
    )
    threads = {"n_threads": inputs.threads, "n_threads_batch": inputs.threads}
    llm = LlamaCPP(model_path=inputs.model, temperature=0.0, model_kwargs=threads, verbose=False)
    model: llama_cpp.Llama = llm._model
    chat = _chat_format(model)
    llm.completion_to_prompt = lambda text: chat([{"role": "user", "content": text}])
    llm.messages_to_prompt = lambda messages: chat(
        [{"role": message.role.value, "content": message.content} for message in messages]
    )
    set_global_tokenizer(lambda text: model.tokenize(text.encode(), add_bos=False))
    store = FaissVectorStore(faiss_index=faiss.IndexFlatL2(len(embedder.get_query_embedding("a"))))
    index = VectorStoreIndex.from_documents(
        [
            Document(
                id_=document.article_id,
                text=document.text,
                metadata={"title": document.title} if document.title else {},
            )
            for document in inputs.documents
        ],
        storage_context=StorageContext.from_defaults(vector_store=store),
        embed_model=embedder,
    )
    engine = index.as_query_engine(llm=llm, similarity_top_k=inputs.top_k)

    def ask(question: str) -> Reply:
        response = engine.query(question)
        return Reply(str(response), tuple(n.node.ref_doc_id for n in response.source_nodes))

    prompts = engine.get_prompts()
    template = prompts["response_synthesizer:text_qa_template"]
    return ask, {
        "llama-index-core": version("llama-index-core"),
        "llama-cpp-python": version("llama-cpp-python"),
        "store": "FAISS IndexFlatL2",
        "passages": len(index.docstore.docs),
        "context_tokens": llm.context_window,
        "max_tokens": llm.max_new_tokens,
        "prompt": _text_of(template, llm),
        "llama.cpp": llama_cpp.llama_print_system_info().decode(),
    }


def _chat_format(model: llama_cpp.Llama) -> Any:
    """Return a function from messages to a prompt by the chat template inside the model's file."""
    formatter = Jinja2ChatFormatter(
        template=model.metadata["tokenizer.chat_template"],
        eos_token=model._model.token_get_text(model.token_eos()),
        bos_token="",
    )
    return lambda messages: formatter(messages=messages).prompt


def _text_of(template: Any, llm: LlamaCPP) -> str:
    chosen = template.select(llm) if hasattr(template, "select") else template
    return chosen.template if isinstance(chosen, PromptTemplate) else str(chosen)


if __name__ == "__main__":
    serve(build)
