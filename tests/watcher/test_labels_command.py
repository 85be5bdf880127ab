"""`hearback labels`, and what `once` and `status` tell of an account at Gmail, over its own interface."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.letters import invitation
from tests.servers.gmail import FakeGmail, Mailbox
from tests.servers.gmail.oauth import CLIENT_ID, CLIENT_SECRET
from tests.watcher.clidesk import INTERVIEW, INVITED, CliDesk
from watcher.cli.exits import Exit
from watcher.lock import Lock
from watcher.paths import StatePaths
from watcher.store import Store
from watcher.store.marked import Wish, wish_of

SAM = "sam@example.com"
NOW = "2026-03-02T12:00Z"
AFTER = "2026-03-04T18:00Z"


class Desk(CliDesk):
    """An account at Gmail, with an invitation in it."""

    def __init__(self, path: Path, gmail: FakeGmail) -> None:
        """Configure it, with a sign-in that is kept in a file."""
        super().__init__(path)
        self.gmail = gmail
        self.box: Mailbox = gmail.mailbox(SAM)
        self.key = self.box.deliver(invitation(INVITED, INTERVIEW), at=INVITED)
        client = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "project_id": "hearback-test"}
        (path / "client.json").write_text(json.dumps({"installed": client}))
        (path / "token").write_text(str(gmail.credentials(SAM).refresh_token))
        (path / "token").chmod(0o600)
        self.configure_gmail()

    def configure_gmail(self, more: str = "") -> None:
        """Write the configuration."""
        self.configure(
            f'[accounts.gmail]\nkind = "gmail"\nclient_file = "client.json"\naddress = "{SAM}"\ntoken.file = "token"\n'
            f'api_url = "{self.gmail.url}"\ntoken_url = "{self.gmail.url}/token"\ntimeout_seconds = 10\n{more}'
        )

    def labels(self) -> set[str]:
        """Return our labels on the invitation."""
        ours = {one.id: one.name for one in self.box.labels.values() if one.name.startswith("Hearback/")}
        return {ours[label] for label in self.box.message(self.key).labels & ours.keys()}

    def wish(self) -> Wish:
        store = Store(StatePaths(self.state).database)
        try:
            with store.read() as connection:
                return wish_of(connection, "gmail")
        finally:
            store.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with FakeGmail() as gmail:
        yield Desk(tmp_path, gmail)
        assert gmail.violations == []


def shown(desk: CliDesk) -> Any:
    (one,) = desk.json("labels")
    return one


def test_it_tells_what_is_labelled(desk: Desk) -> None:
    assert "it comes with the next look" in desk.run("labels").stdout

    desk.run("once", "--now", NOW)

    assert desk.run("labels").stdout == "gmail: labelled messages: 1 waiting.\n"
    assert shown(desk) == {
        "account": "gmail",
        "labels": "kept",
        "messages": {"waiting": 1, "draft ready": 0, "paused": 0, "done": 0},
    }


def test_removed_labels_stay_away_and_the_lasting_remedy_is_told(desk: Desk) -> None:
    desk.run("once", "--now", NOW)
    assert desk.labels() == {"Hearback/Waiting"}

    said = desk.run("labels", "--remove").stdout
    assert desk.labels() == set()
    assert "labels --restore" in said
    assert "labels = false" in said

    desk.run("once", "--now", AFTER)
    assert desk.labels() == set()
    assert len(desk.box.drafts()) == 1
    assert shown(desk)["labels"] == "removed"

    assert desk.run("labels", "gmail", "--restore").stdout == "gmail: the labels are put back at the next look.\n"
    assert desk.labels() == set()
    desk.run("once", "--now", AFTER)
    assert desk.labels() == {"Hearback/Draft ready"}


def test_labels_that_the_user_took_off_by_hand_can_be_put_back(desk: Desk) -> None:
    desk.run("once", "--now", NOW)
    desk.box.relabel(desk.key, remove=(desk.box.label_id("Hearback/Waiting"),))
    desk.run("once", "--now", NOW)
    assert desk.labels() == set()

    desk.run("labels", "--restore")
    desk.run("once", "--now", NOW)
    assert desk.labels() == {"Hearback/Waiting"}
    assert shown(desk)["labels"] == "kept"


def test_where_a_daemon_runs_it_is_left_to_that(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.run("once", "--now", NOW)
    woken: list[Path] = []

    def wake(lock: Path) -> bool:
        woken.append(lock)
        return True

    monkeypatch.setattr("watcher.cli.labelling.wake_daemon", wake)
    with Lock(StatePaths(desk.state).lock):
        said = desk.run("labels", "--remove").stdout

    assert said.startswith("gmail: the labels are taken away at the next look.")
    assert len(woken) == 1
    assert desk.labels() == {"Hearback/Waiting"}

    desk.run("once", "--now", NOW)
    assert desk.labels() == set()
    assert desk.wish() is Wish.NONE


def test_a_mailbox_that_cannot_be_reached_is_told_and_done_later(desk: Desk) -> None:
    desk.run("once", "--now", NOW)
    desk.gmail.revoke(SAM)
    refused = desk.run("labels", "--remove", code=Exit.SIGN_IN)

    assert "at the next look that succeeds" in refused.stderr
    assert desk.wish() is Wish.REMOVE

    (desk.path / "token").write_text(str(desk.gmail.credentials(SAM).refresh_token))
    desk.run("once", "--now", NOW)
    assert desk.labels() == set()


def test_without_the_right_to_label_it_says_how_to_remove_them(desk: Desk) -> None:
    desk.configure_gmail("labels = false\n")

    assert "Take the key out" in desk.run("labels", "--remove", code=Exit.USAGE).stderr


def test_accounts_without_labels_are_told_as_such(desk: Desk) -> None:
    desk.configure()

    assert "no account carries labels" in desk.run("labels", code=Exit.USAGE).stderr
    assert "main is a maildir account, which carries no labels" in desk.run("labels", "main", code=Exit.USAGE).stderr
    assert "Known accounts: main" in desk.run("labels", "other", code=Exit.USAGE).stderr
    desk.configure('[accounts.far]\nkind = "imap"\nhost = "imap.example.com"\n')
    assert "far is an imap account" in desk.run("labels", "far", code=Exit.USAGE).stderr


def test_removing_and_restoring_exclude_each_other(desk: Desk) -> None:
    assert "opposites" in desk.run("labels", "--remove", "--restore", code=Exit.USAGE).stderr


def test_calls_and_units_are_told_by_once_and_by_status(desk: Desk) -> None:
    (first,) = desk.json("once", "--now", NOW)
    assert first["spent"]["calls"] > 0
    assert first["spent"]["units"] > first["spent"]["calls"]
    assert desk.json("status")["accounts"][0]["spent"] == first["spent"]

    (quiet,) = desk.json("once", "--now", NOW)
    calls, units = quiet["spent"]["calls"], quiet["spent"]["units"]
    assert 0 < units < first["spent"]["units"]
    assert f"; {calls} calls, {units} units of quota" in desk.run("once", "--now", NOW).stdout


def test_an_account_that_is_not_counted_says_nothing_of_it(desk: Desk) -> None:
    desk.configure()
    (told,) = desk.json("once", "--now", NOW)

    assert told["spent"] is None
    assert desk.json("status")["accounts"][0]["spent"] is None
    assert "calls" not in desk.run("once", "--now", NOW).stdout
