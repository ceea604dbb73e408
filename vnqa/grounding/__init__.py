"""Grounding: what a draft says is bound to the source that says it, word for word, or thrown away.

`statements` divides a draft, `spans` looks for a statement in a source, `support` tells whether the
stretch found says all that decides it, `widening` takes in what the stretch cuts (`amounts`), what
denies it (`denials`) and what the question makes a part of it (`asked`), `binding` does all this.
"""

from vnqa.grounding.binding import Grounded, ground, ground_span

__all__ = ["Grounded", "ground", "ground_span"]
