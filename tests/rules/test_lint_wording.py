"""Banned phrases in the spellings in which people write them, and sentences that only look like them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rules.drafts.types import DraftKind
from rules.lint.check import check
from rules.lint.context import Context
from rules.lint.placeholders import template_marks
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
        ("I look for $40 an hour.", "pay"),
        ("I await it with impatience.", "badgering"),
        ("I would be grateful for a quick answer.", "badgering"),
        ("This is the third time I write.", "badgering"),
        ("When will you decide?", "badgering"),
        ("I insist on a reply.", "demand"),
    ],
)
def test_a_banned_phrase_is_told_once_in_whatever_way_it_is_written(text: str, name: str) -> None:
    assert [finding.id for finding in banned(text)] == [f"banned.{name}"]


@pytest.mark.parametrize(
    "text",
    [
        "You mentioned a decision by Friday, 5 June.",
        "You hoped to decide by the end of last week.",
        "As promised, here is the page we spoke of.",
        "I know you must be busy this week.",
        "I insist on code review, as you do.",
        "I cut the cost to $4 a day for each patient, and the hosting from $40k a month.",
        "I can reply at once to any request.",
        "I am used to difficult customers, rude ones too.",
        "If I have not heard from you by then, may I write again?",
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


@pytest.mark.parametrize(
    "mark",
    [
        "{{company}}", "{company}", "{first name}", "${company}", "$COMPANY", "{% if x %}", "<Company Name>", "<<company>>",
        "<your topic>",
        "%COMPANY%", "%s", "@@topic@@", "*|FNAME|*", "#topic#", "\u2039Name\u203a", "\u00abFirst_Name\u00bb", "\u3010topic\u3011",
        "\uff3btopic\uff3d", "(insert topic here)", "(your topic)", "(company name)", "INSERT TOPIC HERE", "COMPANY NAME", "___",
        "________",
        "XX", "XXX", "TODO", "TBD", "TBC", "???", "[ ]", "lorem ipsum dolor", "&nbsp;",
    ],
)  # fmt: skip
def test_c23_whatever_a_template_leaves_behind_is_told_once(mark: str) -> None:
    (told,) = check(plain_note(f"I liked {mark} at your shop."), Context(profile=SAM))
    assert (told.id, told.severity, told.words, told.place) == ("place.template", Severity.BLOCK, mark, "line 3")


@pytest.mark.parametrize(
    "text",
    [
        "We served 10% of them, then 20% of the rest.",
        "Your C# team, #1 in the field, answers a < b and b > a.",
        "I read the paper [1] and the word \u201cteh [sic]\u201d of it.",
        "It is at [https://sam.example.com/work] and below.",
        "We met (your idea, I believe) in May (as the job needs it).",
        "A snake_case name and a 50/50 share.",
        "The XX/XY study was new to me.",
        "Really?! Yes.",
    ],
)
def test_c23_what_only_looks_like_a_template_is_none(text: str) -> None:
    assert not [each for each in check(plain_note(text), Context(profile=SAM)) if each.id.startswith("place.")]


@pytest.mark.parametrize(
    "unit", ["_", "_ ", "<", "<a", "{", "{{", "%a", "@@a", "*|", "(your ", "(insert ", "?", "X", "[ ", "&", "INSERT A "]
)
def test_long_runs_of_what_templates_are_made_of_are_searched_in_linear_time(unit: str) -> None:
    """Were it quadratic in one of them, the test would not end."""
    assert len(template_marks(unit * (64_000 // len(unit)))) <= 64_000


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Im sure of it.", "im"),
        ("I dont mind.", "dont"),
        ("Thats what I mean.", "thats"),
        ("I wont forget it.", "i wont"),
        ("I cant wait to start.", "i cant"),
        ("Whats next is clear.", "whats next"),
        ("Theres a lot to do.", "theres"),
        ("Youre team is kind.", "youre"),
        ("I saw youre work.", "youre"),
    ],
)
def test_c23_an_apostrophe_that_is_missing_is_told_once(text: str, words: str) -> None:
    (told,) = check(plain_note(text), Context(profile=SAM))
    assert (told.severity, told.words) == (Severity.BLOCK, words)
    assert "you're" in told.remedy if words == "youre" else told.id == "slip.apostrophe"
    assert "your" in told.remedy or words != "youre"


@pytest.mark.parametrize(
    "text", ["He spoke, as was his wont, of the cant of thieves.", "The tool lets us work.", "I was ill in May."]
)
def test_c23_words_that_want_no_apostrophe_are_left_alone(text: str) -> None:
    assert not [each for each in check(plain_note(text), Context(profile=SAM)) if each.id.startswith("slip.")]


@pytest.mark.parametrize(
    ("text", "doubled"),
    [
        ("What it is is clear.", False),
        ("The point is is clear.", False),
        ("It is is good.", True),
        ("I had had one.", False),
        ("I think that that matters.", False),
        ("I saw it\nit there.", True),
    ],
)
def test_c23_a_word_may_stand_twice_where_grammar_wants_it(text: str, doubled: bool) -> None:
    assert ("doubled" in {each.id for each in check(plain_note(text), Context(profile=SAM))}) is doubled
