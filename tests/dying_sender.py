"""The process that sends through Exchange, dying before its n-th operation together with the one that ordered it."""

from __future__ import annotations

import sys

from pipeline.mailbox import exchange_child
from tests import dying

if __name__ == "__main__":
    dying.install(int(sys.argv[1]), dying.die_with_children)
    exchange_child.main()
