"""Ten thousand generated and spoilt mails: each gets a verdict, none breaks anything. ``python -m bench.intake_mails``.

Arguments: how many (10000), seed (1). Prints the verdicts, mails a second, and the slowest one; a mail that breaks a
promise is named, the others go on, and the exit code is 1.
"""

from __future__ import annotations

import sys
import time
from collections import Counter

from tests.intake_verdicts import reception, verdict_of
from tests.mail_mutations import generated


def main(count: int, seed: int) -> int:
    """Read and judge the mails; 1 when one broke a promise or the reader."""
    desk, verdicts, slowest, broken = reception(), Counter[str](), 0.0, 0
    begun = time.perf_counter()
    for index, raw in enumerate(generated(count, seed)):
        at = time.perf_counter()
        try:
            verdicts[verdict_of(raw, desk).value] += 1
        except Exception as error:  # noqa: BLE001 - whatever a mail causes is the finding; the next one is tried too
            broken += 1
            print(f"mail {index} of seed {seed}: {type(error).__name__} {error} with {raw[:300]!r}")
        slowest = max(slowest, time.perf_counter() - at)
    took = time.perf_counter() - begun
    said = ", ".join(f"{name} {number}" for name, number in verdicts.most_common())
    print(f"{count} mails, seed {seed}: {said}")
    pace = f"{count / took:.0f} mails/s with making them; slowest {slowest * 1000:.0f} ms"
    print(f"{broken} crashes or broken promises, {count - verdicts.total()} without a verdict; {pace}")
    return int(broken > 0)


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:3]]
    sys.exit(main(*(numbers + [10_000, 1][len(numbers):])))
