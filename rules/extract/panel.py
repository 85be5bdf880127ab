"""Whom one will meet: names in sentences, in lists and in schedules, with their titles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from rules.extract.gathering import (
    WRITER,
    gathered,
    goes_on,
    is_aside,
    is_past,
    past_contact,
    past_relative,
    without_contact,
    writer_joined,
)
from rules.extract.hosts import hosts_of
from rules.extract.meeting_words import labels
from rules.extract.names import UPPER, is_name, leading_name, plain_name
from rules.extract.people import person_of
from rules.extract.reading import Reading, lowered
from rules.extract.titles import clean_role, is_title
from rules.extract.types import Person
from rules.extract.words import all_matches, listed, match_of
from rules.phrases.grammar import WORD

__all__ = ["panel_of"]

_TIME = (
    r"(?:at |um |\u00e0 |a las |om |\u00e0s |alle )?\d{1,2}(?:[:.h]\d{2})?(?:[ ]?(?:[AaPp]\.?[Mm]\b\.?|Uhr|uur"
    r"|h\b))?(?:[ ]?[A-Z]{2,4}\b)?"
)
_RANGE = rf"{_TIME}(?:[ ]?(?:-|to|bis|\u00e0|a|tot|alle|\u00e0s|until)[ ]?{_TIME})?"
_TIMED = re.compile(rf"^[ ]*(?:[-*\u2022>]|\d[.)])?[ ]*(?P<time>{_RANGE})[ ]?[:|,-]?[ \t]+(?P<rest>\S.{{1,200}})$")
_ENDING_TIME = re.compile(rf"[ \t,:(-]+(?:{_RANGE})\)?[ ]*$")
_BULLET = re.compile(r"^[ ]*(?:[-*\u2022>\u2013]|\d{1,2}[.)])[ ]*")
_GAP = re.compile(r"[ ]*(?::[\s*\u2022-]{0,6}|[ ]+)?")
_PAREN = re.compile(r"[ ]?\((?P<title>[^()\n]{2,80})\)")
_AFTER = re.compile(
    r"(?:[ ]?,[ ]?|[ ]+-[ ]+|[ ]?:[ ]|[ ]*\|[ ]*|\t+|[ ]{2,})(?:(?:our|the|a|an|unsere?[rm]?|ihr|notre|la|le|el"
    r"|de|o|a|il|nuestr[oa]|onze|nosso|nossa|nostr[oa])[ ]){0,2}(?P<title>[^,.;:()|\n]{2,60}?)"
    r"(?=[ ]?[,.;:()|\n]|[ ]+(?:and|und|et|y|e|en|on|at|from|for|who|via|by|in|am|um|bei|von|le|el|il|op|om|da"
    r"|de chez|chez|bij|presso|will|wird|werden)\b|\t|[ ]{2}|$)"
)
_WHOLE_TITLE = re.compile(r"(?:[ ]?,[ ]?|[ ]+-[ ]+|[ ]?:[ ]|[ ]*\|[ ]*|\t+|[ ]+)(?P<title>[^\n]{2,80}?)[ ]*$")
_SENTENCE = re.compile(r"[.!?]\s|\n|:\s|;\s")
_GIVEN = re.compile(rf"(?P<name>[{UPPER}][^\W\d_]{{1,20}}(?:-[{UPPER}][^\W\d_]{{1,20}})?)(?=[ ,.(]|$)")
_FIRST = re.compile(rf"(?P<name>[{UPPER}][^\W\d_]+(?:['\u2019-][^\W\d_]+)*)(?=[ ]*[,(\t-]|$)")
_TITLED = re.compile(
    rf"(?P<word>[^\W\d_]+(?:\.[^\W\d_]+)?\.?)[ ](?P<rest>(?:(?:van|von|de|der|den|di|da|dos|du|la"
    rf"|le)[ ]){{0,3}}[{UPPER}][^\W\d_]+(?:['\u2019-][^\W\d_]+)*)"
)
_ELIDED = re.compile(r"^(?:l|d|dell|all|un)'(?=[^\W\d_])")
_GREETED = re.compile(rf"[ ](?P<name>[{UPPER}][^,:!\n]{{1,40}}?)[ ]?(?:[,:!-]|$)")
_CAPITAL = re.compile(rf"(?<!\w)[{UPPER}]")
_LONGEST_NAME = 80
_FIRST_LINES = 3
_FIRST_WORDS = 20
_LONGEST_SHORT = 6
"""No longer is a word that is cut short by a point (`Dipl.-`)."""
_MOST = 20
_LONGEST_REST = 320
_LONGEST_LINE = 240
_MOST_LIST_LINES = 30
_MOST_BLANK = 2
_MOST_TITLE = 8
_LAST = 1 << 20
"""Who is told in the subject alone comes last."""


def panel_of(text: str | Reading, own_names: frozenset[str] = frozenset()) -> tuple[list[Person], bool]:
    """Return the people a text names as those one will meet, and whether the writer says that they are one of them.

    `with Jane Doe, VP Engineering, and John Roe (CTO)`, at most 20; `Kim and I will be there`. `own_names` (lower case) are the
    user's.
    """
    reading = Reading("", text) if isinstance(text, str) else text
    found: dict[str, Person] = {}
    own_names = own_names | {name.partition(" ")[0] for name in own_names} | _greeted(reading)
    for person in _all(reading):
        if len(found) == _MOST:
            break
        if person.name.lower() in own_names:
            continue
        known = found.get(person.name)
        if known is None or (person.title and not known.title):
            found[person.name] = person
    writing = found.pop(WRITER.name, None) is not None
    people = sorted(found.values(), key=lambda person: reading.body.find(person.name) % _LAST)
    return _without_halves(people), writing


def _greeted(reading: Reading) -> frozenset[str]:
    """Return the names by which the letter greets its reader, in lower case: `sam` of `Hi Sam,`, `frau roth` of her letter."""
    found: set[str] = set()
    for line in [line for line in reading.lines if line][:_FIRST_LINES]:
        bare = line.lstrip("\u00a1 ")
        begin = lowered(bare[:_FIRST_WORDS])
        hailed = next((one for one in listed("people", "greeting", reading.languages) if begin.startswith(f"{one} ")), None)
        greeting = _GREETED.match(bare, len(hailed)) if hailed else None
        words = greeting["name"].split() if greeting else []
        found.update(lowered(" ".join(words[-count:])) for count in range(1, len(words) + 1))
    return frozenset(found)


def _without_halves(people: list[Person]) -> list[Person]:
    """Drop who is named by first or last name alone, if the whole name is told, too."""
    whole = {word for person in people if len(words := _without_address(person.name).split()) > 1 for word in words}
    return [person for person in people if _without_address(person.name) not in whole]


def _without_address(name: str) -> str:
    """Return a name without forms of address: `Mme Odile` is a half of `Odile Moe`, too."""
    forms = listed("people", "address") | listed("people", "academic")
    return " ".join(word for word in name.split() if lowered(word).strip(".") not in forms)


def _all(reading: Reading) -> Iterator[Person]:
    languages = reading.languages
    for start, end in sorted(all_matches("people", "with", reading.folded, reading.words, languages)):
        if not is_past(reading.folded, start, languages) and not _is_relative(reading.folded, start, languages):
            yield from _list_at(reading.body, end, languages)
    subject = all_matches("people", "with", reading.folded_subject, reading.words_of_subject, languages)
    for _, end in sorted(subject):
        yield from _list_at(reading.subject, end, languages)
    yield from hosts_of(reading)
    yield from gathered(reading)
    yield from _before_verb(reading)
    yield from _of_lines(reading)


def _is_relative(folded: str, start: int, languages: tuple[str, ...]) -> bool:
    """Say whether a label such as `Who` is no label but goes on about the one before: `Jane Doe, who would be your manager`."""
    first = re.match(r"[^\W\d_]+", folded[start : start + 20])
    if first is None or first[0] not in listed("described", "relative", languages):
        return False
    before = folded[max(0, start - 4) : start].rstrip(" ")
    return before.endswith(",") or before[-1:].isalpha()


def _list_at(text: str, start: int, languages: tuple[str, ...]) -> Iterator[Person]:
    """Yield the people of the list that begins at a place of a text."""
    gap = _GAP.match(text, start)
    start = gap.end() if gap else start
    rest = text[start : start + _LONGEST_REST]
    rest, told = _past_title(rest.partition("\n")[0] if "\n" in rest else rest, languages)
    found = list(_listed(rest, languages, told))
    if found and not is_aside(lowered(rest), found[-1][1], languages):
        yield from (person for person, _ in found)
        if writer_joined(rest, found[-1][1], languages):
            yield WRITER


def _past_title(rest: str, languages: tuple[str, ...]) -> tuple[str, str]:
    """Return what stands behind `our CTO, ` and the title in it."""
    first, _, behind = rest.partition(" ")
    if lowered(first) not in listed("people", "our", languages):
        return rest, ""
    match = re.match(r"(?P<title>[^.;:\n]{2,60}?),?[ ](?=[^\W\d_])", behind)
    tokens = behind.split(" ")
    for count in range(1, min(8, len(tokens))):
        title = " ".join(tokens[:count]).rstrip(",")
        after = " ".join(tokens[count:])
        if (
            "(" in title
            or _begins_with_name(title, languages)
            or (title.endswith(".") and len(tokens[count - 1]) > _LONGEST_SHORT)
        ):
            break
        if (_begins_with_name(after, languages) or _is_addressed(after, languages)) and is_title(title):
            return after, clean_role(title)
    return behind if match or _begins_with_name(behind, languages) else rest, ""


def _bare(text: str, languages: tuple[str, ...]) -> str:
    """Return a text without the forms of address and titles it begins with."""
    text = _ELIDED.sub("", text)
    for _ in range(3):
        word, _, rest = text.partition(" ")
        if lowered(word).strip(".") not in _before_names(languages) or not rest:
            break
        text = rest
    return text


@cache
def _before_names(languages: tuple[str, ...]) -> frozenset[str]:
    return listed("people", "address", languages) | listed("people", "academic", languages)


def _listed(rest: str, languages: tuple[str, ...], told: str = "") -> Iterator[tuple[Person, int]]:
    """Yield the people that a text begins with, joined by commas and `and`, each with where they end in it."""
    total = 0
    for _ in range(_MOST):
        name, end = _one_name(rest, languages)
        title, end = _title_behind(rest, end, languages) if name else ("", 0)
        end = past_relative(rest, end, languages) if name else end
        if not name:
            name, title, end = _first_name(rest, languages, titled=bool(told))
        if not name:
            return
        yield person_of(name, "", title or told), total + end
        told = ""
        step = _joint(languages).match(rest, end)
        if step is None:
            return
        total += step.end()
        rest = rest[step.end() :]
        rest, told = _past_title(rest, languages)


def _one_name(text: str, languages: tuple[str, ...]) -> tuple[str, int]:
    """Return the name that a text begins with, and where it ends; `Frau Berger` is one as well."""
    bare = _bare(text, languages)
    skipped = len(text) - len(bare)
    name = leading_name(bare)
    if name:
        academic = [
            word for word in text[:skipped].split() if lowered(word).strip(".") in listed("people", "academic", languages)
        ]
        return plain_name(" ".join([*academic, name])), skipped + len(name)
    if skipped:
        match = _TITLED.search(text, 0, skipped + 60)
        last = re.match(
            rf"(?:(?:van|von|de|der|den|di|da|dos|du|la|le)[ ]){{0,3}}[{UPPER}][^\W\d_]+(?:['\u2019-][^\W\d_]+)*", bare
        )
        if match and last and not is_title(last[0]):
            return f"{text[:skipped].strip()} {last[0]}", skipped + last.end()
    return "", 0


def _first_name(rest: str, languages: tuple[str, ...], *, titled: bool) -> tuple[str, str, int]:
    """Return the first name that a text begins with, its title, and where they end: `Ro (founder)`, `Kim and me`.

    One alone counts only where what stands beside it tells that it is a person's, for companies are met as well.
    """
    match = _GIVEN.match(rest)
    if match is None or not _may_be_first_name(match["name"], languages):
        return "", "", 0
    title, end = _title_behind(rest, match.end(), languages)
    paired = _pair(languages).match(rest, match.end()) is not None
    return (match["name"], title, end) if title or titled or paired else ("", "", 0)


@cache
def _pair(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of `and me`, or of `and` with another first name that has its title behind it."""
    words = "|".join(re.escape(word) for word in sorted(listed("people", "and", languages), key=len, reverse=True))
    me = "|".join(sorted(labels("me", languages)))
    return re.compile(rf"[ ](?:{words})[ ](?:(?:{me})\b|[{UPPER}][^\W\d_]+[ ]\()")


def _title_behind(rest: str, end: int, languages: tuple[str, ...]) -> tuple[str, int]:
    for pattern in (_PAREN, _AFTER):
        match = pattern.match(rest, end)
        if match is None:
            continue
        title = without_contact(match["title"]).strip()
        usable = is_title(title) and not is_name(title) and not _begins_with_name(title, languages)
        if usable and not goes_on(title, languages):
            return clean_role(title), past_contact(rest, match.end())
        if pattern is _PAREN:
            return "", match.end()
    return "", end


def _is_addressed(text: str, languages: tuple[str, ...]) -> bool:
    """Say whether a text begins with a form of address and a last name (`Frau Roth`)."""
    match = _TITLED.match(text)
    return match is not None and lowered(match["word"]).strip(".") in _before_names(languages)


def _begins_with_name(text: str, languages: tuple[str, ...]) -> bool:
    return bool(leading_name(_bare(text, languages)))


@cache
def _joint(languages: tuple[str, ...]) -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in sorted(listed("people", "and", languages), key=len, reverse=True))
    return re.compile(rf"[ ]*(?:,[ ]*(?:{words})[ ]|,|;|(?:{words})[ ])[ ]*")


def _before_verb(reading: Reading) -> Iterator[Person]:
    """Yield the people of `Jane Doe and John Roe will interview you`."""
    for start, _ in all_matches("people", "will", reading.folded, reading.words, reading.languages):
        before = reading.body[max(0, start - _LONGEST_REST) : start]
        cut = 0
        for match in _SENTENCE.finditer(before):
            if not re.search(r"\b(?:Dr|Mr|Mrs|Ms|Prof|Hr|Fr|Sr|Sra|M|Mme|Sig|Dott|Dhr|Mevr|Ing)\.$", before[: match.start() + 1]):
                cut = match.end()
        clause = before[cut:].strip(" ,")
        if lowered(clause) in listed("described", "pronoun", reading.languages):
            yield from _only_one(before[:cut])
            continue
        clause, told = _past_title(clause, reading.languages)
        found = list(_listed(clause, reading.languages, told))
        if found and not clause[found[-1][1] :].strip(" ,"):
            yield from (person for person, _ in found)


def _only_one(text: str) -> Iterator[Person]:
    """Yield the one person whom the last sentence of a text names, for whom the next one says `She`."""
    sentence = _SENTENCE.split(text.rstrip(" .!?:;\n"))[-1]
    found: dict[str, None] = {}
    place = 0
    while (capital := _CAPITAL.search(sentence, place)) is not None:
        name = leading_name(sentence[capital.start() : capital.start() + _LONGEST_NAME])
        if name:
            found[plain_name(name)] = None
        place = capital.start() + max(len(name), 1)
    if len(found) == 1:
        yield person_of(next(iter(found)), "")


def _of_lines(reading: Reading) -> Iterator[Person]:
    """Yield the people of schedules (`10:00 Jane Doe`) and of lists below a line like `The interviewers will be:`."""
    below = blank = 0
    for line in reading.lines:
        if not line:
            blank += 1
            below = below if blank < _MOST_BLANK else 0
            continue
        if len(line) > _LONGEST_LINE:
            continue
        if line.endswith(":") and _announces(line, reading.languages):
            below, blank = _MOST_LIST_LINES, 0
            continue
        timed = _TIMED.match(line)
        if timed:
            yield from _of_row(timed["rest"], reading.languages, alone=True)
            continue
        ended = _ENDING_TIME.search(line)
        if ended and len(line) < _LONGEST_LINE // 2:
            yield from _of_row(line[: ended.start()], reading.languages, alone=False)
            continue
        if below:
            people = list(_of_row(line, reading.languages, alone=False))
            yield from people
            below = below - 1 if people else 0
            blank = 0 if people else blank


def _announces(line: str, languages: tuple[str, ...]) -> bool:
    folded = lowered(line)
    return len(line) < _LONGEST_REST and match_of("people", "list", folded, languages) is not None and bool(WORD.search(folded))


def _of_row(line: str, languages: tuple[str, ...], *, alone: bool) -> Iterator[Person]:
    """Yield the people of one line; a first name alone counts behind a time, if a title follows."""
    rest = _BULLET.sub("", line).strip(" *_")
    tokens = rest.split()
    for count in range(2, min(5, len(tokens))):
        name, title = " ".join(tokens[:count]), " ".join(tokens[count:]).strip(" (),-|")
        if "," not in name[:-1] and is_title(title) and is_name(name.rstrip(",")) and len(tokens) - count <= _MOST_TITLE:
            yield person_of(plain_name(name), "", title)
            return
    found = list(_listed(rest, languages))
    if not found:
        first = _FIRST.match(rest) if alone else None
        behind = _WHOLE_TITLE.match(rest, first.end()) if first else None
        named = behind is not None and any(map(is_name, behind["title"].split(", ")))
        if first and behind and not named and is_title(behind["title"]) and _may_be_first_name(first["name"], languages):
            yield person_of(first["name"], "", clean_role(behind["title"]))
        return
    person, end = found[-1]
    if len(found) == 1 and end < len(rest):
        # The cells of a table, or all of the line: `Ada Moe   Director, Research`.
        name_end = rest.find(person.name.split()[-1]) + len(person.name.split()[-1])
        whole = _WHOLE_TITLE.match(rest, name_end)
        words = whole["title"].strip(" ()") if whole else ""
        if words and is_title(words) and not is_name(words):
            yield person_of(person.name, "", words)
            return
        if (
            words
            and not person.title
            and not alone
            and not rest[name_end:].lstrip().startswith(("(", ",", "-", "|", ":"))
            and len(words.split()) > _MOST_BLANK
        ):
            return  # a sentence that begins with a name
    yield from (item for item, _ in found)


def _may_be_first_name(word: str, languages: tuple[str, ...]) -> bool:
    pronouns = listed("described", "pronoun", languages)
    return not is_title(word) and lowered(word) not in listed("names", "never", languages) | pronouns
