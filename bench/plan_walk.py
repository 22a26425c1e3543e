"""Long walks of ``tests.plan_walk``: plans that take over equal whole ones, and whatever is forgotten is noticed.

Usage: python -m bench.plan_walk [SEEDS] [STEPS], 40 and 120 by default. Exits 1 when a plan differs, or when a
dependency that was forgotten on purpose (``tests.plan_breaks``) goes unnoticed.
"""

from __future__ import annotations

import sys

import pytest

from tests.plan_breaks import BREAKS
from tests.plan_walk import walk


def main(seeds: int, steps: int) -> int:
    """Print a line for the walks and one for each thing forgotten."""
    planned = taken_over = 0
    for seed in range(seeds):
        found, plant = walk(seed, steps)
        planned, taken_over = planned + plant.plans, taken_over + plant.taken_over
        if found:
            print(found)
            return 1
    print(f"{seeds} walks of {steps} steps: 0 differences; {taken_over} of {planned} case plans were taken over")
    unnoticed = 0
    for name, forget in BREAKS.items():
        with pytest.MonkeyPatch.context() as patch:
            forget(patch)
            first = next((seed for seed in range(seeds) if walk(seed, steps)[0]), None)
        unnoticed += first is None
        print(f"forgotten: {name}: " + ("NOT noticed" if first is None else f"noticed in walk {first}"))
    return 1 if unnoticed else 0


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:3]]
    sys.exit(main(*(numbers + [40, 120][len(numbers):])))
