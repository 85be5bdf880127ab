"""`hearback check`, `once`, `status` and `labels` with an account at Outlook: what works, what does not, and what it says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.letters import invitation
from tests.servers.microsoft import Refusal
from tests.servers.sign_in import Answer
from tests.watcher.clidesk import INTERVIEW, INVITED
from tests.watcher.microsoft_desk import MicrosoftDesk, open_desk
from watcher.cli.exits import Exit

NOW = "2026-03-02T12:00Z"
AFTER = "2026-03-04T18:00Z"


@pytest.fixture
def outlook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MicrosoftDesk]:
    """Give a desk whose user has signed in."""
    with open_desk(tmp_path, monkeypatch) as desk:
        desk.login()
        yield desk


def found(outlook: MicrosoftDesk, code: Exit = Exit.OK) -> dict[str, dict[str, Any]]:
    told = json.loads(outlook.desk.run("check", "--json", code=code).stdout)
    return {one["check"].removeprefix("outlook: "): one for one in told}


def test_everything_is_tried_out_and_told(outlook: MicrosoftDesk) -> None:
    told = found(outlook)

    assert list(told)[-3:] == ["secret", "sign-in", "mailbox"]
    assert all(one["ok"] for one in told.values())
    assert "Microsoft renews the sign-in of sam@example.com" in told["sign-in"]["text"]
    assert "signed in as sam@example.com; is asked for new mail" in told["mailbox"]["text"]


def test_a_shared_mailbox_is_told_as_whose_it_is(outlook: MicrosoftDesk) -> None:
    outlook.graph.share("jobs@example.com", "sam@example.com")
    outlook.configure('mailbox = "jobs@example.com"\n')
    outlook.login()

    assert "signed in as sam@example.com, for the mailbox of jobs@example.com" in found(outlook)["mailbox"]["text"]


def test_what_was_never_signed_in_says_how(outlook: MicrosoftDesk) -> None:
    outlook.kept.unlink()
    told = found(outlook, Exit.SIGN_IN)

    assert "hearback login outlook" in told["secret"]["text"]
    assert "sign-in" not in told


@pytest.mark.parametrize(
    ("refusal", "code", "words"),
    [
        (Refusal("invalid_grant", 700082, "The refresh token has expired due to inactivity."), Exit.SIGN_IN, "not used for long"),
        (Refusal("interaction_required", 53003, "Access has been blocked."), Exit.SIGN_IN, "Conditional Access"),
        (Refusal("unauthorized_client", 700016, "Application was not found."), Exit.USAGE, "Compare client_id"),
        (Refusal("temporarily_unavailable", 90006, "Try later."), Exit.UNREACHABLE, "just now"),
    ],
)
def test_a_sign_in_that_is_refused_is_told_with_what_to_do(
    outlook: MicrosoftDesk, refusal: Refusal, code: Exit, words: str
) -> None:
    outlook.microsoft.refuses = refusal
    told = found(outlook, code)

    assert words in told["sign-in"]["text"]
    assert "mailbox" not in told


def test_rights_that_became_necessary_later_are_asked_for(outlook: MicrosoftDesk) -> None:
    outlook.configure("category_colors = true\n")

    assert "does not cover what is needed (MailboxSettings.ReadWrite)" in found(outlook, Exit.SIGN_IN)["sign-in"]["text"]


def test_a_network_that_wants_to_be_signed_in_to_is_told(outlook: MicrosoftDesk) -> None:
    outlook.microsoft.faults["openid-configuration"] = Answer(200, "<html>Welcome</html>", "text/html")

    assert "hotel" in found(outlook, Exit.UNREACHABLE)["sign-in"]["text"]


def test_a_clock_that_is_off_is_told(outlook: MicrosoftDesk) -> None:
    outlook.microsoft.skew = timedelta(hours=3)

    assert "3 hours behind Microsoft's" in found(outlook, Exit.USAGE)["sign-in"]["text"]


def test_a_certificate_that_nobody_trusts_is_told_as_that(outlook: MicrosoftDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)

    assert "cannot be trusted" in found(outlook, Exit.USAGE)["sign-in"]["text"]


def test_one_look_finds_the_interview_and_the_next_leaves_a_draft_in_the_conversation(outlook: MicrosoftDesk) -> None:
    box = outlook.box
    invited = box.deliver(invitation(INVITED, INTERVIEW), at=INVITED)
    outlook.desk.run("once", "--now", NOW)
    assert "1 process" in outlook.desk.run("status").stdout
    outlook.desk.run("once", "--now", AFTER)

    (draft,) = box.items(box.folder_id("drafts"))
    assert draft.conversation == box.item(invited).conversation
    assert "messages in categories of ours: 1 draft" in outlook.desk.run("labels").stdout

    assert box.item(invited).set["categories"] == ["Hearback: draft ready"]
    said = outlook.desk.run("labels", "--remove").stdout
    assert "no mail carries categories of ours, and none will." in said
    assert "`categories = false`" in said
    assert box.item(invited).set["categories"] == []


def test_a_sign_in_that_is_over_ends_a_look_with_its_own_code_and_is_told(outlook: MicrosoftDesk) -> None:
    outlook.microsoft.refuses = Refusal("invalid_grant", 50173, "The provided grant has expired due to it being revoked.")
    said = outlook.desk.run("once", "--now", NOW, code=Exit.SIGN_IN)

    assert "hearback login outlook" in said.stderr + said.stdout
    assert "sign in again" in outlook.desk.run("status", code=Exit.OK).stdout


def test_categories_that_are_switched_off_are_told_as_that(outlook: MicrosoftDesk) -> None:
    outlook.configure("categories = false\n")

    assert "categories = false" in outlook.desk.run("labels", "--remove", code=Exit.USAGE).stderr
