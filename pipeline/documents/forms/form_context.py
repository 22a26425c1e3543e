"""What a customer's form can show: the 8D's context, a few facts of the case, summaries, and rows by their name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pipeline.documents import phrases
from pipeline.documents.forms.meanings import packaged_meanings
from schemas.case import Case

Row = Mapping[str, Any]
_ROW_SURE = 0.8
#: Measures have no names: a form that prints their rows or columns counts them (措施1, 措施2).
NUMBERED = ("interim", "corrective", "error_proofing", "deployment")
_MOST_NUMBERED = 9
#: The lists whose rows a form may print under their names; the order is that of the 8D.
KEYED = (
    "team", "is_is_not", "containments", "change_points", "occurrence_whys", "escape_whys", "standards", *NUMBERED
)
#: Of these a row that a form does not print goes below the last that it does; a form that prints roles asks for these
#: people and no others: the whole team stands in the internal version.
CONTINUED = tuple(table for table in KEYED if table != "team")
_SPEAKING = frozenset({"team"})  # lists whose values need no names: a person's name, department and telephone number


def facts(case: Case) -> dict[str, str]:
    """Facts that customers' forms ask for one by one, while our own 8D tells them in sentences."""
    complaint = case.complaint
    reporter = (complaint.reporter_department, complaint.reporter, complaint.reporter_position)
    return {
        "defects": phrases.pieces(complaint.defects),
        "lot_size": phrases.pieces(complaint.lot_size),
        "rate": phrases.percent(phrases.rate_of(case)),
        "reporter": " ".join(word for word in reporter if word),
    }


def form_context(context: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, Any]:
    """The context of a form from the 8D's ``context`` and the ``facts``; pure."""
    whole: dict[str, Any] = {**context, **known, "photos": ""}  # pictures, or a blank: "see above" is of our own 8D
    whole["preventive"] = [
        row for name in ("error_proofing", "deployment") for row in whole.get(name, ()) if row.get("content")
    ]
    whole.update({name: make(whole) for name, make in _SUMMARIES.items()})
    whole["row_of"] = {name: rows_by_name(name, whole.get(name, ())) for name in KEYED}
    return whole


def named_rows(table: str, rows: Iterable[Row]) -> Iterator[tuple[str, Row]]:
    """Each row with the name it goes by: measures by their place, others by what they are about."""
    for number, row in enumerate(rows, start=1):
        yield str(number) if table in NUMBERED else _row_name(table, row), row


def _row_name(table: str, row: Row) -> str:
    """The name under which a row of a list is known (客户产线, 人, 组长, 1 …); its own words when none is."""
    table_words = packaged_meanings().lexicon.lists[table]
    own = str(row.get(table_words.key, ""))
    if own in table_words.rows:
        return own
    reading = packaged_meanings().row(table, own)
    return reading.target if reading is not None and reading.score >= _ROW_SURE else own


def rows_by_name(table: str, rows: Iterable[Row]) -> dict[str, dict[str, str]]:
    """Rows by their name, all names of the list there; rows of one name are joined line by line."""
    words = packaged_meanings().lexicon.lists[table]
    known = map(str, range(1, _MOST_NUMBERED + 1)) if table in NUMBERED else words.rows
    found: dict[str, dict[str, str]] = {name: dict.fromkeys(words.columns, "") for name in known}
    for name, row in named_rows(table, rows):
        target = found.setdefault(name, dict.fromkeys(words.columns, ""))
        for column in words.columns:
            value = str(row.get(column, "") or "")
            if value and value not in target[column].split("\n"):
                target[column] = f"{target[column]}\n{value}".strip("\n")
    return found


def holds(table: str, row: Mapping[str, str]) -> bool:
    """Whether a row ticks its box: a place when parts were there, a factor when its change was confirmed, a document
    when something of its change is told.
    """
    if table == "change_points":
        return row.get("verdict", "") == "确认"
    if table == "standards":
        return any(row.get(column) for column in ("number", "new", "change", "done"))
    return any(row.get(column) for column in ("quantity", "checked", "disposition"))


def line_of(table: str, row: Row) -> str:
    """One row in words, as it stands in a summary or in an overflow note; nothing of the row is left out."""
    words = packaged_meanings().lexicon.lists[table]
    columns = {} if table in _SPEAKING else words.columns
    known = [(columns[name].name if name in columns else "", str(value)) for name, value in row.items() if value]
    told = any(value for name, value in row.items() if name not in {words.key, "number"})
    return phrases.listed(known, "，") if told else ""


def _sentences(rows: Iterable[Row], sentence: Callable[[Row], str]) -> str:
    lines = [line for row in rows if (line := sentence(row))]
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1)) if len(lines) > 1 else "".join(lines)


def _joined(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _place(row: Row) -> str:
    counts = phrases.listed(
        (("数量", str(row["quantity"])), ("已检", str(row["checked"])), ("不良", str(row["defects"]))), "，"
    )
    if not counts and not row["disposition"]:
        return ""
    who = " ".join(str(row[name]) for name in ("person", "done") if row[name])
    told = phrases.listed((("", counts), ("", str(row["disposition"]))))
    return f"{row['place']}：{told}" + (f"（{who}）" if who else "")


def _action(row: Row) -> str:
    if not row["content"]:
        return ""
    who = " ".join(str(row[name]) for name in ("department", "person", "due") if row[name])
    return f"{row['content']}" + (f"（{who}）" if who else "")


def _outcome(row: Row) -> str:
    if not row["content"]:
        return ""
    told = phrases.listed((("完成", str(row["done"])), ("结果", str(row["result"])), ("验证批次", str(row["lots"]))))
    return f"{row['content']}" + (f"：{told}" if told else "")


def _standard(row: Row) -> str:
    told = phrases.listed((("编号", str(row["number"])), ("版本", str(row["new"])), ("", str(row["change"]))), "，")
    return f"{row['name']}：{told}" if told else ""


def _member(row: Row) -> str:
    if not row["name"]:
        return ""
    role = str(row["role"]).split(" ")[0]
    place = " ".join(str(row[name]) for name in ("department", "position") if row[name])
    return f"{role}：{row['name']}" + (f"（{place}）" if place else "")


def _break_point(context: Mapping[str, Any]) -> str:
    return phrases.listed((("断点日期", str(context.get("break_point_day", ""))),
                           ("断点批次", str(context.get("break_point_lot", "")))))


_SUMMARIES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "team_text": lambda c: "\n".join(line for row in c.get("team", ()) if (line := _member(row))),
    "containment_text": lambda c: _joined(
        str(c.get("response", "")), _sentences(c.get("containments", ()), _place),
        _sentences(c.get("interim", ()), _action),
    ),
    "root_cause": lambda c: phrases.listed(
        (("发生原因", str(c.get("occurrence_cause", ""))), ("流出原因", str(c.get("escape_cause", "")))), "\n"
    ),
    "corrective_text": lambda c: _sentences(c.get("corrective", ()), _action),
    "implemented_text": lambda c: _joined(_sentences(c.get("corrective", ()), _outcome), _break_point(c)),
    "error_proofing_text": lambda c: _sentences(c.get("error_proofing", ()), _action),
    "deployment_text": lambda c: _sentences(c.get("deployment", ()), _action),
    "prevention_text": lambda c: _joined(
        _sentences(c.get("preventive", ()), _action), _sentences(c.get("standards", ()), _standard),
        str(c.get("training", "")),
    ),
}
#: Names of the summaries, for checking a map.
SUMMARIES = tuple(_SUMMARIES)
