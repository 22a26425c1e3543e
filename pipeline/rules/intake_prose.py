"""What sentences say without a label: always a guess."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from pipeline.rules.intake_days import DAY, day_in
from pipeline.rules.intake_defects import corrected, finds, names_defect, plain, quantities, sentences
from schemas.intake import Found

_RATE = re.compile(r"(?:不良|不合格)率[^0-9%‰]{0,6}(\d+(?:\.\d+)?\s*(?:%|‰|ppm))", re.IGNORECASE)
_SHARE = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?\s*(?:%|‰|ppm))(?![A-Za-z])", re.IGNORECASE)
_LOT = re.compile(
    r"(?:批次号?|批号|(?<![a-z])(?:lot|batch)\s*(?:no\.?|number)?)\s*(?:[:：为是]|is|was)?\s*"
    r"([A-Za-z0-9][A-Za-z0-9-]{4,24})(?![A-Za-z0-9])", re.IGNORECASE
)
#: A lot a few words behind its name (批次没错，还是KC20261117) or before it (KC20261117批); it holds a date.
_LOT_AROUND = re.compile(
    r"批[次号]\D{1,8}?(?<![A-Za-z0-9-])([A-Za-z]{0,4}-?\d{6,12}[A-Za-z]?(?:-\d{1,3})?)(?![A-Za-z0-9-])"
    r"|(?<![A-Za-z0-9-])([A-Za-z]{1,4}-?\d{6,12}[A-Za-z]?(?:-\d{1,3})?)\s*[这那]?一?批(?!准)"
)
_PROJECT = re.compile(
    r"(?<![A-Za-z0-9-])([A-Za-z]{1,4}-?[A-Za-z]?\d{1,2}[A-Za-z]?)\s*(?:车型|平台|项目(?!经理)|[客轿货卡]车|车(?![间型站号]))"
    r"|[一二两三四五六\d][台辆]\s*([A-Za-z]{1,4}-?[A-Za-z]?\d{1,2}[A-Za-z]?)(?![A-Za-z0-9-])"
)
_COST = re.compile(
    r"(?:索赔|赔偿|扣款|罚款|损失|费用)[^。;]{0,24}?(?<![\d.,×x*])(\d[\d,]*(?:\.\d+)?\s*万?元)(?!\s*[=×/每])"
    r"|\bcosts? of (?:RMB|CNY)\s*(\d[\d,]*(?:\.\d+)?)(?![\d.])", re.IGNORECASE
)
_USAGE = re.compile(r"(?:每[天日](?:要|需要?)?(?:用|消耗|耗用|装)|日用量)\s*(\d[\d,]*\s*[件个只支根套条])")
_GOOD_STOCK = re.compile(r"(?<!不)良品(?:还有|还剩|剩下?|只有|只剩|库存|约)?\s*(\d[\d,]*\s*[件个只支根套条])")
_REFERENCE = re.compile(
    r"(?:通知|退货|联络|反馈|不良|不合格|异常|投诉|索赔|拒收)(?:单|书|函|报告)\s+(?:No\.?|编号)\s*[:：]?\s*((?=[A-Za-z-]*\d)[A-Za-z0-9][A-Za-z0-9/-]{4,30})(?![A-Za-z0-9-])",
    re.IGNORECASE
)
_IN_ALL = re.compile(r"合计|总计|总额|共计?|total", re.IGNORECASE)
_SAFETY = re.compile(
    r"(?P<no>不是|并非|非|不属于?|不涉及)?(?:[\u4e00-\u9fff]{0,3}?)(?:安全法规件|关键安全件|法规件|安全件|安规件|安全相关件)"
    r"|(?P<not>not )?(?:an? )?safety[- ](?:relevant|critical|related)(?: part)?", re.IGNORECASE
)
#: A question about it, a label whose answer is read elsewhere, or a rule for all such parts.
_SAFETY_ASKED = re.compile(r"是否|是不是|如果?|若|如是|\bif\b|whether|(?:件|part)\s*[:?吗]", re.IGNORECASE)
_UNIT = re.compile(r"\s*(?:[件个只支根套条]|[a-z]+)\.?$", re.IGNORECASE)
#: How letters in old style ask for an answer.
_REPLIED = "[惠赐示回见][覆复]"
_8D = r"(?:8\s?-?D|八D)"
_ASKS_8D = re.compile(
    rf"(?:提交|提供|回复|出具|发送|要求|需要?|(?<![不没])要|做|完成|给|交|补)[^。，,；;]{{0,12}}{_8D}"
    rf"|(?:feedback|submit|provide|send|need|require|request|expect|issue|return|reply)[^。；;]{{0,60}}{_8D}"
    rf"|{_8D}[^。；;，,]{{0,16}}(?:提交|提供|回复|发|给|交|安排|提出|{_REPLIED})|{_8D}[^。；;,]{{0,6}}请|{_8D}[^。；;]{{0,24}}(?:required|requested|needed|due\b|by\b)"
    rf"|[天日]内[^。;,]{{0,8}}{_8D}|[☑✓√■✔☒]\]?\s*{_8D}",
    re.IGNORECASE
)
_NOT_ASKED = re.compile(
    rf"不需|无需|不用|不必|暂不|先不|未说明|修改|重新提交|已(?:经|于)?(?:提交|回复|发|给|收)|收到|{_8D}(?:报告)?已"
    rf"|not (?:required|needed|necessary)|no {_8D}",
    re.IGNORECASE
)
#: That no 8D is wanted; not that it needs no change, no stamp.
_WANTS_NONE = re.compile(
    rf"(?:不用|无需|不需要?|不必|不要求?|免)(?:再|另|单独)?(?:写|做|提交|提供|出具?|回复?|交|给|正式|完整|的)*{_8D}"
    rf"|{_8D}(?:报告)?(?:就|也|可以?)?(?:不用|无需|不需要?|不必|免|不要求?|不)(?:再)?(?:写|做|提交|提供|出具?|回复?|交|给|了)*(?=[。,;!\s]|$)"
    rf"|no (?:formal |full )?{_8D}(?: report)?(?: is)? (?:required|needed|necessary)"
    rf"|{_8D}(?: report)?(?: is| are)? not (?:required|needed|necessary)",
    re.IGNORECASE
)
_D3 = re.compile(r"D3|3D|围堵措施|临时措施|containment|interim", re.IGNORECASE)
_D5 = re.compile(r"(?<![A-Za-z0-9-])(?:D4\s*[-/~和及、]?\s*)?(?:D5|5D)(?![A-Za-z0-9])", re.IGNORECASE)
_D8 = re.compile(_8D, re.IGNORECASE)
_ANSWER_BY = re.compile(
    rf"回复|提交|提供|反馈|答复|完成|提出|{_REPLIED}|最[晚迟]|不晚于|[不别]超过|截止|(?:之|以)?前(?=$|[,;!)])"
    r"|发[给我]|[给交][^，,。]{0,4}8D|[给交](?=$|[我到出给,;!])"
    r"|[给交][^,。]{0,4}(?:措施|报告|答复)"
    r"|\b(?:by|due|until|before|submit|send|provide|reply|n(?:o|ot) later than)\b", re.IGNORECASE
)
_STEPS = (("d3_due", _D3), ("d5_due", _D5), ("d8_due", _D8))
#: What stands between the name of a step and its day where a list says no more than the two.
_ONLY_NAMED = re.compile(r"\s*(?:报告|终版|完成|提交|日期|时间|期限)*\s*[:：]?\s*")
_WEEKDAY_COMMA = re.compile(r"\b((?:mon|tues|wednes|thurs|fri|satur|sun)day),\s*(?=\w)", re.IGNORECASE)


def guessed(text: str, sent: date) -> Iterator[Found]:
    """Quantity, rate, lot, dates due and the wish for an 8D as sentences say them; never certain."""
    said = list(sentences(text))
    wrong = [sentence for sentence in said if names_defect(sentence) or finds(sentence)]
    counted = [found for sentence in wrong for found in quantities(sentence)]
    shares = list(_values("rate", _RATE, said)) or list(_values("rate", _SHARE, wrong))
    lots = list(_values("lot", _LOT, said)) or list(_values("lot", _LOT_AROUND, said))
    projects = list(_values("project", _PROJECT, said))
    costs = list(_values("cost", _COST, said))
    costs = [found for found in costs if _IN_ALL.search(found.source)] or costs
    for wrong_number, right in corrected(text):
        if wrong or any(_UNIT.sub("", found.text) == wrong_number for found in counted):
            counted = [found for found in counted if _UNIT.sub("", found.text) != wrong_number] + [right]
    others = [_values("daily_usage", _USAGE, said), _values("good_stock", _GOOD_STOCK, said),
              _values("customer_ref", _REFERENCE, said)]
    for several in (counted, shares, lots, projects, costs, *map(list, others)):
        for field in sorted({found.field for found in several}):
            of_field = [found for found in several if found.field == field]
            if len({_UNIT.sub("", found.text) for found in of_field}) == 1:
                yield of_field[0]
    yield from _safety(said)
    for sentence in said:
        yield from _wishes(sentence, sent)


def _safety(said: Iterable[str]) -> Iterator[Found]:
    """Whether the part is said to concern safety or the law."""
    for sentence in said:
        told = plain(sentence)
        answers = {"否" if match["no"] or match["not"] else "是" for match in _SAFETY.finditer(told)}
        if len(answers) == 1 and not _SAFETY_ASKED.search(told):
            yield Found("safety_part", answers.pop(), sentence[:120], "正文", False)


def _values(field: str, pattern: re.Pattern[str], said: Iterable[str]) -> Iterator[Found]:
    for sentence in said:
        for match in pattern.finditer(plain(sentence)):
            yield Found(field, next(group for group in match.groups() if group).strip(), sentence[:120], "正文", False)


def _wishes(sentence: str, sent: date) -> Iterator[Found]:
    told = plain(sentence)
    if _WANTS_NONE.search(told):
        yield Found("wants_8d", "否", sentence[:120], "正文", certain=False)
    elif (asked := _ASKS_8D.search(told)) and not _NOT_ASKED.search(_clauses_around(told, asked)):
        yield Found("wants_8d", "是", sentence[:120], "正文", certain=False)
    topic = ""
    for clause in _WEEKDAY_COMMA.sub(r"\1 ", told).split(","):
        named = next(((field, match) for field, pattern in _STEPS if (match := pattern.search(clause))), None)
        own = named[0] if named else ""
        asks = _ANSWER_BY.search(clause if topic and not own else told)
        topic = own or topic
        days = [(match, day) for match in DAY.finditer(clause) if (day := day_in(match, sent)) and day >= sent]
        behind = bool(named and days and _ONLY_NAMED.fullmatch(clause[named[1].end() : days[0][0].start()]))
        if days and topic and (asks or behind) and not _NOT_ASKED.search(clause):
            yield Found(topic, days[0][1].isoformat(), sentence[:120], "正文", certain=False)


def _clauses_around(told: str, match: re.Match[str]) -> str:
    """The clauses of a sentence that a match reaches into."""
    commas = [-1, *(comma.start() for comma in re.finditer(",", told)), len(told)]
    before = max(comma for comma in commas if comma < match.start())
    return told[before + 1 : min(comma for comma in commas if comma >= match.end())]
