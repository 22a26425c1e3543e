"""Servers shared by the contract tests of one process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.contract.mailbox_stands import Servers


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    with ExitStack() as closing:
        yield Servers(closing)
