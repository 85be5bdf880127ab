"""Gmail over IMAP without a password: one sign-in at Google, and access tokens made of it for a real server (XOAUTH2)."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest

from tests.letters import invitation
from tests.servers.consent import GoogleSignIn
from tests.servers.dovecot import Dovecot
from tests.watcher.clidesk import INTERVIEW, INVITED, CliDesk
from tests.watcher.google_desk import ROOT, GoogleDesk
from watcher.cli.exits import Exit
from watcher.lock import wake_daemon
from watcher.log import redact

pytestmark = pytest.mark.xdist_group("google")

_PAUSE = Event()
_OWNERS = iter(f"sam{number}@gmail.com" for number in range(1000))


@pytest.fixture(scope="module")
def google() -> Iterator[GoogleSignIn]:
    """Run Google's sign-in."""
    with GoogleSignIn() as server:
        yield server


@pytest.fixture(scope="module")
def dovecot(google: GoogleSignIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    """Run an IMAP server that asks Google whose token it is given."""
    with Dovecot(tmp_path_factory.mktemp("imap"), tokeninfo=google.token_info) as server:
        yield server


@pytest.fixture
def desk(google: GoogleSignIn, dovecot: Dovecot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GoogleDesk:
    """Give a desk whose account is at that server; nobody has signed in."""
    google.owner = next(_OWNERS)
    desk = GoogleDesk(CliDesk(tmp_path), google, monkeypatch)
    desk.desk.configure(
        f'[accounts.gmail]\nkind = "imap"\nhost = "localhost"\nport = {dovecot.imaps}\nca_file = "{dovecot.ca_file}"\n'
        f'auth = "xoauth2"\ngoogle_client_file = "client.json"\npassword.file = "token"\naddress = "{google.owner}"\n'
        "timeout_seconds = 10\npoll_seconds = 1\n"
    )
    return desk


def until(what: Callable[[], bool]) -> None:
    """Return when it is so. AssertionError after a minute."""
    for _ in range(1200):
        if what():
            return
        _PAUSE.wait(0.05)
    raise AssertionError("it never came to be")


def test_login_asks_for_the_right_that_imap_needs_and_proves_it_at_the_server(desk: GoogleDesk) -> None:
    said = desk.login()

    assert f"Signed in as {desk.google.owner}" in said.stdout
    assert desk.grant["scopes"] == ["https://mail.google.com/"]
    assert desk.google.asked[-1]["scope"] == "https://mail.google.com/"


def test_a_sign_in_of_somebody_else_is_refused_by_the_server_and_not_kept(desk: GoogleDesk) -> None:
    desk.google.owner = "somebody.else@gmail.com"

    assert "another Google account" in desk.refused(Exit.SIGN_IN)


def test_a_server_that_is_away_does_not_cost_the_sign_in(desk: GoogleDesk) -> None:
    text = desk.desk.config.read_text()
    desk.desk.config.write_text(text.replace('host = "localhost"', 'host = "mail.invalid"'))

    assert "could not be tried now" in desk.login().stderr
    assert desk.kept.exists()


def test_mail_is_read_with_tokens_that_are_made_anew(
    desk: GoogleDesk, dovecot: Dovecot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    desk.login()
    before = len(desk.google.access_tokens)
    dovecot.deliver(desk.google.owner, invitation(INVITED, INTERVIEW))
    checked = desk.desk.json("check")
    report = desk.desk.json("once")

    assert [row["check"] for row in checked if not row["ok"]] == []
    assert {"gmail: client", "gmail: secret", "gmail: sign-in", "gmail: mailbox"} <= {row["check"] for row in checked}
    assert report[0]["new"] == 1
    assert len(desk.google.access_tokens) == before + 3  # two of check's, one of the pass
    for secret in (*desk.google.access_tokens, *desk.google.refresh_tokens):
        assert secret not in redact(caplog.text)
        assert secret not in json.dumps(checked)


def test_a_grant_that_was_revoked_asks_for_a_sign_in_and_names_the_trap(desk: GoogleDesk) -> None:
    desk.login()
    desk.google.refresh_tokens.clear()
    said = desk.desk.run("once", code=Exit.SIGN_IN).stderr
    checked = desk.desk.run("check", "--json", code=Exit.SIGN_IN)

    assert "hearback login gmail" in said
    assert "Testing" in said
    (bad,) = [row for row in json.loads(checked.stdout) if not row["ok"]]
    assert bad["check"] == "gmail: sign-in"


def test_without_a_sign_in_the_command_for_it_is_named(desk: GoogleDesk) -> None:
    assert "hearback login gmail" in desk.desk.run("once", code=Exit.SIGN_IN).stderr


def test_a_running_daemon_tells_a_lost_grant_once_and_goes_on_after_a_login(
    desk: GoogleDesk, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watcher.cli.signing_in.wake_daemon", wake_daemon)
    config = desk.desk.config.read_text()
    desk.desk.config.write_text(config.replace("[rules]", '[accounts.other]\nkind = "maildir"\npath = "mail"\n[rules]'))
    desk.login()
    desk.google.refresh_tokens.clear()
    log = desk.desk.path / "log"

    def accounts() -> dict[str, dict[str, object]]:
        return {row["name"]: row for row in desk.desk.json("status")["accounts"]}

    with log.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "watcher.cli", "run", "--config", str(desk.desk.config)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
        )
    try:
        until(lambda: "no longer accepts" in log.read_text() and "other: signed in" in log.read_text())
        trouble = accounts()["gmail"]["trouble"]
        assert isinstance(trouble, dict)
        assert trouble["kind"] == "sign_in"
        assert accounts()["other"]["trouble"] is None
        asked = len(desk.google.forms)
        wake_daemon(desk.desk.state / "lock")
        until(lambda: len(desk.google.forms) > asked)
        assert log.read_text().count("no longer accepts") == 1

        desk.login()
        until(lambda: "gmail: signed in" in log.read_text())
        until(lambda: accounts()["gmail"]["trouble"] is None)
        dovecot.deliver(desk.google.owner, invitation(INVITED, INTERVIEW))
        until(lambda: bool(desk.desk.json("status")["processes"]))
    finally:
        process.terminate()
        process.wait(20)

    text = log.read_text()
    for secret in (*desk.google.access_tokens, *desk.google.refresh_tokens, desk.grant["refresh_token"]):
        assert secret not in text
