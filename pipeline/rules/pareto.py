"""Counts by name for Pareto charts: most first, with the share of all up to each (process step 13)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate

from schemas.deck import Chart, ChartKind, Series
from schemas.review import REST, UNNAMED, Share, pareto_message
from schemas.values.text import plain_text

BARS = 10


def pareto(names: Iterable[str | None], bars: int = BARS) -> tuple[Share, ...]:
    """Counts by name, most first, the tail beyond ``bars`` bars together at the end; blanks counted under （未填）."""
    counts = Counter(plain_text(name) or UNNAMED for name in names)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    if len(ordered) > bars:
        ordered = [*ordered[: bars - 1], (REST, sum(count for _, count in ordered[bars - 1 :]))]
    total = sum(counts.values())
    return tuple(
        Share(name, count, count / total, run / total)
        for (name, count), run in zip(ordered, accumulate(count for _, count in ordered), strict=True)
    )


def pareto_chart(shares: Sequence[Share], subject: str, counted: str) -> Chart:
    """The chart with its message, which name is most frequent; ``counted`` says which complaints are counted."""
    counts = Series("件数", tuple(share.count for share in shares))
    cumulated = Series("累计占比", tuple(round(share.cumulated, 4) for share in shares))
    note = f"{counted}，共 {sum(share.count for share in shares)} 件"
    message, names = pareto_message(shares, subject), tuple(share.name for share in shares)
    return Chart(ChartKind.PARETO, message, names, (counts, cumulated), note)
