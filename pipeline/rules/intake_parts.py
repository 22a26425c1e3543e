"""Part numbers that earlier rows know, however a letter spells them: cw2112, KC 330, RG 550 (Index C)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from pipeline.rules.intake_labels import field_of_label
from schemas.intake import Found, KnownPart
from schemas.values.text import half_width

_SHORTEST = 4
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212_", "-"))
_GAP = r"[\s-]{0,2}"
_IN_BRACKETS = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]")
#: Beside a number in its cell: another number, or words that may make it another part (CW-2217支架).
_ANOTHER = re.compile(r"[a-z]{1,5}[\s-]{0,2}\d{3,}|\d{4,}|[\u4e00-\u9fff]")
_BRACKETS = re.compile(r"\s*[(（【\[]\s*([^()（）【】\[\]]*?)\s*[:：]?\s*[)）】\]]")
_EDGES = " ()（）-—，,、/：:"


def _folded(text: str) -> str:
    return half_width(text).casefold().translate(_HYPHENS)


@lru_cache(maxsize=4096)
def _spellings(key: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A number as it is known, and every way to write it: blanks and hyphens come and go between letters and digits.

    A number of digits alone has to stand as it is known, or any telephone number would hold it.
    """
    exact = re.escape(key)
    runs = re.findall(r"[a-z]+|\d+|[^a-z\d\s-]+", key)
    loose = _GAP.join(map(re.escape, runs)) if re.search(r"[a-z]", key) else exact
    known, other = (re.compile(rf"(?<![a-z0-9]){pattern}(?![a-z0-9])") for pattern in (exact, loose))
    return known, other


def parts_in(text: str, parts: Mapping[str, KnownPart]) -> tuple[KnownPart, ...]:
    """The known part numbers that stand in a text as whole words, in order; longer numbers go before their parts."""
    places = {start: part for start, _, part in _places(_folded(text), parts)}
    return tuple(dict.fromkeys(places[at] for at in sorted(places)))


def _places(folded: str, parts: Mapping[str, KnownPart]) -> Iterator[tuple[int, int, KnownPart]]:
    """(start, end, part) of each mention; a number as it is known goes before one that is only spelled alike."""
    taken = bytearray(len(folded))
    keys = sorted((key for key in parts if len(key) >= _SHORTEST), key=len, reverse=True)
    patterns = {key: _spellings(_folded(key)) for key in keys}
    for way in (0, 1):
        for key in keys:
            for match in patterns[key][way].finditer(folded):
                if not taken[match.start()]:
                    taken[match.start() : match.end()] = b"\1" * (match.end() - match.start())
                    yield match.start(), match.end(), parts[key]


def recognised(found: Iterable[Found], parts: Mapping[str, KnownPart]) -> tuple[Found, ...]:
    """Findings with part numbers as earlier rows spell them, where a value holds one of them; two are not certain."""
    return tuple(_recognised(item, parts) if item.field == "part_number" else item for item in found)


def _recognised(item: Found, parts: Mapping[str, KnownPart]) -> Found:
    folded = _folded(item.text)
    places = list(_places(folded, parts))
    if not places:
        return item
    if len({part.number for _, _, part in places}) > 1:
        return replace(item, certain=False)
    rest = folded
    for start, end, _ in places:
        rest = rest[:start] + " " * (end - start) + rest[end:]
    part = places[0][2]
    rest = _IN_BRACKETS.sub("", rest.replace(_folded(part.product or " "), ""))
    labelled = item.where in {"标签行", "表格"}
    certain = item.certain or (labelled and field_of_label(item.source.partition("：")[0]) == ("part_number", True))
    return replace(item, text=part.number, certain=certain and not _ANOTHER.search(rest))


def product_alone(text: str, part: KnownPart) -> str:
    """A product's name without the number and the labels that stand beside it: 卡扣 KC-318, 罐盖（图号RG-550）."""
    number = _spellings(_folded(part.number))[1]
    kept = text
    for match in reversed(list(number.finditer(_folded(text)))) if len(_folded(text)) == len(text) else ():
        kept = kept[: match.start()] + kept[match.end():]
    kept = _BRACKETS.sub(lambda match: match[0] if match[1] and field_of_label(match[1]) is None else "", kept)
    return kept.strip(_EDGES) if kept != text else text
