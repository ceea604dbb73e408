"""Diacritics for a question typed without them, taken from the texts it is asked of.

``hoi huu nghi viet nga`` could be many things; next to an article that says ``Hội Hữu nghị Việt
Nga`` it is one. Each syllable becomes a form that the texts (or everyday questions) give it, so
that neighbours stand together there: a Viterbi search over pairs of syllables.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from vnqa.language.vietnamese import fold, iter_syllables

# How questions are put, whatever they are about.
_ASKING = """
ai là ai người nào những ai là gì cái gì điều gì gì khi nào lúc nào ngày nào tháng nào năm nào
thời gian nào
ở đâu tại đâu nơi nào đến từ đâu bao nhiêu có bao nhiêu mấy bao lâu bao xa vì sao tại sao do đâu
như thế nào
ra sao thế nào hãy cho biết có phải không đã được diễn ra sẽ bị của cho với trong ngoài trên
dưới vào về
hôm nay hôm qua năm nay gần đây hiện nay đầu tiên lần thứ thành lập tổ chức công ty thành phố
quốc gia
là bao nhiêu được bao nhiêu có mấy tên là nằm ở gồm những làm gì nói gì
"""
_PAIR_WEIGHT = 3.0


def restore_diacritics(question: str, texts: Iterable[str]) -> str:
    """Return a question with the diacritics that texts give its syllables.

    Args:
        question: Without diacritics; other questions come back with little or no change.
        texts: What the question is asked of, e.g. retrieved passages. NFC.

    Returns:
        The question; a syllable that no text knows stays as it is, and so does all between them.
    """
    forms, pairs = _count([*_ASKING.strip().splitlines(), *texts])
    tokens = list(iter_syllables(question))
    best = _viterbi([fold(syllable) for syllable, _, _ in tokens], forms, pairs)
    restored, last = [], 0
    for (syllable, start, end), form in zip(tokens, best, strict=True):
        restored += [question[last:start], _cased(form, like=syllable)]
        last = end
    return "".join([*restored, question[last:]])


def _count(
    texts: Sequence[str],
) -> tuple[dict[str, Counter[str]], Counter[tuple[str, str]]]:
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    pairs: Counter[tuple[str, str]] = Counter()
    for text in texts:
        before = ""
        for syllable, _, _ in iter_syllables(text.lower()):
            forms[fold(syllable)][syllable] += 1
            pairs[before, syllable] += 1
            before = syllable
    return forms, pairs


def _viterbi(
    plain: Sequence[str], forms: dict[str, Counter[str]], pairs: Counter[tuple[str, str]]
) -> list[str]:
    """Return the forms whose neighbours occur together most; ties by the form itself."""
    paths: dict[str, tuple[float, list[str]]] = {"": (0.0, [])}
    for syllable in plain:
        options = sorted(forms.get(syllable) or {syllable: 1})
        paths = {
            form: max(
                (
                    score
                    + math.log1p(forms[syllable][form] if syllable in forms else 0)
                    + _PAIR_WEIGHT * math.log1p(pairs[before, form]),
                    [*path, form],
                )
                for before, (score, path) in paths.items()
            )
            for form in options
        }
    return max(paths.values())[1]


def _cased(form: str, *, like: str) -> str:
    if like.isupper() and len(like) > 1:
        return form.upper()
    return form[:1].upper() + form[1:] if like[:1].isupper() else form
