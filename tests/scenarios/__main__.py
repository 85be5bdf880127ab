"""`python -m tests.scenarios STORY`: play one story over a Maildir and print what is to be seen at each look, to write it on."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.connectors.maildir_harness import MaildirHarness
from tests.scenarios.sight import Sight, broken, faults, look
from tests.scenarios.stage import Stage, plain_text
from tests.scenarios.story import STORIES, read_story


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _show(seen: Sight, *, whole: bool) -> None:
    for name in ("state", "promised_by", "not_before", "followups_sent", "next"):
        _print(f"  {name}: {seen.status[name]}")
    _print(f"  drafts: {sorted(seen.drafts)}")
    _print(f"  tasks: {[task['id'] for task in seen.status['tasks']]}")
    _print(f"  notices: {[(notice['kind'], notice['text']) for notice in seen.status['notices']]}")
    findings = [(draft["key"], [each["id"] for each in draft["findings"]]) for draft in seen.status["drafts"]]
    _print(f"  findings: {findings}")
    if whole:
        for key, draft in sorted(seen.drafts.items()):
            _print(f"  --- {key}: {draft['Subject']} (answers {draft['In-Reply-To']})")
            _print("      " + plain_text(draft).replace("\n", "\n      "))
        _print(f"  why: {seen.why}")


def main(name: str, *, whole: bool) -> None:
    """Play one story; faults are told, and it goes on."""
    story = read_story(Path(name) if name.endswith(".toml") else STORIES / f"{name}.toml")
    with tempfile.TemporaryDirectory() as path:
        stage = Stage(story, MaildirHarness(Path(path)), Path(path))
        told = 0
        for step in story.steps:
            stage.play(step)
            _print(f"{step.number}. {step.at:%a %Y-%m-%d %H:%M} {step.verb}")
            for row in stage.log[told:]:
                _print(f"  {row.at.astimezone(story.zone):%a %m-%d %H:%M} [{row.action}] {row.company}: {row.text}")
            told = len(stage.log)
            if step.verb == "see":
                seen = look(stage, step.given.get("process", ""))
                _show(seen, whole=whole)
                for fault in (*faults(seen, step.given), *broken(seen)):
                    _print(f"  ! {fault}")
        stage.close()


if __name__ == "__main__":
    main(sys.argv[1], whole="--whole" in sys.argv)
