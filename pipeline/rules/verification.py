"""What people wrote as 验证结果: effective, ineffective, not yet known, or not to be told."""

from __future__ import annotations

import re

from schemas.follow_up import Effect
from schemas.values.text import half_width

_WHOLE_GOOD = frozenset({"√", "✓", "✔", "是", "y", "yes", "ok", "good", "pass", "验证ok"})
_WHOLE_BAD = frozenset({"×", "✗", "✘", "x", "否", "n", "no", "ng", "nok", "fail", "不"})
#: A bad word denied or counted as nought is good: 未再发生, 无不良, 0漏, NG 0件.
_NO_DEFECT = re.compile(
    r"(?:未|无|没有|没|不再|杜绝)(?:再|再次|发现|出现|发生|见|任何|新的|有|此类|同类|类似)*"
    r"(?:复发|再发|再现|再犯|发生|出现|不良|不合格|异常|ng|泄漏|渗漏|投诉|反馈|问题|缺陷)品?"
    r"|(?<![\d.])0(?:件|个|pcs|只|台)?(?:不良|不合格|ng|泄漏|渗漏|漏|异常|缺陷|投诉)"
    r"|(?:不良|不合格|ng|泄漏|渗漏|缺陷|投诉|异常)品?数?(?:为|[:=])?(?:0(?![\d.])|零)(?:件|个|pcs|只|台)?"
)
_BAD = re.compile(
    r"无效|(?:改善|解决|消除|满足|达到)不[了到明]?显?|没有?效|未有效|不有效|非有效|无明显|不明显|效果(?:不|欠|较?差|一般)|未见效|未起效|未生效"
    r"|未能?(?:达|解决|消除|通过|改善|满足)|未彻底|(?:达不|不达)(?:到|标)?|不达标|不通过|不合格(?!率)|不满足|不理想|失败|失效"
    r"|没有?改善|无改善|没有?解决|(?<![a-z])(?:ng|nok|notok|fail(?:ed)?)(?![a-z])"
    r"|(?:仍|依然|依旧|还|又|再次)(?:然|旧)?(?:有|出现|存在|发生|发现)|复发|再发|再次"
)
_PENDING = re.compile(
    r"待|(?:验证|确认|跟踪|观察|试验|试产|测试|进行|实施)中|尚未|还未|还没|未验证|没验证|未到|未开始|计划|安排"
    r"|持续(?:验证|跟踪|观察)|下批|pending|tbd"
)
_GOOD = re.compile(
    r"有效|合格(?!率|证|品率)|达标|达到|通过|良好|满足|正常|解决|消除|改善|受控|(?<![a-z])(?:ok|pass(?:ed)?)(?![a-z])"
)


def effect_of(verified: str | None) -> Effect:
    """Read 验证结果; what says both, or neither, is UNCLEAR and asked about, never guessed (process step 10)."""
    text = "".join(half_width(verified or "").casefold().split()).strip("。.!,;")
    if not text or text in {"无", "暂无", "/", "-"}:
        return Effect.BLANK
    if text in _WHOLE_GOOD:
        return Effect.EFFECTIVE
    if text in _WHOLE_BAD:
        return Effect.INEFFECTIVE
    rest = _NO_DEFECT.sub("§", text)
    no_defect = rest != text
    bad = _BAD.search(rest) is not None
    rest = _BAD.sub("§", rest)
    good = no_defect or _GOOD.search(rest) is not None
    if bad:
        return Effect.UNCLEAR if good else Effect.INEFFECTIVE
    if _PENDING.search(rest):
        return Effect.PENDING
    return Effect.EFFECTIVE if good else Effect.UNCLEAR
