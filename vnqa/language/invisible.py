"""Characters that take no room: what they hide, a reader who checks a quote cannot see."""

from __future__ import annotations

import re

# Soft hyphen and its like, zero-width spaces and joiners, directions, variation selectors, and
# tags (ASCII once more, unseen): the Default_Ignorable_Code_Point property of Unicode, the Hangul
# and Mongolian letters among them left out.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\U000e0000-\U000e0fff]+"
)
# Arabic, Indic and Khmer letters change their shape at a joiner, and emoji are put together by it.
_JOINER = re.compile(
    "(?<![\u0600-\u074f\u0900-\u0dff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u2600-\u27bf"
    "\U0001f300-\U0001faff])[\u200c\u200d]+"
)


def without_invisible(text: str) -> str:
    """Return a text without invisible characters; applying it twice changes nothing.

    Zero-width joiners and non-joiners stay, one at a time, behind letters of scripts that are
    spelt with them and in emoji.
    """
    return _JOINER.sub("", _INVISIBLE.sub("", text))
