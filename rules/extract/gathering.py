"""Lists of people in places that surely name people: `You're seeing Neil, the owner, and Sue Moe from HR`.

There a first name alone is a person, and so is `me`: whoever writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from rules.extract.meeting_words import labels
from rules.extract.names import UPPER, leading_name, plain_name
from rules.extract.people import person_of
from rules.extract.reading import Reading, lowered
from rules.extract.titles import clean_role, is_title
from rules.extract.types import Person
from rules.extract.words import Terms, all_matches, listed
from rules.language import LANGUAGES
from rules.phrases.load import load

__all__ = [
    "WRITER",
    "begins_with_person",
    "gathered",
    "given_name_at",
    "goes_on",
    "is_aside",
    "is_past",
    "past_contact",
    "past_relative",
    "sentence_start",
    "without_contact",
    "writer_joined",
]

WRITER = Person("\u2020")
"""Stands for whoever writes, where they say that they will be there; no name holds such a sign."""
_SKIP = re.compile(r"[ ]*(?:[:,-][\s*\u2022-]{0,6}|\n[ ]*)?")
_LAST = (
    rf"(?:(?:van|von|de|der|den|di|da|dos|du|la|le)[ ]){{0,3}}[{UPPER}][^\W\d_]+(?:['\u2019-][^\W\d_]+)*"
    rf"(?:[ ][{UPPER}][^\W\d_]+)?"
)
_FORM = re.compile(r"(?P<form>[^\W\d_]+(?:[.-][^\W\d_]+)*\.?)[ ]")
_FAMILY = re.compile(rf"{_LAST}(?![\w@])")
_GIVEN = re.compile(rf"[{UPPER}][^\W\d_]{{1,20}}(?:-[{UPPER}][^\W\d_]{{1,20}})?(?=[ ,.;:!?()\n]|$)")
_OFFICE = re.compile(rf"(?P<title>[{UPPER}][^\W\d_]{{3,40}})[ ](?P<last>{_LAST})(?=[ ]?[,.;:!?()\n]|[ ]+[^\W\d_A-Z]|$)")
_LOWER = re.compile(r"[^\W\d_][\w'-]*")
_PAREN = re.compile(r"[ ]?\((?P<note>[^()\n]{1,80})\)")
_CONTACT = re.compile(r"[ ]?[,;:|]?[ ]?(?:mailto:)?[^\s,;:|()]{1,60}@[^\s,;:|()]{1,60}|[ ]?[,;:|]?[ ]?\+?\d[\d /.-]{6,20}")
_ADDRESSED_BEHIND = re.compile(r"[ ]?[(<\[][^()<>\[\]\s]{1,60}@[^()<>\[\]\s]{1,60}[)>\]]")
_SUBJECTS = frozenset({"i", "ich", "ik", "yo", "io", "eu"})
"""How the writer is called where they do something: `with Kim and I` ends there, or a clause of theirs begins."""
_BEHIND_I = frozenset({
    "on", "at", "in", "from", "for", "this", "next", "both", "together", "will", "are", "tomorrow", "today", "via", "over", "by",
    "there", "as", "would", "can",
})  # fmt: skip
_APPOSITION = re.compile(r",[ ](?P<note>[^\W\d_][^,.;:()\n]{1,60}?)(?=[ ]?[,.;:!?()\n]|$)")
_STOP = re.compile(r"[.!?;:]\s|\n|,[ ](?=[^\W\d_]+[ ][^\W\d_]+[ ])")
_SENTENCE = re.compile(r"[.!?;:]\s|\n")
_SHORTENED = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof|Hr|Fr|Sr|Sra|M|Mme|Sig|Dott|Dhr|Mevr|Ing|[A-Z])\.$")
_LONGEST = 320
_BEFORE = 160
_MOST = 20
_MOST_SKIPPED = 4
_MOST_FORMS = 3
_BOTH = 2


def gathered(reading: Reading) -> Iterator[Person]:
    """Yield the people whom a mail surely names as those one will meet, with `WRITER` among them. Linear in the text."""
    languages = reading.languages
    for text, folded, words in (
        (reading.body, reading.folded, reading.words),
        (reading.subject, reading.folded_subject, reading.words_of_subject),
    ):
        for key, least in (("seeing", 1), ("between", _BOTH)):
            for start, end in all_matches("people", key, folded, words, languages):
                found, stop = _listed(text, end, languages)
                if (
                    (len(found) >= least or any(one.title for one in found))
                    and not is_past(folded, start, languages)
                    and not is_aside(folded, stop, languages)
                ):
                    yield from found
        for start, end in all_matches("people", "at", folded, words, languages):
            person = _addressed(text, _past_gap(text, end), languages)[0]
            if person is not None and not is_past(folded, start, languages):
                yield person
        for start, _ in all_matches("people", "comes", folded, words, languages):
            yield from _before(text, start, languages)


def begins_with_person(text: str, languages: tuple[str, ...]) -> bool:
    """Say whether a text begins with first and last name, or with a form of address and a name."""
    return bool(leading_name(text)) or _addressed(text, 0, languages)[0] is not None


def is_past(folded: str, place: int, languages: tuple[str, ...]) -> bool:
    """Say whether the sentence up to a place of folded text tells of what was: `after your chat with`, `thanks for meeting`."""
    clause = folded[sentence_start(folded, place) : place].rpartition(",")[2]
    return any(phrase in f" {clause.strip()} " for phrase in _past(languages))


def is_aside(folded: str, place: int, languages: tuple[str, ...]) -> bool:
    """Say whether who was named up to a place of folded text is only told of it: `(in copy)`."""
    behind = folded[place : place + 40].lstrip(" ,(")
    return any(behind.startswith(words) for words in listed("people", "aside", languages))


@cache
def _past(languages: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f" {words} " for words in listed("people", "past", languages))


def given_name_at(text: str, place: int, languages: tuple[str, ...]) -> str:
    """Return the first name that may stand at a place of a text, alone; empty where a word there is none."""
    given = _GIVEN.match(text, place)
    return given[0] if given is not None and _may_be_given(given[0], languages) else ""


def goes_on(words: str, languages: tuple[str, ...]) -> bool:
    """Say whether words behind a name are no title of theirs, but go on with a clause or with the next of a list."""
    first = lowered(words.partition(" ")[0])
    return first in listed("described", "relative", languages) or first in listed("people", "and", languages)


def past_relative(text: str, place: int, languages: tuple[str, ...]) -> int:
    """Return where the clause ends that tells of the one just named: `, who leads the team`; the place where there is none."""
    match = _relative(languages).match(text, place)
    return match.end() if match is not None else place


def without_contact(note: str) -> str:
    """Return what stands in brackets behind a name without addresses and numbers: `Head of Data, kim@acme.example` is a title."""
    return _CONTACT.sub("", note).strip(" ,;:|")


def past_contact(text: str, place: int) -> int:
    """Return where an address in brackets ends that stands at a place of a text; the place where there is none."""
    match = _ADDRESSED_BEHIND.match(text, place)
    return match.end() if match is not None else place


def writer_joined(text: str, place: int, languages: tuple[str, ...]) -> bool:
    """Say whether a list of people goes on with whoever writes: `with Kim Moe` and then `and me`."""
    joint = _joint(languages).match(text, place)
    me = _me(languages).match(text, joint.end()) if joint is not None else None
    if me is None or _is_no_writer(text, me):
        return False
    behind = text[me.end() :].lstrip(" ")
    return not behind or not behind[0].isalnum() or lowered(me[0]) not in _SUBJECTS


def _is_no_writer(text: str, me: re.Match[str]) -> bool:
    """Say whether what looks like the writer is not one of a list.

    `Me Claire Fontaine` is a lawyer, and `I` begins a clause of its own unless it is told when or where.
    """
    if me[0] == "Me":
        return text[me.end() : me.end() + 2][1:].isupper()
    following = _LOWER.match(text, me.end() + 1) if text[me.end() : me.end() + 1] == " " else None
    return me[0] == "I" and following is not None and following[0] not in _BEHIND_I


def sentence_start(text: str, place: int) -> int:
    """Return where the sentence begins in which a place of a text stands."""
    begin = max(0, place - _BEFORE)
    window = text[begin:place]
    cut = 0
    for match in _SENTENCE.finditer(window):
        if not _SHORTENED.search(window[: match.start() + 1]):
            cut = match.end()
    return begin + cut


def _past_gap(text: str, place: int) -> int:
    gap = _SKIP.match(text, place)
    return gap.end() if gap else place


def _before(text: str, place: int, languages: tuple[str, ...]) -> Iterator[Person]:
    """Yield the people of `Kim Moe and I will be there`: the clause is nothing but their list."""
    begin = sentence_start(text, place)
    clause = text[begin:place].rstrip(" ,")
    starts = [0, *(match.end() for match in _STOP.finditer(clause))][:_MOST]
    for start in starts:
        found, end = _listed(clause, start, languages)
        if found and not clause[end:].strip(" ,"):
            yield from (person for person in found if person is not WRITER or len(found) > 1)
            return


def _listed(text: str, start: int, languages: tuple[str, ...]) -> tuple[list[Person], int]:
    """Return the people of the list that begins at a place of a text, and where it ends."""
    place = _past_gap(text, start)
    rest = text[place : place + _LONGEST]
    found: list[Person] = []
    at = end = 0
    for _ in range(_MOST):
        person, stop = _one(rest, at, languages)
        if person is None:
            break
        found.append(person)
        end = stop
        joint = _joint(languages).match(rest, stop)
        if joint is None:
            break
        at = joint.end()
    return found, place + end


def _one(text: str, place: int, languages: tuple[str, ...]) -> tuple[Person | None, int]:
    """Return who stands at a place of a text, and where what is said of them ends."""
    me = _me(languages).match(text, place)
    if me is not None and not _is_no_writer(text, me):
        return WRITER, _behind(text, me.end(), languages)[1]
    at, told = _past_kin(text, place, languages)
    person, end = _addressed(text, at, languages)
    if person is None:
        name = leading_name(text[at : at + 80])
        if name and not _is_title_of_name(name):
            person, end = person_of(plain_name(name), ""), at + len(name)
        else:
            person, end = _by_office(text, at, languages)
    if person is None:
        given = _GIVEN.match(text, at)
        if given is None or not _may_be_given(given[0], languages):
            return None, place
        person, end = person_of(given[0], ""), given.end()
    if text[at - 1 : at] == "(" and text[end : end + 1] == ")":
        end += 1  # `their treasurer (Jane Doe)`
    title, end = _behind(text, end, languages)
    return person_of(person.name, "", person.title or title or told), past_relative(text, end, languages)


def _past_kin(text: str, place: int, languages: tuple[str, ...]) -> tuple[int, str]:
    """Return where the name behind `my colleague` or `our hotel director` begins, and the title in between."""
    first = _LOWER.match(text, place)
    if first is None or lowered(first[0]) not in listed("people", "our", languages):
        return place, ""
    at = first.end()
    for _ in range(_MOST_SKIPPED):
        if text[at : at + 1] != " ":
            return place, ""
        at += 1
        word = _LOWER.match(text, at)
        if word is None:
            title = text[first.end() : at].strip()
            named = text[at : at + 1] == "(" and leading_name(text[at + 1 : at + 80])
            return (at + 1, clean_role(title)) if named and is_title(title) else (place, "")
        behind = text[first.end() + 1 : at].strip()
        if _addressed(text, at, languages)[0] is not None or leading_name(text[at : at + 80]):
            return at, clean_role(behind) if behind and is_title(behind) else ""
        given = _GIVEN.match(text, at)
        if behind and given is not None and _may_be_given(given[0], languages) and not _is_noun(behind):
            return at, clean_role(behind) if is_title(behind) else ""
        at = word.end()
    return place, ""


def _is_noun(words: str) -> bool:
    """Say whether words before a name are written as part of it: `our Acme office` names nobody."""
    return any(word[:1].isupper() for word in words.split()) and not is_title(words) and len(words.split()) > 1


def _addressed(text: str, place: int, languages: tuple[str, ...]) -> tuple[Person | None, int]:
    """Return who is told by a form of address (`Frau Roth`, `Herr Dr. Moe`) at a place of a text, and where it ends."""
    known = listed("people", "address", languages) | listed("people", "academic", languages)
    forms: list[str] = []
    at = place
    while len(forms) < _MOST_FORMS and (form := _FORM.match(text, at)) and lowered(form["form"]).strip(".") in known:
        forms.append(form["form"])
        at = form.end()
    match = _FAMILY.match(text, at) if forms else None
    if match is None or lowered(match[0]) in known or is_title(match[0]):
        return None, place
    name = leading_name(text[at : at + 80])
    if name:
        academic = [form for form in forms if lowered(form).strip(".") in listed("people", "academic", languages)]
        return person_of(plain_name(" ".join([*academic, name])), ""), at + len(name)
    return person_of(f"{' '.join(forms)} {match[0]}", ""), match.end()


def _by_office(text: str, place: int, languages: tuple[str, ...]) -> tuple[Person | None, int]:
    """Return who is told by what they are (`Betriebsleiter Kunze`), and where it ends."""
    match = _OFFICE.match(text, place)
    if match is None or not is_title(match["title"]) or not _may_be_given(match["last"], languages):
        return None, place
    return person_of(match["last"], "", clean_role(match["title"])), match.end()


def _is_title_of_name(name: str) -> bool:
    """Say whether what looks like a name is what somebody is, and a last name: `Betriebsleiter Kunze`."""
    return is_title(name.partition(" ")[0])


def _behind(text: str, end: int, languages: tuple[str, ...]) -> tuple[str, int]:
    """Return the title behind a name, and where what is said of the person ends: a note, an apposition, `from HR`."""
    title = ""
    unit = _unit(languages).match(text, end)
    if unit is not None:
        end = unit.end()
    note = _PAREN.match(text, end)
    if note is not None:
        told = without_contact(note["note"])
        title, end = clean_role(told) if is_title(told) else "", note.end()
    beside = _APPOSITION.match(text, end)
    if beside is not None:
        words = re.split(_either("and", languages), beside["note"], maxsplit=1)[0]
        first = words.split(" ", 1)[0]
        mine = _me(languages).match(words) is not None
        joined = lowered(first) in listed("people", "and", languages)
        small = first.islower() and len(words.split()) <= _MOST_SKIPPED and len(first) > 1
        if (
            words
            and not mine
            and not joined
            and not goes_on(words, languages)
            and not leading_name(words)
            and (is_title(words) or small)
        ):
            title, end = title or (clean_role(words) if is_title(words) else ""), beside.start("note") + len(words)
    return title, past_contact(text, end)


@cache
def _relative(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of a clause behind a name; one that another person stands behind ends before the `and`."""
    words = "|".join(re.escape(word) for word in sorted(listed("described", "relative", languages), key=len, reverse=True))
    ands = "|".join(re.escape(word) for word in sorted(listed("people", "and", languages), key=len, reverse=True))
    inner = rf"(?:(?![ ](?:{ands})[ ](?:[^\W\d_]{{1,8}}[ ])?[{UPPER}])[^,.;:()\n]){{2,80}}"
    return re.compile(rf"[ ]?,?[ ](?:{words})[ ]{inner}") if words else re.compile(r"(?!)")


@cache
def _either(key: str, languages: tuple[str, ...]) -> str:
    words = "|".join(re.escape(word) for word in sorted(listed("people", key, languages), key=len, reverse=True))
    return rf"[ ](?:{words})[ ]"


@cache
def _unit(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of `from HR`, `vom Fachbereich Sprachen` behind a name, up to what follows in the list."""
    words = "|".join(re.escape(word) for word in sorted(listed("people", "from", languages), key=len, reverse=True))
    ands = "|".join(re.escape(word) for word in sorted(listed("people", "and", languages), key=len, reverse=True))
    return re.compile(
        rf"[ ](?:{words})[ ']?(?:[^\W\d_][\w&'-]*)(?:[ ](?!(?:{ands})[ ])[{UPPER}][\w&'-]*){{0,3}}(?=[ ]?[,.;:!?()\n]|[ ]|$)"
    )


@cache
def _joint(languages: tuple[str, ...]) -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in sorted(listed("people", "and", languages), key=len, reverse=True))
    return re.compile(rf"[ ]*(?:,[ ]*(?:{words})[ ]|,[ ]|;[ ]|(?:{words})[ ])[ ]*(?:(?:with|met|mit|avec|con|com)[ ])?")


@cache
def _me(languages: tuple[str, ...]) -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in sorted(labels("me", languages), key=len, reverse=True))
    return re.compile(rf"(?:{words})(?!\w|['\u2019])", re.IGNORECASE)


@cache
def _organizations() -> Terms:
    return Terms(listed("company", "organization"))


@cache
def _no_first_names(languages: tuple[str, ...]) -> frozenset[str]:
    """Return the words that begin with a capital for other reasons: small words, places, departments, particulars."""
    tables = load("languages")
    places = (place for language in LANGUAGES for place in load(f"{language}/titles")["place"])
    small = (word for language in languages for word in tables[language])
    lists = [listed("people", key, languages) for key in ("our", "address", "academic", "no_first_name", "greeting")]
    lists.append(listed("described", "pronoun", languages))
    particulars = (labels(key, languages) for key in ("me", "when", "where", "who"))
    return frozenset().union(places, small, *lists, *particulars, listed("company", "unit", languages))


def _may_be_given(word: str, languages: tuple[str, ...]) -> bool:
    lower = lowered(word)
    parts = lower.split("-")
    return (
        not is_title(word)
        and not word.isupper()
        and lower not in _no_first_names(languages)
        and not any(part in listed("names", "never") or (len(part) > 3 and _organizations().have(part)) for part in parts)  # noqa: PLR2004 -- short words end like anything
    )
