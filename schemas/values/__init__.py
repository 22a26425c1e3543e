"""Parsers of what plant people type into cells: value in, meaning or ``ValueProblem`` out; pure, no I/O."""

from schemas.values.choices import (
    ActionKind,
    CausePath,
    CauseRank,
    FactorM,
    Level,
    Liability,
    MeetingState,
    ProblemType,
    Review,
    Source,
    Status,
    Verdict,
    parse_choice,
    parse_status,
    parse_yes_no,
)
from schemas.values.dates import parse_day, parse_moment
from schemas.values.mail_address import ascii_address, ascii_domain, parse_mail_address
from schemas.values.moment import Moment
from schemas.values.numbers import parse_money, parse_quantity, parse_rate
from schemas.values.problem import ValueProblem
from schemas.values.text import clean_text, parse_id, parse_people

__all__ = [
    "ActionKind",
    "CausePath",
    "CauseRank",
    "FactorM",
    "Level",
    "Liability",
    "MeetingState",
    "Moment",
    "ProblemType",
    "Review",
    "Source",
    "Status",
    "ValueProblem",
    "Verdict",
    "ascii_address",
    "ascii_domain",
    "clean_text",
    "parse_choice",
    "parse_day",
    "parse_id",
    "parse_mail_address",
    "parse_moment",
    "parse_money",
    "parse_people",
    "parse_quantity",
    "parse_rate",
    "parse_status",
    "parse_yes_no",
]
