"""A user on real mailboxes, and what tests have to say beside passing: how much of what they could try they did.

Their stores compile statements once.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.connectors.imap_harness import DovecotHarness
from tests.connectors.maildir_harness import MaildirHarness
from tests.statements import compile_once
from tests.watcher.seeker import Seeker, open_seeker

__all__ = ["held", "pytest_terminal_summary", "seeker"]

compile_once()


@pytest.fixture(params=["dovecot", "maildir"])
def seeker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Seeker]:
    """Give a user on each kind of mailbox; the Dovecot is the fixture `server` of the file."""
    dovecot = request.param == "dovecot"
    with open_seeker(
        DovecotHarness(request.getfixturevalue("server")) if dovecot else MaildirHarness(tmp_path), tmp_path
    ) as made:
        yield made


@pytest.fixture
def held(seeker: Seeker) -> Seeker:
    """After an interview, with the form and two notes in Drafts."""
    seeker.interviewed()
    assert [len(seeker.drafts(own=own)) for own in (True, False)] == [1, 2]
    return seeker


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
