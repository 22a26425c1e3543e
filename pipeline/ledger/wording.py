"""Normal forms of heading texts: spelling, brackets, second languages and synonyms that plants use for one thing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from schemas.values.traditional import simplified

_BRACKETED = re.compile(r"[(\[{<【〔《「]([^()\[\]{}<>【】〔〕《》「」]*)[)\]}>】〕》」]")
_MARKS = re.compile(r"[^0-9a-z\u3400-\u9fff]+")
_ENUMERATOR = re.compile(r"^\s*(?:\d{1,2}\s*[.、．)]\s*|[①-⑳]\s*)(?=\D)")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN_TAIL = re.compile(r"(?<=[\u3400-\u9fff])[\s/|\-:]*[A-Za-z][A-Za-z .'/#&()_\-]{2,}$")
_LATIN_HEAD = re.compile(r"^[A-Za-z][A-Za-z .'/#&()_\-]{2,}[\s/|\-:]+(?=[\u3400-\u9fff])")

#: Words that give a heading another meaning: a bracket holding one is not a mere hint, and two headings that differ
#: in one never mean the same.
_QUALIFIER = re.compile(
    r"计划|要求|实际|预计|目标|客户|供应商|内部|我司|临时|短期|长期|永久|预防|发生|流出|关闭|提交|回复|生产|首次|下次|再次|"
    r"验证|审核|批准|返工|报废|库存|良品|上级|领导|[d][1-8]|[1-8]d|再发|车型|模具|断点|围堵|费用|供方|检验|到货|发货|出货|退货|交货|更换|挑选|抽检|补货|"
    r"会议|平均|累计|合计|占比|目标|上月|本月|同期|周期|天数|时长|剩余|逾期|延期|超期"
)
_PRODUCT = re.compile(r"产品|零件|零部件|部件|物料|品名|型号|图号")
_NEGATION = re.compile(r"[不非未无]")

#: What a heading's last word says about its values; two headings of different tail never mean the same.
_TAILS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("state", re.compile(r"状态$|进度$|进展$")),
    ("outcome", re.compile(r"结果$|结论$|判定$")),
    ("picture", re.compile(r"图片$|照片$|附件$|图$|链接$|视频$|签字$|签名$|确认$")),
    ("date", re.compile(r"日期$|时间$|日$|期限$|月份$|年份$|年$|月$|周$")),
    ("days", re.compile(r"天数$|时长$|周期$|工时$")),
    ("person", re.compile(r"人$|人员$|工程师$|担当$|姓名$|负责人$")),
    ("lot", re.compile(r"批次号?$|批号$|批次代码$")),
    ("number", re.compile(r"编号$|单号$|号码$|号$|代码$|编码$|代号$")),
    ("ratio", re.compile(r"率$|比例$|ppm$|占比$|比$")),
    ("count", re.compile(r"数量$|数$|件数$|次数$|个数$|用量$|库存$|批量$")),
    ("department", re.compile(r"部门$|单位$|科室$|车间$|班组$")),
    ("grade", re.compile(r"等级$|级别$|严重度$|严重程度$")),
    ("class", re.compile(r"类型$|类别$|分类$|种类$|模式$")),
    ("money", re.compile(r"金额$|费用$|成本$|损失$|单价$")),
)

_SYNONYMS: tuple[tuple[re.Pattern[str], str], ...] = tuple((re.compile(pattern), word) for pattern, word in (
    (r"顾客", "客户"),
    (r"(?<=客户)端(?=反馈|投诉|抱怨|库存)", ""),
    (r"客户(?:投诉|抱怨)(?!.*[号码]$)|抱怨|客怨|投诉", "客诉"),  # 客户投诉单号 is the customer's number, not ours
    (r"客户反馈", "反馈"),
    (r"不合格品?|不良品|缺陷品?|ng", "不良"),
    (r"^(?:产品|零件)?(?:不良|问题|异常|故障|客诉|失效|质量问题|质量异常|品质问题|品质异常)"
     r"(?:现象|状况|情况|内容|问题|描述|概述|简述|说明|事项|点)+$|^反馈(?:问题|内容|现象|描述)+$", "不良现象"),
    (r"^(?:异常|故障|问题|客诉|反馈)(?=数量|件数|个数|数$)", "不良"),
    (r"零部件|部品|部件", "零件"),
    (r"^(?:客诉|不良|涉及|问题)(?=产品|零件|客户)", ""),
    (r"^客诉(?=受理|接收|登记|接报)", ""),
    (r"(?:流水|受理单|受理)号$", "编号"),
    (r"^接单(?=日)", "受理"),
    (r"^(?:根因|真因)(?:分析)?$", "根本原因"),
    (r"^(d3|8d)应(?:交|提交|回复|完成)(?=日|时)", r"\1要求"),
    (r"^(d3|8d)实交(?=日|时)", r"\1提交"),
    (r"主责", "责任"),
    (r"与否$", ""),
    (r"^(?:[cs]?qe|客诉)(?:负责人|责任人|担当|跟进人|工程师)$", "质量工程师"),
    (r"批次号|批号|lot号|批次代码", "批次"),
    (r"^严重(?:等级|级别)$", "严重度"),
    (r"级别$", "等级"),
    (r"^(?:完成|跟进|执行|案件|客诉|处理)状态$", "状态"),
    (r"^(3d|d3|5d|d5|8d|d8)(?:报告)?(?:回复|提交|完成|答复)?(?:期限|截止日期?|截止时间|时限)$", r"\1要求日"),
    (r"^(?:3d|d3)(?:报告)?(?=要求|提交|回复|完成)", "d3"),
    (r"^(?:8d|d8)(?:报告)?(?=要求|提交|回复|完成)", "8d"),
    (r"^(d3|8d)要求(?:回复|提交|完成)?", r"\1要求"),
    (r"^(d3|8d)(?:回复|提交|完成)", r"\1提交"),
    (r"整车厂", "主机厂"),
    (r"对策", "措施"),
    (r"(?:措施){2,}", "措施"),
    (r"负责", "责任"),
    (r"结案|关单|闭环|销案", "关闭"),
    (r"预计|预定", "计划"),
    (r"(?:日期时间|日期|时间)$", "日"),
    (r"(?:编号|单号|号码|编码|代号|号)$", "号"),
    (r"(?:数量|件数|个数|数)$", "数"),
    (r"^(?:是否|有无|是不是)", ""),
    (r"^当前|^目前|^现", ""),
    (r"(?<=.)的(?=.)", ""),
))
_FILLER = re.compile(
    r"具体|详细|简要|说明|描述|情况|内容|信息|详情|简述|明细|填写|填入|本次|相关|主要|的|^客诉(?!.{0,2}$)|^投诉(?!.{0,2}$)"
)


def normal(text: str) -> str:
    """One spelling: simplified, half width, lower case, without outer blanks and a leading enumerator."""
    return simplified(_ENUMERATOR.sub("", unicodedata.normalize("NFKC", text).strip()).lower())


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """The comparable core of a heading: ``normal`` without blanks, brackets, stars, colons and other marks."""
    return _MARKS.sub("", normal(text))


def qualifiers(text: str) -> frozenset[str]:
    """The meaning-changing words in a heading."""
    return frozenset(_QUALIFIER.findall(text.lower()))


def _without_hints(text: str) -> str:
    """The heading without brackets that only hint at unit, format or duty to fill in."""
    return _BRACKETED.sub(lambda found: f" {found[1]} " if _QUALIFIER.search(found[1].lower()) else " ", text)


def _qualified(text: str) -> str:
    """A qualifying bracket moved to the front: 完成日期(计划) becomes 计划完成日期."""
    found = _BRACKETED.search(text)
    return found[1] + _BRACKETED.sub("", text) if found and _QUALIFIER.search(found[1].lower()) else ""


def _chinese_part(text: str) -> str:
    """The Chinese lines and words of a bilingual heading ("" when it has only one language)."""
    lines = [line for line in re.split(r"[\r\n]+", text) if _HAN.search(line)]
    kept = "".join(_LATIN_HEAD.sub("", _LATIN_TAIL.sub("", line.strip())) for line in lines)
    return kept if kept and kept != text else ""


@lru_cache(maxsize=20_000)
def variants(text: str) -> tuple[str, ...]:
    """The plain forms under which a heading may be known, the most literal first; each without repeats."""
    return tuple(dict.fromkeys(_variants(unicodedata.normalize("NFKC", text))))


def _variants(text: str) -> Iterator[str]:
    for form in (text, _qualified(text), _without_hints(text), _chinese_part(text),
                 _chinese_part(_without_hints(text))):
        if core := plain(form):
            yield core


@lru_cache(maxsize=20_000)
def canonical(core: str) -> str:
    """A plain form with synonyms brought to one word: 抱怨日期 and 投诉时间 meet."""
    for pattern, word in _SYNONYMS:
        core = pattern.sub(word, core)
    return core


@lru_cache(maxsize=20_000)
def stripped(core: str) -> str:
    """A plain form without filler words, for close matches."""
    return _FILLER.sub("", core) or core


def tail(core: str) -> str:
    """What the last word says about the values ("" when it says nothing)."""
    return next((name for name, pattern in _TAILS if pattern.search(core)), "")


def may_mean_the_same(heading: str, word: str) -> bool:
    """Whether nothing speaks against a plain heading being another spelling of a known plain word."""
    same_tail = tail(heading) == tail(word) or (not tail(heading) and len(heading) == len(word))  # a typing error there
    return (
        same_tail
        and qualifiers(canonical(heading)) == qualifiers(canonical(word))
        and all(bool(mark.search(heading)) == bool(mark.search(word)) for mark in (_NEGATION, _PRODUCT))
    )
