"""`hearback login` at Google: real requests over loopback, from the link to the sign-in that is kept."""

from __future__ import annotations

import json
import logging
import os
import pty
import stat
import sys
import threading
import webbrowser
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.servers.consent import CLIENT_SECRET, GoogleSignIn, follow, visit
from tests.servers.sign_in import Answer
from tests.watcher.clidesk import CliDesk
from tests.watcher.google_desk import GoogleDesk, link_in
from watcher.cli.exits import Exit

MODIFY = "https://www.googleapis.com/auth/gmail.modify"
READ = "https://www.googleapis.com/auth/gmail.readonly"
COMPOSE = "https://www.googleapis.com/auth/gmail.compose"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GoogleDesk]:
    """Give a desk with a browser and Google's sign-in."""
    with GoogleSignIn() as google:
        yield GoogleDesk(CliDesk(tmp_path), google, monkeypatch)


# --------------------------------------------------------------------------------------------------------- what a login does


def test_the_browser_leads_to_a_sign_in_that_only_the_user_can_read(desk: GoogleDesk) -> None:
    said = desk.login()

    assert "Signed in as sam@gmail.com" in said.stdout
    assert stat.S_IMODE(desk.kept.stat().st_mode) == 0o600
    assert desk.kept.read_text().count("\n") == 1
    assert desk.grant["refresh_token"] in desk.google.refresh_tokens
    assert desk.grant["address"] == "sam@gmail.com"
    assert desk.grant["scopes"] == [MODIFY]
    assert [path.name for path in desk.woken] == ["lock"]


def test_the_page_is_asked_for_the_smallest_rights_and_with_pkce(desk: GoogleDesk) -> None:
    desk.login()
    desk.configure("labels = false\n")
    desk.login()

    assert [asked["scope"].split() for asked in desk.google.asked] == [[MODIFY], [READ, COMPOSE]]
    first, second = desk.google.asked
    assert first["code_challenge"] != second["code_challenge"]
    assert first["state"] != second["state"]
    assert first["login_hint"] == "sam@gmail.com"
    assert urlsplit(first["redirect_uri"]).hostname == "127.0.0.1"


def test_a_second_login_takes_the_place_of_the_first(desk: GoogleDesk) -> None:
    desk.login()
    before = desk.grant["refresh_token"]
    desk.login()

    assert desk.grant["refresh_token"] != before
    assert sorted(path.name for path in desk.desk.path.iterdir() if "token" in path.name) == ["token"]


def test_a_link_to_the_file_stays_a_link(desk: GoogleDesk) -> None:
    real = desk.desk.path / "vault" / "gmail"
    real.parent.mkdir()
    desk.kept.symlink_to(real)
    desk.login()

    assert desk.kept.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o600


@pytest.mark.parametrize("written", ["s.am+jobs@googlemail.com", "SAM@gmail.com"])
def test_an_address_of_gmail_may_be_written_in_other_ways(desk: GoogleDesk, written: str) -> None:
    desk.configure(address=written)

    assert "Signed in as sam@gmail.com" in desk.login().stdout


def test_the_account_may_have_another_address_than_its_drafts(desk: GoogleDesk) -> None:
    desk.google.owner = "sam@work.example"
    desk.configure('username = "sam@work.example"\n', address="sam.rivera@alias.example")

    assert "Signed in as sam@work.example" in desk.login().stdout
    assert desk.google.asked[0]["login_hint"] == "sam@work.example"


def test_scopes_that_are_not_named_are_those_that_were_asked_for(desk: GoogleDesk) -> None:
    desk.google.granted = ""
    desk.login()

    assert desk.grant["scopes"] == [MODIFY]


def test_more_than_was_asked_for_will_do(desk: GoogleDesk) -> None:
    desk.google.granted = "openid https://mail.google.com/"
    desk.login()

    assert desk.grant["scopes"] == ["openid", "https://mail.google.com/"]


def test_a_sign_in_that_will_end_says_when_and_how_to_leave_that(desk: GoogleDesk) -> None:
    desk.google.ends_in = 604_799
    said = desk.login()

    assert "Testing" in said.stderr
    assert "Publish app" in said.stderr
    assert desk.grant["ends"][:10] in said.stderr


# ----------------------------------------------------------------------------------------------- without a browser


def test_the_address_at_the_end_can_be_pasted(desk: GoogleDesk) -> None:
    with desk.process("login", "gmail") as process:
        link = link_in(process)
        out, err = process.communicate(f"{follow(link)}\n", timeout=60)

    assert process.returncode == 0, err
    assert "Signed in as sam@gmail.com" in out
    assert desk.grant["refresh_token"] in desk.google.refresh_tokens


def test_what_is_pasted_wrongly_is_told_and_can_be_pasted_again(desk: GoogleDesk) -> None:
    with desk.process("login", "gmail", "--no-browser") as process:
        right = follow(link_in(process))
        query = urlsplit(right).query
        foreign = right.replace("state=", "state=x")
        out, err = process.communicate(f"no idea\n\n{foreign}\nhttp://127.0.0.1:1/\n  <?{query}>  \n", timeout=60)

    assert process.returncode == 0, (out, err)
    assert err.count("holds no answer of Google's") == 2
    assert err.count("belongs to another sign-in") == 1


def test_the_answer_may_come_over_the_loopback_while_a_paste_is_waited_for(desk: GoogleDesk) -> None:
    with desk.process("login", "gmail") as process:
        answer = follow(link_in(process))
        root = answer.partition("?")[0]
        assert visit(f"{root}favicon.ico")[0] == 404
        assert visit(root)[0] == 400
        assert visit(answer.replace("state=", "state=x"))[0] == 400
        assert visit(answer, host="evil.example")[0] == 400
        status, page = visit(answer)
        assert (status, "close this page" in page) == (200, True)
        assert process.wait(60) == 0

    assert desk.kept.exists()


def test_a_terminal_takes_the_paste_as_well(desk: GoogleDesk) -> None:
    ours, theirs = pty.openpty()
    try:
        with desk.process("login", "gmail", stdin=theirs) as process:
            os.write(ours, f"{follow(link_in(process))}\n".encode())
            assert process.wait(60) == 0
    finally:
        os.close(ours)
        os.close(theirs)

    assert desk.kept.exists()


def test_an_end_of_the_input_is_no_end_of_the_wait(desk: GoogleDesk) -> None:
    with desk.process("login", "gmail") as process:
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
        assert visit(follow(link_in(process)))[0] == 200
        assert process.wait(60) == 0


def test_no_browser_is_opened_where_none_is_wanted_or_seen(desk: GoogleDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watcher.cli.browsing.SECONDS", 0.05)
    assert "paste it here" in desk.login("--no-browser", code=Exit.SIGN_IN).stdout
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    desk.login(code=Exit.SIGN_IN)

    assert desk.opened == []


def test_the_browser_that_is_named_is_the_one_that_opens(desk: GoogleDesk, tmp_path: Path) -> None:
    browser = tmp_path / "browser.py"
    browser.write_text("import sys, urllib.request\nurllib.request.urlopen(sys.argv[1], timeout=10).read()\n")
    with desk.process("login", "gmail", browser=f"{sys.executable} {browser} %s") as process:
        out, err = process.communicate(timeout=60)

    assert process.returncode == 0, err
    assert "opens in your browser" in out
    assert desk.kept.exists()


def test_a_browser_of_the_terminal_is_left_alone(desk: GoogleDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watcher.cli.browsing.SECONDS", 0.05)
    monkeypatch.setattr("webbrowser.get", lambda: webbrowser.GenericBrowser("lynx"))
    desk.login(code=Exit.SIGN_IN)

    assert desk.opened == []


def test_a_browser_that_is_waited_for_keeps_nobody_waiting(desk: GoogleDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = threading.Event()
    monkeypatch.setattr("watcher.cli.browsing.BROWSER_SECONDS", 0.1)
    monkeypatch.setattr("webbrowser.open", lambda link: visit(follow(link)) is not None and closed.wait(20))
    try:
        assert "Signed in" in desk.login().stdout
    finally:
        closed.set()


def test_a_password_for_every_host_is_not_sent_to_google(desk: GoogleDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk.desk.path / "netrc").write_text("default login sam password hunter2\n")
    monkeypatch.setenv("NETRC", str(desk.desk.path / "netrc"))

    assert "Signed in" in desk.login().stdout


def test_a_browser_that_cannot_be_started_leaves_the_link(desk: GoogleDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watcher.cli.browsing.SECONDS", 0.05)
    monkeypatch.setattr("webbrowser.open", lambda _: False)

    assert "Open this link in a browser" in desk.login(code=Exit.SIGN_IN).stdout


# ---------------------------------------------------------------------------------------------------------- what goes wrong


def test_time_runs_out(desk: GoogleDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watcher.cli.browsing.SECONDS", 0.05)
    monkeypatch.setattr("webbrowser.open", lambda _: True)
    said = desk.refused(Exit.SIGN_IN)

    assert "hearback login gmail" in said
    assert "test user" in said


def test_access_that_is_denied_keeps_nothing(desk: GoogleDesk) -> None:
    desk.google.deny = "access_denied"

    assert "not allowed" in desk.refused(Exit.SIGN_IN)


def test_an_organisation_that_forbids_it_is_told(desk: GoogleDesk) -> None:
    desk.google.deny = "admin_policy_enforced"

    assert "administrator" in desk.refused(Exit.SIGN_IN)


@pytest.mark.parametrize(("granted", "labels"), [(READ, "true"), (READ, "false"), ("openid", "true"), (COMPOSE, "false")])
def test_fewer_rights_than_are_needed_keep_nothing(desk: GoogleDesk, granted: str, labels: str) -> None:
    desk.google.granted = granted
    desk.configure(f"labels = {labels}\n")
    said = desk.refused(Exit.SIGN_IN)

    assert "tick every box" in said
    assert (MODIFY if labels == "true" else {READ: COMPOSE, COMPOSE: READ}[granted]) in said


def test_no_refresh_token_keeps_nothing(desk: GoogleDesk) -> None:
    desk.google.gives_refresh_token = False

    assert "myaccount.google.com" in desk.refused(Exit.SIGN_IN)


def test_the_wrong_account_keeps_nothing_and_names_both(desk: GoogleDesk) -> None:
    desk.google.owner = "samuel@gmail.com"
    said = desk.refused(Exit.SIGN_IN)

    assert "signed in as samuel@gmail.com" in said
    assert "is for sam@gmail.com" in said


def test_the_wrong_account_leaves_the_sign_in_that_was_there(desk: GoogleDesk) -> None:
    desk.login()
    before = desk.kept.read_bytes()
    desk.google.owner = "samuel@gmail.com"
    desk.login(code=Exit.SIGN_IN)

    assert desk.kept.read_bytes() == before
    assert desk.google.revoked == []


def test_a_clock_that_is_off_is_told_and_the_sign_in_is_kept(desk: GoogleDesk) -> None:
    desk.google.skew = timedelta(minutes=-42)
    said = desk.login(code=Exit.USAGE).stderr

    assert "42 minutes ahead of" in said
    assert "timedatectl" in said
    assert desk.grant["refresh_token"] in desk.google.refresh_tokens
    assert desk.woken


@pytest.mark.parametrize(
    ("answer", "code", "told"),
    [
        (Answer(200, "<html>Welcome to our hotel</html>", "text/html"), Exit.UNREACHABLE, "sign-in page of a hotel"),
        (Answer(302, "", "text/html", {"Location": "http://127.0.0.1:9/portal"}), Exit.UNREACHABLE, "redirected elsewhere"),
        (Answer(307, "", "text/html", {"Location": "http://127.0.0.1:9/portal"}), Exit.UNREACHABLE, "redirected elsewhere"),
        (Answer(511, "<html>", "text/html"), Exit.UNREACHABLE, "status 511"),
        (Answer(503, "<html>", "text/html"), Exit.UNREACHABLE, "status 503"),
        (Answer(429, "{}", headers={"Retry-After": "30"}), Exit.UNREACHABLE, "asks for patience"),
        (Answer(401, '{"error": "invalid_client"}'), Exit.USAGE, "does not know the client"),
        (Answer(400, '{"error": "invalid_grant", "error_description": "Bad Request"}'), Exit.SIGN_IN, "Do it again"),
        (Answer(400, '{"error": "redirect_uri_mismatch"}'), Exit.USAGE, "Desktop app"),
        (Answer(403, '{"error": {"code": 403, "message": "no", "status": "DENIED"}}'), Exit.SIGN_IN, "DENIED: no"),
        (Answer(400, '{"error": "\\u001b[31mred\\u0007"}'), Exit.SIGN_IN, "red"),
        (Answer(200, "{}"), Exit.UNREACHABLE, "without an access token"),
        (Answer(200, "[]"), Exit.UNREACHABLE, "where JSON was due"),
        (Answer(200, ""), Exit.UNREACHABLE, "without an access token"),
        (Answer(200, '{"access_token": 7, "refresh_token": "x", "expires_in": 1}'), Exit.UNREACHABLE, "access token"),
        (Answer(200, "[" * 100_000), Exit.UNREACHABLE, "something else where JSON was due"),
        (Answer(200, '{"access_token": "ya29.\\u2028", "refresh_token": "1//x"}'), Exit.UNREACHABLE, "without an access token"),
        (Answer(200, '{"access_token": "ya29.x", "refresh_token": "1//x y"}'), Exit.UNREACHABLE, "refresh token that is none"),
    ],
    ids=lambda value: value.body[:30] or str(value.status) if isinstance(value, Answer) else None,
)
def test_a_token_endpoint_that_says_something_else_is_told_as_what_it_is(
    desk: GoogleDesk, answer: Answer, code: Exit, told: str
) -> None:
    desk.google.token = answer
    said = desk.refused(code)

    assert told in said
    assert "\x1b" not in said
    if code is Exit.UNREACHABLE:
        assert "Nothing was stored: start over with `hearback login gmail`" in said


def test_patience_that_google_asks_for_is_told_as_a_time_to_start_over(desk: GoogleDesk) -> None:
    desk.google.token = Answer(429, "{}", headers={"Retry-After": "300"})
    said = desk.refused(Exit.UNREACHABLE)

    assert "start over with `hearback login gmail` in 5 min" in said
    assert "goes on where it stopped" not in said


def test_a_machine_on_which_nothing_may_listen_is_told(desk: GoogleDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbid(_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("watcher.cli.browsing.Loopback", forbid)

    assert "listen on 127.0.0.1 (Operation not permitted)" in desk.refused(Exit.USAGE)


def test_a_client_file_behind_a_link_is_not_written_over(desk: GoogleDesk) -> None:
    before = desk.client.read_bytes()
    desk.kept.symlink_to(desk.client)
    said = desk.login(code=Exit.SIGN_IN).stderr

    assert "something else than a sign-in" in said
    assert desk.client.read_bytes() == before
    assert desk.opened == []


@pytest.mark.parametrize("before", ["", "half a tok en", '{"refresh_token": "1//old"}', '{"access_token": "ya29.x"}', "\ufeff{"])
def test_what_was_kept_before_may_be_anything_that_a_sign_in_looks_like(desk: GoogleDesk, before: str) -> None:
    desk.kept.write_text(before)
    desk.login()

    assert desk.grant["refresh_token"] in desk.google.refresh_tokens


def test_a_token_endpoint_that_never_answers_is_given_up(desk: GoogleDesk) -> None:
    desk.google.stalls.set()
    desk.configure()
    desk.desk.config.write_text(desk.desk.config.read_text().replace("timeout_seconds = 10", "timeout_seconds = 1"))

    assert "did not answer within 1 s" in desk.refused(Exit.UNREACHABLE)


@pytest.mark.parametrize(
    ("answer", "code", "told"),
    [
        (
            Answer(
                403,
                json.dumps(
                    {
                        "error": {
                            "code": 403,
                            "message": "Gmail API has not been used in project 123456789012 before or it is disabled.",
                            "errors": [{"reason": "accessNotConfigured"}],
                        }
                    }
                ),
            ),
            Exit.USAGE,
            "gmail.googleapis.com?project=123456789012",
        ),
        (
            Answer(403, json.dumps({"error": {"code": 403, "details": [{"reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}})),
            Exit.SIGN_IN,
            "tick every box",
        ),
        (Answer(401, '{"error": {"code": 401, "message": "Invalid Credentials"}}'), Exit.SIGN_IN, "Sign in once more"),
        (Answer(400, '{"error": {"errors": [{"reason": "failedPrecondition"}]}}'), Exit.USAGE, "no Gmail mailbox"),
        (Answer(404, '{"error": {"code": 404, "message": "Not Found"}}'), Exit.USAGE, "api_url"),
        (Answer(404, "<html>no</html>", "text/html"), Exit.UNREACHABLE, "where JSON was due"),
        (Answer(200, "{}"), Exit.UNREACHABLE, "does not say whose"),
    ],
    ids=["disabled", "scope", "401", "no mailbox", "404", "html", "empty"],
)
def test_a_mailbox_that_cannot_be_named_keeps_nothing(desk: GoogleDesk, answer: Answer, code: Exit, told: str) -> None:
    desk.google.profile = answer

    assert told in desk.refused(code)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"web": {"client_id": "a", "client_secret": "b"}}', "one for web servers"),
        ('{"type": "service_account", "private_key": "-----BEGIN"}', "key of a service account"),
        ('{"type": "authorized_user", "refresh_token": "x"}', "holds a sign-in, not a client"),
        ('{"installed": {"client_id": "a"}}', "has no client_secret"),
        ('{"installed": {"client_id": "", "client_secret": 7}}', "has no client_id and client_secret"),
        ('{"installed": "a"}', 'no part "installed"'),
        ('{"installed": {"client_id": "a", "client_secret": "b", "token_uri": "http://tokens.example/t"}}', "over the network"),
        ('{"installed": {"client_id": "a", "client_secret": "b", "auth_uri": 7}}', "auth_uri"),
        ("[1]", "no JSON object"),
        ("<html>", "no JSON object"),
        ("[" * 100_000, "no JSON object"),
        (" ", "is empty"),
        (None, "There is no client file"),
    ],
)
def test_a_client_file_that_is_none_says_how_to_get_one(desk: GoogleDesk, content: str | None, told: str) -> None:
    if content is None:
        desk.client.unlink()
    else:
        desk.client.write_text(content)
    said = desk.refused(Exit.USAGE)

    assert told in said
    assert "client.json" in said
    assert desk.opened == []


def test_where_nothing_can_be_kept_is_said_before_the_page_opens(desk: GoogleDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    desk.configure(keep="")
    assert "token.file" in desk.refused(Exit.SIGN_IN)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    assert "switched off" in desk.refused(Exit.SIGN_IN)
    desk.configure(keep='token.env = "HEARBACK_TOKEN"\n')
    assert "only read" in desk.refused(Exit.SIGN_IN)
    desk.configure(keep='token.file = "config.toml/x/token"\n')
    assert "cannot be written" in desk.refused(Exit.SIGN_IN)

    assert desk.opened == []


# ------------------------------------------------------------------------------------------------------------- the keyring


@pytest.fixture
def keyring(desk: GoogleDesk, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep sign-ins in a keyring, whose entries are files in the folder that is given."""
    folder = desk.desk.path / "keyring"
    folder.mkdir()
    (folder / "own_keyring.py").write_text(
        "import pathlib\nfrom keyring.backend import KeyringBackend\n"
        "class Own(KeyringBackend):\n"
        "    priority = 1\n"
        "    def entry(self, service, username):\n        return pathlib.Path(__file__).with_name(f'{service} {username}')\n"
        "    def get_password(self, *names):\n"
        "        return self.entry(*names).read_text() if self.entry(*names).exists() else None\n"
        "    def set_password(self, *names_and_secret):\n"
        "        self.entry(*names_and_secret[:2]).write_text(names_and_secret[2])\n"
        "    def delete_password(self, *names):\n        self.entry(*names).unlink()\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "own_keyring.Own")
    desk.configure(keep="")
    return folder


def test_the_keyring_keeps_the_sign_in_beside_a_password_of_the_same_user(desk: GoogleDesk, keyring: Path) -> None:
    (keyring / "hearback sam@gmail.com").write_text("an app password")
    desk.login()
    entry = keyring / "hearback google:sam@gmail.com"

    assert json.loads(entry.read_text())["refresh_token"] in desk.google.refresh_tokens
    assert desk.login("--revoke").exit_code == 0
    assert not entry.exists()
    assert (keyring / "hearback sam@gmail.com").read_text() == "an app password"
    assert "hearback login gmail" in desk.login("--revoke", code=Exit.SIGN_IN).stderr


def test_revoke_removes_the_password_of_another_kind_of_account(desk: GoogleDesk, keyring: Path) -> None:
    desk.desk.configure('[accounts.gmail]\nkind = "imap"\nhost = "imap.example.com"\n')
    entry = keyring / "hearback sam@example.com"
    entry.write_text("hunter2")

    assert "any more" in desk.login("--revoke").stdout
    assert not entry.exists()
    assert "any more" in desk.login("--revoke").stdout


@pytest.mark.parametrize(
    ("account", "told"),
    [
        ('kind = "maildir"\npath = "mail"\n', "has no password"),
        ('kind = "imap"\nhost = "h"\npassword.env = "X"\n', "remove it there"),
    ],
)
def test_revoke_says_where_it_has_no_use(desk: GoogleDesk, account: str, told: str) -> None:
    desk.desk.configure(f"[accounts.gmail]\n{account}")

    assert told in desk.login("--revoke", code=Exit.USAGE).stderr


# ------------------------------------------------------------------------------------------------------------ and otherwise


def test_no_secret_is_in_a_log_or_a_message(desk: GoogleDesk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said = desk.login().output
    desk.google.token = Answer(200, "<html>", "text/html")
    said += desk.desk.run("--debug", "login", "gmail", code=Exit.UNREACHABLE).output
    logging.getLogger(__name__).debug("what is logged is heard")
    said += desk.desk.run("config", "show").output + caplog.text

    form = desk.google.forms[0]
    for secret in (CLIENT_SECRET, form["code"], form["code_verifier"], *desk.google.refresh_tokens, *desk.google.access_tokens):
        assert secret not in said
    assert "is heard" in caplog.text


def test_nothing_secret_is_asked_for_in_the_link(desk: GoogleDesk) -> None:
    desk.login()
    (asked,) = (parse_qs(urlsplit(link).query) for link in desk.opened)

    assert {"client_secret", "code_verifier"} & asked.keys() == set()


def test_revoke_takes_the_access_back_and_forgets_it(desk: GoogleDesk) -> None:
    token = desk.keep()
    said = desk.login("--revoke")

    assert "taken the access back" in said.stdout
    assert desk.google.revoked == [token]
    assert not desk.kept.exists()
    assert "hearback login gmail" in desk.login("--revoke", code=Exit.SIGN_IN).stderr


def test_revoke_forgets_what_google_has_forgotten(desk: GoogleDesk) -> None:
    desk.google.refresh_tokens.pop(desk.keep())

    assert "knew nothing" in desk.login("--revoke").stdout
    assert not desk.kept.exists()


def test_revoke_removes_nothing_that_google_did_not_take_back(desk: GoogleDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.login()
    monkeypatch.setattr(desk.google, "revoke", lambda _: Answer(403, '{"error": "forbidden"}'))
    said = desk.login("--revoke", code=Exit.UNREACHABLE).stderr

    assert "forbidden" in said
    assert "myaccount.google.com/connections" in said
    assert desk.grant["refresh_token"] in desk.google.refresh_tokens
