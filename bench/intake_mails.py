"""Ten thousand generated and spoilt mails: each gets a verdict, none breaks anything. ``python -m bench.intake_mails``.

Arguments: how many (10000), seed (1). Prints the verdicts, mails a second, and the slowest one.
"""

from __future__ import annotations

import sys
import time
from collections import Counter

from tests.intake_verdicts import reception, verdict_of
from tests.mail_mutations import generated


def main(count: int, seed: int) -> None:
    """Read and judge the mails; an exception or a broken promise ends the run with the mail's bytes on disk."""
    desk, verdicts, slowest = reception(), Counter[str](), 0.0
    begun = time.perf_counter()
    for index, raw in enumerate(generated(count, seed)):
        at = time.perf_counter()
        try:
            verdicts[verdict_of(raw, desk).value] += 1
        except BaseException:
            print(f"mail {index} of seed {seed} broke a promise: {raw[:300]!r}")
            raise
        slowest = max(slowest, time.perf_counter() - at)
    took = time.perf_counter() - begun
    said = ", ".join(f"{name} {number}" for name, number in verdicts.most_common())
    print(f"{verdicts.total()} mails, seed {seed}: {said}")
    pace = f"{count / took:.0f} mails/s with making them; slowest {slowest * 1000:.0f} ms"
    print(f"0 crashes, 0 without a verdict; {pace}")


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:3]]
    main(*(numbers + [10_000, 1][len(numbers):]))
