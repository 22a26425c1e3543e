"""What sentences say without a label: always a guess, except a known part number and a line that has stopped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from pipeline.rules.intake_days import DAY, day_in
from schemas.intake import Found, KnownPart
from schemas.values.text import half_width

_SENTENCE = re.compile(r"[^。；;！!？?\n]+")
_DEFECT_WORD = re.compile(
    r"不良|渗漏|泄漏|泄露|漏水|漏液|漏油|漏气|漏了|漏装|脱落|脱开|松脱|松动|断裂|断脚|开裂|破裂|裂纹|超差|起皮"
    r"|起泡|变形|划伤|缺料|飞边|异响|异味|哨音|难装|卡滞|装不|混入|混料|错装|错料|NG|不合格|损坏|失效|鼓包|压扁"
    r"|偏大|偏小|偏紧|偏短|装不到位|脱胶|crack|leak|broken|defect|damage", re.IGNORECASE
)
_PIECES = re.compile(
    r"(?<![\d.\-A-Za-z~～至])(\d[\d,]{0,8}|[一二两三四五六七八九十]{1,3})\s*(件|个|只|支|根|套|台|pcs)(?![\d工作天])",
    re.IGNORECASE
)
_VAGUE_BEFORE = re.compile(r"(?:约|大概|大约|近|超过|至少|不到)\s*$")
_NOT_DEFECTS_BEFORE = re.compile(
    r"(?:抽检|抽查|抽样|抽了|共检|检查|全检|复测|挑选|库存|补货|批量|来料|到货|总数|投入|标签|实数|要货|送货|需求|隔离|日用量|累计检|甩车)"
    r"[^，,、]{0,6}$"
)
_NOT_DEFECTS_BEHIND = re.compile(r"^[^，,。]{0,4}(?:以内|工作日|库存|良品|补货)")
#: So many of so many: 850件中17件, 2000根里6根; 3 pcs / 1200 pcs the other way round.
_OF_ALL = re.compile(
    r"(?<![\d.])(\d[\d,]{0,8})\s*(?:件|个|只|支|根|套|pcs)(?:之?中|里面?|当中)[^\d，,]{0,8}(\d[\d,]{0,8})\s*(?:件|个|只|支|根|套|pcs)",
    re.IGNORECASE
)
_PIECES_BY_ALL = re.compile(r"(?<![\d.])(\d[\d,]{0,8})\s*pcs\s*/\s*(\d[\d,]{0,8})\s*pcs", re.IGNORECASE)
_LOOKED_AT = re.compile(
    r"(?:抽检|抽查|抽样|抽了|共检|检查了?|全检了?|投入)\s*(\d[\d,]{0,8})\s*(?:件|个|只|支|根|套|pcs)", re.IGNORECASE
)
_RATE = re.compile(r"(?:不良|不合格)率[^0-9%‰]{0,6}(\d+(?:\.\d+)?\s*(?:%|‰|ppm))", re.IGNORECASE)
_SHARE = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?\s*(?:%|‰|ppm))(?![A-Za-z])", re.IGNORECASE)
_LOT = re.compile(
    r"(?:批次号?|批号|lot\s*(?:no\.?)?)\s*[:：为是]?\s*([A-Za-z0-9][A-Za-z0-9-]{4,24})(?![A-Za-z0-9])", re.IGNORECASE
)
_STOPPED = re.compile(
    r"已经?停线|已停产|导致停线|造成停线|引起停线|将停线|要停线|面临停线|有停线风险|停线风险|甩车|断线风险|即将断线|停线中"
    r"|停线[一二两三四五六\d]"
)
_DENIED = re.compile(
    r"没有|没|未|无|不会|不存在|避免|防止|以免|免得|已解除|已恢复|恢复|是否|若|如果|如|要求|否则|会不会|可能"
)
#: A form's own question, whose answer is read elsewhere.
_LABELLED = re.compile(r"(?:停线|甩车|断线|生产)[^：:，,]{0,6}[：:]")
_NO_STOP = re.compile(
    r"(?:不影响|未影响|没有影响)(?:客户)?(?:生产|装配|节拍|交付)|没有停线|没停线|未停线|无停线|线(?:没有?|未)停"
)
_ASKS_8D = re.compile(
    r"(?:提交|提供|回复|出具|发送|要求|需要?|做|完成|给出)[^。，,；;]{0,12}8D"
    r"|(?:feedback|submit|provide|send|need)[^.。；;]{0,60}8D|8D[^。，,；;]{0,8}(?:提交|提供|回复|发)", re.IGNORECASE
)
_DENIES_8D = re.compile(r"(?:不需|无需|不用|不必|暂不|未说明|修改|重新提交)", re.IGNORECASE)
_D3 = re.compile(r"D3|3D|围堵措施|临时措施", re.IGNORECASE)
_D8 = re.compile(r"8D", re.IGNORECASE)
_ANSWER_BY = re.compile(r"回复|提交|提供|反馈|答复|完成|发[给我]")


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text; a line end ends one as well."""
    yield from (match[0].strip() for match in _SENTENCE.finditer(text) if match[0].strip())


def names_defect(text: str) -> bool:
    """Whether a text names something wrong with a part."""
    return bool(_DEFECT_WORD.search(text))


def parts_in(text: str, parts: Mapping[str, KnownPart]) -> tuple[KnownPart, ...]:
    """The known part numbers that stand in a text as whole words, in order; longer numbers go before their parts."""
    folded = half_width(text).casefold()
    places: dict[int, KnownPart] = {}
    taken: list[range] = []
    for key in sorted((key for key in parts if len(key) >= 4), key=len, reverse=True):
        for match in re.finditer(rf"(?<![a-z0-9]){re.escape(key)}(?![a-z0-9])", folded):
            if not any(match.start() in span for span in taken):
                taken.append(range(match.start(), match.end()))
                places[match.start()] = parts[key]
    return tuple(dict.fromkeys(places[at] for at in sorted(places)))


def line_stop_in(text: str) -> Found | None:
    """A line that stops or will stop: said outright is certain (it alerts at once), said not to be is a guess of no."""
    for sentence in sentences(text):
        match = None if _LABELLED.search(sentence) else _STOPPED.search(sentence)
        if match and not _DENIED.search(sentence[: match.end() + 4]) and "解除" not in sentence:
            return Found("line_stop", "是", sentence[:120], "正文", certain=True)
    denied = next((sentence for sentence in sentences(text) if _NO_STOP.search(sentence)), None)
    return Found("line_stop", "否", denied[:120], "正文", certain=False) if denied else None


def guessed(text: str, sent: date) -> Iterator[Found]:
    """Quantity, rate, lot, dates due and the wish for an 8D as sentences say them; never certain."""
    wrong = [sentence for sentence in sentences(text) if names_defect(sentence)]
    quantities = [found for sentence in wrong for found in _quantities(sentence)]
    for field in ("defects", "lot_size"):
        said = [found for found in quantities if found.field == field]
        if len({found.text for found in said}) == 1:
            yield said[0]
    if not _RATE.search(text):
        shares = {match[1]: sentence for sentence in wrong for match in _SHARE.finditer(sentence)}
        if len(shares) == 1:
            share, sentence = next(iter(shares.items()))
            yield Found("rate", share, sentence[:120], "正文", certain=False)
    for field, pattern in (("rate", _RATE), ("lot", _LOT)):
        values = {match[1].strip(): match for match in pattern.finditer(text)}
        if len(values) == 1:
            value, match = next(iter(values.items()))
            yield Found(field, value, match[0].strip(), "正文", certain=False)
    for sentence in sentences(text):
        yield from _wishes(sentence, sent)


def _quantities(sentence: str) -> Iterator[Found]:
    """Pieces that are wrong, in a sentence that says so; of so many, where it says that too."""
    few_of_all = [(match[2], match[1]) for match in _OF_ALL.finditer(sentence)]
    few_of_all += [(match[1], match[2]) for match in _PIECES_BY_ALL.finditer(sentence)]
    for few, all_of_them in few_of_all:
        yield Found("defects", few, sentence[:120], "正文", certain=False)
        yield Found("lot_size", all_of_them, sentence[:120], "正文", certain=False)
    if few_of_all:
        return
    for match in _LOOKED_AT.finditer(sentence):
        yield Found("lot_size", match[1], sentence[:120], "正文", certain=False)
    for match in _PIECES.finditer(sentence):
        before, behind = sentence[: match.start()], sentence[match.end():]
        if (_VAGUE_BEFORE.search(before) or _NOT_DEFECTS_BEFORE.search(before) or _NOT_DEFECTS_BEHIND.match(behind)
                or behind.startswith(("左右", "上下", "以上", "多"))):
            continue
        yield Found("defects", f"{match[1]}{match[2]}", sentence[:120], "正文", certain=False)


def _wishes(sentence: str, sent: date) -> Iterator[Found]:
    if _ASKS_8D.search(sentence) and not _DENIES_8D.search(sentence):
        yield Found("wants_8d", "是", sentence[:120], "正文", certain=False)
    if not _ANSWER_BY.search(sentence):
        return
    for clause in re.split(r"[，,]", sentence):
        day = next((found for match in DAY.finditer(clause) if (found := day_in(match, sent)) and found >= sent), None)
        field = "d3_due" if _D3.search(clause) else "d8_due" if _D8.search(clause) else ""
        if day is not None and field and not _DENIES_8D.search(clause):
            yield Found(field, day.isoformat(), clause.strip()[:120], "正文", certain=False)
