"""A worker without models: answers with the first article, and prints what it should not."""

from __future__ import annotations

import os
import sys

from benchmarks.peers.serving import Ask, Inputs, Reply, serve


def build(inputs: Inputs) -> tuple[Ask, dict[str, object]]:
    asked: list[str] = []
    sys.stdout.write("a library prints\n")
    os.write(1, b"so does its C code\n")

    def ask(question: str) -> Reply:
        if question == "Kết thúc?":
            sys.stderr.write("out of memory\n")
            sys.exit(3)
        asked.append(question)
        sys.stdout.write(question + "\n")
        shown = inputs.documents[: inputs.top_k]
        return Reply(" ".join([*asked, shown[0].text]), tuple(d.article_id for d in shown))

    return ask, {"passages": len(inputs.documents)}


if __name__ == "__main__":
    serve(build)
