"""A line that stops, or does not, by what the sentences of a letter say; said outright it alerts people at once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.rules.intake_defects import plain, sentences
from schemas.intake import Found

_NOT = (r"(?:没有?|未|(?<!有)无)(?:造成|导致|引起|发生|产生|出现|影响|构成)?"
        r"(?:客户|产线|生产线|生产|整线|线体|主线|总装)?")
_STOPPED = re.compile(
    r"已经?停线|已停产|(?:导致|造成|引起|被迫|因此)[^，,。；]{0,8}?停[线产]|将停线|要停线|面临停线|有停线风险|停线风险|甩车|断线风险|即将断线|停线中"
    r"|停线[一二两三四五六\d]|停了(?:大约|大概|约|近|将近)?[一二两三四五六七八九十\d]{1,4}\s*多?(?:分钟|个?小时)(?!的?[水电气])"
    r"|(?:产|装|主|流水|[一二三四五六七八九十\d])线[^,，。；上]{0,8}停下"
    r"|line (?:stood|stands|came to a|was at a) (?:still|stop|standstill|halt)"
    r"|(?:line|production)(?: [A-Z0-9]{1,3})?\s+(?:(?:was|is|has been|had to be|been)\s+)?"
    r"(?:stopped|down|halted|interrupted|shut down)"
    r"|(?:line|production) (?:stood still|came to a (?:stop|standstill))"
    r"|(?:caus|result|lead|led)\w*\s+(?:\w+\s+){0,3}line (?:stop|down)|risk of (?:a )?line (?:stop|down)", re.IGNORECASE
)
#: Stopped, by the look of it: what has stopped is not said.
_WAITING = re.compile(r"全停了|停[产机]?[待等]料|(?:产?线|生产)(?:都|全|也)?停了")
_DENIED = re.compile(
    r"没有|没|未|无|不会|不存在|避免|防止|以免|免得|已解除|已恢复|恢复|是否|若|如果|如|要求|否则|会不会|可能|险些|差点|几乎|上次|那次"
    r"|此前|以前|曾|\b(?:no|not|never|without|avoid|prevent|if|whether|may|might|could|otherwise|almost|nearly)\b",
    re.IGNORECASE
)
#: A form's own question, whose answer is read elsewhere; the colon of a time of day asks nothing.
_LABELLED = re.compile(
    r"(?:停线|停产|甩车|断线|生产|line stop\w*|line down)[^：:，,]{0,6}(?:[：:](?!\d)|(?<!\d)[：:])", re.IGNORECASE
)
_NO_STOP = re.compile(
    rf"(?:不影响|未影响|没有影响|没影响)(?:客户)?(?:生产|装配|节拍|交付)|{_NOT}停[线产]|不停线|(?:[产线]线?|生产)(?:也|都|均|并)?(?:没有?|未)(?:停|中断|间断|受影响)"
    r"|(?:no|without)\s+(?:a\s+)?(?:line|production) (?:stop|down|interruption)"
    r"|(?:line|production)\s+(?:was|is|has|did|were)?\s*(?:not|n't)\s+(?:been\s+)?(?:stop|interrupt|affect|halt|impact)",
    re.IGNORECASE
)
#: A stop that is over long, is only settled now, or was meant to be: nobody has to run.
_OVER = re.compile(
    r"上(?:个|一)?(?:周|星期|礼拜|月|季度?|半?年|次|回)|去年|前年|年初|前(?:几|两|些)(?:天|周|个?月|次)|\d{1,2}月份|国庆|春节|节前|节日"
    r"|抵扣|结清|对账|结算|盖章"
    r"|\blast (?:week|month|quarter|year|mon|tues|wednes|thurs|fri|satur|sun)|\bago\b|settled|invoice"
    r"|\bin (?:january|february|march|april|may|june|july|august|september|october|november|december)\b", re.IGNORECASE
)
_MEANT = re.compile(
    r"检修|保养|维护|例行|计划性?停|按计划|放假|假期|盘点|换型|技改|大修"
    r"|maintenance|holiday|planned|scheduled|stock-?taking", re.IGNORECASE
)


def line_stop_in(text: str) -> Iterator[Found]:
    """A line that stops or will stop: said outright is certain (it alerts at once), unless the sentence tells that it
    is over long or was meant to stop; said not to be is a guess of no."""
    said = [(sentence, plain(sentence)) for sentence in sentences(text)]
    stopped = [(sentence, told) for sentence, told in said if _says_stopped(told)]
    now = next((sentence for sentence, told in stopped if not _OVER.search(told) and not _MEANT.search(told)), None)
    waiting = next((sentence for sentence, told in said if _WAITING.search(told) and not _DENIED.search(told)), None)
    denied = next((sentence for sentence, told in said if _NO_STOP.search(told)), None)
    doubtful = stopped[0][0] if stopped else waiting
    if now or doubtful:
        yield Found("line_stop", "是", (now or doubtful or "")[:120], "正文", certain=now is not None)
    elif denied:
        yield Found("line_stop", "否", denied[:120], "正文", certain=False)


def _says_stopped(told: str) -> bool:
    match = None if _LABELLED.search(told) else _STOPPED.search(told)
    return match is not None and not _DENIED.search(told[: match.end() + 4]) and "解除" not in told
