"""Names and titles against the roster: edit distance, marks, short forms, and whose address a mail goes to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rules.drafts.types import DraftKind
from rules.extract.types import Person
from rules.lint.check import check
from rules.lint.context import Context
from rules.lint.roster import is_near, is_nickname, name_words
from rules.lint.types import Finding, Severity
from rules.mail import Address
from rules.notes.types import Heading, Point
from rules.profile import Profile

RITA = Person("Rita Izaguirre", "rita@acme.example", "Head of Data")
JOSE = Person("José Núñez", "jose@acme.example", "Talent Partner")
JOHN = Person("John Whitfield", "john@acme.example", "Data Engineer")
LI = Person("Dr. Bo Li", "bo@acme.example", "VP Operations")
SIOBHAN = Person("Siobhán O'Rourke", "siobhan@acme.example", "Analyst")
ROBERT = Person("Robert Kowalczyk", "robert@acme.example", "Controller")
PEOPLE = (RITA, JOSE, JOHN, LI, SIOBHAN, ROBERT)
SAM = Profile("Sam Doe", "sam@example.com", "+1 555 0100")


def context(person: Person, to: str | None = None, name: str | None = None) -> Context:
    address = Address(person.name if name is None else name, person.address if to is None else to)
    return Context(
        DraftKind.THANK_YOU,
        to=(address,),
        recipient=person,
        people=PEOPLE,
        company="Brightmere Analytics",
        role="Data Analyst",
        profile=SAM,
    )


def found(text: str, about: Context) -> list[Finding]:
    below = f"\n\nBest regards,\n{SAM.name}\n{SAM.phone}\n{SAM.email}\n"
    return [finding for finding in check(text + below, about) if finding.id.partition(".")[0] in {"name", "title", "to"}]


@pytest.mark.parametrize(
    ("greeting", "person", "finding"),
    [
        ("Dear Rita,", RITA, None),
        ("Dear Ms. Izaguirre,", RITA, None),
        ("Hello RITA,", RITA, None),
        ("Dear Ms Izaguire,", RITA, "name.misspelled"),
        ("Dear Ritta,", RITA, "name.misspelled"),
        ("Dear Rtia,", RITA, "name.misspelled"),
        ("Dear Izagiurre,", RITA, "name.misspelled"),
        ("Dear José,", JOSE, None),
        ("Dear Jose\u0301,", JOSE, None),
        ("Dear Jose,", JOSE, "name.marks"),
        ("Dear Mr. Nunez,", JOSE, "name.marks"),
        ("Dear Mr. Nuñez,", JOSE, "name.marks"),
        ("Dear John,", JOHN, None),
        ("Dear Jon,", JOHN, "name.misspelled"),
        ("Dear Johnny,", JOHN, "name.nickname"),
        ("Dear Jack,", JOHN, "name.nickname"),
        ("Dear Bob,", ROBERT, "name.nickname"),
        ("Dear Robert,", ROBERT, None),
        ("Dear Dr. Bo Li,", LI, None),
        ("Dear Dr. Li,", LI, None),
        ("Dear Mr. Li,", LI, "title.dropped"),
        ("Dear Siobhán,", SIOBHAN, None),
        ("Dear Siobhan,", SIOBHAN, "name.marks"),
        ("Dear Ms. O\u2019Rourke,", SIOBHAN, None),
        ("Dear Ms. O'Rourk,", SIOBHAN, "name.misspelled"),
        ("Dear John,", RITA, "name.other"),
        ("Dear Tom,", RITA, "name.other"),
        ("Dear rita,", RITA, "name.misspelled"),
        ("Dear Ms. O'rourke,", SIOBHAN, "name.misspelled"),
        ("Hello,", RITA, "name.nobody"),
        ("Dear ,", RITA, "name.nobody"),
        ("To whom it may concern,", RITA, "name.nobody"),
        ("Dear Sir or Madam,", RITA, "name.nobody"),
        ("Dear Brightmere Team,", RITA, "name.nobody"),
        ("Hi Rita \u2013", RITA, None),
        ("Hi Rita", RITA, None),
        ("Good morning Rita,", RITA, None),
        ("Dear Rita (if I may),", RITA, None),
        ("Buenos días Rita,", RITA, None),
        ("Dear Doctor Li,", LI, None),
        ("Dear hiring team,", RITA, "name.nobody"),
    ],
)
def test_c24_the_greeting_holds_the_name_as_its_owner_writes_it(greeting: str, person: Person, finding: str | None) -> None:
    told = found(f"{greeting}\n\nThank you for the talk about the Data Analyst position.", context(person))
    assert [each.id for each in told] == ([] if finding is None else [finding])


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("I liked what Izaguire said.", "Izaguire"),
        ("I liked what Izaguirre said.", None),
        ("My thanks to Rita and Jon for it.", "Jon"),
        ("My thanks to Rita and John for it.", None),
        ("Give my regards to Jose.", "Jose"),
        ("Give my regards to José's team.", None),
        ("Kowalzcyk, too, was kind.", "Kowalzcyk"),
        ("The date of the talk and the rate of growth were new to me.", None),
        ("Data and Analytics matter.", None),
        ("Lit rooms and a Role of Data.", None),
        ("I think well of Brightmare Analytics.", "Brightmare"),
        ("I think well of Brightmere Analytics.", None),
        ("I think well of BrightMere.", "BrightMere"),
        ("I think well of Bright Mere.", "Bright Mere"),
        ("I think well of BRIGHTMERE, brightmere.example and its analytics.", None),
        ("I liked what izaguirre said.", "izaguirre"),
        ("Kowalzyck told me.", "Kowalzyck"),
        ("Whitfeld told me of it.", "Whitfeld"),
        ("I look forward to March and to Friday.", None),
    ],
)
def test_c24_a_name_that_is_nearly_one_of_theirs_is_misspelled_anywhere(sentence: str, words: str | None) -> None:
    told = found(f"Dear Rita,\n\n{sentence}", context(RITA))
    assert [each.words for each in told] == ([] if words is None else [words])
    assert all(each.severity is Severity.BLOCK for each in told)


def test_c24_the_line_and_the_right_spelling_are_told() -> None:
    (told,) = found("Dear Rita,\n\nThank you.\nMy regards to Kowalzcyk.", context(RITA))
    assert (told.place, told.remedy) == ("line 4", "Write `Kowalczyk`.")


def test_c24_names_of_the_notes_and_of_the_user_are_right_as_they_stand() -> None:
    noted = replace(context(RITA), points=(Point("1.well.1", Heading.WELL, "Jon of the depot in Ritta"),))
    assert found("Dear Rita,\n\nI remember Jon of the depot in Ritta.", noted) == []


def test_c14_a_short_form_that_its_owner_does_not_use_is_told_in_the_body_too() -> None:
    (told,) = found("Dear Rita,\n\nMy thanks to Bob for the tour.", context(RITA))
    assert (told.id, told.severity) == ("name.nickname", Severity.WARN)


def test_t10_addresses_of_two_interviewers_that_are_swapped_block() -> None:
    swapped = context(RITA, to="jose@acme.example", name="Rita Izaguirre")
    told = found("Dear Rita,\n\nThank you for the talk.", swapped)
    assert ("to.other", Severity.BLOCK) in {(each.id, each.severity) for each in told}
    assert "José Núñez" in told[0].text
    unknown = replace(swapped, recipient=None)
    assert {"to.name", "name.other"} <= {each.id for each in found("Dear Rita,\n\nThank you for the talk.", unknown)}


def test_t10_the_name_in_the_greeting_belongs_to_the_address() -> None:
    told = found("Dear José,\n\nThank you for the talk.", replace(context(RITA), recipient=None))
    assert [(each.id, each.severity) for each in told] == [("name.other", Severity.BLOCK)]


@pytest.mark.parametrize(
    ("sentence", "finding"),
    [
        ("Your work as Head of Data impressed me.", None),
        ("Your work as Talent Partner impressed me.", "title.other"),
        ("John Whitfield, your Head of Data, was kind.", "title.other"),
        ("John Whitfield, your Data Engineer, was kind.", None),
        ("Your Talent Partner José Núñez was kind.", None),
        ("Your Talent Partner John was kind.", "title.other"),
        ("I hope to be a data analyst as good as yours.", None),
    ],
)
def test_t10_a_title_is_given_to_the_one_who_has_it(sentence: str, finding: str | None) -> None:
    told = found(f"Dear Rita,\n\n{sentence}", context(RITA))
    assert [each.id for each in told] == ([] if finding is None else [finding])


def test_t1_a_note_goes_to_one_person() -> None:
    two = replace(context(RITA), to=(Address("Rita Izaguirre", "rita@acme.example"), Address("", "john@acme.example")))
    (told,) = found("Dear Rita,\n\nThank you for the talk.", two)
    assert (told.id, told.severity, told.words) == ("to.several", Severity.BLOCK, "john@acme.example")


@pytest.mark.parametrize(
    ("word", "name", "near"),
    [
        ("Izaguire", "Izaguirre", True),
        ("Izagire", "Izaguirre", True),
        ("Izagre", "Izaguirre", False),
        ("Jon", "John", True),
        ("Jo", "Bo", False),
        ("Dana", "Diana", True),
        ("Dana", "Dana", False),
        ("Ann", "Amy", False),
        ("Whitfeild", "Whitfield", True),
        ("Smith", "Smyth", True),
        ("Lee", "Li", False),
    ],
)
def test_edit_distance_of_one_or_two_makes_a_misspelling(word: str, name: str, near: bool) -> None:
    assert is_near(word, name) is near
    assert is_near(name, word) is near


@pytest.mark.parametrize(("word", "name"), [("Bob", "Robert"), ("kate", "Catherine"), ("Jim", "JAMES"), ("Liz", "Elizabeth")])
def test_short_forms_are_known_in_any_case(word: str, name: str) -> None:
    assert is_nickname(word, name)
    assert not is_nickname(word, word)


def test_words_of_a_name_are_those_that_are_its_own() -> None:
    assert name_words("Dr. Ana María de la Cruz, PhD") == ("Ana", "María", "Cruz")
    assert name_words("rita.izaguirre@acme.example") == ("rita", "izaguirre")
    assert name_words("") == ()


def test_a_letter_with_a_stroke_is_a_letter_with_a_mark() -> None:
    michal = Person("Michał Wróbel", "michal@acme.example")
    there = replace(context(michal), people=(michal,))
    assert [each.id for each in found("Dear Michal,\n\nThank you for the talk.", there)] == ["name.marks"]
    assert [each.id for each in found("Dear Micheal,\n\nThank you for the talk.", there)] == ["name.misspelled"]


def test_a_place_in_the_greeting_is_told_as_a_place_alone() -> None:
    told = check("Dear [Name],\n\nThank you for the talk.", context(RITA))
    assert {each.id for each in told if each.place == "line 1"} == {"place.open"}


def test_the_name_of_somebody_else_may_be_nearly_one_of_theirs() -> None:
    jean = Person("Jean-Marc Dupont", "jean@acme.example")
    (told,) = found("Dear Jean-Marc,\n\nI liked what Joan said.", replace(context(jean), people=(jean,)))
    assert (told.id, told.severity) == ("name.misspelled", Severity.WARN)
    (told,) = found("Dear Jean-Marc,\n\nI liked what Joan Dupont said.", replace(context(jean), people=(jean,)))
    assert told.severity is Severity.BLOCK


def test_nobody_is_missed_in_the_greeting_of_a_mail_to_a_team() -> None:
    team = Person("Acme Hiring", "hiring@acme.example")
    assert [finding.id for finding in found("Hello,\n\nThank you for the talk.", context(team))] == []
    assert [finding.id for finding in found("Dear Rita,\n\nThank you for the talk.", context(team))] == ["name.other"]
