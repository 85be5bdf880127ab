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
from tests.servers.gmail.front import Front
from tests.watcher.clidesk import INTERVIEW, INVITED, CliDesk
from watcher.cli.exits import Exit

pytestmark = pytest.mark.xdist_group("google")


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
    """An account whose user presses the button of `chosen` on the emulator's page."""

    def __init__(self, path: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
        """Take a user that nobody has had; `use` says of which kind the account is."""
        super().__init__(path)
        self.user = self.chosen = emulator.user()
        self.kept = path / "token"
        monkeypatch.setenv("BROWSER", "the emulator's")
        monkeypatch.setattr("webbrowser.open", self._browse)

    def use(self, provider: str, account: str) -> None:
        """Sign in at `provider`, and configure the account with these keys."""
        section = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        section |= {"auth_uri": f"{provider}/o/oauth2/v2/auth", "token_uri": f"{provider}/oauth2/token"}
        (self.path / "client.json").write_text(json.dumps({"installed": section}))
        self.configure(f'[accounts.gmail]\naddress = "{self.user}"\n{account}')

    def _browse(self, link: str) -> bool:
        threading.Thread(target=lambda: visit(choose(link, self.chosen)), daemon=True).start()
        return True


def works_until_it_is_taken_back(desk: Desk) -> None:
    assert f"Signed in as {desk.user}" in desk.run("login", "gmail").stdout
    assert [row["text"] for row in desk.json("check") if not row["ok"]] == []
    assert desk.json("once")[0]["new"] == 1

    kept = desk.kept.read_bytes()
    assert "taken the access back" in desk.run("login", "gmail", "--revoke").stdout
    assert not desk.kept.exists()
    desk.kept.write_bytes(kept)
    desk.kept.chmod(0o600)
    assert "The refresh token is invalid" in desk.run("once", code=Exit.SIGN_IN).stderr


@pytest.fixture
def imap(emulator: Emulator, dovecot: Dovecot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Give a desk with an account over IMAP, at which nobody has signed in."""
    desk = Desk(tmp_path, emulator, monkeypatch)
    desk.use(
        f"http://127.0.0.1:{emulator.port}",
        f'kind = "imap"\nhost = "localhost"\nport = {dovecot.imaps}\nca_file = "{dovecot.ca_file}"\n'
        'auth = "xoauth2"\ngoogle_client_file = "client.json"\npassword.file = "token"\n',
    )
    return desk


def test_a_sign_in_reads_mail_over_imap_until_it_is_taken_back(imap: Desk, dovecot: Dovecot) -> None:
    dovecot.deliver(imap.user, invitation(INVITED, INTERVIEW))

    works_until_it_is_taken_back(imap)


def test_another_user_of_the_page_is_refused_by_imap_and_not_kept(imap: Desk, emulator: Emulator) -> None:
    imap.chosen = emulator.user()

    assert imap.user in imap.run("login", "gmail", code=Exit.SIGN_IN).stderr
    assert not imap.kept.exists()


@pytest.fixture
def front(emulator: Emulator) -> Iterator[Front]:
    """Put the judge before the emulator, and see that it has found nothing."""
    with Front(emulator) as server:
        yield server
        assert server.violations == []


@pytest.fixture
def gmail(emulator: Emulator, front: Front, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Give a desk with an account over Gmail's own interface, at which nobody has signed in."""
    desk = Desk(tmp_path, emulator, monkeypatch)
    desk.use(front.url, f'kind = "gmail"\nclient_file = "client.json"\ntoken.file = "token"\napi_url = "{front.url}"\n')
    return desk


def test_a_sign_in_reads_mail_over_gmails_interface_until_it_is_taken_back(gmail: Desk, front: Front) -> None:
    front.mailbox(gmail.user).deliver(invitation(INVITED, INTERVIEW))

    works_until_it_is_taken_back(gmail)


def test_another_user_of_the_page_is_refused_by_gmail_and_not_kept(gmail: Desk, emulator: Emulator) -> None:
    gmail.chosen = emulator.user()

    said = gmail.run("login", "gmail", code=Exit.SIGN_IN).stderr
    assert f"signed in as {gmail.chosen}" in said
    assert not gmail.kept.exists()
