"""The skip policy of the whole suite: a test may be skipped only for a reason that ``.ci/allowed-skips`` lists."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.remembered_templates import remember_templates

os.environ.pop("KESU_COMMAND", None)  # set by the launcher that starts this run; tests are not typed by a person

settings.register_profile("shared machine", deadline=None)  # a slow neighbour is no fault of the code
settings.load_profile("shared machine")

ALLOWED = Path(__file__).resolve().parent.parent / ".ci" / "allowed-skips"


@pytest.fixture(scope="session", autouse=True)
def _templates_are_remembered() -> Iterator[None]:
    """Each template is parsed and compiled once in a test process, not once in each of thousands of passes."""
    with pytest.MonkeyPatch.context() as patch:
        remember_templates(patch)
        yield


class SkipPolicy:
    """Collects the reasons of skipped (and expectedly failing) tests and fails the run for those not listed.

    Lives in the process that reports: under pytest-xdist the workers' reports arrive there as well.
    """

    def __init__(self, allowed: frozenset[str]) -> None:
        self.allowed = allowed
        self.unlisted: dict[str, str] = {}

    def note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        """Remember a skip whose reason nobody listed, once per test."""
        if not report.skipped:
            return
        reason = getattr(report, "wasxfail", None) or (report.longrepr[2] if isinstance(report.longrepr, tuple) else "")
        reason = re.sub(r"^(Skipped|reason): ", "", str(reason))
        if reason not in self.allowed:
            self.unlisted[report.nodeid] = reason

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test was skipped in set-up, in its body, or failed as expected."""
        self.note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A whole module was skipped while it was collected."""
        self.note(report)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Turn an otherwise green run red."""
        if self.unlisted and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name each skip with its reason, and where to list it."""
        if self.unlisted:
            terminalreporter.section("skipped for a reason that .ci/allowed-skips does not list", red=True)
            for nodeid, reason in sorted(self.unlisted.items()):
                terminalreporter.line(f"{nodeid}: {reason}")


def read_allowed(path: Path) -> frozenset[str]:
    """The listed reasons, one a line; empty lines and lines starting with # do not count."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))


def pytest_configure(config: pytest.Config) -> None:
    """Register the policy where the results come together, not in the workers."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(SkipPolicy(read_allowed(ALLOWED)), "kesu-skip-policy")
