"""What tests have to say beside passing: how much of what they could try they did. Their stores compile statements once."""

from __future__ import annotations

import pytest

from tests.statements import compile_once

__all__ = ["pytest_terminal_summary"]

compile_once()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests recorded as the property `told`, on whichever worker they ran."""
    told = [
        str(value)
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "call"
        for name, value in report.user_properties
        if name == "told"
    ]
    if told:
        terminalreporter.section("crash suite")
        for line in sorted(told):
            terminalreporter.line(line)
