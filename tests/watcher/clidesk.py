"""A user at the command line: a configuration, a Maildir with one invitation in it, and the real commands."""

from __future__ import annotations

import json
import logging
import os
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from typer.main import get_command
from typer.testing import CliRunner, Result

from connectors.maildir import create_maildir
from tests.letters import invitation
from tests.watcher.desk import NO_FORMS
from watcher.cli.app import app
from watcher.proofread import here

__all__ = ["INTERVIEW", "INVITED", "CliDesk"]

INVITED = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
INTERVIEW = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)


_command = cache(get_command)
"""The parser of the commands: making it takes as long as many a command, and each use of it is like the first."""


class CliDesk:
    """Runs commands in this process, and leaves logging and umask as they were.

    Drafts are checked in this process as well, where the dictionary is loaded once; `apart` does it as a user's command does.
    """

    apart = False

    def __init__(self, path: Path) -> None:
        """Make configuration and mailbox below `path`."""
        self.path = path
        self.mailbox = path / "mail"
        self.config = path / "config.toml"
        self.state = path / "state"
        create_maildir(self.mailbox)
        (path / "rules.toml").write_text(NO_FORMS)
        self.configure()

    def configure(self, accounts: str = '[accounts.main]\nkind = "maildir"\npath = "mail"\n', rest: str = "") -> None:
        """Write the configuration."""
        own = "" if "[rules]" in accounts + rest else '[rules]\nfile = "rules.toml"\n'
        self.config.write_text(
            '[user]\nname = "Sam Rivers"\nemail = "sam@example.com"\nphone = "+49 30 5550100"\ntimezone = "Europe/Berlin"\n'
            f'[daemon]\nstate_dir = "state"\n{rest}{accounts}{own}'
        )

    def deliver(self, raw: bytes, at: datetime, name: str) -> None:
        """Put a message into the inbox as a delivery agent does."""
        path = self.mailbox / "new" / f"{int(at.timestamp())}.{name}.world"
        path.write_bytes(raw)
        os.utime(path, (at.timestamp(), at.timestamp()))

    def invite(self) -> None:
        """Deliver an invitation to an interview."""
        self.deliver(invitation(INVITED, INTERVIEW), INVITED, "invite")

    def run(self, *words: str, code: int = 0, given: str = "") -> Result:
        """Run a command, and hold it to its exit code."""
        with nullcontext() if self.apart else patch("watcher.proofread.apart", here):
            return self.run_bare(*words, "--config", str(self.config), code=code, given=given)

    @staticmethod
    def run_bare(*words: str, code: int = 0, given: str | bytes = "") -> Result:
        """Run a command that is told of no configuration, and hold it to its exit code."""
        umask = os.umask(0)
        os.umask(umask)
        root = logging.getLogger()
        handlers, level = root.handlers[:], root.level
        try:
            with patch("typer.testing._get_command", _command):
                result = CliRunner().invoke(app, [*words], input=given, catch_exceptions=False)
        finally:
            os.umask(umask)
            for handler in root.handlers[:]:
                if handler not in handlers:
                    root.removeHandler(handler)
                    handler.close()
            root.setLevel(level)
        assert result.exit_code == code, (result.exit_code, result.stdout, result.stderr)
        return result

    def json(self, *words: str) -> Any:
        """Run a command with --json and return what it printed."""
        return json.loads(self.run(*words, "--json").stdout)

    def drafts(self) -> list[Path]:
        """Return the files in Drafts."""
        return sorted((self.mailbox / ".Drafts" / "cur").iterdir())
