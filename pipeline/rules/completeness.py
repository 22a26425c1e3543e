"""Which answers are still missing, as polite questions ready to send (process step 3)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePath

from pipeline.rules.state import is_open
from schemas.case import Case
from schemas.decisions import Question
from schemas.inquiry import PHOTOS, Addressee, Inquiry, InquirySetting
from schemas.rows import Complaint
from schemas.values import ProblemType, Source, Status

#: While the survey runs; later the answers no longer steer anything.
_ASKING = frozenset({None, Status.UNCONFIRMED, Status.INVESTIGATING, Status.RESTARTED})

_GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("联系人", (
        ("reporter", "请问反馈人的姓名是？"),
        ("reporter_contact", "请留一个方便联系的电话或邮箱。"),
        ("reporter_position", "请问反馈人的职务是？"),
        ("reporter_department", "请问反馈人在哪个部门（科室）？"),
        ("reporter_duty", "请问反馈人负责哪方面的工作？"),
        ("customer_site", "请问问题发生在哪个基地（厂区）？"),
        ("customer_ref", "请提供平台上的投诉单号。"),
    )),
    ("产品与数量", (
        ("product", "请问是哪个产品？"),
        ("part_number", "请提供产品编号（零件号）。"),
        ("project", "请问用在哪个车型（项目）？"),
        ("lot", "请提供不良品的批次号（标签照片即可）。"),
        ("defects", "请问目前发现不良多少件？"),
        ("lot_size", "请问该批共检查或使用了多少件？"),
        ("produced", "请提供产品标签上的生产日期。"),
        ("mould_cavity", "请提供产品上的模具号、穴号标记（照片即可）。"),
    )),
    ("现象与安装", (
        ("phenomenon", "请描述具体的不良现象（在哪个工位、什么情况下发现）。"),
        ("installation", "请问现场如何装配（人工、机器或工装）？"),
        ("hole_diameter", "请提供安装孔径的实测尺寸。"),
        ("tube_diameter", "请提供所配管子的管径实测尺寸。"),
    )),
    ("用量与需求", (
        ("daily_usage", "请问该产品每天用量是多少？"),
        ("good_stock", "请问现场良品库存还有多少件？"),
        ("line_stop", "请问目前是否影响贵司正常生产，有无停线风险？"),
        ("customer_request", "请问需要我司配合做哪些工作？"),
    )),
)
_PHOTO_GROUP, _PHOTO_QUESTION = "现象与安装", "请提供不良品的照片或视频，最好能看清不良部位和标签。"
_TEXTS = {field: text for _, lines in _GROUPS for field, text in lines}
_COLUMNS = {field.name: field.column.heading for field in Complaint.fields()}
_FIELDS = {heading: field for field, heading in _COLUMNS.items()}
_GROUP_OF = {PHOTOS: _PHOTO_GROUP, **{_COLUMNS[field]: group for group, lines in _GROUPS for field, _ in lines}}

#: Whatever the channel and type: 反馈人的姓名、联系方式、职务要采集和记录 (process step 1).
_REPORTER = ("reporter", "reporter_contact", "reporter_position")
_CUSTOMER = (*_REPORTER, "reporter_department", "reporter_duty", "customer_site")
_BY_TYPE = {
    ProblemType.QUALITY: (
        *_CUSTOMER, "product", "part_number", "phenomenon", "lot", "defects", "lot_size", "daily_usage", "good_stock",
        "line_stop", "customer_request",
    ),
    ProblemType.TECHNICAL: (*_CUSTOMER, "product", "part_number", "project", "customer_request"),
    ProblemType.DELIVERY: (*_CUSTOMER, "product", "part_number", "daily_usage", "good_stock", "customer_request"),
}
_THEIR_SIDE = {
    "reporter": "请提供客户方联系人的姓名。",
    "reporter_contact": "请提供客户方联系人的电话或邮箱。",
    "reporter_position": "请提供客户方联系人的职务。",
    "reporter_department": "请提供客户方联系人所在的部门（科室）。",
    "reporter_duty": "请提供客户方联系人负责的工作。",
    "line_stop": "请问目前是否影响客户正常生产，有无停线风险？",
    "customer_request": "请问客户需要我司配合做哪些工作？",
}
_BY_SOURCE: Mapping[Source | None, Mapping[str, str]] = {
    Source.RESIDENT: _THEIR_SIDE,
    Source.MARKETING: _THEIR_SIDE,
    Source.MAIL: {"reporter_contact": "除邮箱外，请再留一个方便联系的电话。"},
}
_ADDRESSEES: Mapping[Source | None, Addressee] = {
    Source.RESIDENT: Addressee.RESIDENT, Source.MARKETING: Addressee.MARKETING,
}
_PICTURES = frozenset(
    ".jpg .jpeg .png .bmp .gif .webp .heic .tif .tiff .mp4 .mov .avi .wmv .mkv .3gp .m4v".split()  # noqa: SIM905 - a word list reads better than a list of literals
)
_NAMED_PICTURES = re.compile("照片|图片|视频")
_PHENOMENON_LENGTH = 60
_CLOSING = "如有暂时无法确认的，可先回复已知的部分，也可电话告知，由我们来记录。谢谢！"


def is_picture(file_name: str) -> bool:
    """Whether a file of 附件 shows the defect: a picture or film, or a document called 照片, 图片 or 视频."""
    path = PurePath(file_name)
    return path.suffix.casefold() in _PICTURES or bool(_NAMED_PICTURES.search(path.stem))


def failure_words(complaint: Complaint, words: Collection[str]) -> tuple[str, ...]:
    """The words that 失效类别 or 不良现象 holds; "无泄漏" and "未脱落" say the opposite and do not count."""
    text = f"{complaint.failure_class or ''} {complaint.phenomenon or ''}"
    return tuple(word for word in words if re.search(rf"(?<![无未不非])(?<!没有){re.escape(word)}", text))


def _has_answer(complaint: Complaint, field: str) -> bool:
    if field == "lot_size" and complaint.rate is not None:
        return True  # the rate says the same
    if field == "line_stop" and complaint.daily_usage is not None and complaint.good_stock is not None:
        return True  # usage and stock decide it (line_stop.py)
    return getattr(complaint, field) is not None


def _wanted(complaint: Complaint, setting: InquirySetting) -> Iterator[tuple[str, str]]:
    """(field, why it is asked), in the order of reasons; a field may come twice."""
    kind = complaint.problem_type or ProblemType.QUALITY
    named = kind.value if complaint.problem_type else f"{kind.value}（问题类型未填，按此询问）"
    for field in _BY_TYPE[kind]:
        yield field, f"问题类型为{named}"
    if complaint.source is Source.PORTAL:
        yield "customer_ref", "信息来源为平台"
    if kind is ProblemType.QUALITY:
        for failure in setting.failures:
            found = failure_words(complaint, failure.words)
            for heading in failure.ask if found else ():
                yield _FIELDS[heading], f"失效类别或不良现象中有“{found[0]}”"


def _text_of(field: str, source: Source | None) -> str:
    return _BY_SOURCE.get(source, {}).get(field) or _TEXTS.get(field) or f"请补充“{_COLUMNS[field]}”。"


def _order(field: str) -> int:
    known = list(_TEXTS)
    return known.index(field) if field in known else len(known)


def photos_missing(complaint: Complaint, files: Collection[str] | None) -> bool:
    """Whether a quality complaint has no picture among the names in its 附件.

    ``files`` is None while the folder was not looked into: then nobody can say.
    """
    if files is None or complaint.problem_type not in {None, ProblemType.QUALITY}:
        return False
    return not any(is_picture(name) for name in files)


def decide_inquiry(
    complaint: Complaint, kept: Collection[str], setting: InquirySetting, files: Collection[str] | None = None
) -> Inquiry:
    """The missing answers by channel, problem type and class of failure, with the reasons for asking.

    Asked are columns (``kept``) that this plant's ledger has at all, while the survey runs; ``files`` are the names
    in the case's 附件, None when unknown: pictures are asked for where none is there.
    """
    addressee = _ADDRESSEES.get(complaint.source, Addressee.CUSTOMER)
    if complaint.status not in _ASKING or not is_open(complaint):
        return Inquiry((), addressee, ("现状调查已结束，不再询问",))
    why: dict[str, str] = {}
    for field, reason in _wanted(complaint, setting):
        if field in kept and not _has_answer(complaint, field):
            why[field] = reason  # the class of failure comes last and says more than the type
    fields = sorted(why, key=_order)
    questions = [Question(_COLUMNS[field], _text_of(field, complaint.source)) for field in fields]
    reasons = list(dict.fromkeys(why[field] for field in fields))
    if photos_missing(complaint, files):
        questions.append(Question(PHOTOS, _PHOTO_QUESTION))
        reasons.append("附件中没有照片或视频")
    return Inquiry(tuple(questions), addressee, tuple(reasons))


def missing_answers(
    complaint: Complaint, kept: Collection[str], setting: InquirySetting | None = None,
    files: Collection[str] | None = None,
) -> tuple[Question, ...]:
    """The questions of ``decide_inquiry`` alone; defaults where no setting is given."""
    return decide_inquiry(complaint, kept, setting or InquirySetting(), files).questions


def _opening(complaint: Complaint, addressee: Addressee) -> list[str]:
    subject = " ".join(word for word in (complaint.product, complaint.part_number) if word) or "我司产品"
    phenomenon = " ".join((complaint.phenomenon or "").split())
    cut = f"{phenomenon[:_PHENOMENON_LENGTH]}…" if len(phenomenon) > _PHENOMENON_LENGTH else phenomenon
    about = f"{subject}“{cut}”" if cut else subject
    reference = f"（投诉单号 {complaint.customer_ref}）" if complaint.customer_ref else ""
    customer = complaint.customer or "客户"
    if addressee is Addressee.RESIDENT:
        return ["您好！", f"关于{customer}反馈的{about}问题{reference}，请协助到现场确认以下信息，并拍照发回："]
    if addressee is Addressee.MARKETING:
        return ["营销部同事：您好！", f"关于{customer}反馈的{about}问题{reference}，烦请协助向客户了解以下信息："]
    name = f"尊敬的{complaint.reporter}" if complaint.reporter else f"尊敬的{customer}"
    thanks = f"感谢您反馈{about}问题{reference}，给您带来不便，请谅解。"
    return [f"{name}：您好！", f"{thanks}为尽快查明情况，烦请协助提供以下信息："]


def questions_text(case: Case, questions: Collection[Question]) -> str:
    """The questions as a message ready to send, numbered by topic; "" when there are none.

    It says 草稿 until a person has approved it: nothing goes to a customer by itself, and nothing internal (level,
    department, cause) stands in it.
    """
    if not questions:
        return ""
    complaint = case.complaint
    addressee = decide_inquiry(complaint, (), InquirySetting()).addressee
    lines = ["【草稿，批准后发送】", "", *_opening(complaint, addressee), ""]
    number = 0
    for group in (*(name for name, _ in _GROUPS), "其他"):
        asked = [question for question in questions if _GROUP_OF.get(question.heading, "其他") == group]
        if asked:
            lines.append(f"【{group}】")
        for question in asked:
            number += 1
            lines.append(f"{number}. {question.text}")
    lines += ["", _CLOSING, "", complaint.engineer or "质量工程师"]
    return "\n".join(lines) + "\n"
