"""The world of the demonstration by itself: its mail is what it claims to be, and its user does what users do."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path

import pytest
from icalendar import Calendar

from rules.mail import CalendarPart, Message, Role
from rules.mail import message_from_bytes as read_message
from watcher.demo.noise import noise
from watcher.demo.script import BEGIN, END, USER, ZONE, Act, Letter, Person, Script, read_scripts
from watcher.demo.world import World

SCRIPTS = read_scripts()
LETTERS = [event for script in SCRIPTS for event in script.events if isinstance(event, Letter)]
ANNE = Person("Anne Quist", "anne@lindholm.example", ZONE)


def empty_maildir(top: Path) -> Path:
    for folder in ("", ".Drafts", ".Sent"):
        for part in ("cur", "new", "tmp"):
            (top / folder / part).mkdir(parents=True)
    return top


def played(tmp_path: Path, scripts: tuple[Script, ...] = SCRIPTS, noise_seed: int | None = None) -> tuple[Path, World]:
    """Play everything into a mailbox that nobody watches."""
    top = empty_maildir(tmp_path / "mail")
    world = World(top, scripts, noise_seed=noise_seed)
    world.play(END)
    return top, world


def raws(top: Path, folder: str = "") -> list[bytes]:
    return [path.read_bytes() for part in ("cur", "new") for path in sorted((top / folder / part).iterdir())]


def parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def as_read(raw: bytes) -> Message:
    return read_message(raw, ref="x", role=Role.INBOX, received_at=BEGIN, size=len(raw))


def put_draft(top: Path, to: Person = ANNE) -> None:
    """Stand in for the daemon: one draft in Drafts."""
    message = EmailMessage()
    message["From"] = USER.email
    message["To"] = f"{to.name} <{to.address}>"
    message["Subject"] = "Re: Interview"
    message["Message-ID"] = "<ours@brannick.example>"
    message["In-Reply-To"] = "<theirs@lindholm.example>"
    message["Date"] = "Tue, 03 Mar 2026 08:00:00 +0000"
    message.set_content("Dear Anne,\n\nthank you.\n")
    (top / ".Drafts/cur/1772524800.M1P1.host:2,DS").write_bytes(message.as_bytes())


def after_act(tmp_path: Path, do: str, *, from_phone: bool = False, text: str = "") -> tuple[Path, World]:
    top = empty_maildir(tmp_path / "mail")
    put_draft(top)
    at = datetime(2026, 3, 3, 9, 5, tzinfo=ZONE)
    world = World(
        top, [Script("lindholm", "Lindholm", "Clerk", (Act(at, do, ANNE, from_phone=from_phone, text=text),))], noise_seed=None
    )
    world.play(at)
    return top, world


def test_there_are_at_least_eight_hiring_processes_within_ten_weeks() -> None:
    assert len(SCRIPTS) >= 8
    assert timedelta(weeks=9) < END - BEGIN <= timedelta(weeks=10)
    assert all(BEGIN < event.at < END for script in SCRIPTS for event in script.events)


def test_the_stretch_holds_a_change_of_the_clocks() -> None:
    assert BEGIN.utcoffset() != END.utcoffset()


def test_every_address_is_in_a_domain_reserved_for_examples(tmp_path: Path) -> None:
    top, _ = played(tmp_path, noise_seed=0)
    for raw in raws(top) + raws(top, ".Sent"):
        message = parsed(raw)
        found = re.findall(r"[\w.+-]+@([\w.-]+)", "".join(f"{name}: {value}\n" for name, value in message.items()))
        found += re.findall(r"(?:mailto:|https?://)(?:[\w.+-]+@)?([\w.-]+)", raw.decode("latin-1"))
        assert all(domain.endswith(".example") for domain in found), found


@pytest.mark.parametrize("letter", [one for one in LETTERS if one.sender], ids=lambda letter: f"{letter.at:%m%d}-{letter.name}")
def test_every_letter_reads_without_a_defect(letter: Letter, tmp_path: Path) -> None:
    alone = Script("alone", "", "", (Letter(**{name: getattr(letter, name) for name in Letter.__slots__ if name != "answers"}),))
    top, _ = played(tmp_path, (alone,))
    (raw,) = raws(top)
    message = as_read(raw)
    assert message.defects == ()
    assert letter.sender is not None
    assert (message.sender.name, message.sender.address) == (letter.sender.name, letter.sender.address)
    assert [one.address for one in message.to] == [USER.email]
    assert " ".join(message.text.split()) == " ".join(letter.text.split())
    assert message.date == letter.at
    assert bool(message.calendars) == bool(letter.meeting)


@pytest.mark.parametrize(
    "letter", [one for one in LETTERS if one.meeting], ids=lambda letter: f"{letter.at:%m%d}-{letter.style}-{letter.name}"
)
def test_every_calendar_part_says_what_the_meeting_is(letter: Letter, tmp_path: Path) -> None:
    top, _ = played(tmp_path, (Script("alone", "", "", (letter,)),))
    (raw,) = raws(top)
    meeting = letter.meeting
    assert meeting is not None
    for part in as_read(raw).calendars:
        _check_calendar(part, letter)
    (attached,) = {
        one.get_payload(decode=True)
        for one in parsed(raw).walk()
        if one.get_content_type() in ("text/calendar", "application/ics")
    }
    assert isinstance(attached, bytes)
    assert all(len(line) <= 75 for line in attached.split(b"\r\n"))


def _check_calendar(part: CalendarPart, letter: Letter) -> None:
    meeting = letter.meeting
    assert meeting is not None
    calendar = Calendar.from_ical(part.text)
    (event,) = calendar.events
    assert str(calendar["METHOD"]) == meeting.method
    assert not event.errors
    assert str(event["UID"]) == meeting.uid
    assert event.start == meeting.start
    assert event.end == meeting.end
    people = event["ATTENDEE"] if isinstance(event["ATTENDEE"], list) else [event["ATTENDEE"]]
    invited = {str(one).removeprefix("mailto:") for one in people}
    assert {USER.email, *(one.address for one in meeting.attendees)} <= invited
    assert str(event["ORGANIZER"]) == f"mailto:{meeting.organizer.address}"


def test_invitations_come_in_four_styles() -> None:
    with_calendar = {letter.style for letter in LETTERS if letter.meeting}
    without = {letter.style for letter in LETTERS if not letter.meeting and "is confirmed for" in letter.text}
    assert with_calendar == {"google", "outlook", "relay"}
    assert without == {"plain"}
    assert {letter.meeting.windows_zone for letter in LETTERS if letter.meeting} >= {
        "GMT Standard Time",
        "W. Europe Standard Time",
    }


def test_every_answer_names_a_message_that_is_in_the_mailbox(tmp_path: Path) -> None:
    top, _ = played(tmp_path)
    everything = [parsed(raw) for raw in raws(top) + raws(top, ".Sent")]
    known = {str(message["Message-ID"]) for message in everything}
    answers = [message for message in everything if message["In-Reply-To"]]
    assert len(known) == len(everything)
    assert len(answers) >= 10
    for message in answers:
        assert str(message["In-Reply-To"]) in known
        assert str(message["References"]).split()[-1] == str(message["In-Reply-To"])


def test_mail_is_delivered_under_the_simulated_time(tmp_path: Path) -> None:
    top, _ = played(tmp_path, noise_seed=0)
    paths = sorted((top / "new").iterdir())
    stamps = [int(path.name.partition(".")[0]) for path in paths]
    assert all(path.stat().st_mtime == stamp for path, stamp in zip(paths, stamps, strict=True))
    assert all(BEGIN.timestamp() <= stamp <= END.timestamp() for stamp in stamps)
    assert not list((top / "tmp").iterdir())


def test_the_same_seed_gives_the_same_noise_and_another_seed_other_hours() -> None:
    assert noise(7) == noise(7)
    assert [at for at, _ in noise(7)] != [at for at, _ in noise(8)]
    assert len(noise(7)) > 60
    assert all(before[0] <= after[0] for before, after in pairwise(noise(7)))


def test_a_sent_draft_moves_to_sent_with_the_time_of_sending(tmp_path: Path) -> None:
    top, world = after_act(tmp_path, "send")
    (raw,) = raws(top, ".Sent")
    sent = parsed(raw)
    assert raws(top, ".Drafts") == []
    assert str(sent["Message-ID"]) == "<ours@brannick.example>"
    assert sent["Date"].datetime == datetime(2026, 3, 3, 9, 5, tzinfo=ZONE)
    assert world.missed == []


def test_the_phone_sends_under_a_message_id_of_its_own_but_in_the_same_thread(tmp_path: Path) -> None:
    top, _ = after_act(tmp_path, "send", from_phone=True)
    (raw,) = raws(top, ".Sent")
    sent = parsed(raw)
    assert str(sent["Message-ID"]) != "<ours@brannick.example>"
    assert str(sent["In-Reply-To"]) == "<theirs@lindholm.example>"
    assert "thank you." in sent.get_content()


def test_an_edited_draft_stays_in_drafts_with_the_users_words(tmp_path: Path) -> None:
    top, _ = after_act(tmp_path, "edit", text="Dear Anne, my own words.")
    (raw,) = raws(top, ".Drafts")
    assert "my own words" in parsed(raw).get_content()
    assert raws(top, ".Sent") == []


def test_a_deleted_draft_is_gone(tmp_path: Path) -> None:
    top, _ = after_act(tmp_path, "delete")
    assert raws(top, ".Drafts") == raws(top, ".Sent") == []


def test_an_act_on_a_draft_that_is_not_there_is_noted(tmp_path: Path) -> None:
    _, world = played(tmp_path)
    acts = [event for script in SCRIPTS for event in script.events if isinstance(event, Act)]
    assert sum("no draft" in one for one in world.missed) == len(acts)


def test_an_unknown_act_in_a_script_is_an_error() -> None:
    from watcher.demo.script import _event  # noqa: PLC0415 - the one place where a script's words are checked

    with pytest.raises(ValueError, match="dance"):
        _event({"at": datetime(2026, 3, 3, 9, 0), "do": "dance"}, {})  # noqa: DTZ001 - as TOML gives it
