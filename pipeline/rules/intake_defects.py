"""What sentences say is wrong with parts, and how many: found, denied, corrected, or counted for something else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from schemas.intake import Found
from schemas.values.numerals import NUMERAL_CHARACTERS, numeral_value
from schemas.values.text import half_width
from schemas.values.traditional import simplified

_LONGEST_SENTENCE = 400
_SENTENCE = re.compile(r"(?:[^。；;！!？?\n.]|\.(?!\s+[A-Z])|(?<![a-z0-9)%]{2})\.)+")
_DEFECT_WORD = re.compile(
    r"不良|不合格|异常|失效|缺陷|故障|损坏|渗|漏(?!检|发)|脱|松(?:动|了|的|旷|弛|散)?|(?<![判诊])断(?!点|线|电|货|料|定)|裂|堵|破|坏"
    r"|超(?:差|限|标|上限|下限|规格|公差)|起皮|起泡|鼓包|气泡|变形|压扁|压伤|碰伤|划伤|痕|刮伤|擦伤|凹|毛刺|飞边|披锋|缺料|缺牙|缺角|缺口|缺件|少装|多装"
    r"|混装|混入|混料|错装|装错|错料|错位|错牙|反装|装反|贴错|短装|异响|异味|哨音|噪音|卡滞|卡死|[卡装插拧打套压扣拔合对锁弹]不|[卡装插拧压扣推按锁](?:进去|上去|到底|好|紧)(?:后|了|还|也|都|仍)?不(?![用需要])|不(?:[牢严紧平齐匀符畅灵顺锁弹]|回弹|复位|密封|保压)|没有?[^,。;]{0,6}(?:声(?!明)|响(?!应))|掉[了落出下]|下垂|干涉"
    r"|难装|不到位|偏[大小紧松短长厚薄心移斜]|缩水|缩印|发白|发黄|变色|色差|生锈|锈蚀|锈|氧化|针孔|砂眼|杂质|异物|油污|脏"
    r"|椭圆|磨穿|磨损|老化|龟裂|脆|切伤|歪|翘|移位|跑偏|窜动|粘连|褶皱|烧焦|NG(?![a-z])"
    r"|(?<![a-z])(?:NOK|not ok|crack|leak|brok|break|defect|damage|deform|burr|scratch"
    r"|loose|missing|wrong|reject|fail|rust|bent|short shot|detach|torn|worn|non-?conform"
    r"|not fit|cannot be)", re.IGNORECASE
)
_FINE = re.compile(
    r"(?:没有?|未见?|无|不存在|未再|再未|没再|未有)(?:再|有|任何|其他|其它|发现|出现|发生|产生|检出|见|类似|新的?|明显|质量)*"
    r"(?:不良|问题|异常|缺陷|渗漏|泄漏|漏|裂|断|松|破损|损坏|变形)|未(?:再)?(?:发现|出现|发生)|没有?(?:再)?(?:发现|出现|发生)"
    r"|均?(?:正常|合格(?<!不合格)|良好|完好)|都?是好的|OK(?![a-z])"
    r"|\b(?:no|not|without|never) (?:\w+ ){0,3}(?:defect|problem|issue|leak|crack|damage|complaint|fail|reject)"
    r"|\b(?:is|are|was|were) (?:ok|fine|good)\b", re.IGNORECASE
)
_ENGLISH_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_UNIT = r"(?:[件个只支根套条]|(?:pcs|pc|pieces|parts|nos|ea)(?![a-z]))"
_DIGITS = r"\d{1,3}(?:,\d{3})+|\d{1,9}"
_NUMBER = (rf"(?:{_DIGITS}|[一二两三四五六七八九十][{NUMERAL_CHARACTERS}]{{0,4}}"
           rf"|(?:{'|'.join(_ENGLISH_NUMBERS)})(?![a-z]))")
_START = r"(?<!\d,)(?<![\d.\-A-Za-z~～至第同每另哪这那某])"
_PIECES = re.compile(
    rf"{_START}(?P<number>{_NUMBER})\s*(?P<unit>{_UNIT})"
    r"(?![\d工作天]|[月人班周]|小时|星期|批|方面|位置|地方|车间|客户|零?件号|料号|型号|品种)", re.IGNORECASE
)
_VAGUE_BEFORE = re.compile(
    r"(?:约|大概|大约|近|超过|至少|不到|将近|接近|about|approx\.?|around|some|over|than)\s*$", re.IGNORECASE
)
_VAGUE_BEHIND = re.compile(r"\s*(?:左右|上下|以上|以内|多(?!次)|余|or so)")
#: What the number before or behind it counts instead of defects.
_COUNTS_ELSE_BEFORE = re.compile(
    r"(?:(?:上次|那次|前次|月一次|以往|历史|此前|去年|上个?月|上批)[^,]*|检(?![^,]*[有出现良坏])|抽查|抽样|抽了|复测|挑选了?|挑了|试了?|装了?|库存|备[了有]?|备件|补货|批量|来料|到货|交货|发货|供货|送货|要货|换货"
    r"|总数|总共|共计|投入|标签|实数|需求|用量|隔离|封存|封了|甩车|跟踪|批共|(?<!不)合格|良品|剩下?的?|剩余|其余|还有|余下"
    r"|不是|并非|而非|退货|退库|退回|退了|返工|返修|补发|再发|带|只有|缺少?|少|扣款|stock|block(?:ed)?|remaining|deliver(?:ed|y)?"
    r"|checked|inspected|sorted|tested|ok|good|instead of|not|rather than|ship(?:ped)?|replace(?:d)?"
    r"|order(?:ed)?|lot of|batch of)"
    r"[^，,、。\d]{0,8}$|[箱盒包袋托]\s*$", re.IGNORECASE
)
_COUNTS_ELSE_BEHIND = re.compile(
    r"[^，,、。;；\d\s]{0,4}?(?:工作日|库存|(?<!不)合格|良品|好的|补货|正常|无异常|没有?问题|也?已?经?(?:全部)?(?:退[清库回货]|隔离|封存|返工|返修|挑选|结清|抵扣)"
    r"|待|未发现|没有?发现|无不良|(?:更正|更改|修正|改|应)为|客诉|投诉|问题|反馈|意见|要求|建议|备用|备件|样[件品])"
    r"|\s*(?:(?:of|from) )?(?:\w+ ){0,3}(?:in stock|are ok|were ok|are blocked|were blocked|left|delivered|in our)",
    re.IGNORECASE
)
#: Looked at and found wrong: the number behind it counts defects, not what was looked at.
_FOUND_BEFORE = re.compile(
    r"(?:[检查试][^，,、。\d]{0,8}(?:有|[检查挑选]出|不良|不合格|NG)|(?:反馈|反映)有|发现有?|出现)了?$", re.IGNORECASE
)
#: The sum of the counts in a sentence.
_TOTAL = re.compile(
    rf"(?:累计|合计|共计|总计|总共|一共|共)(?:发现|出现|挑出|不良|有|为|是|已?达到?)*\s*"
    rf"(?P<chinese>{_NUMBER})\s*(?P<unit>{_UNIT})"
    rf"|{_START}(?P<english>{_NUMBER})\s*{_UNIT}?\s*in (?:total|all|sum)(?![a-z])", re.IGNORECASE
)
#: A number put right: 8根，不是6根; 不是6根，是8根; 6根更正为8根.
_CORRECTED = (
    re.compile(rf"{_START}(?P<right>{_DIGITS})\s*{_UNIT}\s*,?\s*而?(?:不是|并非|而非)\s*"
               rf"(?P<wrong>{_DIGITS})\s*{_UNIT}"),
    re.compile(rf"(?:不是|并非|而非)\s*(?P<wrong>{_DIGITS})\s*{_UNIT}?\s*,?\s*(?:而|应该?|实际)*[是为]\s*"
               rf"(?P<right>{_DIGITS})\s*{_UNIT}"),
    re.compile(rf"{_START}(?P<wrong>{_DIGITS})\s*{_UNIT}?\s*,?\s*(?:更正|改|修正|更新)[为成]\s*"
               rf"(?P<right>{_DIGITS})\s*{_UNIT}"),
)
#: A matter that is answered, planned or reported on: no further complaint.
_SETTLED = re.compile(
    r"已(?:经|于\S{0,6}?)?(?:提交|关闭|回复|整改|完成|结案|答复|闭环|结清|抵扣)|无意见|同意关闭|进展[:：]|计划[:：]|closed|completed",
    re.IGNORECASE
)
_FOUND = re.compile(
    rf"(?:发现|出现|挑出|检出|查出|选出|(?<![还没只])有|found|detected)"
    rf"[^,。;；]{{0,16}}?{_START}{_NUMBER}\s*{_UNIT}", re.IGNORECASE
)
_BREAKDOWN = re.compile(
    rf"(?<=[件个只支根套条s])\((?!总?共|合计|抽|检|投入|总数)[^()]*{_NUMBER}\s*{_UNIT}[^()]*\)", re.IGNORECASE
)
_ANY_UNIT = rf"\s*(?:{_UNIT})?"
_WITHIN = r"(?:[，,]?\s*其中|之?中|里面?|当中|内)"
#: So many of so many; the few stand behind (850件中17件) or before (9 out of 450, 4根（共200根）).
_OF_ALL = (
    re.compile(rf"{_START}(?P<all>{_DIGITS})\s*{_UNIT}{_WITHIN}[^\d，,。;；]{{0,10}}?(?P<few>{_NUMBER})\s*{_UNIT}",
               re.IGNORECASE),
    re.compile(rf"挑选?了?\s*(?P<all>{_DIGITS})\s*{_UNIT}[^。;\d]{{0,12}}(?:挑出|发现|不良)[^。;\d]{{0,6}}"
               rf"(?P<few>{_DIGITS})\s*{_UNIT}", re.IGNORECASE),
    re.compile(rf"{_START}(?P<few>{_DIGITS}){_ANY_UNIT}\s*(?:out of|of)\s*(?:the |a total of )?(?P<all>{_DIGITS})"
               r"(?![\d.%])", re.IGNORECASE),
    re.compile(rf"{_START}(?P<few>{_DIGITS})\s*{_UNIT}\s*/\s*(?P<all>{_DIGITS})\s*{_UNIT}", re.IGNORECASE),
    re.compile(rf"{_START}(?P<few>{_DIGITS})\s*{_UNIT}\s*[(（]"
               rf"(?:总?共|合计|共检|共抽|抽检|检|投入|总数)\s*(?P<all>{_DIGITS})\s*{_UNIT}", re.IGNORECASE),
)
_LOOKED_AT = re.compile(
    rf"(?:抽检了?|抽查了?|抽样|抽了|共检|检查了?|全检了?|检验了?|复检了?|投入[^\d，,。;；]{{0,6}}|checked|inspected|sampled|sorted|tested)"
    rf"\s*(?P<all>{_DIGITS})\s*{_UNIT}"
    rf"|[抽检查]\D{{0,6}}\d+\s*{_UNIT}?\s*,?共\s*(?P<sum>{_DIGITS})\s*{_UNIT}", re.IGNORECASE
)
#: Parts taken apart, fitted or looked through: of so many, where the sentence counts some of them as wrong.
_HANDLED = re.compile(
    rf"(?:[装拆检查挑测试]了|上线[^,。;]{{0,12}}?共)\s*(?P<all>{_DIGITS})\s*{_UNIT}(?!不良|坏[件品的])", re.IGNORECASE
)
#: Parts known to be wrong, or their like, looked at once more: no lot.
_LOOKED_AT_AGAIN = re.compile(r"(?:复测|返检)了?\s*$")


def plain(text: str) -> str:
    """A text as it is searched: half-width and in simplified characters."""
    return simplified(half_width(text))


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text; a line end ends one as well, and so does a length that no sentence has."""
    for match in _SENTENCE.finditer(text):
        said = match[0].strip()
        yield from (said[start : start + _LONGEST_SENTENCE] for start in range(0, len(said), _LONGEST_SENTENCE))


def names_defect(text: str) -> bool:
    """Whether a text names something wrong with a part, and does not say that it is not so."""
    told = plain(text)
    return not _SETTLED.search(told) and any(
        _DEFECT_WORD.search(clause) and not _FINE.search(clause) for clause in told.split(",")
    )


def finds(text: str) -> bool:
    """Whether a text says that some pieces were found, whatever is wrong with them."""
    return _FOUND.search(plain(text)) is not None


def says_fine(text: str) -> bool:
    """Whether a text says that nothing is wrong."""
    return _FINE.search(plain(text)) is not None and not names_defect(text)


def quantities(sentence: str) -> Iterator[Found]:
    """Pieces that are wrong, in a sentence that says so; of so many, where it says that too. Never certain."""
    told = _BREAKDOWN.sub("", plain(sentence))
    found = [match for pattern in _OF_ALL for match in pattern.finditer(told)]
    for match in found:
        yield _guess("defects", match["few"], sentence)
        if not _LOOKED_AT_AGAIN.search(told[: match.start()]):
            yield _guess("lot_size", match["all"], sentence)
    if found:
        return
    looked_at = list(_LOOKED_AT.finditer(told))
    for match in looked_at:
        if not _is_vague(told, match):
            yield _guess("lot_size", match["all"] or match["sum"], sentence)
    handled = [] if looked_at else list(_HANDLED.finditer(told))
    counted = list(_counted(told, [*looked_at, *handled], sentence))
    if counted and len(handled) == 1 and not _is_vague(told, handled[0]):
        yield _guess("lot_size", handled[0]["all"], sentence)
    yield from counted


def _counted(told: str, looked_at: Sequence[re.Match[str]], sentence: str) -> Iterator[Found]:
    """The counts of a sentence, or their sum alone where it names that as well."""
    counts = list(_counts(told, looked_at))
    for total in _TOTAL.finditer(told):
        summed = _value(total["chinese"] or total["english"])
        others = [_value(match["number"]) for match in counts if not total.start() <= match.start() < total.end()]
        if summed == sum(others) or (total["chinese"] is None and not others):
            yield _guess("defects", f"{summed}{total['unit'] or ''}", sentence)
            return
    for match in counts:
        number = match["number"]
        written = _value(number) if number.casefold() in _ENGLISH_NUMBERS else number
        yield _guess("defects", f"{written}{match['unit']}", sentence)


def _value(number: str) -> int:
    folded = number.casefold()
    if folded in _ENGLISH_NUMBERS:
        return _ENGLISH_NUMBERS.index(folded) + 1
    return int(number.replace(",", "")) if number[0].isascii() else numeral_value(number)


def _counts(told: str, looked_at: Sequence[re.Match[str]]) -> Iterator[re.Match[str]]:
    for match in _PIECES.finditer(told):
        if any(other.start() <= match.start() < other.end() for other in looked_at):
            continue
        before, behind = told[: match.start()], told[match.end():]
        counts_else = _COUNTS_ELSE_BEFORE.search(before) and not _FOUND_BEFORE.search(before)
        if not (_is_vague(told, match) or counts_else or _COUNTS_ELSE_BEHIND.match(behind)):
            yield match


def _is_vague(told: str, match: re.Match[str]) -> bool:
    return bool(_VAGUE_BEFORE.search(told[: match.start()]) or _VAGUE_BEHIND.match(told[match.end():]))


def corrected(text: str) -> Iterator[tuple[str, Found]]:
    """Numbers of pieces that a text puts right: (the wrong one, the finding of the right one)."""
    for sentence in sentences(text):
        for pattern in _CORRECTED:
            for match in pattern.finditer(plain(sentence)):
                yield match["wrong"], _guess("defects", match["right"], sentence)


def _guess(field: str, text: str, sentence: str) -> Found:
    return Found(field, text, sentence[:120], "正文", certain=False)
