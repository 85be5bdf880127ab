"""The sign-in against an emulator of Google's that others made: it fails and succeeds independently of our own fake."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.letters import invitation
from tests.servers.consent import CLIENT_ID, CLIENT_SECRET, choose, visit
from tests.servers.dovecot import Dovecot
from tests.servers.gmail.emulator import Emulator
from tests.watcher.clidesk import INTERVIEW, INVITED, CliDesk
from watcher.cli.exits import Exit


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """Run the emulator."""
    with Emulator() as server:
        yield server


@pytest.fixture(scope="module")
def dovecot(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    """Run an IMAP server that asks the emulator whose token it is given."""
    info = f"http://127.0.0.1:{emulator.port}/oauth2/v1/tokeninfo?access_token="
    with Dovecot(tmp_path_factory.mktemp("imap"), tokeninfo=info) as server:
        yield server


class Desk(CliDesk):
    """An account over IMAP, whose user presses the button of `chosen` on the emulator's page."""

    def __init__(self, path: Path, emulator: Emulator, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
        """Configure an account of a user that nobody has had."""
        super().__init__(path)
        self.user = self.chosen = emulator.user()
        url = f"http://127.0.0.1:{emulator.port}"
        section = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        section |= {"auth_uri": f"{url}/o/oauth2/v2/auth", "token_uri": f"{url}/oauth2/token"}
        (path / "client.json").write_text(json.dumps({"installed": section}))
        self.kept = path / "token"
        self.configure(
            f'[accounts.gmail]\nkind = "imap"\nhost = "localhost"\nport = {dovecot.imaps}\nca_file = "{dovecot.ca_file}"\n'
            f'auth = "xoauth2"\ngoogle_client_file = "client.json"\npassword.file = "token"\naddress = "{self.user}"\n'
        )
        monkeypatch.setenv("BROWSER", "the emulator's")
        monkeypatch.setattr("webbrowser.open", self._browse)

    def _browse(self, link: str) -> bool:
        threading.Thread(target=lambda: visit(choose(link, self.chosen)), daemon=True).start()
        return True


@pytest.fixture
def desk(emulator: Emulator, dovecot: Dovecot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Give a desk at which nobody has signed in."""
    return Desk(tmp_path, emulator, dovecot, monkeypatch)


def test_a_sign_in_reads_mail_until_it_is_taken_back(desk: Desk, dovecot: Dovecot) -> None:
    dovecot.deliver(desk.user, invitation(INVITED, INTERVIEW))

    assert f"Signed in as {desk.user}" in desk.run("login", "gmail").stdout
    assert [row["check"] for row in desk.json("check") if not row["ok"]] == []
    assert desk.json("once")[0]["new"] == 1

    kept = desk.kept.read_bytes()
    assert "taken the access back" in desk.run("login", "gmail", "--revoke").stdout
    assert not desk.kept.exists()
    desk.kept.write_bytes(kept)
    desk.kept.chmod(0o600)
    assert "The refresh token is invalid" in desk.run("once", code=Exit.SIGN_IN).stderr


def test_another_user_of_the_page_is_refused_and_not_kept(desk: Desk, emulator: Emulator) -> None:
    desk.chosen = emulator.user()

    assert desk.user in desk.run("login", "gmail", code=Exit.SIGN_IN).stderr
    assert not desk.kept.exists()
