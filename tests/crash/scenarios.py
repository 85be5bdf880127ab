"""The passes that are killed: what has happened before, and when the pass is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rules.mail import Role
from tests.crash.world import World
from tests.letters import invitation, letter

__all__ = ["ENDS", "INTERVIEW", "INVITED", "MAY_BE_CUT_SHORT", "SCENARIOS", "STORY", "Scenario", "Step"]

BERLIN = ZoneInfo("Europe/Berlin")
INVITED = datetime(2026, 9, 3, 10, 0, tzinfo=BERLIN)
INTERVIEW = datetime(2026, 9, 8, 14, 0, tzinfo=BERLIN)
ENDS = INTERVIEW + timedelta(hours=1)
PANEL = (("Rita Chen", "rita@acme.test"), ("Omar Haddad", "omar@acme.test"), ("Ines Vogel", "ines@acme.test"))
"""Who is thanked."""
_FOLLOW_UP = datetime(2026, 9, 21, 20, 0, tzinfo=BERLIN)
"""When the first status follow-up appears, the evening before its slot."""

Act = Callable[[World], object]


@dataclass(frozen=True, slots=True)
class Step:
    """Something happens, and then a pass is made."""

    now: datetime
    act: Act = lambda _world: None


@dataclass(frozen=True, slots=True)
class Scenario:
    """Passes that go through, and the one that does not."""

    name: str
    before: tuple[Step, ...]
    last: Step
    drafts: int
    """Drafts of ours that stand in the end."""
    answers: bool = False
    """Drafts are made in it that answer a message."""


def users_own(world: World) -> None:
    """Put mail and drafts of the user's own beside everything else; none of it may ever change."""
    at = INVITED - timedelta(days=3)
    world.deliver(
        letter("Lunch?", "On Friday, as always?", at, message_id="lunch@example.net", sender="Kim <kim@example.net>"), at
    )
    world.deliver(
        letter(
            "Ten jobs for you",
            "Read all about them.",
            at,
            message_id="alert-1@jobs.example",
            sender="Job Alerts <alerts@jobs.example>",
            headers={"List-Id": "<alerts.jobs.example>", "Precedence": "bulk"},
        ),
        at,
    )
    world.deliver(_own("Re: Lunch?", "kim@example.net", "own-1@example.com", "Yes, gladly.", at), at, Role.SENT)
    world.deliver(_own("Re: Lunch?", "kim@example.net", "own-2@example.com", "Shall I bring", at), at, Role.DRAFTS)
    world.deliver(_own("A question", "rita@acme.test", "own-3@example.com", "Dear Rita, half a", at), at, Role.DRAFTS)


def _own(subject: str, to: str, message_id: str, text: str, at: datetime) -> bytes:
    return bytes(letter(subject, text, at, message_id=message_id, sender="Sam Rivers <sam@example.com>", to=to))


def _invited(world: World) -> None:
    users_own(world)
    # Nothing tells from this one's header that it matters, until the invitation behind it says who works there.
    early = INVITED - timedelta(hours=2)
    text = "Hi Sam,\n\nthere is room for your car behind the house, ring twice.\n\nOmar\n"
    world.deliver(letter("Parking", text, early, message_id="parking@acme.test", sender="Omar Haddad <omar@acme.test>"), early)
    world.deliver(invitation(INVITED, INTERVIEW, attendees=PANEL), INVITED)


def _one_invited(world: World) -> None:
    users_own(world)
    world.deliver(invitation(INVITED, INTERVIEW), INVITED)


def _corrected(world: World) -> None:
    """They correct which position it is about: the notes are worded anew."""
    at = ENDS + timedelta(minutes=20)
    new = "Interview: Platform Engineer at Acme"
    world.deliver(invitation(at, INTERVIEW, attendees=PANEL, message_id="invite-2@acme.test", sequence=1, summary=new), at)


def _thanked(world: World) -> None:
    world.user_sends("rita@acme.test", ENDS + timedelta(hours=2))


def _replied(world: World) -> None:
    at = _FOLLOW_UP + timedelta(hours=1)
    text = "Hi Sam,\n\nthank you for your patience. Could you send us two references?\n\nBest wishes\nRita\n"
    subject = "Re: Interview confirmation: Backend Engineer at Acme"
    world.deliver(letter(subject, text, at, message_id="reply-1@acme.test", parents=["invite-1@acme.test"]), at)


def _worked_on(world: World) -> None:
    """One is sent under another Message-ID, one is edited, one is thrown away."""
    world.user_sends("rita@acme.test", ENDS + timedelta(minutes=30), message_id="from-the-phone@example.com")
    world.user_edits("omar@acme.test", "In my own words.\n", ENDS + timedelta(minutes=31))
    world.user_discards("ines@acme.test")


_FORMS = "prep.enabled = false\nnotes.travel_minutes = 0\n"
"""A playbook file with which a form for notes stands when the interview ends."""


def _invited_with_forms(world: World) -> None:
    world.rules.write_text(_FORMS)
    _invited(world)


def _noted(world: World) -> None:
    """Fill in the form for notes: what was said to each of them."""
    said = (
        "What went well\nRita Chen: the move to streaming\nOmar Haddad: the on-call rota\nInes Vogel: the tests of the ledger\n"
    )
    world.user_edits("sam@example.com", said, ENDS + timedelta(minutes=30))


_FIRST = Step(INVITED + timedelta(minutes=1), _invited)
_PLACED = (_FIRST, Step(ENDS + timedelta(minutes=1)))
_QUIET = (
    Step(INVITED + timedelta(minutes=1), _one_invited),
    Step(ENDS + timedelta(minutes=1)),
    Step(ENDS + timedelta(hours=3), _thanked),
    Step(_FOLLOW_UP + timedelta(minutes=1)),
)

_ASKED = (Step(INVITED + timedelta(minutes=1), _invited_with_forms), Step(ENDS + timedelta(minutes=1)))

SCENARIOS = (
    Scenario("first look", (), _FIRST, 0),
    Scenario("thank-you notes for a panel", (_FIRST,), Step(ENDS + timedelta(minutes=1)), 3, answers=True),
    Scenario("three notes worded anew", _PLACED, Step(ENDS + timedelta(minutes=25), _corrected), 3, answers=True),
    Scenario("a follow-up taken back on a reply", _QUIET, Step(_FOLLOW_UP + timedelta(hours=1, minutes=1), _replied), 0),
    Scenario("what the user did to three notes", _PLACED, Step(ENDS + timedelta(minutes=40), _worked_on), 1),
    Scenario("three notes written anew from a form", _ASKED, Step(ENDS + timedelta(minutes=40), _noted), 4),
)


def _all_thanked(world: World) -> None:
    for minutes, (_, address) in enumerate(PANEL):
        world.user_sends(address, ENDS + timedelta(hours=2, minutes=minutes))


STORY = (
    Step(INVITED + timedelta(minutes=1), _invited),
    Step(ENDS + timedelta(minutes=1)),
    Step(ENDS + timedelta(minutes=25), _corrected),
    Step(ENDS + timedelta(hours=3), _all_thanked),
    Step(_FOLLOW_UP + timedelta(minutes=1)),
    Step(_FOLLOW_UP + timedelta(hours=1, minutes=1), _replied),
)
"""One hiring process from invitation to answer: three notes placed, worded anew and sent, a follow-up placed and taken back."""
MAY_BE_CUT_SHORT = frozenset({1, 4})
"""Steps of the story that need not be finished: what comes next does not need their drafts."""
