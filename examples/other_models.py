"""Ask with other models: another embedder, another generator, or an object of your own.

.venv/bin/python examples/other_models.py                        # the small object below
.venv/bin/python examples/other_models.py --generator "http://localhost:11434/v1#qwen2.5:3b"
.venv/bin/python examples/other_models.py --generator Qwen/Qwen2.5-3B-Instruct --device cuda
.venv/bin/python examples/other_models.py --embedder intfloat/multilingual-e5-base

The last two need the extra: pip install 'vnqa[hf]'.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence

from vnqa import NewsQA
from vnqa.generators import Turn

QUESTION = "Hội Hữu nghị Việt – Nga thành lập ngày nào?"


class FirstNumber:
    """A generator of one's own: a name and ``generate``. Its text is checked too."""

    name = "first-number"

    def generate(self, turns: Sequence[Turn], *, max_tokens: int = 64, should_stop=None) -> str:
        """Return the first number of the excerpt in the last turn."""
        found = re.search(r"\d[\d.,/]*", turns[-1].content)
        return found.group().rstrip(".,") if found else ""


def main() -> None:
    """Add articles and ask, with the models named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("question", nargs="?", default=QUESTION)
    parser.add_argument("--embedder", default="bundled", help="bundled, an id, or a folder")
    parser.add_argument("--generator", help="an id, a folder or http://host:port/v1#model")
    parser.add_argument("--device", help="cpu or cuda, for Hugging Face models")
    parser.add_argument("--articles", default="seeds", help="file or folder to add first")
    parser.add_argument("--index", default="embeddings/other-models")
    options = parser.parse_args()

    with NewsQA.open(
        options.index,
        embedder=options.embedder,
        generator=options.generator or FirstNumber(),
        device=options.device,
        reembed=True,  # a folder built with another embedder is embedded again
    ) as qa:
        qa.add(options.articles)
        print(qa.ask(options.question))


if __name__ == "__main__":
    main()
