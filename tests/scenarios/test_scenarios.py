"""Every story in `stories/`, from first confirmation to end, over a Maildir, and some of them over Dovecot, Gmail and Outlook."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.connectors.harness import Harness
from tests.connectors.imap_harness import DovecotHarness
from tests.connectors.maildir_harness import MaildirHarness
from tests.scenarios.at_gmail import StoryGmail
from tests.scenarios.at_outlook import StoryOutlook
from tests.scenarios.sight import broken, faults, look, mutants
from tests.scenarios.stage import Stage
from tests.scenarios.story import STORIES, Story, read_story
from tests.servers.dovecot import Dovecot

_ALL = [read_story(path) for path in sorted(STORIES.glob("*.toml"))]
_PLAYED = [
    pytest.param(story, mailbox, id=f"{story.name}-{mailbox}")
    for story in _ALL
    for mailbox in ("maildir", *(["dovecot", "gmail", "outlook"] if story.dovecot else []))
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    with Dovecot(tmp_path_factory.mktemp("dovecot")) as running:
        yield running


@pytest.mark.parametrize(("story", "kind"), _PLAYED)
def test_the_story_goes_as_it_is_told(
    story: Story, kind: str, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """Each thing that is told is also made false once, at the moment when it is looked at: it must be seen to be false."""
    mailbox: Harness
    if kind == "dovecot":
        mailbox = DovecotHarness(request.getfixturevalue("server"))
    elif kind == "outlook":
        mailbox = StoryOutlook(request.getfixturevalue("microsoft"), tmp_path)
    else:
        mailbox = StoryGmail() if kind == "gmail" else MaildirHarness(tmp_path)
    stage = Stage(story, mailbox, tmp_path)
    try:
        for step in story.steps:
            stage.play(step)
            if step.verb != "see":
                continue
            seen = look(stage, step.given.get("process", ""))
            wrong = [*faults(seen, step.given), *broken(seen)]
            told = "\n  ".join(wrong)
            assert not wrong, f"{story.name}, step {step.number}, {step.at:%a %Y-%m-%d %H:%M}:\n  {told}"
            for mutant in mutants(step.given):
                assert faults(seen, mutant), f"{story.name}, step {step.number}: cannot fail: {mutant}"
        assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
    finally:
        stage.close()


def test_six_stories_are_played_over_a_real_server() -> None:
    assert sum(story.dovecot for story in _ALL) >= 6
