"""A real Thunderbird, without a screen, in a profile of its own: what a user does with drafts in it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Self

from tests.servers.dovecot import PASSWORD, Dovecot
from tests.thunderbird.marionette import Marionette, RefusedError

__all__ = ["Thunderbird"]

_STEPS = Path(__file__).with_name("steps.js").read_text(encoding="utf-8")
_NOWHERE = "http://127.0.0.1:9/"


class Thunderbird:
    """The program with one IMAP account, that of `user`, who is `name` <`address`>."""

    def __init__(self, folder: Path, server: Dovecot, user: str, name: str, address: str) -> None:
        """Write the profile below `folder`."""
        self._folder = folder
        self._user = user
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port: int = probe.getsockname()[1]
        profile = folder / "profile"
        profile.mkdir(parents=True)
        settings = _settings(server.imap, self._port, user, name, address)
        lines = [f"user_pref({json.dumps(key)}, {json.dumps(value)});\n" for key, value in settings.items()]
        (profile / "user.js").write_text("".join(lines), encoding="utf-8")

    def __enter__(self) -> Self:
        """Start it and sign in. Raises RuntimeError where it is not installed."""
        binary = shutil.which("thunderbird")
        if binary is None:
            raise RuntimeError("Thunderbird is not installed. `make thunderbird` installs it (Debian: thunderbird).")
        home = self._folder / "home"
        home.mkdir()
        options = ["--headless", "--no-remote", "--marionette", "--remote-allow-system-access"]
        with (self._folder / "thunderbird.log").open("wb") as log:
            self._program = subprocess.Popen(
                [binary, *options, "--profile", str(self._folder / "profile")],
                env={**os.environ, "HOME": str(home), "MOZ_HEADLESS": "1", "MOZ_CRASHREPORTER_DISABLE": "1", "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            self._driver = Marionette(self._port, self._program)
            self._do("signIn", self._user, PASSWORD)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        with contextlib.suppress(OSError, RefusedError):
            self._driver.quit()
        with self._driver:
            self._end()

    def _end(self) -> None:
        try:
            self._program.wait(10)
        except subprocess.TimeoutExpired:
            self._program.kill()
            self._program.wait(10)

    def edit(self, words: str, *, other: bool = False) -> bool:
        """Open the draft whose subject and recipient hold `words` with Edit; say whether its composer writes HTML.

        `other` is Edit with Shift held: the composer that Thunderbird would not have chosen.
        """
        return bool(self._do("edit", words, other))

    def type(self, at: str, text: str) -> None:
        """Type behind the line that holds `at`; a line feed is the key Enter."""
        self._do("type", at, text)

    def save(self) -> None:
        """Save the draft and close the composer."""
        self._do("save")

    def _do(self, step: str, *given: object) -> object:
        return self._driver.run(_STEPS, step, *given)


def _settings(imap: int, marionette: int, user: str, name: str, address: str) -> dict[str, object]:
    """Return the preferences of a profile with one account, which asks nothing and calls nobody but its server."""
    return {
        "mail.accountmanager.accounts": "account1,account2",
        "mail.accountmanager.defaultaccount": "account1",
        "mail.accountmanager.localfoldersserver": "server2",
        "mail.account.account1.identities": "id1",
        "mail.account.account1.server": "server1",
        "mail.account.account2.server": "server2",
        "mail.account.lastKey": 2,
        "mail.identity.id1.fullName": name,
        "mail.identity.id1.useremail": address,
        "mail.identity.id1.valid": True,
        "mail.identity.id1.draft_folder": f"imap://{user}@localhost/Drafts",
        "mail.identity.id1.drafts_folder_picker_mode": "0",
        "mail.server.server1.type": "imap",
        "mail.server.server1.hostname": "localhost",
        "mail.server.server1.port": imap,
        "mail.server.server1.socketType": 0,
        "mail.server.server1.authMethod": 3,
        "mail.server.server1.userName": user,
        "mail.server.server1.name": user,
        "mail.server.server1.login_at_startup": False,
        "mail.server.server1.check_new_mail": False,
        "mail.server.server2.type": "none",
        "mail.server.server2.hostname": "Local Folders",
        "mail.server.server2.name": "Local Folders",
        "mail.server.server2.userName": "nobody",
        "mail.compose.autosave": False,
        "mail.provider.suppress_dialog_on_startup": True,
        "mail.rights.version": 1,
        "mail.shell.checkDefaultClient": False,
        "mail.spotlight.firstRunDone": True,
        "mailnews.start_page.enabled": False,
        "mailnews.start_page_override.mstone": "ignore",
        "app.donation.eoy.version.viewed": 999,
        "app.update.enabled": False,
        "browser.safebrowsing.malware.enabled": False,
        "datareporting.healthreport.uploadEnabled": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "extensions.getAddons.cache.enabled": False,
        "extensions.update.enabled": False,
        "mail.inappnotifications.enabled": False,
        "marionette.port": marionette,
        "network.captive-portal-service.enabled": False,
        "network.connectivity-service.enabled": False,
        "network.manage-offline-status": False,
        "services.settings.server": _NOWHERE,
        "toolkit.telemetry.enabled": False,
    }
