"""Octets to text for mail as it really is: mislabelled, unlabelled, GBK under the name of gb2312."""

from __future__ import annotations

import codecs
import re

_GB = re.compile(r"(?:x-)?(?:gb|cp936|936|ms936|windows-936|chinese|csgb|euc-cn|hzgb)")
_LATIN = re.compile(r"(?:iso-8859-|iso8859|latin|windows-125|cp125|us-ascii|ascii|ansi)")
_SEVEN_BIT = re.compile(r"(?:utf-?7|utf-?16|utf-?32|iso-2022|hz)")
_COMMON_HAN = range(0xB0, 0xD8)     # lead bytes of GB 2312 level 1: the 3,755 characters of everyday text
_GB_SIGNS = range(0xA1, 0xA4)
_DAMAGED_SHARE = 0.01

# tab and line feed stay; controls, bidi and zero-width characters, lone surrogates and noncharacters go
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_LINE_BREAK = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")


def visible(text: str) -> str:
    """``text`` with ``\\n`` as its only line break and without characters that deceive the eye."""
    return _INVISIBLE.sub("", _LINE_BREAK.sub("\n", text).replace("\xa0", " "))


def one_line(text: str) -> str:
    """``visible`` text on one line, its runs of white space as one space each."""
    return " ".join(visible(text).split())


def _codec(declared: str) -> str:
    """Python's name of a declared charset, "" for none that Python knows."""
    name = declared.strip().strip("\"'").partition("*")[0].strip().casefold()
    if _GB.match(name):
        return "hz" if name.startswith("hz") else "gb18030"
    if name in {"big5", "big-5", "cn-big5", "x-x-big5"}:
        return "cp950"
    if name in {"ks_c_5601-1987", "ks_c_5601"}:
        return "cp949"
    try:
        return codecs.lookup(name).name if name else ""
    except (LookupError, ValueError):  # ValueError: a NUL inside the name
        return ""


def decode(octets: bytes, declared: str = "") -> tuple[str, bool]:
    """The text of ``octets`` whose label says ``declared``, and whether part of it is lost.

    A label is a hint: UTF-8 proves itself and goes first, GB 18030 covers gb2312 and GBK, other labels are taken at
    their word when the octets agree. Western labels on Chinese text are recognised by the characters that result.
    Source: FIELD_FACTS "Mail".
    """
    codec = _codec(declared)
    for candidate in _candidates(octets, declared, codec):
        text = _strictly(octets, candidate)
        if text is not None:
            return text, False
    text = octets.decode("gb18030" if codec in {"", "ascii"} else codec, "replace")
    lost = text.count("\ufffd")
    return text, lost > 2 and lost > _DAMAGED_SHARE * len(text)


def _candidates(octets: bytes, declared: str, codec: str) -> list[str]:
    if _SEVEN_BIT.match(declared.strip().casefold()) and codec:
        return [codec, "utf-8", "gb18030"]
    if _LATIN.match(declared.strip().casefold()):
        return ["utf-8", *(["gb18030"] if _looks_chinese(octets) else []), codec or "cp1252", "cp1252"]
    return ["utf-8", *([codec] if codec else []), "gb18030"]


def _looks_chinese(octets: bytes) -> bool:
    """Whether most pairs of high octets are everyday Chinese characters or Chinese punctuation."""
    pairs = re.findall(rb"[\x80-\xff]{2}", octets)
    common = sum(pair[0] in _COMMON_HAN or pair[0] in _GB_SIGNS for pair in pairs)
    return len(pairs) > 1 and common > 0.6 * len(pairs)


def _strictly(octets: bytes, codec: str) -> str | None:
    try:
        return octets.decode(codec)
    except (UnicodeError, LookupError, ValueError):  # some codecs of the standard library raise plain ValueError
        return None
