"""`why`, `plan` and `drafts`: the argument, what comes, and what stands."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from rich.console import Console, RenderableType

from rules.classify.types import Evidence
from rules.intents import Decision, Reason, Withdraw
from rules.mail import Address
from rules.process import Process, State, Verb
from tests.watcher.reporting import NOW, ZONE, assessment, event, outbox_row, place, waiting
from watcher.report.ahead import Ahead
from watcher.report.plan import build_drafts, build_plan, drafts_view, plan_view
from watcher.report.why import build_why, changes, why_view
from watcher.store.drafts import RowState
from watcher.store.journal import LogRow, MarkRow

LOG = (LogRow(NOW, "work", "acme-1", "Acme", "placed", "Thank-you note to Dana Whitfield is in Drafts"),)
MARKS = (MarkRow(1, "work", "acme-1", NOW, Verb.PAUSE, NOW + timedelta(days=3)),)


def drawn(what: RenderableType, width: int = 100) -> str:
    out = StringIO()
    Console(file=out, width=width, no_color=True).print(what)
    return out.getvalue()


def test_the_argument_names_what_it_rests_on() -> None:
    own = replace(event(None, "Re: Your interview", evidence=()), step="acme-1/dana@acme.example/thank_you-1")
    found = assessment(None, None, outbox_row(), messages=(event(), own))

    text = drawn(why_view(found, NOW, LOG, MARKS))

    for words in (
        "Acme Robotics \N{MIDDLE DOT} Backend Engineer   acme-1 (work)",
        "waiting for them",
        "Thank-you note to Dana Whitfield: best sent Tue 17 Mar, 10:00",
        "Follow-up 2 of 3 to Dana Whitfield: Tue 24 Mar, 08:30\N{EN DASH}11:00; in Drafts from Mon 23 Mar, 20:30",
        "You were promised an answer by Friday 20 March 2026.  [F4 D1 S3]",
        "Two weeks after the last one.  [F2 S1]",
        "“Your interview”  dana@acme.example",
        "fixes an interview (interview_confirmation, 98%)",
        "calendar: METHOD:REQUEST",
        "you wrote to sam@example.com (the draft of ours)",
        "you said pause until Thu 19 Mar, 10:00",
        "is in Drafts",
        "this holds until Tue 24 Mar, 10:00",
    ):
        assert words in text, text


def test_the_argument_as_values() -> None:
    decision = Decision(withdraw=(Withdraw(outbox_row().key, Reason("They replied.", ("F27",), (), ("m1",))),))

    told = json.loads(json.dumps(build_why(assessment(None, decision, outbox_row()), NOW, LOG, MARKS)))

    assert told["messages"][0]["evidence"] == [{"source": "calendar", "detail": "METHOD:REQUEST"}]
    assert told["withdrawals"][0]["reason"]["rules"] == ["F27"]
    assert told["marks"] == [
        {"at": "2026-03-16T10:00:00+01:00", "verb": "pause", "until": "2026-03-19T10:00:00+01:00", "item": None}
    ]
    assert told["next_check"] is None
    assert told["next_reasons"] == []
    assert told["log"][0]["action"] == "placed"


def test_d1_what_each_article_alone_would_have_said_is_told_with_its_day_and_rules() -> None:
    found = assessment(waiting(), Decision())

    told = json.loads(json.dumps(build_why(found, NOW, LOG, MARKS)))["articles"]
    text = " ".join(drawn(why_view(found, NOW, LOG, MARKS), 140).split())

    assert [(voice["article"], voice["playbook"]) for voice in told] == [
        ("S0", "recruiters"),
        ("S1", "ama"),
        ("S2", "mastering"),
        ("S3", "epc"),
        ("S4", "king"),
    ]
    assert {voice["about"] for voice in told} == {"status"}
    assert told[0]["speaks"] is False
    for voice in told:
        assert (voice["opens"] is None) == (voice["closes"] is None)
        assert voice["text"] in text
        assert bool(voice["rules"]) is voice["speaks"]
    assert "What each article alone would have said" in text
    assert f"{told[1]['article']} (ama), follow-up: " in text


@pytest.mark.parametrize("state", State)
def test_every_state_says_what_would_change_it(state: State) -> None:
    sentences = list(changes(assessment(waiting(state=state), Decision())))

    assert sentences
    assert all(sentence.endswith(".") for sentence in sentences)
    named = " ".join(sentences)
    assert ("hearback reopen acme-1" in named) == (state is State.CLOSED)
    assert ("hearback resume acme-1" in named) == (state in {State.PAUSED, State.OUR_TURN})


def test_a_standing_draft_says_what_the_user_may_do_with_it() -> None:
    without, with_one = assessment(None, Decision()), assessment(None, Decision(), outbox_row())

    assert not any("never comes back" in sentence for sentence in changes(without))
    assert any("never comes back" in sentence for sentence in changes(with_one))


def test_a_hostile_mail_cannot_command_the_terminal() -> None:
    evil = "\x1b]0;owned\x07 \u202e[red]x"
    row = event(subject=evil, evidence=(Evidence("text", evil),), defects=(evil,))
    found = assessment(waiting(company=evil, role=evil, notes=(evil,)), Decision(reasons=(Reason(evil),)), messages=(row,))

    text = drawn(why_view(found, NOW, (replace(LOG[0], text=evil),), ()))

    assert not any(character in text for character in "\x1b\x07\u202e")
    assert "[red]x" in text


def test_a_process_of_which_nothing_is_known_is_explained_too() -> None:
    bare = assessment(Process("x-1", State.OUR_TURN), Decision(), messages=())

    assert "No draft stands, and none is planned." in drawn(why_view(bare, NOW, (), ()))
    assert build_why(bare, NOW, (), ())["process"]["company"] is None


def test_the_plan_is_in_order_of_time_and_ends_after_sixty_days() -> None:
    late = place("status-1.3", place().slot.opens + timedelta(days=70), 3)
    later = place("status-1.2", place().slot.opens + timedelta(days=7))
    found = [assessment(None, Decision(upcoming=(later, late))), assessment(waiting(id="b-1", company="Blue Harbour"))]

    told = build_plan(found, NOW.astimezone(ZONE), {})

    assert [(step["process"], step["kind"], step["opens"][:10]) for step in told["steps"]] == [
        ("acme-1", "promised", "2026-03-20"),
        ("b-1", "promised", "2026-03-20"),
        ("b-1", "status", "2026-03-24"),
        ("acme-1", "status", "2026-03-31"),
    ]
    text = drawn(plan_view(found, NOW, ZONE, {}))
    assert text.rindex("Blue Harbour") < text.rindex("Acme Robotics")


def test_a_step_that_rests_on_earlier_ones_is_marked() -> None:
    further = place("status-1.3", place().slot.opens + timedelta(days=14), 3)

    told = build_plan([assessment()], NOW.astimezone(ZONE), {"acme-1": Ahead(waiting(), (place(), further))})

    assert [(step["text"], step["assumes_sent"]) for step in told["steps"]] == [
        ("Follow-up 2 of 3 to Dana Whitfield", False),
        ("Follow-up 3 of 3 to Dana Whitfield", True),
    ]


def test_a_plan_step_that_stands_in_drafts_says_so() -> None:
    decision = Decision(place=(place("status-1.2"),))

    told = build_plan([assessment(None, decision, outbox_row(step="status-1.2"))], NOW.astimezone(ZONE), {})

    assert [step["text"].endswith("(in Drafts)") for step in told["steps"] if step["kind"] == "status"] == [True]


def test_drafts_are_listed_with_subject_recipient_and_slot() -> None:
    found = [assessment(None, None, outbox_row(), outbox_row(RowState.SENT, step="status-1.1"))]

    told = build_drafts(found, NOW.astimezone(ZONE))
    text = drawn(drafts_view(found, NOW, ZONE))

    assert [(draft["company"], draft["subject"], draft["state"]) for draft in told["drafts"]] == [
        ("Acme Robotics", "Thank you", "placed")
    ]
    for words in ("Thank-you note to Dana Whitfield", "dana@acme.example", "“Thank you”", "best sent Tue 17 Mar, 10:00"):
        assert words in text


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        ("joerg.mueller@mueller-soehne.example", ["joerg.mueller@mueller-soehne.example"]),
        ("a.rather.long.name@a-rather-long-company.example", ["a.rather.long.name", "@a-rather-long-company.example"]),
    ],
)
def test_an_address_is_not_broken_in_the_middle_on_80_columns(address: str, lines: list[str]) -> None:
    row = outbox_row()
    row = replace(row, draft=replace(row.draft, to=Address("Dana Whitfield", address)))

    text = drawn(drafts_view([assessment(None, None, row)], NOW, ZONE), 80)

    assert all(any(f" {line} " in shown for shown in text.splitlines()) for line in lines), text
    assert max(len(shown.rstrip()) for shown in text.splitlines()) <= 80


def test_where_no_draft_stands_the_next_one_is_named() -> None:
    assert "The next one appears Mon 23 Mar, 20:30." in drawn(drafts_view([assessment()], NOW, ZONE))
