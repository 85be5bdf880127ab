"""Banned phrases in the spellings in which people write them, and sentences that only look like them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rules.drafts.types import DraftKind
from rules.lint.check import check
from rules.lint.context import Context
from rules.lint.types import Finding, Severity
from tests.rules.drafts_cases import PANEL, RITA, SAM
from tests.rules.lint_cases import plain_note

THANKS = Context(DraftKind.THANK_YOU, people=PANEL, recipient=RITA, company="Acme Inc.", role="Data Analyst", profile=SAM)
STATUS = replace(THANKS, kind=DraftKind.STATUS)
GRACIOUS = replace(THANKS, kind=DraftKind.GRACIOUS)


def banned(text: str, context: Context = STATUS) -> list[Finding]:
    return [finding for finding in check(plain_note(text), context) if finding.id.startswith("banned.")]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("I\u2019m just quickly following up on this.", "check-in"),
        ("I just wanted to quickly follow up.", "check-in"),
        ("Simply following\nup here.", "check-in"),
        ("I'm following up again.", "check-in"),
        ("Just a quick follow\u2011up.", "check-in"),
        ("I am just check\u00ading\u00a0in.", "check-in"),
        ("Hope all is well!", "generic"),
        ("I hope you\u2019re doing well.", "generic"),
        ("I hope this message finds you in good health.", "generic"),
        ("I am a hard-worker and a fast learner.", "generic"),
        ("Kindly get back to me by EOD Thursday.", "demand"),
        ("Please let me know whether I got it by the 5th.", "demand"),
        ("I require an answer this week.", "demand"),
        ("Let me know right away.", "demand"),
        ("Please reply as soon as you possibly can, as soon as possible.", "demand"),
        ("Why have you not replied?", "frustration"),
        ("This is taking far too long.", "frustration"),
        ("I am getting impatient.", "frustration"),
        ("I find this disappointing.", "frustration"),
        ("It has been three weeks and nobody has replied.", "badgering"),
        ("I still haven\u2019t received a response.", "badgering"),
        ("Did you get my last e-mail?", "badgering"),
        ("I was hoping to have heard by now.", "badgering"),
        ("You said you'd call on Monday.", "reproach"),
        ("I would need at least $95,000.", "pay"),
        ("What benefits do you offer?", "pay"),
        ("Could we discuss remuneration?", "pay"),
        ("I expect 120K a year.", "pay"),
        ("Is working from home two days a week possible?", "pay"),
        ("What is the holiday entitlement?", "pay"),
        ("What does the job pay?", "pay"),
        ("We should grab a beer.", "familiar"),
    ],
)
def test_a_banned_phrase_is_told_once_in_whatever_way_it_is_written(text: str, name: str) -> None:
    assert [finding.id for finding in banned(text)] == [f"banned.{name}"]


@pytest.mark.parametrize(
    "text",
    [
        "You mentioned a decision by Friday, 5 June.",
        "You hoped to decide by the end of last week.",
        "I had noted that I would hear from you by Monday.",
        "I will let you have my answer by Friday, and can reply until Monday.",
        "I looked after sixty files at once.",
        "I could start as soon as possible.",
        "I am available to begin ASAP.",
        "I liked how openly your team disagrees.",
        "The long overdue migration is a task I would enjoy.",
        "An unacceptable error rate was what I cut in my last job.",
        "Waiting is a frustrating problem for your patients, and it's a frustrating thing for your nurses.",
        "When I came back from parental leave I built the second team.",
        "We cut $95,000 of costs, and served meals for half of it.",
        "My team-mate at the clinic taught me that.",
        "You take care of your people. Take care of the details, you said.",
        "I handled compensation claims, as your compensation claims team does.",
        "At my last company I built a prototype of such a scanner.",
        "These things happen, and I hope that all went well.",
    ],
)
@pytest.mark.parametrize("context", [STATUS, THANKS, Context(profile=SAM)], ids=["follow-up", "thanks", "any mail"])
def test_what_only_looks_like_a_banned_phrase_is_none(text: str, context: Context) -> None:
    assert banned(text, context) == []


def test_phrases_of_one_kind_in_one_sentence_are_told_together() -> None:
    (told,) = banned("I wanted to bump this to the top of your inbox.")
    assert "`bump this`, `top of your inbox`" in told.text
    assert len(banned("I wanted to bump this. It belongs to the top of your inbox.")) == 2


def test_o2_a_word_of_regret_beside_something_kind_is_for_the_user_to_judge() -> None:
    (told,) = banned("While I am disappointed, I thank you for the time you gave me.", GRACIOUS)
    assert (told.id, told.severity) == ("banned.bitterness", Severity.WARN)
    (told,) = banned("I am disappointed.", GRACIOUS)
    assert told.severity is Severity.BLOCK


def test_o2_a_mail_of_no_known_kind_is_bitter_only_about_a_refusal() -> None:
    anything = Context(profile=SAM)
    assert banned("We did not disagree on much.", anything) == []
    assert [each.id for each in banned("You went with another candidate, and I disagree.", anything)] == ["banned.bitterness"]
