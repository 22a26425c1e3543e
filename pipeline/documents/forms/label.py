"""The text of a label as comparable words: languages apart, numbering, punctuation and filler gone."""

from __future__ import annotations

import functools
import re
import unicodedata

_UNIT = r"(?:%|％|ppm|pcs?\.?|[件个個台只套辆颗片根支箱批天日]|小时)"  # our values bring their unit
_DAY = r"年[_＿\s]*月[_＿\s]*日(?:[_＿\s]*时(?:[_＿\s]*分)?)?"
_BLANK = re.compile(
    r"[_＿…‥\s.．。・/／]*"
    rf"|[_＿]{{2,}}\s*{_UNIT}"
    rf"|[_＿\s]*{_DAY}"
    r"|(?:dd|mm|yyyy|yy)(?:\s*[-./ ]\s*(?:dd|mm|mmm|yyyy|yy)){2}"
    r"|(?:\s*(?:[(（]?\d{1,2}\s*[)）.．、]|[①-⑩])[ _＿]*(?:\n|$)){2,}",  # 1. 2. 3. over lines to write on
    re.IGNORECASE,
)
#: A label, its colon or line to write on, and nothing behind it but space up to the next label or the line's end.
INSIDE = re.compile(
    r"([^:：_＿\n/／][^:：_＿\n]{0,39}?)[ \t]*"
    rf"(?:[:：][ \t]*(?:[_＿ ]*{_DAY}|[_＿]{{2,}}{_UNIT}|[_＿]*)|[_＿]{{3,}}{_UNIT}?)"
    r"(?=[ \t]{2,}|　|[ \t]*\n|[ \t]*$|(?<=[_＿])\s|[/／][_＿])[ \t]*"
)
#: What tells a person what to write, where an answer stands later; a whole in <> always does.
_PROMPT = re.compile(
    r"(?:请(?:在此)?(?:填|输入|选择|描述|说明|写|粘贴|插入|附)|(?:点击|单击|在)(?:此处|这里)|此处填"
    r"|如[:：]|例如|例[:：]|填写"
    r"|(?:please|enter|click|type|insert|paste|choose|select|fill|describe|attach|to be filled|e\.\s?g|example)\b)",
    re.IGNORECASE,
)
_ANGLED = re.compile(r"[<＜〈«][^<>＜＞]*[^\W\d_][^<>＜＞]*[>＞〉»]")
_BRACKETED = re.compile(r"[\[(（【［{][^\])）】］}]+[\])）】］}]\.?")
_NUMBERING = re.compile(
    r"^(?:\d{1,2}(?:[.．-]\d{1,2})+(?!\d)\s*[.)、．:]*|q\d{1,2}\s*[.):、]+"
    r"|\(?\s*(?:\d{1,2}[a-h]?|[ivx]{1,4}|[a-h]|[一二三四五六七八九十]{1,2})\s*[.)、．:]+"
    r"|\((?:\d{1,2}|[一二三四五六七八九十])\)"
    r"|第[一二三四五六七八九十\d]+(?:步|章|部分|项)|(?:step|phase|section|part)\s*(?:\d+|[a-h])\b\s*[.:)–-]*|\d{1,2}\s+(?=\D{3}))\s*"
)
#: Looked for before ① becomes a plain 1, which would grow together with the word behind it.
_CIRCLED = re.compile(r"^\s*[①-⑳❶-❿]\s*")
_D_NUMBER = re.compile(
    r"^(?:d|discipline)\s*-?\s*(\d)[a-c]?(?:\s*[/&、,~-]\s*d?\s*(\d))?(?![0-9a-z])\s*[.:)\-、—–]*\s*"
)
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff々〆]")
_TOKENS = {
    "number": "no", "nr": "no", "num": "no", "nos": "no", "qty": "quantity", "dept": "department",
    "resp": "responsible",
    "mfg": "manufacturing", "mold": "mould", "descr": "description", "desc": "description", "approv": "approved",
}
_PHRASES = (
    ("q'ty", "quantity"), ("q’ty", "quantity"), ("number of", "quantity of"), ("no. of", "quantity of"),
    ("no of", "quantity of"),
    ("#", " no "), ("n°", " no "), ("p/n", "part no"), ("s/n", "serial no"),
    ("non-conform", "nonconform"), ("non conform", "nonconform"), ("non-", "non "),
)
_SEPARATORS = re.compile(r"[/／|｜\n\r;；·]+")
_HAN = r"[\u3040-\u30ff\u3400-\u9fff]"
#: A few letters that belong to the Chinese word they touch.
_WITHIN = re.compile(rf"(?<![A-Za-z ])[A-Za-z0-9&]{{1,4}}(?={_HAN})|{_HAN}[A-Za-z0-9&]{{1,4}}(?![A-Za-z .])")
#: Until when something has to be told says nothing about what it is: 围堵（24小时内填写）, actions within 48 h.
_DEADLINE = re.compile(
    r"(?:请?于)?\s*\d+\s*个?(?:工作)?(?:小时|分钟|時間|天|日)(?:以内|之内|内)(?:填写|完成|提交|回复)?"
    r"|\b(?:within|innerhalb(?:\s+von)?)\s+\d+\s*(?:working\s+|werk)?(?:h|hrs?|hours?|d|days?|std|stunden|tagen?)\b\.?",
    re.IGNORECASE,
)
_WHY = re.compile(r"为什么|为何|為何|なぜ|何故|\bwhy|\bwarum", re.IGNORECASE)
#: What is only said to be contained names no field of its own: 原因（含流出原因）.
CONTAINED = re.compile(r"[(（](?:含|包括|包含|incl)[^)）]*[)）]", re.IGNORECASE)
HINTS = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
#: Marks that an answer is wanted, or may be left out; they ask for nothing.
_WANTED = re.compile(
    r"[(（\[【]\s*(?:必填项?|必须填写|必填栏|必須|选填|可选|如有|如适用|若有|若适用|任意|required|mandatory|must|optional"
    r"|if any|if applicable|if available|if known|pflichtfeld|falls vorhanden|wenn bekannt)\s*[)）\]】]"
    r"|(?m:^\s*[*＊]+|[*＊]+(?=\s*(?:$|[(（\[【])))",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[?？!！。;；]|[,，、]")
_FEW_WORDS, _FEW_HAN = 4, 10


@functools.lru_cache(maxsize=4_000)
def asked(text: str) -> str:
    """What a label asks for: without marks that an answer is required, and without what only explains it (a sentence
    in brackets, or below the label).
    """
    text = HINTS.sub(lambda found: " " if _explains(found[0][1:-1]) else found[0], _WANTED.sub(" ", text))
    first, *rest = [line for line in text.split("\n") if line.strip()] or [""]
    return "\n".join([first, *(line for line in rest if not is_sentence(line))])


def is_sentence(text: str) -> bool:
    """Whether a text is a sentence or tells what to write: an explanation, not a label."""
    if _PROMPT.match(text.strip()):
        return True
    return text.rstrip().endswith(("。", "！", "!")) or (text.rstrip().endswith((".", "?", "？")) and _is_long(text))


def _explains(hint: str) -> bool:
    """Whether what stands in brackets says how to answer; what says which of several (发生), or whose, is short."""
    return _PROMPT.match(hint.strip()) is not None or _is_long(hint) or _SENTENCE.search(hint) is not None


def _is_long(text: str) -> bool:
    return len(_CJK.findall(text)) >= _FEW_HAN or len(re.findall(r"[A-Za-zÀ-ÿ']+", text)) > _FEW_WORDS


def is_blank(text: str) -> bool:
    """Whether a box holds nothing but a line to write on."""
    return _BLANK.fullmatch(text) is not None


def is_prompt(text: str) -> bool:
    """Whether a text reads like a word on what to write (<part name>, 请填写…); where it stands decides as well."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return bool(lines) and all(
        not line.endswith((":", "："))
        and (_ANGLED.fullmatch(line) or _BRACKETED.fullmatch(line) or _PROMPT.match(line)) for line in lines
    )


def d_number(text: str) -> str:
    """``D4`` for a label that begins with D4 or 4D; "" otherwise."""
    folded = unicodedata.normalize("NFKC", text).strip().lower()
    found = _D_NUMBER.match(folded)
    return f"D{found[1]}" if found and found[1] in "012345678" else ""


def folded(text: str) -> str:
    """One piece of a label in the form that is compared: no numbering, punctuation, case or spaces between Han."""
    plain = unicodedata.normalize("NFKC", _CIRCLED.sub("", text)).casefold().strip(" \t\n*※★●■□:：")
    plain = _D_NUMBER.sub("", plain)
    plain = _NUMBERING.sub("", plain)
    if _CJK.search(plain):
        return re.sub(r"[^\w%]", "", plain).replace("_", "")
    for spelt, meant in _PHRASES:
        plain = plain.replace(spelt, meant)
    words = re.findall(r"[a-zß-ÿ0-9%&]+", plain)
    return " ".join(_TOKENS.get(word, word) for word in words)


def by_language(text: str) -> tuple[str, str]:
    """A bilingual label as (Chinese or Japanese, Latin); ("", "") for a label of one language."""
    found = _languages(asked(text).replace("\n", " "))
    han = " ".join(piece for piece in found if has_han(piece))
    latin = " ".join(piece for piece in found if not has_han(piece))
    return (han, latin) if han and latin else ("", "")


def has_han(text: str) -> bool:
    """Whether there are Chinese or Japanese characters."""
    return _CJK.search(text) is not None


def asks_why(text: str) -> bool:
    """Whether a label asks why, in any language of the forms."""
    return _WHY.search(text) is not None


def hints(text: str) -> list[str]:
    """What stands in brackets, explanations left out."""
    return all_hints(asked(text))


def all_hints(text: str) -> list[str]:
    """What stands in brackets."""
    return [hint.strip("()（）[]【】") for hint in HINTS.findall(text)]


def pieces(text: str) -> list[str]:
    """The readings of a label, the whole first: each line, each language, with and without what stands in brackets."""
    text = _DEADLINE.sub(" ", CONTAINED.sub(" ", asked(text)))
    readings = [folded(text)]
    bare = HINTS.sub(" ", text)
    parts = [part for source in (text, bare) for part in (source, *_SEPARATORS.split(source))]
    parts += hints(text)
    for part in parts:
        readings.append(folded(part))
        readings += [folded(language) for language in _languages(part)]
    kept = [reading for reading in readings if len(reading) > (0 if has_han(reading) else 1)]
    return list(dict.fromkeys(kept))


def _languages(text: str) -> list[str]:
    """Stretches of one script: ``客户 Customer`` is two; letters within Chinese (``X光``, ``SQE确认``) stay."""
    text = _NUMBERING.sub("", text)
    if _WITHIN.search(text):
        return []
    found = re.findall(
        r"[^\s\u3040-\u30ff\u3400-\u9fff][\x20-\x7eÀ-ÿ’°]*[A-Za-zÀ-ÿ)][\x20-\x7eÀ-ÿ’°]*|[^\x20-\x7eÀ-ÿ]+", text
    )
    return [piece for piece in found if piece.strip()] if len(found) > 1 else []
