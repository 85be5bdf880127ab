"""Notes of thanks and follow-ups with facts: who gets which, and that every sentence can be traced."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.drafts.compose import compose
from rules.drafts.facts import Fact, fill, strengths_of
from rules.drafts.similarity import THRESHOLD, alike, likeness, shared_sentences
from rules.drafts.types import Draft, Unused
from rules.extract.types import Person, PromiseClass, RoleClass
from rules.lint.phrases import banned_phrases
from rules.lint.placeholders import placeholders
from rules.lint.sentences import body_of, count_sentences, split_sentences
from rules.notes.types import Answers, Heading, Notes, Point, Topic
from rules.policy import load_playbook
from rules.process import Process, Round
from rules.profile import Profile
from tests.rules.drafts_cases import HELD, NOW, PANEL, RITA, SAM, interview, place, process, promised, status_place

W, B, S, F = Heading.WELL, Heading.BADLY, Heading.STOOD_OUT, Heading.FORGOT
RULES = load_playbook("default").draft
SUBJECTS = [
    "their move to Kafka", "the on-call rota", "how they deploy on Fridays", "really open about failures",
    "they doubled the team",
    "pairing on everything", "what counts as done", "talked about contract tests", "the new warehouse", "no meetings on Fridays",
    "why they left the cloud", "customers love the beta", "a second office in Leeds",
    "how do you measure success?",
    "everyone writes tests", "the dashboards take 40 minutes to load", "Project Falcon", "their plan for autumn",
    "kafka -> flink",
    "mentoring of juniors", "the yearly budget round", "a team of nine", "liked my idea about caching", "GDPR audit next spring",
]  # fmt: skip
STRONG = replace(
    SAM, strengths=("six years of sales reports", "a course for forty colleagues"), proofs=("cut nine days to three",)
)


def notes(*points: Point, number: int = 1, answers: Answers | None = None) -> Notes:
    return Notes(number, NOW, points, answers or Answers())


def point(heading: Heading, count: int, text: str, about: str = "", topic: Topic = Topic.ANY, *, number: int = 1) -> Point:
    return Point(f"{number}.{heading.value}.{count}", heading, text, about, topic)


FULL = notes(
    point(W, 1, "talked about their move to Kafka", RITA.address),
    point(W, 2, "the on-call rota"),
    point(W, 3, "how they deploy on Fridays"),
    point(W, 4, "really open about failures", PANEL[2].address),
    point(W, 5, "they doubled the team last year"),
    point(W, 6, "pairing on everything"),
    point(S, 1, "everyone writes tests"),
    point(S, 2, "no meetings on Fridays", topic=Topic.CULTURE),
    point(S, 3, "the dashboards take 40 minutes to load", topic=Topic.CHALLENGE),
    point(B, 1, "blanked on window functions"),
    point(F, 1, "my MBA finishes in June"),
    point(W, 7, "her trip to San Francisco", PANEL[3].address, Topic.PERSONAL),
)


def noted(*some: Notes, people: tuple[Person, ...] = PANEL, rounds: tuple[Round, ...] | None = None) -> Process:
    return replace(process(people, rounds=rounds), noted=some)


def made(who: Person, there: Process, profile: Profile = SAM, **more: object) -> Draft:
    return compose(place(who), there, profile, now=NOW, message_id="a@example.com", **more)  # type: ignore[arg-type] # named by each test


def of_notes(one: Draft) -> list[str]:
    return [fact for traced in one.trace for fact in traced.facts if fact.startswith(("note:", "profile:"))]


def everyone(there: Process, profile: Profile = SAM) -> list[Draft]:
    return [made(person, there, profile) for person in PANEL]


def test_c11_everybody_gets_a_fact_of_the_conversation_and_nobody_the_same() -> None:
    drafts = everyone(noted(FULL), STRONG)
    given = [fact for one in drafts for fact in of_notes(one)]
    assert all(of_notes(one) for one in drafts)
    assert len(set(given)) == len(given)
    assert all(placeholders(one.text) == () for one in drafts)


def test_c11_what_is_about_somebody_goes_to_them_alone() -> None:
    drafts = dict(zip((person.address for person in PANEL), everyone(noted(FULL)), strict=True))
    assert "note:1.well.1" in of_notes(drafts[RITA.address])
    assert "note:1.well.4" in of_notes(drafts[PANEL[2].address])
    for address, one in drafts.items():
        assert ("note:1.well.7" in of_notes(one)) is (address == PANEL[3].address)


@pytest.mark.parametrize("count", range(7))
def test_c11_n2_points_go_round_as_far_as_they_reach_and_the_others_show_a_place(count: int) -> None:
    there = noted(notes(*(point(W, n, text) for n, text in enumerate(SUBJECTS[:count], 1))))
    drafts = everyone(there)
    with_fact = [one for one in drafts if of_notes(one)]
    assert len(with_fact) == count
    assert all(placeholders(one.text) for one in drafts if not of_notes(one))
    without = [one for one in with_fact if one.to.address != RITA.address]
    assert all(placeholders(one.text) == () for one in without)


def test_t1_t2_one_note_each_and_each_another_one() -> None:
    drafts = everyone(noted(FULL), STRONG)
    assert [one.to.address for one in drafts] == [person.address for person in PANEL]
    assert alike(drafts) == []


def test_t2_six_notes_share_no_sentence_beyond_greeting_and_closing() -> None:
    for there in (process(), noted(FULL)):
        bodies = [split_sentences(body_of(one.text)) for one in everyone(there, STRONG)]
        assert all(not set(one) & set(other) for one, other in combinations(bodies, 2))


def test_t10_each_note_is_addressed_to_the_person_it_greets() -> None:
    for person, one in zip(PANEL, everyone(noted(FULL)), strict=True):
        assert one.to.address == person.address
        assert one.to.name == person.name
        names = {"Rita": RITA, "Dr. Bo Li": PANEL[1], "Ann": PANEL[2], "Zed": PANEL[3], "Max": PANEL[4]}
        for name, owner in names.items():
            assert (f" {name}," in one.text.split("\n")[0]) is (owner == person)


def test_c10_x10_what_is_said_of_the_company_stands_before_why_the_user_fits() -> None:
    there = noted(FULL)
    for one in everyone(there, STRONG):
        parts = [traced.template.split()[1].split(".")[0] for traced in one.trace]
        company = [n for n, part in enumerate(parts) if part in {"company", "culture"}]
        fit = [n for n, part in enumerate(parts) if part in {"strength", "fit", "concern"}]
        assert fit
        if company and one.to.address != PANEL[1].address:
            assert max(company) < min(fit)


def test_c20_culture_is_for_the_hiring_manager_and_the_boss_only() -> None:
    culture = notes(*(point(S, n, text, topic=Topic.CULTURE) for n, text in enumerate(SUBJECTS[:14], 1)))
    for person, one in zip(PANEL, everyone(noted(culture)), strict=True):
        parts = {traced.template.split()[1].split(".")[0] for traced in one.trace}
        assert ("culture" in parts) is (person.role in {RoleClass.HIRING_MANAGER, RoleClass.BOSS})


def test_c21_a_challenge_makes_the_hiring_managers_note_more_specific() -> None:
    challenge = notes(point(W, 1, "the rota"), point(S, 1, "the slow dashboards", topic=Topic.CHALLENGE))
    bare = made(RITA, noted(notes(point(W, 1, "the rota"))))
    one = made(RITA, noted(challenge))
    assert len(of_notes(one)) > len(of_notes(bare))
    assert "the slow dashboards" in one.text


def test_c13_x11_a_personal_detail_is_one_sentence_and_only_from_the_notes() -> None:
    zed = made(PANEL[3], noted(FULL))
    assert sum("personal" in traced.template for traced in zed.trace) == 1
    assert "your trip to San Francisco" in zed.text
    assert not any("personal" in traced.template for one in everyone(process()) for traced in one.trace)
    loose = notes(point(W, 1, "the trip to Rome", topic=Topic.PERSONAL))
    assert not any("Rome" in one.text for one in everyone(noted(loose))), "nobody knows whose trip it was"
    assert "Rome" in made(PANEL[3], noted(loose, people=(PANEL[3],))).text


def test_c26_a_link_is_the_users_own_and_goes_to_one_person() -> None:
    url = "https://example.org/contracts"
    linked = notes(point(S, 1, f"the piece on data contracts {url}", topic=Topic.LINK), point(W, 1, "the rota"))
    drafts = everyone(noted(linked))
    assert [url in one.text for one in drafts].count(True) == 1
    for one in drafts:
        assert one.links == ((url,) if url in one.text else ())


def test_c15_a_strength_is_told_with_its_proof() -> None:
    one = made(RITA, noted(FULL), STRONG)
    assert "six years of sales reports (cut nine days to three)" in one.text
    assert "profile:strengths.1" in of_notes(one)


@pytest.mark.parametrize(
    ("answers", "number", "there"), [(Answers(), 1, False), (Answers(encouraged=True), 1, True), (Answers(), 2, True)]
)
def test_c27_l1_l2_x12_a_sample_of_work_is_offered_only_where_welcome_or_later(
    answers: Answers, number: int, *, there: bool
) -> None:
    rounds = tuple(Round(n, interview(HELD + timedelta(days=n)), PANEL) for n in range(1, number + 1))
    given = notes(point(W, 1, "the rota", number=number), number=number, answers=answers)
    where = place(RITA, f"thank_you-{number}", attempt=number, opens=HELD + timedelta(days=9))
    one = compose(where, noted(given, rounds=rounds), SAM, now=NOW, message_id="a@example.com")
    assert any("product" in traced.template for traced in one.trace) is there
    other = compose(replace(where, recipient=PANEL[3]), noted(given, rounds=rounds), SAM, now=NOW, message_id="a@example.com")
    assert not any("product" in traced.template for traced in other.trace)


def test_h5_a_card_is_announced_only_while_it_is_to_come_and_there_is_room() -> None:
    task = f"handwritten-1.{PANEL[3].address}"
    there = noted(notes(point(W, 1, "the rota"), point(W, 2, "the plan")))
    with_card = made(PANEL[3], there, tasks={task})
    assert any("card" in traced.template for traced in with_card.trace)
    assert not any("card" in traced.template for traced in made(PANEL[3], there).trace)
    assert not any("card" in traced.template for traced in made(PANEL[2], there, tasks={task}).trace)


def test_c19_the_hiring_managers_note_has_the_most_words_and_facts() -> None:
    drafts = everyone(noted(FULL), STRONG)
    words = [len(body_of(one.text).split()) for one in drafts]
    facts = [len(of_notes(one)) for one in drafts]
    assert words[0] > max(words[1:])
    assert facts[0] > max(facts[1:])


def test_x9_the_limits_of_the_playbook_hold() -> None:
    wide = replace(RULES, hm_sentences=8, sentences=4)
    for person in PANEL:
        one = made(person, noted(FULL), STRONG, rules=wide)
        limit = 8 if person is RITA else 4
        assert len(one.trace) == count_sentences(body_of(one.text)) <= limit
    assert len(made(RITA, noted(FULL), STRONG, rules=wide).trace) > 6
    assert len(made(RITA, noted(FULL), STRONG).trace) == 6


def test_n3_c22_one_sentence_adds_what_was_missed_and_one_person_reads_it() -> None:
    drafts = everyone(noted(FULL))
    assert sum("wanted to add" in one.text for one in drafts) == 1
    nothing = everyone(noted(notes(point(W, 1, "the rota"))))
    assert not any("wanted to add" in one.text for one in nothing)


def test_what_did_not_fit_is_told_with_its_reason() -> None:
    reasons = {left.fact: left.reason for left in made(RITA, noted(FULL), STRONG).unused}
    used = {fact for one in everyone(noted(FULL), STRONG) for fact in of_notes(one)}
    assert set(reasons) | used >= {f"note:{each.id}" for each in FULL.points}
    assert "is enough" in reasons["note:1.forgot.1"]
    twice = noted(notes(point(W, 1, "the rota"), point(W, 2, "The rota!")))
    assert "says the same as note:1.well.1" in {left.reason for left in made(RITA, twice).unused}.pop()


def test_t3_a_later_round_has_other_words_and_its_own_facts() -> None:
    rounds = (Round(1, interview(), PANEL[:3]), Round(2, interview(HELD + timedelta(days=9)), PANEL[:3]))
    second = notes(*(point(W, n, text, number=2) for n, text in enumerate(SUBJECTS[10:16], 1)), number=2)
    there = noted(FULL, second, rounds=rounds)
    first = [made(person, there) for person in PANEL[:3]]
    where = [place(person, "thank_you-2", attempt=2, opens=HELD + timedelta(days=9, hours=2)) for person in PANEL[:3]]
    later = [compose(one, there, SAM, now=NOW, message_id="a@example.com") for one in where]
    assert alike([*first, *later]) == []
    assert all(fact.startswith("note:2.") for one in later for fact in of_notes(one))


def test_t3_a_later_note_differs_from_what_was_really_sent() -> None:
    """The user may have sent other words than ours: even those that we would choose now."""
    rounds = (Round(1, interview(), (RITA,)), Round(2, interview(HELD + timedelta(days=9)), (RITA,)))
    where = place(RITA, "thank_you-2", attempt=2, opens=HELD + timedelta(days=9, hours=2))
    there = noted(rounds=rounds, people=(RITA,))
    ours = compose(where, there, SAM, now=NOW, message_id="a@example.com")
    other = compose(where, there, SAM, now=NOW, message_id="a@example.com", sent=[ours.text])
    assert likeness(ours.text, other.text) < THRESHOLD
    assert shared_sentences(ours.text, other.text) == ()


POINTS = st.lists(
    st.tuples(
        st.sampled_from(list(Heading)),
        st.sampled_from(SUBJECTS)
        | st.text(max_size=60)
        | st.sampled_from(["word " * 40, "They left. " * 9, "", "[x]", "{{ y }}", "salary"]),
        st.sampled_from(["", "", "", *(person.address for person in PANEL), "nobody@acme.example"]),
        st.sampled_from([Topic.ANY, Topic.ANY, *Topic]),
    ),
    max_size=14,
)


@settings(max_examples=120, deadline=None)
@given(
    points=POINTS,
    size=st.integers(1, 10),
    managers=st.integers(0, 2),
    shift=st.integers(0, 5),
    encouraged=st.booleans(),
    strengths=st.integers(0, 2),
    late=st.booleans(),
)
def test_whatever_is_noted_the_notes_of_a_panel_keep_their_properties(  # noqa: PLR0917 - Hypothesis fills them by name
    points: list[tuple[Heading, str, str, Topic]],
    size: int,
    managers: int,
    shift: int,
    encouraged: bool,
    strengths: int,
    late: bool,
) -> None:
    """C1, C11, C19, C25, T2, N3 for panels of up to ten, whatever the points say."""
    roles = [role for role in RoleClass if role is not RoleClass.HIRING_MANAGER]
    people = [
        replace(PANEL[n], role=roles[(n + shift) % 5])
        if n < len(PANEL)
        else Person(f"Kim {chr(65 + n)}", f"k{n}@acme.example", "", roles[n % 5])
        for n in range(size)
    ]
    people = [replace(person, role=RoleClass.HIRING_MANAGER) if n < managers else person for n, person in enumerate(people)]
    given_points = [point(heading, n, text or "-", about, topic) for n, (heading, text, about, topic) in enumerate(points, 1)]
    there = noted(notes(*given_points, answers=Answers(encouraged=encouraged)), people=tuple(people))
    profile = replace(STRONG, strengths=STRONG.strengths[:strengths])
    drafts = [compose(place(person, late=late), there, profile, now=NOW, message_id="a@example.com") for person in people]
    for person, one in zip(people, drafts, strict=True):
        body = body_of(one.text)
        assert count_sentences(body) == len(one.trace) <= (6 if person.role is RoleClass.HIRING_MANAGER else 5)
        assert banned_phrases(body) == ()
        assert " ".join(traced.sentence for traced in one.trace) == " ".join(body.split())
        assert sum("wanted to add" in traced.sentence for traced in one.trace) <= 1
    for one, other in combinations(drafts, 2):
        assert likeness(one.text, other.text) < THRESHOLD, (one.text, other.text)
        assert shared_sentences(one.text, other.text) == ()
        assert not set(of_notes(one)) & set(of_notes(other))
    leads = [one for person, one in zip(people, drafts, strict=True) if person.role is RoleClass.HIRING_MANAGER]
    others = [one for person, one in zip(people, drafts, strict=True) if person.role is not RoleClass.HIRING_MANAGER]
    if leads and others:
        longest = max(len(body_of(one.text).split()) for one in others)
        assert min(len(body_of(one.text).split()) for one in leads) > longest
        most = max(len(of_notes(one)) for one in others)
        if len(leads) == 1 and most > 1:
            assert len(of_notes(leads[0])) > most


def _panel_with(*points: Point) -> dict[str, Draft]:
    people = (
        RITA,
        Person("Dr. Jean-Luc de la Cruz", "jl@acme.example", "VP", RoleClass.BOSS),
        Person("Will Mark", "will@acme.example", "Engineer", RoleClass.PEER),
        Person("Zed", "zed@acme.example"),
    )
    there = noted(notes(*points), people=people)
    return {
        person.address.partition("@")[0]: compose(place(person), there, SAM, now=NOW, message_id="a@example.com")
        for person in people
    }


@pytest.mark.parametrize(
    ("text", "whose", "wanted"),
    [
        ("talked w/ zed about unit tests", "zed", "unit tests"),
        (
            "jean-luc asked about my thesis, he studied in Lyon as well",
            "jl",
            "you asked about my thesis, you studied in Lyon as well",
        ),
        ("Almeida wants two more analysts by summer", "rita", "Almeida wants two more analysts by summer"),
        ("a long chat with Will about the release train", "will", "a long chat"),
    ],
)
def test_c11_what_was_said_with_one_of_a_panel_is_told_to_nobody_else(text: str, whose: str, wanted: str) -> None:
    drafts = _panel_with(point(W, 1, text))
    assert [name for name, one in drafts.items() if of_notes(one)] == [whose]
    assert wanted in drafts[whose].text


def test_c11_a_point_that_names_two_of_a_panel_waits_for_a_word_whose_it_is() -> None:
    drafts = _panel_with(point(W, 1, "Zed and Rita disagreed about tests"))
    assert not any(of_notes(one) for one in drafts.values())
    assert {reason for one in drafts.values() for _, reason in map(_told, one.unused)} == {
        "it names more than one of them: write before a colon for whose note it is"
    }


def _told(unused: Unused) -> tuple[str, str]:
    return unused.fact, unused.reason


def test_n2_what_somebody_without_an_address_would_be_told_is_there_for_the_others() -> None:
    unreached = (Person("Dr. Bo Li", "", "", RoleClass.HIRING_MANAGER), Person("Wu Fei"))
    people = (Person("Ann Kay", "ann@acme.example", "Talent Partner", RoleClass.RECRUITER), *unreached)
    points = (point(W, 1, "Bo: the two warehouses"), point(W, 2, "the tour of the kitchen"), point(S, 1, "nobody closes alone"))
    one = compose(place(people[0]), noted(notes(*points), people=people), SAM, now=NOW, message_id="a@example.com")
    assert of_notes(one) == ["note:1.well.2", "note:1.stood_out.1"]
    assert not placeholders(body_of(one.text))


def test_a_name_that_is_a_word_as_well_is_the_word_where_it_is_written_small() -> None:
    drafts = _panel_with(point(W, 1, "their team will mark every build"))
    assert [name for name, one in drafts.items() if of_notes(one)] == ["rita"]


def test_what_should_have_been_said_speaks_of_the_subject_and_not_of_the_reader() -> None:
    drafts = _panel_with(point(B, 1, "question about SQL window functions, should have said I used them at Nordwind daily"))
    said = next(one.text for one in drafts.values() if of_notes(one))
    assert "the question about SQL window functions" in said
    assert "I used them at Nordwind daily" in said


def test_strengths_are_words_alone_and_begin_small_behind_a_colon() -> None:
    strengths = ("Led the move of forty reports", "<b>ten years</b> of SQL", "from {{ idea }} to launch", "C++ with <vector>")
    found = [one.values["point"] for one in strengths_of(replace(SAM, strengths=strengths))]
    assert found == ["led the move of forty reports", "ten years of SQL"]


def test_the_bare_address_of_a_page_is_no_memory_of_a_talk() -> None:
    drafts = _panel_with(point(W, 1, "https://example.com/x"))
    assert not any(of_notes(one) for one in drafts.values())
    assert all("write `link` and a colon before it" in reason for one in drafts.values() for _, reason in map(_told, one.unused))


def test_a_strength_with_a_colon_of_its_own_goes_behind_ours_without_it() -> None:
    (found,) = strengths_of(replace(SAM, strengths=("six years in audits: ISO 27001, SOC 2",)))
    assert found.values["point"] == "six years in audits, namely ISO 27001, SOC 2"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("finished a course on Kubernetes", "I finished a course on Kubernetes"),
        ("- Passed the CKA exam!", "I passed the CKA exam"),
        ("a course on Kubernetes", "a course on Kubernetes"),
    ],
)
def test_o4_what_was_done_since_is_said_with_its_subject(text: str, wanted: str) -> None:
    made = fill("since", Fact("note:0.well.1", text, Topic.SINCE), RITA, alone=True)
    assert not isinstance(made, str)
    assert made.values["point"] == wanted


def _at_random(number: int) -> Draft:
    """Return the draft of some process: any kind, any facts, any gaps."""
    dice = random.Random(number)
    points = [
        point(
            dice.choice(list(Heading)),
            n,
            dice.choice(SUBJECTS),
            dice.choice(["", "", RITA.address]),
            dice.choice([Topic.ANY, *Topic]),
        )
        for n in range(1, dice.randint(1, 9))
    ]
    there = noted(notes(*points), people=tuple(dice.sample(PANEL, dice.randint(1, 6))))
    kinds = [None, promised(PromiseClass.HARD_DATE, date(2026, 5, 15)), promised(PromiseClass.AWAY_UNTIL, date(2026, 5, 13))]
    wait = there.wait
    assert wait is not None
    there = replace(
        there,
        wait=replace(wait, promise=dice.choice(kinds), evidence=("m9",)),
        company=dice.choice(["Acme Inc.", "", "Yahoo! Labs"]),
        role=dice.choice(["Data Analyst", ""]),
        company_from="m1",
        role_from="m2",
        closed_by=dice.choice(["", "rejection"]),
        news=tuple((each, NOW) for each in points if each.topic in {Topic.SINCE, Topic.LINK}),
    )
    step = dice.choice(
        [
            "thank_you-1",
            "thank_you-1",
            "status-1.1",
            "status-1.2",
            "status-1.3",
            "gracious",
            "no_show-1",
            "keep_warm-1",
            "linkedin-1.ab",
        ]
    )
    who = dice.choice(PANEL)
    where = status_place(int(step[-1])) if step.startswith("status") else place(who, step, late=dice.random() < 0.2)
    profile = replace(STRONG, email=f"user{number}@example.com", strengths=STRONG.strengths[: dice.randint(0, 2)])
    return compose(where, there, profile, now=NOW, message_id="a@example.com")


def test_c25_the_traced_sentences_are_the_body_of_every_kind_of_draft() -> None:
    kinds = set()
    for number in range(500):
        one = _at_random(number)
        kinds.add(one.key.kind)
        lines = one.text.split("\n\n")
        said = " ".join(" ".join(lines[1:]).split("\n")[1:]) if one.key.kind.to_self else body_of(one.text)
        assert " ".join(traced.sentence for traced in one.trace) == " ".join(said.split()), one.text
        for traced in one.trace:
            assert traced.template.split()[0].endswith(".toml")
            assert all(fact.startswith(("note:", "mail:", "profile:")) for fact in traced.facts)
    assert len(kinds) == 6


def test_c25_company_role_dates_and_promise_are_traced_to_their_messages() -> None:
    there = process(promise=promised(PromiseClass.HARD_DATE, date(2026, 5, 15)))
    assert there.wait is not None
    there = replace(there, company_from="m1", role_from="m2", wait=replace(there.wait, evidence=("m9",)))
    there = replace(there, rounds=tuple(replace(one, evidence=("m5",)) for one in there.rounds))
    one = compose(status_place(1), there, SAM, now=NOW, message_id="a@example.com")
    assert set(one.trace[0].facts) == {"mail:m1", "mail:m2", "mail:m5"}
    assert one.trace[1].facts == ("mail:m9",)


def test_f12_f13_a_status_mail_names_what_excites_why_it_suits_and_offers_references() -> None:
    for attempt in (1, 2, 3):
        for there in (process(), noted(FULL)):
            one = compose(status_place(attempt), there, SAM, now=NOW, message_id="a@example.com")
            parts = [traced.template.split()[1].split(".")[0] for traced in one.trace]
            assert {"opening", "offer"} <= set(parts)
            assert {"fact", "strength", "interest"} & set(parts)
            assert ("ask" in parts) is (attempt < 3)
            assert ("question" in parts) is (attempt == 3)
            assert len(one.trace) <= 6
            assert len(body_of(one.text).split()) <= 130
    assert "note:1.stood_out" in " ".join(
        of_notes(compose(status_place(1), noted(FULL), SAM, now=NOW, message_id="a@example.com"))
    )


def test_o1_o2_a_gracious_note_thanks_admires_and_asks_to_be_kept_in_mind() -> None:
    there = replace(noted(FULL), closed_by="rejection")
    drafts = [
        compose(place(person, "gracious", opens=HELD + timedelta(days=20)), there, SAM, now=NOW, message_id="a@example.com")
        for person in PANEL
    ]
    assert alike(drafts) == []
    for one in drafts:
        body = body_of(one.text).casefold()
        assert any(word in body for word in ("thank", "grateful", "appreciate", "gratitude"))
        assert any(word in body for word in ("admire", "respect", "highly", "opinion", "impressed", "why people like"))
        assert any(word in body for word in ("touch", "mind", "contact", "hear from", "call", "remember", "again"))
        assert placeholders(one.text) == ()
    assert "note:1.well.1" in of_notes(drafts[0])


def test_o4_o5_keeping_in_touch_needs_news_and_knows_why_it_writes() -> None:
    news = point(S, 1, "the data engineering certificate", topic=Topic.SINCE, number=0)
    link = point(S, 2, "https://example.org/streaming-days", topic=Topic.LINK, number=0)
    there = replace(
        process(), closed_by="rejection", closed_at=NOW, news=((news, NOW + timedelta(days=80)), (link, NOW - timedelta(days=1)))
    )
    where = place(RITA, "keep_warm-1", opens=HELD + timedelta(days=100))
    one = compose(where, there, SAM, now=NOW, message_id="a@example.com")
    assert "the data engineering certificate" in one.text
    assert "streaming-days" not in one.text, "that was noted before they declined"
    held = compose(where, replace(there, closed_by="", closed_at=None), SAM, now=NOW, message_id="a@example.com")
    assert ".on_hold" in held.trace[0].template
    assert ".rejected" in one.trace[0].template
    assert one.links == ()
    assert "streaming-days" in held.text
    again = replace(there, warmed=((one.key, NOW + timedelta(days=90)),))
    assert placeholders(compose(where, again, SAM, now=NOW, message_id="a@example.com").text), "nothing new: it asks for it"


def test_t9_words_for_linkedin_fit_an_invitation_and_go_to_the_user() -> None:
    who = Person("Rita Almeida Fernandes de Oliveira", "", "Head of Data")
    for company in ("Acme", "A very long company name " * 4):
        for points in (
            (),
            (point(W, 1, "their move to Kafka", who.name),),
            (point(W, 1, "the " + "very " * 35 + "long story", who.name),),
        ):
            there = replace(noted(notes(*points), people=(who,)), company=company)
            where = place(who, "linkedin-1.ab12")
            one = compose(
                replace(where, key=replace(where.key, recipient=SAM.email)), there, SAM, now=NOW, message_id="a@example.com"
            )
            assert one.to.address == SAM.email
            assert one.subject == f"LinkedIn note for {who.name}"
            assert one.in_reply_to == ""
            words = one.text.split("\n\n", 1)[1].strip()
            assert words.startswith(("Hello Rita", "Dear Rita"))
            assert len(words) <= 300


def test_a_note_after_a_missed_interview_asks_for_another_time_without_reproach() -> None:
    for number in range(12):
        one = compose(
            place(RITA, "no_show-1"), process(), replace(SAM, email=f"u{number}@example.com"), now=NOW, message_id="a@example.com"
        )
        assert "5 May" in one.text
        assert any(word in one.text for word in (" time", " day", " date"))
        assert banned_phrases(one.text) == ()
        assert placeholders(one.text) == ()


def test_c7_a_note_with_facts_could_not_go_to_anyone() -> None:
    """The swap test: with company and names replaced, something of the talk is left in every note."""
    for one in everyone(noted(FULL), STRONG):
        swapped = [traced for traced in one.trace if any(fact.startswith("note:") for fact in traced.facts)]
        assert swapped


def test_c3_a_new_mail_has_the_stated_subject_and_a_place_for_a_title_that_is_not_known() -> None:
    assert made(RITA, process()).subject == "Thank You - Sam Doe - Data Analyst"
    unknown = made(RITA, process(role="")).subject
    assert unknown == "Thank You - Sam Doe - [job title]"
    assert placeholders(unknown)


def test_c5_every_letter_is_signed_with_name_phone_and_address() -> None:
    for number in range(200):
        one = _at_random(number)
        if not one.key.kind.to_self:
            closing, *signature = one.text.strip().split("\n\n")[-1].split("\n")
            assert closing.endswith(",")
            assert signature == [SAM.name, SAM.phone, one.sender.address]


def test_c2_a_note_after_an_interview_in_person_is_short() -> None:
    for one in everyone(noted(FULL), STRONG):
        assert len(body_of(one.text).split()) < 170


def test_c4_a_note_thanks_names_the_position_is_specific_and_looks_ahead_in_this_order() -> None:
    for one in everyone(noted(FULL), STRONG):
        parts = [traced.template.split()[1].split(".")[0] for traced in one.trace]
        assert parts[0] == "thanks"
        assert "Data Analyst position at Acme Inc." in one.trace[0].sentence
        assert parts[1] in {"conversation", "company", "culture"}
        assert parts[-1] == "forward"


def test_facts_that_were_noted_later_change_only_what_they_fill() -> None:
    """Notes of another round, or of none, leave a note of thanks as it is."""
    before = made(RITA, noted(FULL))
    other = Notes(2, NOW, (point(W, 1, "the summer party", number=2),))
    loose = Notes(0, NOW, (point(W, 1, "the summer party", number=0),))
    assert made(RITA, noted(loose, FULL, other)).text == before.text


@pytest.mark.parametrize(
    "noted_as", ["{} (a report on small audits)", "{} [a report on small audits]", "a report on small audits: {}"]
)
def test_c26_what_a_page_is_stands_in_no_second_pair_of_brackets(noted_as: str) -> None:
    url = "https://example.org/audits"
    made_of = fill("link", Fact("note:1.stood_out.1", noted_as.format(url)), RITA, alone=True)
    assert not isinstance(made_of, str)
    assert (made_of.values["point"], made_of.values["url"]) == ("a report on small audits", url)
