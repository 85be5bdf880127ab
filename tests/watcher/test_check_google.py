"""`hearback check` and what runs on a kept sign-in, for an account at Gmail."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.servers.consent import GoogleSignIn
from tests.servers.gmail import FakeGmail
from tests.servers.gmail.oauth import CLIENT_ID, CLIENT_SECRET
from tests.watcher.clidesk import CliDesk
from tests.watcher.google_desk import ROOT
from watcher.cli.exits import Exit
from watcher.config import GmailAccount, load_config
from watcher.grants import credentials_of

SAM = "sam@gmail.com"


@pytest.fixture
def gmail() -> Iterator[FakeGmail]:
    """Run a Gmail, and see that nothing was asked of it that must not be."""
    with FakeGmail() as server:
        yield server
        assert server.violations == []


@pytest.fixture
def desk(gmail: FakeGmail, tmp_path: Path) -> CliDesk:
    """Give a desk with an account there, and a sign-in that is kept in a file."""
    desk = CliDesk(tmp_path)
    (tmp_path / "client.json").write_text(
        json.dumps({"installed": {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "project_id": "hearback-test"}})
    )
    configure(desk, gmail.url, f"{gmail.url}/token")
    keep(desk, gmail.credentials(SAM).refresh_token)
    return desk


def configure(desk: CliDesk, api: str, token: str, more: str = "") -> None:
    desk.configure(
        f'[accounts.gmail]\nkind = "gmail"\nclient_file = "client.json"\naddress = "{SAM}"\ntoken.file = "token"\n'
        f'api_url = "{api}"\ntoken_url = "{token}"\ntimeout_seconds = 5\n{more}'
    )


def keep(desk: CliDesk, refresh_token: str | None) -> None:
    (desk.path / "token").write_text(str(refresh_token))
    (desk.path / "token").chmod(0o600)


def checked(desk: CliDesk, code: Exit = Exit.OK) -> dict[str, dict[str, Any]]:
    rows = json.loads(desk.run("check", "--json", code=code).stdout)
    return {row["check"]: row for row in rows}


def trouble(desk: CliDesk, code: Exit) -> tuple[str, str]:
    """Return the one thing that is wrong, and what is said of it."""
    ((name, row),) = ((name, row) for name, row in checked(desk, code).items() if not row["ok"])
    return name.removeprefix("gmail: "), row["text"]


def test_check_tells_client_secret_sign_in_and_mailbox_with_what_it_cost(desk: CliDesk) -> None:
    found = checked(desk)

    assert [name for name in found if name.startswith("gmail: ")] == [
        f"gmail: {x}" for x in ("client", "secret", "sign-in", "mailbox")
    ]
    assert "hearback-test" in found["gmail: client"]["text"]
    assert SAM in found["gmail: mailbox"]["text"]
    assert re.search(r"this look: \d+ calls, \d+ units of quota$", found["gmail: mailbox"]["text"])
    desk.run("once")
    shown = " ".join(desk.run("check").stdout.split())
    assert re.search(r"the last pass: \d+ calls, \d+ units of quota", shown)
    assert CLIENT_SECRET not in shown


def test_check_tells_that_nobody_has_signed_in(desk: CliDesk) -> None:
    (desk.path / "token").unlink()
    what, said = trouble(desk, Exit.SIGN_IN)

    assert what == "secret"
    assert "hearback login gmail" in said


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ("ya29.an-access-token", "access token"),
        ('{"installed": {}}', "belongs to client_file"),
        ('{"type": "service_account"}', "service account"),
        ('{"access_token": "x"}', "no refresh_token"),
        ("{broken", "JSON"),
        ("two words", "blanks"),
        ('{"refresh_token": 7}', "too long"),
    ],
)
def test_check_tells_what_is_kept_instead_of_a_sign_in(desk: CliDesk, kept: str, told: str) -> None:
    keep(desk, kept)
    what, said = trouble(desk, Exit.SIGN_IN)

    assert what == "secret"
    assert told in said
    assert "an-access-token" not in said


def test_what_googles_own_tools_keep_will_do_on_several_lines(desk: CliDesk, gmail: FakeGmail) -> None:
    made = {"type": "authorized_user", "client_id": CLIENT_ID, "refresh_token": gmail.credentials(SAM).refresh_token}
    keep(desk, json.dumps(made, indent=2))

    assert checked(desk)["gmail: mailbox"]["ok"]


def test_a_program_or_a_variable_may_give_the_refresh_token(
    desk: CliDesk, gmail: FakeGmail, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = str(gmail.credentials(SAM).refresh_token)
    text = desk.config.read_text()
    desk.config.write_text(
        text.replace('token.file = "token"', f'token.command = ["{sys.executable}", "-c", "print({token!r})"]')
    )
    assert checked(desk)["gmail: mailbox"]["ok"]
    assert token not in desk.run("config", "show").stdout

    monkeypatch.setenv("HEARBACK_TOKEN", token)
    desk.config.write_text(text.replace('token.file = "token"', 'token.env = "HEARBACK_TOKEN"'))
    assert checked(desk)["gmail: mailbox"]["ok"]
    gmail.revoke(SAM)
    assert "environment variable HEARBACK_TOKEN" in trouble(desk, Exit.SIGN_IN)[1]


def test_check_tells_a_revoked_grant(desk: CliDesk, gmail: FakeGmail) -> None:
    gmail.revoke(SAM)
    what, said = trouble(desk, Exit.SIGN_IN)

    assert what == "sign-in"
    assert "hearback login gmail" in said
    assert "Testing" in said


def test_check_tells_a_grant_of_another_mailbox(desk: CliDesk, gmail: FakeGmail) -> None:
    keep(desk, gmail.credentials("samuel@gmail.com").refresh_token)
    what, said = trouble(desk, Exit.SIGN_IN)

    assert what == "mailbox"
    assert "samuel@gmail.com" in said


def test_check_tells_a_clock_that_is_off(desk: CliDesk) -> None:
    with GoogleSignIn() as google:
        google.client_file(desk.path / "client.json")
        google.refresh_tokens["1//good"] = SAM
        keep(desk, "1//good")
        google.skew = timedelta(hours=3)
        configure(desk, google.url, "")
        what, said = trouble(desk, Exit.USAGE)

    assert what == "sign-in"
    assert "3 hours behind Google's" in said


def test_a_pass_logs_a_clock_that_is_off_once(desk: CliDesk, caplog: pytest.LogCaptureFixture) -> None:
    with GoogleSignIn() as google:
        google.client_file(desk.path / "client.json")
        google.refresh_tokens["1//good"] = SAM
        keep(desk, "1//good")
        configure(desk, google.url, "")
        account = load_config(desk.config).account("gmail")
        assert isinstance(account, GmailAccount)
        for skew, told in ((0, 0), (-20, 1), (-30, 1), (1, 1), (15, 2)):
            google.skew = timedelta(minutes=skew)
            credentials_of(account).refresh(None)
            assert caplog.text.count("The clock of this machine") == told


def test_check_tells_the_page_of_a_hotel(desk: CliDesk, gmail: FakeGmail) -> None:
    gmail.portal("token", times=None)
    what, said = trouble(desk, Exit.UNREACHABLE)

    assert what == "sign-in"
    assert "hotel" in said


def test_check_tells_that_there_is_no_network(desk: CliDesk) -> None:
    configure(desk, "https://gmail.invalid", "https://tokens.invalid/token")

    assert trouble(desk, Exit.UNREACHABLE) == ("sign-in", "The name tokens.invalid was not found. Are you online?")


def test_check_tells_a_client_file_of_the_wrong_kind(desk: CliDesk) -> None:
    (desk.path / "client.json").write_text('{"web": {}}')
    what, said = trouble(desk, Exit.USAGE)

    assert what == "client"
    assert "Desktop app" in said


def test_one_lost_grant_keeps_no_other_account_from_its_pass(desk: CliDesk, gmail: FakeGmail) -> None:
    gmail.revoke(SAM)
    configure(desk, gmail.url, f"{gmail.url}/token", '[accounts.local]\nkind = "maildir"\npath = "mail"\n')
    rows = json.loads(desk.run("once", "--json", code=Exit.SIGN_IN).stdout)
    status = {row["name"]: row["trouble"] for row in desk.json("status")["accounts"]}

    assert [row["error"] is None for row in rows] == [False, True]
    assert status["gmail"]["kind"] == "sign_in"
    assert status["local"] is None


def test_the_configuration_shows_where_things_are_and_no_secret(desk: CliDesk) -> None:
    shown = desk.run("config", "show").stdout
    token = (desk.path / "token").read_text()

    assert f'token.file = "{desk.path / "token"}"' in shown
    assert token not in shown
    assert CLIENT_SECRET not in shown


def test_looking_at_what_is_known_takes_none_of_googles_libraries(desk: CliDesk) -> None:
    desk.run("once")
    program = (
        "import sys\nfrom watcher.cli import main\n"
        f"sys.argv = ['hearback', 'status', '--json', '--config', {str(desk.config)!r}]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "print(sorted(name for name in sys.modules if name.split('.')[0] in "
        "{'google', 'googleapiclient', 'google_auth_oauthlib', 'requests', 'httplib2', 'oauthlib'}), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)

    assert done.stderr.splitlines()[-1] == "[]"
