"""Any mail whatsoever gets a verdict: generated and spoilt ones, a few hundred here, ten thousand in bench."""

from __future__ import annotations

from collections import Counter

from schemas.intake import Verdict
from tests.intake_verdicts import reception, verdict_of
from tests.mail_mutations import generated

_COUNT = 240


def test_every_mail_is_a_row_ignored_or_quarantined() -> None:
    desk, spoilt = reception(), Counter[Verdict]()
    for index, raw in enumerate(generated(_COUNT, seed=7)):
        verdict = verdict_of(raw, desk)  # checks texts, rows and file names as well
        if index % 3 == 0:
            assert verdict in {Verdict.ROW, Verdict.IGNORED}, index  # as its program wrote it: always readable
        else:
            spoilt[verdict] += 1
    assert set(spoilt) == {Verdict.ROW, Verdict.IGNORED, Verdict.QUARANTINED}
    assert spoilt[Verdict.QUARANTINED] < spoilt.total() // 3  # most spoilt mails are still worth reading
