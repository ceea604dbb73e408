"""“Không” as a word of its own, and as a part of "hàng không" (aviation), "phòng không"."""

from __future__ import annotations

from collections.abc import Iterable

_SHOPS = ["ngân", "cửa", "nhà", "(?<!hành )khách"]
_GOODS = "mặt bán mua giao nhận gửi đặt đơn lô kiện món chở trả hết có còn quầy gian bạn".split()
_ROOMS = "hải quốc văn căn gian cửa trong có còn hết đặt thuê trống trưởng phó biên dự đề".split()


def _not_behind(syllable: str, exceptions: Iterable[str]) -> str:
    """Return a pattern for where a syllable does not stand before, or behind one that parts it."""
    parted = "".join(rf"|(?<=\b{word} {syllable} )" for word in exceptions)
    return rf"(?:(?<!\b{syllable} ){parted})"


# Before "không" and before "cấm" that are no parts of such words: "ngân hàng không", "Hải Phòng
# không", "nhà hàng cấm", but not "hàng cấm".
NO_AVIATION = _not_behind("hàng", [*_SHOPS, *_GOODS]) + _not_behind("phòng", _ROOMS)
NO_CONTRABAND = _not_behind("hàng", _SHOPS)
