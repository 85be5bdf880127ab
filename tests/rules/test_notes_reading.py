"""What is understood of a form: headings wherever they stand, names, topics and answers; and what hostile text cannot do."""

from __future__ import annotations

import random
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.extract.types import Person, PromiseClass, RoleClass
from rules.notes.merge import known_answers, merge
from rules.notes.reading import is_empty, read_form, read_html, read_text
from rules.notes.types import Answers, Heading, Notes, Point, Topic
from tests.rules.notes_cases import ANN, AT, FRAME, NOTES, OMAR, PREP, RENEE, Filling, fill, frame
from tests.rules.notes_clients import CLIENTS
from tests.rules.timing import FAST


def points(text: str) -> list[tuple[str, str, str, str]]:
    return [(p.heading.value, p.about.partition("@")[0], p.topic.value, p.text) for p in read_text(text, FRAME, AT).points]


def answers(**said: str) -> Notes:
    return read_text(fill(NOTES, Filling(answers=tuple(said.items()))), FRAME, AT)


@pytest.mark.parametrize(
    "text",
    [
        (
            "what went well - the demo\nWHAT WENT BADLY: locks\nWhat stood out about the company and the role they ship weekly\n"
            "forgot to say: tests"
        ),
        "Well:\nthe demo\n\nBadly\nlocks\n\nStood out\nthey ship weekly\n\nForgot\ntests",
        (
            "**What went well:** the demo\n__What went badly__\n> locks\n## What stood out\n1. they ship weekly\n"
            "*what I forgot*\n\u2022 tests"
        ),
        "What you forgot to say\ntests\nWhat stood out\nthey ship weekly\nWhat went badly\nlocks\nWhat went well\nthe demo",
    ],
    ids=["on the line", "short", "marked", "moved"],
)
def test_n1_headings_are_known_however_they_are_written(text: str) -> None:
    found = {heading: said for heading, _, _, said in points(text)}

    assert found == {"well": "the demo", "badly": "locks", "stood_out": "they ship weekly", "forgot": "tests"}


@pytest.mark.parametrize("typed", ["What went baldy", "What went badyl:", "what wnet badly", "Waht went badly"])
def test_n1_a_heading_with_a_slip_is_still_one(typed: str) -> None:
    assert points(f"What went well\nthe demo\n{typed}\nlocks\n") == [("well", "", "", "the demo"), ("badly", "", "", "locks")]


@pytest.mark.parametrize("said", ["What went by rail", "What we had badly", "What went sadly wrong"])
def test_n1_a_line_like_a_heading_is_none(said: str) -> None:
    assert points(f"What went well\n{said}\n") == [("well", "", "", said)]


def test_n1_a_heading_is_no_heading_within_a_sentence() -> None:
    said = "what went well was the part on caching"
    assert points(fill(NOTES, Filling(points=((Heading.BADLY, said),)))) == [("badly", "", "", said)]


def test_n1_without_its_heading_the_help_tells_where_a_text_stands() -> None:
    text = fill(NOTES, Filling(points=((Heading.BADLY, "locks"),))).replace("What went badly\n", "")
    assert points(text) == [("badly", "", "", "locks")]


def test_n1_what_is_typed_above_the_form_is_a_point_and_what_stands_below_its_end_is_not() -> None:
    assert points(f"Ann: liked the dashboards\n\n{NOTES}\nRobin, on the train\n") == [("well", "ann", "", "liked the dashboards")]
    below = NOTES.replace("14:00.\n", "14:00.\n\nAnn: liked the dashboards\n", 1)
    assert points(below) == [("well", "ann", "", "liked the dashboards")]


@pytest.mark.parametrize(
    "below",
    [
        "-- \nRobin Ferrer\nAnalyst",
        "Sent from my iPhone",
        "Best regards,\nRobin Ferrer\n+1 555 0100",
        "Get Outlook for Android",
        "Von meinem Telefon gesendet",
        "Yahoo Mail: Search, Organize, Conquer",
    ],
)
def test_n1_signatures_are_no_notes(below: str) -> None:
    text = f"What went well\nthe demo\n\n{below}\n\nWhat went badly\nlocks\n\n{below}\n"
    assert points(text) == [("well", "", "", "the demo"), ("badly", "", "", "locks")]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Ann: her team moved", [("ann", "", "her team moved")]),
        ("weber: her team moved", [("ann", "", "her team moved")]),
        ("Dr. Weber: her team moved", [("ann", "", "her team moved")]),
        ("Ann W: her team moved", [("ann", "", "her team moved")]),
        ("ann@corp.example: her team moved", [("ann", "", "her team moved")]),
        ("renee: a marathon", [("renee", "", "a marathon")]),
        ("REN\u00c9E DUPONT: a marathon", [("renee", "", "a marathon")]),
        ("Rene\u0301e: personal: a marathon", [("renee", "personal", "a marathon")]),
        ("Culture: Omar: they argue in writing", [("omar", "culture", "they argue in writing")]),
        ("Ann and Omar: both know Lisbon", [("ann", "", "both know Lisbon"), ("omar", "", "both know Lisbon")]),
        ("Ann Weber, Head of Data: her team moved", [("ann", "", "her team moved")]),
        ("idea: a sandbox for newcomers", [("", "challenge", "a sandbox for newcomers")]),
        ("link: https://corp.example/post?a=1", [("", "link", "https://corp.example/post?a=1")]),
        ("https://corp.example/post", [("", "", "https://corp.example/post")]),
        ("At 14:30 we ran late", [("", "", "At 14:30 we ran late")]),
        ("Omar Haddad \u2013 showed me the loader", [("omar", "", "showed me the loader")]),
        ("Weber - showed me the loader", [("ann", "", "showed me the loader")]),
        ("Weber -> showed me the loader", [("ann", "", "showed me the loader")]),
        ("Weber \u2192 showed me the loader", [("ann", "", "showed me the loader")]),
        ("Weber: nothing special", []),
        ("nothing", []),
        ("N/A", []),
        ("Nothing went wrong with the demo", [("", "", "Nothing went wrong with the demo")]),
        ("A well-known team - small", [("", "", "A well-known team - small")]),
        ("Python: they want more of it", [("", "", "Python: they want more of it")]),
        ("Ann Weber", []),
        ("Omar:", []),
        ("...", []),
    ],
)
def test_n2_a_point_may_begin_with_a_name_or_a_topic(line: str, expected: list[tuple[str, str, str]]) -> None:
    assert [found[1:] for found in points(f"What went well\n{line}\n")] == expected


def test_n2_a_name_that_several_bear_is_told_and_given_to_none_of_them() -> None:
    two = frame(Person("Dana Whitfield", "dana@corp.example"), Person("Dana Okoye", "okoye@corp.example"))
    notes = read_text("What went well\nDana: knows Lisbon\nOkoye: runs\n", two, AT)

    assert [(point.about, point.text) for point in notes.points] == [("Dana", "knows Lisbon"), ("okoye@corp.example", "runs")]
    assert len(notes.unclear) == 1
    assert "Dana" in notes.unclear[0]


def test_n3_what_went_badly_and_what_was_forgotten_stand_under_their_headings() -> None:
    text = fill(NOTES, Filling(points=((Heading.BADLY, "index locks"), (Heading.FORGOT, "the migration of forty tables"))))
    assert points(text) == [("badly", "", "", "index locks"), ("forgot", "", "", "the migration of forty tables")]


@pytest.mark.parametrize(
    ("said", "rounds"), [("3", "3"), ("three, I think", "three, I think"), ("?", ""), ("no idea", ""), ("n/a", "")]
)
def test_b1_the_number_of_rounds_is_kept_in_the_users_words(said: str, rounds: str) -> None:
    assert answers(rounds=said).answers.rounds_expected == rounds
    assert answers(length=said).answers.length_expected == rounds


@pytest.mark.parametrize(
    ("said", "owed", "theirs"),
    [
        ("a take-home task", ("a take-home task",), ()),
        ("test task, writing sample", ("test task", "writing sample"), ()),
        ("a mock mail; another interview", ("a mock mail",), ("another interview",)),
        ("a case study, sent", (), ()),
        ("\u2713 quiz, essay", ("essay",), ()),
        ("none", (), ()),
        ("nothing to do", (), ()),
        ("not sure", (), ()),
    ],
)
def test_b2_steps_are_tasks_that_are_owed_or_steps_of_theirs(said: str, owed: tuple[str, ...], theirs: tuple[str, ...]) -> None:
    found = answers(steps=said).answers
    assert (found.other_steps, found.further_steps) == (owed, theirs)


@pytest.mark.parametrize("said", ["asap", "yesterday", "As soon as possible!", "immediately please"])
def test_b3_an_answer_that_is_no_date_is_refused_and_told(said: str) -> None:
    notes = answers(start=said)
    assert notes.answers.start_by is None
    assert len(notes.unclear) == 1
    assert "no start date" in notes.unclear[0]


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("1 October", date(2026, 10, 1)),
        ("2026-05-04", date(2026, 5, 4)),
        ("early May", date(2026, 5, 10)),
        ("in October", date(2026, 10, 30)),
    ],
)
def test_b3_a_start_date_is_read_and_of_a_month_its_last_working_day(said: str, day: date) -> None:
    assert answers(start=said).answers.start_by == day


def test_b3_a_day_that_was_over_already_is_no_start_date() -> None:
    notes = answers(start="1 February 2026")
    assert notes.answers.start_by is None
    assert len(notes.unclear) == 1


@pytest.mark.parametrize(
    ("said", "kind", "day"),
    [
        ("after the holidays", PromiseClass.VAGUE, None),
        ("next week", PromiseClass.VAGUE, None),
        ("VP away until Friday", PromiseClass.AWAY_UNTIL, date(2026, 3, 6)),
        ("reach out on the 15th", PromiseClass.CONTACT_DATE, date(2026, 3, 15)),
        ("within a few days", PromiseClass.FEW_DAYS, None),
    ],
)
def test_b4_what_comes_next_is_read_as_of_the_day_of_the_interview(said: str, kind: PromiseClass, day: date | None) -> None:
    found = answers(promise=said).answers.promise
    assert found is not None
    assert (found.kind, found.date, found.made_on, found.sentence) == (kind, day, date(2026, 3, 4), said)


@pytest.mark.parametrize("said", ["hear by Thu 12th", "Thursday 12 March", "12 March", "they decide by 12 March"])
def test_b5_when_they_answer_is_read_from_a_bare_day_too(said: str) -> None:
    found = answers(promise=said).answers.promise
    assert found is not None
    assert (found.kind, found.date, found.sentence) == (PromiseClass.HARD_DATE, date(2026, 3, 12), said)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("hear by Thu 12th", date(2026, 3, 12)),
        ("They'll decide by the end of next week", date(2026, 3, 13)),
        ("will let me know by Wednesday", date(2026, 3, 11)),
        ("I should follow up on 20 March if I hear nothing", date(2026, 3, 20)),
    ],
)
def test_b5_a_point_that_only_says_when_they_answer_is_a_promise_and_no_point(said: str, day: date) -> None:
    notes = read_text(f"What went well\n{said}\n", FRAME, AT)
    assert notes.points == ()
    assert notes.answers.promise is not None
    assert (notes.answers.promise.date, notes.answers.promise.sentence) == (day, said)


@pytest.mark.parametrize(
    "said",
    [
        "her marathon in May",
        "they ship every Tuesday",
        "release planned for 20 March",
        "Ann: we talked about her talk on 12 March",
    ],
)
def test_b5_a_day_that_is_told_of_something_else_is_no_promise(said: str) -> None:
    notes = read_text(f"What went well\n{said}\n", FRAME, AT)
    assert notes.answers.promise is None
    assert len(notes.points) == 1


def test_b5_a_date_of_the_users_own_is_no_promise_of_theirs() -> None:
    notes = read_text("What you forgot to say\nI can answer questions by Monday\n", FRAME, AT)
    assert (notes.answers.promise, len(notes.points)) == (None, 1)


def test_b5_an_interview_that_comes_next_is_no_promise_and_an_answer_that_comes_next_is_one() -> None:
    assert answers(next="a talk with the CTO on 20 March").answers.promise is None
    found = answers(next="they will get back to me by Friday").answers.promise
    assert found is not None
    assert found.date == date(2026, 3, 6)


@pytest.mark.parametrize("said", ["they did not say", "no idea", "?", "did not ask"])
def test_b5_not_knowing_is_no_answer_and_not_told_as_unclear(said: str) -> None:
    assert is_empty(answers(promise=said))


def test_b5_what_is_no_time_is_told() -> None:
    assert len(answers(promise="blue and green").unclear) == 1


def test_b6_names_and_titles_are_read_from_the_form_before_the_interview() -> None:
    text = PREP.replace("Omar Haddad, title:", "Omar Haddad, title: Staff Engineer").replace(
        "Ren\u00e9e Dupont, Analyst:", "Ren\u00e9e Dupont, Analyst:\nJonas Weber, CTO\nMia Park (HR)"
    )
    notes = read_text(text, FRAME, AT)

    assert [(person.name, person.address, person.title) for person in notes.answers.people] == [
        ("Omar Haddad", OMAR.address, "Staff Engineer"),
        ("Jonas Weber", "", "CTO"),
        ("Mia Park", "", "HR"),
    ]
    assert notes.answers.people[1].role is RoleClass.BOSS
    assert notes.points == ()


def test_b6_an_address_is_taken_as_it_is_given_and_never_made_up() -> None:
    (person,) = answers(people="Jonas Weber, CTO, Jonas.Weber@corp.example").answers.people
    assert (person.name, person.address, person.title) == ("Jonas Weber", "jonas.weber@corp.example", "CTO")


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("yes", True),
        ("Yes!", True),
        ("y - all of them", True),
        ("x", True),
        ("\u2713", True),
        ("no", False),
        ("Not really", False),
        ("maybe", None),
        ("yes and no", None),
    ],
)
def test_h9_all_remote_is_yes_or_no(said: str, value: bool | None) -> None:
    assert answers(remote=said).answers.remote is value


@pytest.mark.parametrize(("said", "value"), [("yes, very much so", True), ("nope", False), ("not sure", None)])
def test_h7_whether_they_value_a_card_is_yes_or_no(said: str, value: bool | None) -> None:
    assert answers(traditional=said).answers.traditional is value


@pytest.mark.parametrize(("said", "value"), [("yes, she asked for my dashboard", True), ("no", False), ("", False)])
def test_c27_only_a_yes_says_that_they_encouraged_it(said: str, value: bool) -> None:
    assert answers(encouraged=said).answers.encouraged is value


def test_what_is_neither_yes_nor_no_is_told_with_its_question() -> None:
    (told,) = answers(remote="two of them").unclear
    assert "two of them" in told
    assert "remotely?" in told


def test_an_answer_may_stand_below_its_question() -> None:
    text = NOTES.replace("let you know?", "let you know?\nby Friday\n").replace("are there?", "are there?\n\n- 3\n")
    found = read_text(text, FRAME, AT).answers
    assert (found.rounds_expected, found.promise.date if found.promise else None) == ("3", date(2026, 3, 6))


def test_what_follows_an_answer_is_told_and_not_used() -> None:
    notes = read_text(NOTES.replace("remotely? (yes or no)", "remotely? (yes or no) yes\n\nAnn likes Lisbon\n"), FRAME, AT)
    assert notes.answers.remote is True
    assert notes.points == ()
    assert "Ann likes Lisbon" in notes.unclear[0]


def test_of_two_parts_the_one_that_was_changed_counts() -> None:
    stale = f"<html><body>{NOTES.replace(chr(10), '<br>')}</body></html>"
    text = fill(NOTES, Filling(points=((Heading.WELL, "the demo"),)))
    raw = (
        "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n"
        f"{text}\n--b\nContent-Type: text/html; charset=utf-8\n\n{stale}\n--b--\n"
    )
    assert [point.text for point in read_form(raw.encode(), FRAME, AT).points] == ["the demo"]


def test_what_is_struck_out_is_not_read_and_a_link_keeps_its_address() -> None:
    html = (
        "<div>What went well</div><div><s>the demo</s></div><ul><li>the <b>whiteboard</b></li></ul>"
        '<div>What stood out</div><div>link: <a href="https://corp.example/a?b=1&amp;c=2">their post</a></div>'
    )
    notes = read_html(html, FRAME, AT)
    assert [point.text for point in notes.points] == ["the whiteboard", "their post https://corp.example/a?b=1&c=2"]
    assert notes.points[1].topic is Topic.LINK


@pytest.mark.parametrize(("left", "value"), [("(<s>yes</s> or no)", False), ("(yes <s>or no</s>)", True), ("(yes or no)", None)])
def test_h9_striking_out_one_of_yes_and_no_is_an_answer(left: str, value: bool | None) -> None:
    html = NOTES.replace("\n", "<br>").replace("remotely? (yes or no)", f"remotely? {left}")
    notes = read_html(html, FRAME, AT)
    assert (notes.answers.remote, notes.unclear) == (value, ())


def test_what_stands_in_paragraphs_tables_and_lists_of_html_is_read_alike() -> None:
    body = NOTES.replace("\n", "<br>\n")
    below = (
        "Omar Haddad:</p><p>pipelines</p>",
        "<b>Omar Haddad</b>:<ul><li><p>pipelines</p></li></ul>",
        "<table><tr><td>Omar Haddad:</td><td>pipelines</td></tr></table>",
        "<h3>Omar Haddad:</h3><div><div>pipelines</div></div>",
        "Omar Haddad: <span style='display:none'>secret</span><font color=red>pipe</font>lines<br>",
    )
    for html in below:
        (point,) = read_html(body.replace("Omar Haddad:<br>", html), FRAME, AT).points
        assert (point.about, point.text) == ("omar@corp.example", "pipelines")


def test_the_same_words_twice_are_one_point() -> None:
    assert len(points("What went well\nthe demo\n- The  demo\n")) == 1


def test_notes_of_a_round_add_up_and_of_answers_the_newest_word_holds() -> None:
    first = Notes(1, AT, (Point("", Heading.WELL, "the demo"),), Answers(rounds_expected="2", remote=True, people=(ANN,)))
    later = AT.replace(hour=21)
    second = Notes(
        1,
        later,
        (Point("", Heading.WELL, "The demo"), Point("", Heading.BADLY, "locks")),
        Answers(rounds_expected="3", people=(RENEE,)),
    )
    both = merge(1, [first, second])

    assert both is not None
    assert [(point.id, point.text, point.at) for point in both.points] == [
        ("1.well.1", "the demo", AT),
        ("1.badly.1", "locks", later),
    ]
    assert (both.answers.rounds_expected, both.answers.remote, both.answers.people) == ("3", True, (ANN, RENEE))
    whole = merge(1, [first, Notes(1, later, second.points[1:], whole=True)])
    assert whole is not None
    assert ([point.text for point in whole.points], whole.answers) == (["locks"], Answers())
    assert merge(1, []) is None


def test_b3_what_was_not_clear_is_forgotten_once_it_is_answered() -> None:
    soon, named = answers(start="asap", promise="blue"), answers(start="1 May")
    both = merge(1, [soon, named])
    assert both is not None
    assert both.answers.start_by == date(2026, 5, 1)
    assert both.unclear == soon.unclear[1:]
    assert both.doubtful == ("promise",)


def test_what_holds_for_the_company_is_known_in_every_round_and_the_rest_in_its_own() -> None:
    said = Answers(rounds_expected="3", remote=False, encouraged=True, other_steps=("a task",))
    known = known_answers([Notes(1, AT, answers=said)], 2)
    assert known == Answers(rounds_expected="3", remote=False)


_BITS = [
    NOTES,
    PREP,
    "What went well",
    "What",
    "<pre>",
    "<blockquote>",
    "~~",
    "> ",
    ":",
    "\n",
    "\r\n",
    "-- ",
    "Ann",
    ",",
    "\u00e9",
    "\x00",
    "a" * 300,
    "<a href=http://x",
    "=?",
    "&nbsp;",
    "1. ",
    "yes",
    "(",
    "\u2028",
]


@FAST
@given(st.lists(st.sampled_from(_BITS), max_size=40).map("".join), st.sampled_from(CLIENTS))
def test_no_text_raises_and_what_is_read_is_bounded(text: str, client: object) -> None:
    assert callable(client)
    for notes in (read_form(client(text), FRAME, AT), read_html(text, FRAME, AT), read_form(text.encode(), FRAME, AT)):
        assert len(notes.points) <= 60
        assert len(notes.unclear) <= 20
        assert all(0 < len(point.text) <= 500 and "\n" not in point.text for point in notes.points)


@FAST
@given(st.binary(max_size=2000))
def test_no_bytes_raise(raw: bytes) -> None:
    read_form(raw, FRAME, AT)
    read_form(b"Content-Type: text/html\n\n" + raw, FRAME, AT)


@pytest.mark.parametrize(
    "bit",
    [
        "Ann: ",
        "What went well ",
        "> ",
        "<pre>",
        "a",
        "<div>",
        "a,",
        "Ann and ",
        ": ",
        "\u2022 ",
        "What went well\n",
        "Ann: x\n",
        "1. ",
        "(",
        "-- \n",
        "~~",
        "<a href=http://x>",
        "a: b\n",
        "by Friday. ",
        "=3D",
        "[",
        "\u00a0",
    ],
)
def test_a_megabyte_of_anything_is_read_in_no_time(bit: str) -> None:
    text = bit * (1_000_000 // len(bit))
    begun = time.process_time()
    read_form(f"Content-Type: text/plain; format=flowed\n\n{text}".encode(), FRAME, AT)
    read_form(f"Content-Type: text/html\n\n{text}".encode(), FRAME, AT)
    read_form(f"Content-Type: text/plain\n\nWhat comes next? {text}\nBy when will they let you know? {text}".encode(), FRAME, AT)
    assert time.process_time() - begun < 8


def test_shuffled_lines_of_a_form_are_read_without_a_word_of_it_taken_for_the_users() -> None:
    lines = fill(NOTES, Filling(points=((Heading.WELL, "the demo of the loader"),))).split("\n")
    for seed in range(20):
        random.Random(seed).shuffle(lines)
        assert {point.text for point in read_text("\n".join(lines), FRAME, AT).points} <= {"the demo of the loader"}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (("Omar Haddad:\n", "Omar Haddad:\nthe rota\n"), [("omar", "the rota")]),
        (("Omar Haddad:\n", "Omar Haddad:\n\nthe rota\n\nthe pager\n\n"), [("omar", "the rota"), ("omar", "the pager")]),
        (("Omar Haddad:\n", "Omar Haddad:\n- the rota\n- personal: runs\n"), [("omar", "the rota"), ("omar", "runs")]),
        (("Omar Haddad:\n", "Omar Haddad: the rota\nthe pager\n"), [("omar", "the rota"), ("omar", "the pager")]),
        (("Omar Haddad:\n", "Omar Haddad\nthe rota\nCulture: Ren\u00e9e: runs\nthe pager\n"), [
            ("omar", "the rota"), ("renee", "runs"), ("omar", "the pager"),
        ]),
        (("Omar Haddad:\n", "omar\nthe rota\n"), [("omar", "the rota")]),
        (("Omar Haddad:\n", "Omar Haddad (CTO):\nthe rota\n"), [("omar", "the rota")]),
        (("Omar Haddad:\n", "Omar Haddad:\nAnn's view of it was another\nthe rota\nOmar likes it\n"), [
            ("", "Ann's view of it was another"), ("omar", "the rota"), ("omar", "Omar likes it"),
        ]),
        (("Everybody:\n", "Jo Park:\nruns\nEverybody:\n"), [("", "runs")]),
        (("Everybody:\n", "Jo Park: runs\nEverybody:\n"), [("", "Jo Park: runs")]),
        (("Everybody:\n", "Everybody: kind\n"), [("", "kind")]),
        (("Everybody:\n", "Everybody:\nkind\nfast\n"), [("", "kind"), ("", "fast")]),
        (("Everybody:\n", "\nkind\n"), [("", "kind")]),
        (("Everybody:\n", "All: kind\n"), [("", "kind")]),
        (("Ann Weber, Head of Data:\n", "Omar: rota\nkind\nAnn Weber, Head of Data:\n"), [("omar", "rota"), ("", "kind")]),
        (("Ann Weber, Head of Data:\n", "- Omar Haddad: the rota\n- kind\nAnn Weber, Head of Data:\n"), [
            ("omar", "the rota"), ("", "kind"),
        ]),
    ],
)  # fmt: skip
def test_n2_what_stands_below_a_name_is_about_that_person(written: tuple[str, str], expected: list[tuple[str, str]]) -> None:
    assert written[0] in NOTES
    assert [(found[1], found[3]) for found in points(NOTES.replace(*written))] == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            "I was vague about locks\nand never got to the advisory ones",
            ["I was vague about locks and never got to the advisory ones"],
        ),
        ("locks,\nlatches", ["locks, latches"]),
        ("locks.\nand latches", ["locks.", "and latches"]),
        ("locks\n- and latches", ["locks", "and latches"]),
        ("locks\n\nand latches", ["locks", "and latches"]),
        ("locks\nlatches", ["locks", "latches"]),
    ],
)
def test_n3_a_sentence_that_goes_on_in_the_next_line_is_one_point(lines: str, expected: list[str]) -> None:
    assert [found[3] for found in points(f"What went badly\n{lines}\n")] == expected


@pytest.mark.parametrize(
    "mark",
    ["- ", "\u2192 ", "\u27a2 ", "\u25c6 ", "\u2756 ", "\u25ba ", "\uf0d8 ", "1. ", "1.) ", "(1) ", "a) ", "[ ] ", "\u2022\t"],
)
def test_n1_marks_of_lists_are_no_words(mark: str) -> None:
    assert [found[3] for found in points(f"What went badly\n{mark}locks\n{mark}and latches\n")] == ["locks", "and latches"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Jo from HR, and the CEO", [("Jo", "HR")]),
        ("Jo Weber, CTO, and the CEO", [("Jo Weber", "CTO")]),
        ("Jo Weber, CTO and Mia Park, HR", [("Jo Weber", "CTO"), ("Mia Park", "HR")]),
    ],
)
def test_b6_a_title_is_nobody_else(said: str, expected: list[tuple[str, str]]) -> None:
    assert [(person.name, person.title) for person in answers(people=said).answers.people] == expected


def test_b6_a_title_may_stand_below_the_place_for_it() -> None:
    found = read_text(PREP.replace("Omar Haddad, title:\n", "Omar Haddad, title:\nChief Engineer\nJo Park, CTO\n"), FRAME, AT)
    assert [(person.name, person.title) for person in found.answers.people] == [
        ("Omar Haddad", "Chief Engineer"),
        ("Jo Park", "CTO"),
    ]
