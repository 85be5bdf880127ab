"""The commands with two accounts of one person, as a user types them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.maildir import create_maildir
from tests.letters import invitation, letter
from tests.watcher.clidesk import INTERVIEW, INVITED, CliDesk
from watcher.cli.exits import Exit

AFTER = INTERVIEW + timedelta(hours=2)
WORK = '[accounts.work]\nkind = "maildir"\npath = "mail"\n'
HOME = '[accounts.home]\nkind = "maildir"\npath = "home"\naddress = "sam.rivers@example.org"\n'


@pytest.fixture
def desk(tmp_path: Path) -> CliDesk:
    """Return a desk with two accounts, and a confirmation of an interview at the first."""
    made = CliDesk(tmp_path)
    create_maildir(tmp_path / "home")
    made.configure(WORK + HOME)
    made.invite()
    return made


def once(desk: CliDesk, now: datetime) -> dict[str, Any]:
    return {one["account"]: one for one in desk.json("once", "--now", now.isoformat())}


def to_home(desk: CliDesk, raw: bytes, name: str) -> None:
    (desk.path / "home" / "new" / f"1.{name}.world").write_bytes(raw)


def asked(at: datetime) -> bytes:
    text = "Hi Sam,\n\nthank you for coming. Could you send us two references?\n\nRita\n"
    to = "Sam Rivers <sam.rivers@example.org>"
    return bytes(letter("Re: Interview", text, at, message_id="asked@acme.test", to=to, parents=["invite-1@acme.test"]))


def standing(desk: CliDesk) -> dict[str, int]:
    return {name: len([*(desk.path / name / ".Drafts" / "cur").iterdir()]) for name in ("mail", "home")}


def test_one_look_is_enough_though_the_reply_is_found_after_the_account_with_the_draft(desk: CliDesk) -> None:
    once(desk, INVITED)
    once(desk, AFTER)
    assert standing(desk) == {"mail": 1, "home": 0}
    to_home(desk, asked(AFTER), "asked")

    done = once(desk, AFTER + timedelta(hours=1))

    assert standing(desk) == {"mail": 0, "home": 0}
    assert [row["action"] for row in done["home"]["log"]] == ["replied", "notice:your_turn"]
    assert [row["action"] for row in done["work"]["log"]] == ["withdrawn"]
    assert (done["work"]["new"], done["home"]["new"]) == (0, 1)


def test_status_and_why_tell_of_one_process_with_its_accounts(desk: CliDesk) -> None:
    once(desk, AFTER)
    to_home(desk, asked(AFTER), "asked")
    once(desk, AFTER + timedelta(hours=1))

    (process,) = desk.json("status")["processes"]
    assert (process["account"], process["accounts"], process["state"]) == ("home", ["home", "work"], "OUR_TURN")
    assert [row["account"] for row in desk.json("why", "acme")["messages"]] == ["work", "home"]
    shown = desk.run("why", "acme").stdout
    assert "(work)" in shown
    assert "(home)" in shown
    assert {step["process"] for step in desk.json("plan")["steps"]} <= {process["id"]}
    assert desk.json("simulate", "acme", "--if", "reply day 3")


def test_an_account_that_is_away_is_told_beside_its_processes(desk: CliDesk) -> None:
    once(desk, INVITED)
    to_home(desk, asked(INVITED + timedelta(minutes=30)), "asked")
    once(desk, INVITED + timedelta(hours=1))
    (desk.path / "home").rename(desk.path / "gone")

    failed = desk.run("once", "--json", "--now", AFTER.isoformat(), code=Exit.USAGE)

    assert '"home"' in failed.stdout
    assert not [*(desk.path / "mail" / ".Drafts" / "cur").iterdir()], "the note answers a mail that lies in the other account"
    (process,) = desk.json("status")["processes"]
    (notice,) = [one for one in process["notices"] if one["kind"] == "mailbox_away"]
    assert "home cannot be looked at" in notice["text"]


def test_a_word_at_the_command_line_holds_for_the_process_whatever_the_account(desk: CliDesk) -> None:
    once(desk, AFTER)
    to_home(desk, asked(INVITED), "asked")
    once(desk, AFTER + timedelta(minutes=5))
    desk.run("pause", "acme")
    once(desk, AFTER + timedelta(hours=1))
    assert standing(desk) == {"mail": 0, "home": 0}
    assert [row["verb"] for row in desk.json("why", "acme")["marks"]] == ["pause"]

    told = desk.json("relabel", "asked@acme.test", "noise")
    assert told["processes"]


def test_processes_that_two_accounts_had_each_for_itself_become_one(desk: CliDesk) -> None:
    """A store of before: each account was watched alone, and drafted its own note for the same interview."""
    again = invitation(INVITED, INTERVIEW, message_id="invite-2@acme.test").replace(b"sam@example.com", b"sam.rivers@example.org")
    to_home(desk, again, "again")
    for account in (WORK, HOME):
        desk.configure(account)
        once(desk, INVITED)
        once(desk, AFTER)
    assert standing(desk) == {"mail": 1, "home": 1}
    names = set()
    for account in (WORK, HOME):
        desk.configure(account)
        (process,) = desk.json("status")["processes"]
        names.add(process["id"])
    assert len(names) == 2

    desk.configure(WORK + HOME)
    once(desk, AFTER + timedelta(hours=1))

    (process,) = desk.json("status")["processes"]
    assert process["id"] in names
    assert sum(standing(desk).values()) == 1
    assert len(process["drafts"]) == 1
