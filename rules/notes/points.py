"""What a line under a heading is about: a person, a topic, and the rest (C10 to C13, C20, C21, C26)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rules.drafts.clean import one_line
from rules.extract.names import is_name
from rules.extract.titles import is_title, role_class
from rules.extract.types import Person
from rules.notes.anchors import fold_words
from rules.notes.form import person_line
from rules.notes.frame import Frame
from rules.notes.lines import Entry
from rules.notes.types import Heading, Point, Topic
from rules.notes.wording import Words, load_words

__all__ = ["Opening", "People", "Read", "opening", "opens_point", "read_people", "read_point"]

_MAX_TEXT = 500
_MAX_PREFIX = 160
_MAX_NAME = 80
_MOST_WORDS = 6
_PREFIX = re.compile(r"^([^:]{1,160}):(?!//)\s*(.*)$", re.DOTALL)
_DASHED = re.compile(r"^([^:\u2013\u2014\u2192]{2,80}?) +(?:-{1,2}>?|=>|[\u2013\u2014\u2192]) *(?=\S)(.*)$", re.DOTALL)
_NUMBER = re.compile(r"^\(?(?:\d{1,2}|[a-h])[.)]{1,2}\s{1,10}(?=\S)")
_PIECES = re.compile(r"\s*(?:,|&|\+|/|\band\b|\bund\b|\bet\b|\by\b)\s*", re.IGNORECASE)
_ADDRESS = re.compile(r"<?\b([A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5})\b>?")
_BESIDE = re.compile(r"^(?P<name>[^,;()|]{2,80}?)\s*(?:,\s*|\s+[-\u2013\u2014|]\s+|\s+from\s+|\s*\()(?P<title>[^()]{1,120}?)\)?$")
_IN_BRACKETS = re.compile(r"\s*\(([^()]{1,120})\)\s*$")
_FORMS_OF_ADDRESS = frozenset({"mr", "mrs", "ms", "mx", "dr", "prof", "with", "about", "to", "for", "from", "re", "on"})
_AND = re.compile(r"(?:^|, ?)(?:and|or|plus)\b.*$", re.IGNORECASE | re.DOTALL)
_EDGE = " ,;:.-\u2013\u2014()<>"
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Read:
    """What one line gave: points (one for each person it names), and what of it was not clear."""

    points: tuple[Point, ...] = ()
    people: tuple[Person, ...] = ()
    """Whom the line names with a title that was not known, or who was not known at all."""
    doubtful: str = ""
    """A name that may be several people's."""


@dataclass(frozen=True, slots=True)
class People:
    """Whom a name may mean: those of the interview before the others of the company."""

    near: tuple[Person, ...]
    far: tuple[Person, ...]

    @classmethod
    def of(cls, frame: Frame, named: Iterable[Person] = ()) -> People:
        """Return those of a round, with those whom the form itself names."""
        return cls((*frame.people, *named), frame.roster)

    def called(self, name: str) -> list[Person]:
        """Return those who answer to a name or a part of one, in any spelling of its accents; nobody where it is none."""
        wanted = [word for word in fold_words(name) if word not in _FORMS_OF_ADDRESS]
        if not wanted or len(wanted) > _MOST_WORDS:
            return []
        address = name.strip(" <>").lower()
        for group in (self.near, self.far):
            found = {
                (person.address or person.name): person
                for person in group
                if (address and address == person.address) or _answers_to(person, wanted)
            }
            exact = [person for person in found.values() if sorted(fold_words(person.name)) == sorted(wanted)]
            if found:
                return exact if len(exact) == 1 else list(found.values())
        return []


def _answers_to(person: Person, wanted: list[str]) -> bool:
    words = fold_words(person.name) if person.name.strip() else fold_words(person.address.partition("@")[0])
    if not set(wanted) <= {*words, *(word[:1] for word in words[1:])}:
        return False
    return any(len(word) > 1 and word in words for word in wanted)


def _topic(text: str, words: Words) -> Topic | None:
    folded = " ".join(fold_words(text))
    return next((Topic(name) for name, some in words.topics.items() if folded in some), None)


@dataclass(frozen=True, slots=True)
class _Head:
    """What stands before a colon."""

    people: tuple[Person, ...] = ()
    topic: Topic | None = None
    title: str = ""
    doubtful: str = ""
    everybody: bool = False


def _head(text: str, people: People, words: Words) -> _Head | None:
    """Return what the words before a colon mean; None where they are just words."""
    topic = _topic(text, words)
    if topic is not None or _means_everybody(text, words):
        return _Head(topic=topic, everybody=topic is None)
    whole = people.called(text)
    if len(whole) == 1:
        return _Head((whole[0],))
    name, _, rest = _IN_BRACKETS.sub(r", \1", text).partition(",")
    first = people.called(name)
    if rest.strip() and len(first) == 1:
        known = " ".join(fold_words(rest))
        if known == " ".join(fold_words(first[0].title)) or known == words.words["title"]:
            return _Head((first[0],))
    found: list[Person] = []
    for part in (item for item in _PIECES.split(text) if item):
        if topic is None and (said := _topic(part, words)) is not None:
            topic = said
            continue
        called = people.called(part)
        if len(called) > 1:
            return _Head(doubtful=text)
        if not called:
            return _newcomer(name, rest.strip(), first)
        found.append(called[0])
    return _Head(tuple(found), topic)


def _means_everybody(text: str, words: Words) -> bool:
    return " ".join(fold_words(text)) in words.answers["everybody"]


def _split(text: str, people: People, words: Words) -> tuple[str, _Head, str] | None:
    """Return what stands before the colon of a line, what it means, and the rest; before a dash only a name means anything."""
    text = text[: 4 * _MAX_TEXT]
    split = _PREFIX.match(text)
    head = _head(split[1], people, words) if split is not None else None
    if split is None or head is None:
        split = _DASHED.match(text)
        head = _head(split[1], people, words) if split is not None else None
        if head is None or not head.people or head.topic is not None or head.title:
            return None
    return (split[1], head, split[2]) if split is not None else None


def opens_point(text: str, people: People, words: Words | None = None) -> bool:
    """Say whether a line begins with a name or a topic before a colon."""
    return _split(text, people, words or load_words()) is not None


@dataclass(frozen=True, slots=True)
class Opening:
    """Whom the beginning of a line names."""

    people: tuple[Person, ...]
    """Nobody where the line is for everybody, or the name may be several people's."""
    rest: str
    """What stands behind."""


def opening(text: str, people: People, words: Words | None = None) -> Opening | None:
    """Return whom a line names that begins with a name before a colon, or holds nothing but a name; None for any other line."""
    words = words or load_words()
    text = _NUMBER.sub("", text)
    split = _split(text, people, words)
    if split is not None:
        _, head, rest = split
        return Opening(head.people, rest) if head.people or head.everybody or head.doubtful else None
    stranger = _PREFIX.match(text)
    if stranger is not None and is_name(stranger[1]):
        return Opening((), stranger[2])
    if not _is_only_name(text, people, words):
        return None
    called = people.called(text.partition(",")[0].strip(_EDGE))
    return Opening(tuple(called) if len(called) == 1 else (), "")


def _newcomer(name: str, title: str, called: list[Person]) -> _Head | None:
    """Return whom a name with a title means: one of the roster, or somebody whom it did not know."""
    if not title or not is_title(title):
        return None
    if len(called) == 1:
        return _Head((called[0],), title=title)
    return _Head((Person(one_line(name, _MAX_NAME)),), title=title) if not called and is_name(name.strip()) else None


def read_point(
    entry: Entry, heading: Heading, people: People, words: Words | None = None, *, below: Sequence[Person] = ()
) -> Read:
    """Return the points of one line. A line that only names somebody of the roster says nothing.

    `below` are those below whose name the line stands: it is about them where it names nobody itself.
    """
    words = words or load_words()
    text = _NUMBER.sub("", entry.text)
    about: list[Person] = []
    topic: Topic | None = None
    titled: list[Person] = []
    for _ in range(3):
        split = _split(text, people, words)
        if split is None:
            break
        before, head, rest = split
        if head.doubtful:
            return Read(_points(rest, heading, [head.doubtful], topic), doubtful=head.doubtful)
        if (about and head.people) or (topic is not None and head.topic is not None):
            break
        about = about or list(head.people)
        topic = topic or head.topic
        if head.title:
            titled.append(_titled(about[0], head.title))
        text = rest
        if about and text and _asks_for_title(before, words) and len(text.split()) <= _MOST_WORDS:
            return Read(people=(_titled(about[0], text),))
    if _is_only_name(text, people, words):
        return Read(people=tuple(titled))
    whom = [person.address or person.name for person in about or below]
    return Read(_points(text, heading, whom or [""], topic), tuple(titled))


def _asks_for_title(text: str, words: Words) -> bool:
    return fold_words(text)[-1:] == fold_words(words.words["title"])


def _is_bare_title(text: str) -> bool:
    return is_title(text) and not is_name(text.partition(",")[0])


def _titled(person: Person, title: str) -> Person:
    clean = one_line(title, _MAX_NAME).strip(" .,;")
    return replace(person, title=clean, role=role_class(clean))


def _is_only_name(text: str, people: People, words: Words) -> bool:
    """Say whether a line is one that the form gave, or a name alone: perhaps with the title, and nothing behind it."""
    folded = fold_words(text)
    if not folded or _means_everybody(text, words) or len(people.called(text.strip(_EDGE))) == 1:
        return True
    if text.endswith(":") and is_name(text[:-1]):
        return True  # somebody who is not known, with nothing behind
    known = (*people.near, *people.far)
    return any(folded in {fold_words(person_line(person)), fold_words(person.name)} for person in known)


def _points(text: str, heading: Heading, about: Iterable[str], topic: Topic | None) -> tuple[Point, ...]:
    said = one_line(text, _MAX_TEXT).strip(" ;")
    if not _LETTER.search(said) or " ".join(fold_words(said)) in load_words().answers["no_point"]:
        return ()
    return tuple(Point("", heading, said, one, topic or Topic.ANY) for one in about)


def read_people(entries: Iterable[Entry], frame: Frame, words: Words | None = None) -> Iterator[Read]:
    """Yield whom lines such as `Name, Title` name, as far as it is news: somebody unknown, or a title that is (B6).

    What stands behind a colon is a point about them, where it is no title.
    """
    words = words or load_words()
    people = People.of(frame)
    own = {*frame.user.addresses, frame.user.email.lower()}
    asked: Person | None = None
    for entry in entries:
        begins = opening(entry.text, people, words)
        if asked is not None and begins is None and _is_bare_title(entry.text):  # below the place for it
            yield Read(people=(_titled(asked, entry.text),))
            asked = None
            continue
        placed = begins is not None and len(begins.people) == 1 and _asks_for_title(entry.text, words)
        asked = begins.people[0] if begins is not None and placed else None
        for piece in _persons(entry.text):
            known = read_point(replace(entry, text=piece.strip()), Heading.WELL, people, words)
            if known.people or any(point.about for point in known.points):
                yield known
                continue
            person, said = _person(_NUMBER.sub("", piece.strip()), people, words)
            if person is not None and person.address not in own:
                yield Read(_points(said, Heading.WELL, [person.address or person.name], None), (person,))


def _persons(text: str) -> Iterator[str]:
    """Split a line where one person ends and another begins: `Jo Weber, CTO and Mia Park, HR`; `Jo Weber, Mia Park`."""
    for piece in text[: 4 * _MAX_TEXT].split(";"):
        held = ""
        for part in re.split(r"(\s+(?:and|&|\+)\s+|,\s*)", piece):
            begins = _is_person(part) and _is_person(held.partition(",")[0].partition("(")[0])
            if begins and ":" not in held:
                yield held.strip(" ,&+").removesuffix(" and")
                held = part
            else:
                held += part
        yield held.strip()


def _is_person(text: str) -> bool:
    bare = text.strip()
    return is_name(bare) and not is_title(bare)


def _person(text: str, people: People, words: Words) -> tuple[Person | None, str]:
    """Return whom a line names, if that is news, and what it says of them."""
    if not text or " ".join(fold_words(text)) in words.answers["none"] | words.answers["unknown"]:
        return None, ""
    found = _ADDRESS.search(text[:400])
    address = found[1].lower() if found is not None else ""
    if found is not None:
        text = f"{text[: found.start()]} {text[found.end() :]}"
    split = _PREFIX.match(text.strip(_EDGE))
    head, said = (split[1], split[2]) if split is not None else (text, "")
    name, title = _name_and_title(head.strip(_EDGE))
    title = _AND.sub("", title)  # `Jo from HR, and the CEO`: that one is nobody by name
    if fold_words(title) == fold_words(words.words["title"]):
        title = ""
    if said and not title and len(said.split()) <= _MOST_WORDS:
        title, said = said, ""
    name, title = (one_line(item, _MAX_NAME).strip(_EDGE) for item in (name, title))
    if not _LETTER.search(name) or len(name.split()) > _MOST_WORDS:
        return None, ""
    known = people.called(name)
    if len(known) != 1:
        return Person(name, address, title, role_class(title)), said
    news = (title and fold_words(title) != fold_words(known[0].title)) or (address and address != known[0].address)
    person = replace(_titled(known[0], title) if title else known[0], address=address or known[0].address)
    return person if news else None, said


def _name_and_title(text: str) -> tuple[str, str]:
    beside = _BESIDE.match(text[:_MAX_PREFIX])
    return (beside["name"], beside["title"]) if beside is not None else (text, "")
