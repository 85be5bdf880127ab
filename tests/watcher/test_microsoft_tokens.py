"""Access tokens of an account at Outlook: renewed from what is kept, by one process at a time, and by nobody who need not."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.errors import AuthNeeded, Unavailable
from tests.servers.microsoft import Refusal
from tests.servers.sign_in import Answer
from tests.watcher.microsoft_desk import ROOT, MicrosoftDesk, open_desk
from watcher.clock import FixedClock
from watcher.config import OutlookAccount, load_config
from watcher.keeping import alone, keep
from watcher.microsoft import Tokens, load_grant
from watcher.secrets import FileSecret, SecretError

START = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


@pytest.fixture
def outlook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MicrosoftDesk]:
    """Give a desk whose user has signed in."""
    with open_desk(tmp_path, monkeypatch) as desk:
        desk.login()
        desk.microsoft.forms.clear()
        yield desk


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(START)


def account_of(outlook: MicrosoftDesk) -> OutlookAccount:
    account = load_config(outlook.desk.config).account("outlook")
    assert isinstance(account, OutlookAccount)
    return account


def test_a_token_is_given_again_until_shortly_before_its_end(outlook: MicrosoftDesk, clock: FixedClock) -> None:
    tokens = Tokens(account_of(outlook), clock=clock)
    first = tokens()
    clock.advance(timedelta(minutes=54))
    assert tokens() == first
    assert len(outlook.microsoft.forms) == 1
    clock.advance(timedelta(minutes=2))

    assert tokens() != first
    assert len(outlook.microsoft.forms) == 2


def test_a_token_that_was_refused_is_not_given_again(outlook: MicrosoftDesk, clock: FixedClock) -> None:
    tokens = Tokens(account_of(outlook), clock=clock)
    first = tokens()

    assert tokens(True) != first
    assert tokens() != first


def test_a_token_of_a_minute_is_used_for_most_of_it(outlook: MicrosoftDesk, clock: FixedClock) -> None:
    outlook.microsoft.lifetime = 60
    tokens = Tokens(account_of(outlook), clock=clock)
    first = tokens()
    clock.advance(timedelta(seconds=50))
    assert tokens() == first
    clock.advance(timedelta(seconds=5))

    assert tokens() != first


def test_each_renewal_is_kept_at_once(outlook: MicrosoftDesk) -> None:
    outlook.microsoft.single_use = True
    before = outlook.refresh_token
    Tokens(account_of(outlook))()

    assert outlook.refresh_token != before
    assert outlook.refresh_token in outlook.microsoft.refresh_tokens
    assert outlook.grant["address"] == "sam@example.com"
    assert outlook.kept.stat().st_mode & 0o777 == 0o600


def test_what_another_process_has_kept_meanwhile_is_used(outlook: MicrosoftDesk) -> None:
    outlook.microsoft.single_use = True
    one, other = Tokens(account_of(outlook)), Tokens(account_of(outlook))

    for _ in range(3):
        assert one(True) != other(True)


def test_a_new_sign_in_of_the_users_is_used_at_the_next_renewal(outlook: MicrosoftDesk) -> None:
    tokens = Tokens(account_of(outlook))
    tokens()
    outlook.microsoft.refresh_tokens.clear()
    with pytest.raises(AuthNeeded, match="was revoked"):
        tokens(True)
    outlook.login()

    assert tokens(True)


def test_a_sign_in_that_is_over_leaves_what_is_kept_as_it_is(outlook: MicrosoftDesk) -> None:
    before = outlook.kept.read_bytes()
    for fault in (Answer(503, ""), Answer(200, "<html>"), Answer(200, "{}")):
        outlook.microsoft.faults["token"] = fault
        with pytest.raises(Unavailable):
            Tokens(account_of(outlook))()
    outlook.microsoft.faults.clear()
    outlook.microsoft.refuses = Refusal("invalid_grant", 700082, "The refresh token has expired due to inactivity.")
    with pytest.raises(AuthNeeded, match="hearback login outlook"):
        Tokens(account_of(outlook))()

    assert outlook.kept.read_bytes() == before


def test_a_disk_that_takes_nothing_ends_no_sign_in_while_the_process_lives(
    outlook: MicrosoftDesk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    outlook.microsoft.single_use = True
    tokens = Tokens(account_of(outlook))

    def refuse(source: FileSecret, *_: object, **__: object) -> None:
        raise SecretError(f"accounts.{source.account}: cannot be written (No space left on device)")

    with monkeypatch.context() as full:
        full.setattr("watcher.microsoft.keep", refuse)
        given = {tokens(True) for _ in range(3)}
    assert len(given) == 3
    assert caplog.text.count("cannot be kept") == 1
    tokens(True)

    assert outlook.refresh_token in outlook.microsoft.refresh_tokens
    assert Tokens(account_of(outlook))()


@pytest.mark.parametrize("source", ["command", "env"])
def test_a_sign_in_that_is_only_read_renews_itself_as_long_as_the_process_lives(
    outlook: MicrosoftDesk, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    monkeypatch.setenv("HEARBACK_TOKEN", outlook.kept.read_text().strip())
    written = outlook.kept.read_bytes()
    outlook.configure(
        keep='token.env = "HEARBACK_TOKEN"\n' if source == "env" else f'token.command = ["cat", "{outlook.kept}"]\n'
    )
    outlook.microsoft.single_use = True
    tokens = Tokens(account_of(outlook))

    assert len({tokens(True) for _ in range(3)}) == 3
    assert outlook.kept.read_bytes() == written


@pytest.mark.parametrize("content", ["", "nonsense", '{"refresh_token": "1//x"}', '{"cache": {}}'])
def test_what_is_no_sign_in_at_microsoft_is_told_with_what_to_do(outlook: MicrosoftDesk, content: str) -> None:
    outlook.kept.write_text(content)

    with pytest.raises(SecretError, match=r"no secret|no sign-in at Microsoft.*hearback login outlook"):
        Tokens(account_of(outlook))()


def test_a_clock_that_is_off_is_logged_once(outlook: MicrosoftDesk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    tokens = Tokens(account_of(outlook))
    for skew in (0, 60, 60, 0, 60):
        outlook.microsoft.skew = timedelta(minutes=-skew)
        tokens(True)

    assert caplog.text.count("60 minutes ahead of Microsoft's") == 2


# ------------------------------------------------------------------------------------------------------ many at the same time

_RENEW = """
    import sys
    from pathlib import Path
    from watcher.config import load_config
    from watcher.microsoft import Tokens

    account = load_config(Path(sys.argv[1])).account("outlook")
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(int(sys.argv[2])):
        Tokens(account)(True)
    print("done", flush=True)
"""


@pytest.mark.parametrize("keep_in", ["file", "keyring"])
def test_processes_that_renew_at_once_lose_no_rotation(
    outlook: MicrosoftDesk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, keep_in: str
) -> None:
    """Each refresh token is good once here: who renewed from an old one, or wrote over a newer one, would end the sign-in."""
    if keep_in == "keyring":
        _install_keyring(tmp_path, monkeypatch)
        grant = load_grant(account_of(outlook).secret)
        outlook.configure(keep="")
        keep(account_of(outlook).secret, grant.text())
    outlook.microsoft.single_use = True
    each = 8 if keep_in == "file" else 2
    command = [sys.executable, "-c", textwrap.dedent(_RENEW), str(outlook.desk.config), str(each)]
    pipe = subprocess.PIPE
    processes = [subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True) for _ in range(3)]
    try:
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        told = [process.communicate(timeout=120) for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.wait(10)
    assert [out for out, _ in told] == ["done\n"] * 3, told

    renewals = [form for form in outlook.microsoft.forms if form["grant_type"] == "refresh_token"]
    assert len(renewals) == 3 * each
    assert len({form["refresh_token"] for form in renewals}) == 3 * each
    assert len(outlook.microsoft.refresh_tokens) == 1
    assert Tokens(account_of(outlook))()


def _install_keyring(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be a keyring in files, whose entries take no more than 2,560 octets of UTF-16."""
    (folder / "own_keyring.py").write_text(
        textwrap.dedent("""
            import hashlib, os, pathlib
            from keyring.backend import KeyringBackend

            class Own(KeyringBackend):
                priority = 1
                def entry(self, *names):
                    name = hashlib.sha256("/".join(names).encode()).hexdigest()
                    return pathlib.Path(__file__).with_name(f"entry-{name}")
                def get_password(self, *names):
                    entry = self.entry(*names)
                    return entry.read_text() if entry.exists() else None
                def set_password(self, service, username, password):
                    assert len(password.encode("utf-16-le")) <= 2560
                    entry = self.entry(service, username)
                    entry.with_suffix(".new").write_text(password)
                    os.replace(entry.with_suffix(".new"), entry)
                def delete_password(self, *names):
                    self.entry(*names).unlink(missing_ok=True)
        """)
    )
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "own_keyring.Own")
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state-home"))


def test_who_waits_too_long_for_another_process_says_so_and_tries_again_later(outlook: MicrosoftDesk) -> None:
    source = account_of(outlook).secret

    with alone(source, 5), pytest.raises(Unavailable, match="Another process"), alone(source, 0.1):
        pytest.fail("two at a time")


def test_threads_of_one_process_wait_for_each_other_too(tmp_path: Path) -> None:
    source = FileSecret("outlook", tmp_path / "token", "token", grant=True)
    inside, most = [0], [0]

    def work() -> None:
        for _ in range(20):
            with alone(source, 30):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert most == [1]
    assert not any(thread.is_alive() for thread in threads)


def test_a_lock_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    source = FileSecret("outlook", tmp_path / "file" / "token", "token", grant=True)

    with pytest.raises(SecretError, match="lock beside"), alone(source, 1):
        pytest.fail("no lock")


def test_a_drive_that_locks_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr("fcntl.flock", refuse)
    source = FileSecret("outlook", tmp_path / "token", "token", grant=True)

    with pytest.raises(SecretError, match="No locks available"), alone(source, 1):
        pytest.fail("no lock")


def test_msal_is_not_imported_for_accounts_of_other_kinds_nor_for_what_asks_no_mailbox(outlook: MicrosoftDesk) -> None:
    code = textwrap.dedent(f"""
        import json, sys
        from typer.testing import CliRunner
        from watcher.cli.app import app
        import watcher.accounts, watcher.worker, watcher.daemon
        for words in (["status"], ["config", "show"], ["labels"]):
            assert CliRunner().invoke(app, [*words, "--config", {str(outlook.desk.config)!r}]).exit_code == 0, words
        from watcher.config import load_config
        from pathlib import Path
        watcher.accounts.build_connector(load_config(Path({str(outlook.desk.config)!r})).account("outlook"))
        print(json.dumps([name for name in ("msal", "requests", "httpx", "google.auth") if name in sys.modules]))
    """)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == []
