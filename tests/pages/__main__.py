"""``python -m tests.pages FILE…``: one line a finding; exit code 1 when there is any."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.pages import check_file


def main(names: list[str]) -> int:
    """Check the files in turn."""
    count = 0
    for name in names:
        for finding in check_file(Path(name)):
            count += 1
            print(f"{name}: {finding}")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
