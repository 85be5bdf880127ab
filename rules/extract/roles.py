"""The role a mail is about: from headings and text, by the words that stand around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import dropwhile
from typing import NamedTuple

from rules.extract import role_grammar as grammar
from rules.extract.labels import labelled
from rules.extract.names import is_name
from rules.extract.reading import Reading, lowered
from rules.extract.role_words import RoleWords, listed_role
from rules.extract.titles import clean_role, is_title
from rules.extract.words import all_matches, listed
from rules.phrases.grammar import WORD

__all__ = ["role_of", "without_company"]


class _Found(NamedTuple):
    weight: float
    role: str


_MOST_TOKENS = 11
_WIDE = 120
_TRIES = 4
_SHORT = 3
_FIRST_LINES = 14
_MOST = 40


@cache
def _before(languages: tuple[str, ...]) -> frozenset[str]:
    """Return the words behind which a role that is marked with its genders begins."""
    return (
        listed_role("stop", languages)
        | listed_role("edge", languages)
        | listed_role("article", languages)
        | listed_role("label", languages)
    )


def role_of(reading: Reading, headings: Iterable[str] = ()) -> str:
    """Return the job title a mail speaks of, or an empty string.

    `headings` are the titles of calendar entries, which are read before the subject.
    """
    best = _Found(0.0, "")
    for most, found in _Finder(reading).all(headings):
        # What cannot outweigh what is found already is not looked for.
        for one in found if best.weight < most else ():
            if one.role and one.weight > best.weight:
                best = one
    return _agreed(best.role, reading) if best.role else ""


def _agreed(role: str, reading: Reading) -> str:
    """Return a role with the speciality behind its comma where subject and body tell it, without it where the subject does not.

    `Data Analyst, Growth` is a title in both; of `Data Analyst, Leeds` the subject mostly says `Data Analyst`.
    """
    head, comma, _ = role.partition(", ")
    for text, other in ((reading.subject, reading.body), (reading.body, reading.subject)):
        place = text.find(head)
        tail = grammar.TAIL.match(text, place + len(head)) if place >= 0 else None
        if tail is not None and not comma and f"{head}{tail[0]}" in other:
            return f"{head}{tail[0]}"
    place = reading.subject.find(head)
    told = comma and place >= 0 and not reading.subject.startswith(", ", place + len(head))
    return head if told else role


_OWNED = frozenset(
    {
        "our",
        "my",
        "his",
        "her",
        "unser",
        "unsere",
        "unserem",
        "unserer",
        "mein",
        "notre",
        "mon",
        "ma",
        "nuestro",
        "nuestra",
        "onze",
        "ons",
        "nosso",
        "nossa",
        "nostro",
        "nostra",
        "hiring",
    }
)
"""Words before the titles of those who work there already."""


def _few(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    for count, match in enumerate(pattern.finditer(text)):
        if count == _MOST:
            return
        yield match


class _Finder(RoleWords):
    """Looks for roles in one mail."""

    def all(self, headings: Iterable[str]) -> Iterator[tuple[float, Iterator[_Found]]]:
        """Yield what each place says, with the most that it can weigh; of equal weight, the first is the best."""
        reading = self.reading
        for heading in headings:
            other = Reading(heading, "", self.languages)
            yield 10.0, self.heading(other.subject, other.folded_subject, other.words_of_subject)
        yield 10.0, self.heading(reading.subject, reading.folded_subject, reading.words_of_subject)
        yield 7.0, self.marked(reading.body, 7.0)
        yield 6.0, self.labelled()
        yield 6.0, self.led(reading.body, reading.folded, reading.words, 0.0)
        yield 5.5, self.before_noun(reading.body, reading.folded)
        yield 4.5, self.numbered(reading.body, reading.folded)
        yield 3.0, self.quoted()
        yield 2.0, self.alone()
        yield 1.2, self.scattered()

    def heading(self, text: str, folded: str, words: frozenset[str]) -> Iterator[_Found]:
        """Yield the roles of a heading: marked ones, those behind `for the position of`, and pieces that are titles."""
        yield from self.marked(text, 10.0)
        yield from self.led(text, folded, words, 1.5)
        yield from self.before_noun(text, folded, 1.5)
        for piece in (*grammar.PIECES.split(text), *grammar.ASIDE.findall(text)):
            role = self.piece(piece)
            if role:
                yield _Found(6.5, role)
            yield from self.called(piece)

    def piece(self, piece: str) -> str:
        """Return the title in one piece of a heading, without the words about interviews around it."""
        piece = piece.partition("(")[0] if "(" in piece and not grammar.MARK.search(piece) else piece
        tokens = piece.split()[: _MOST_TOKENS * 2]
        about = listed("company", "heading", self.languages)
        edges = listed_role("edge", self.languages)
        places = [place for place, token in enumerate(tokens) if lowered(token).strip(".,:") in edges]
        # `Chargé de recrutement`: what a title binds to itself is no edge.
        bound = [place for place in places if place > 1 and lowered(tokens[place - 1]) in grammar.BINDING]
        places = [place for place in places if place not in bound or not is_title(tokens[place - 2], self.languages)]
        if not places:
            return self.title(" ".join(self.taken(tokens)))
        behind = tokens[places[-1] + 1 :]
        stop = listed_role("stop", self.languages)
        while behind and behind[0].islower() and behind[0] in about and behind[0] not in stop:
            behind = behind[1:]  # `Entrevista técnica`
        after = self.title(" ".join(self.taken(behind)))
        return after or self.title(" ".join(tokens[: places[0]]))

    def called(self, piece: str) -> Iterator[_Found]:
        """Yield what a piece of a heading calls a place to work, known as a title or not."""
        tokens = piece.strip(" !?.").split()
        if 0 < len(tokens) <= _MOST_TOKENS:
            yield from self.compound(tokens)
            yield _Found(3.0, self.before_last(tokens))
            yield _Found(1.0, self.behind_edge(tokens))

    def compound(self, tokens: list[str]) -> Iterator[_Found]:
        """Yield what stands before a word for a place to work within a word: `Dreherstelle`, `kok-vacature`."""
        for match in filter(None, map(grammar.COMPOUND.fullmatch, tokens)):
            role = match["role"]
            if (match["dash"] or is_title(role, self.languages)) and not self.is_nothing(role):
                yield _Found(5.0, role)

    def before_last(self, tokens: list[str]) -> str:
        """Return what stands before a word for a place to work that ends the heading: `Ticket Desk role`."""
        nouns, edges = listed_role("noun", self.languages), listed_role("edge", self.languages)
        if len(tokens) < 2 or lowered(tokens[-1]) not in (nouns & listed_role("stop", self.languages)) | (nouns - edges):  # noqa: PLR2004 -- the word and one before it
            return ""
        about = listed("company", "heading", self.languages)
        kept = list(dropwhile(lambda token: lowered(token) in about, tokens[:-1]))
        role = clean_role(" ".join(kept), self.languages, sure=True) if len(kept) <= _SHORT else ""
        person = is_name(role) and lowered(tokens[-1]) not in listed_role("label", self.languages)  # `Ada Moe interview`
        return role if role and not self.is_nothing(role) and not person else ""

    def behind_edge(self, tokens: list[str]) -> str:
        """Return the one to three words behind the first word for an application or an interview: `Bewerbung Empfang`."""
        edges = listed_role("edge", self.languages)
        behind = next((place for place, token in enumerate(tokens) if lowered(token).strip(":") in edges), len(tokens))
        rest = self.taken(tokens[behind + 1 :])
        role = clean_role(" ".join(rest), self.languages, sure=True) if len(rest) <= _SHORT else ""
        if not role or not grammar.PLAIN.fullmatch(role) or self.is_nothing(role) or is_name(role) or self.is_company(role):
            return ""
        small = self.languages[0] in {"de", "en"} or " " in role or role.islower()  # elsewhere a capital is a name's
        return role if small and lowered(role) not in self.reading.folded[: _WIDE // 2] else ""  # `Hallo Sam`

    def marked(self, text: str, weight: float) -> Iterator[_Found]:
        """Yield what stands before marks such as `(m/w/d)`: vacancies alone have them."""
        for match in grammar.MARK.finditer(text):
            start = max(0, match.start() - _WIDE)
            before = text[start : match.start()]
            cuts = [cut.end() for cut in grammar.BACK.finditer(before)]
            tokens = before[cuts[-1] if cuts else 0 :].split()
            begin = 0
            edge = _before(self.languages)
            for place, token in enumerate(tokens):
                lower = lowered(token).strip(".,:\"'()")
                inner = (
                    lower in grammar.BINDING | grammar.ARTICLES
                    and place
                    and (lowered(tokens[place - 1]) in grammar.BINDING or is_title(tokens[place - 1], self.languages))
                )
                if lower in edge and not inner:
                    begin = place + 1
            role = clean_role(" ".join(tokens[begin:]), self.languages, sure=True)
            doubtful = match[0].strip("([ ])").lower() == "a" and not is_title(role, self.languages)  # `Prezado(a)`
            if role and not self.is_nothing(role) and not doubtful:
                yield _Found(weight, role)

    def led(self, text: str, folded: str, words: frozenset[str], more: float) -> Iterator[_Found]:
        """Yield what stands behind words like `applied for the position of`."""
        for key, weight in (("sure", 6.0), ("lead", 4.0)):
            for _, end in all_matches("role", key, folded, words, self.languages):
                taken = self.behind(text, end)
                role = self.title(taken)
                if role and (key == "sure" or " " in role or role != lowered(role)):
                    yield _Found(weight + more, role)
                elif key == "sure" and (named := self.named(taken)):
                    yield _Found(3.0 + more, named)

    def numbered(self, text: str, folded: str) -> Iterator[_Found]:
        """Yield what stands behind the number of a vacancy or an application."""
        for match in grammar.NUMBERED.finditer(folded):
            role = self.title(" ".join(self.taken(self.without_list(text[match.end() : match.end() + _WIDE]).split())))
            if role:
                yield _Found(4.5, role)

    def before_noun(self, text: str, folded: str, more: float = 0.0) -> Iterator[_Found]:
        """Yield what stands between an article and a word like `position`: `the Data Engineer position`."""
        nouns = listed_role("noun", self.languages)
        articles = listed_role("article", self.languages)
        for match in WORD.finditer(folded):
            if match[0] not in nouns:
                continue
            start = max(0, match.start() - _WIDE)
            before = text[start : match.start()]
            cuts = [cut.end() for cut in re.finditer(r"(?<!\b[SJ]r)\.\s|[;!?\n]|: ", before)]
            before = before[cuts[-1] if cuts else 0 :].rstrip(" -")
            yield from self.between(before, articles, more)

    def between(self, before: str, articles: frozenset[str], more: float) -> Iterator[_Found]:
        """Yield the title behind the nearest article of a clause; a wider one where the nearest gives none."""
        tokens = before.split()
        tries = 0
        named = ""
        for place in range(len(tokens) - 1, -1, -1):
            if lowered(tokens[place]).strip("\"'") not in articles:
                continue
            between = " ".join(tokens[place + 1 :])
            role = self.title(between, whole=True)
            if role:
                yield _Found(5.5 + more, role)
                return
            named = named or self.named(between)
            tries += 1
            if tries == _TRIES:
                break
        if named:
            yield _Found(3.0 + more, named)

    def labelled(self) -> Iterator[_Found]:
        """Yield the values of lines like `Position: Data Engineer`, and of what stands behind such a label in brackets."""
        labels = listed_role("label", self.languages)
        for value, sure in labelled(self.reading, labels):
            role = self.title(value, whole=True) or (self.named(value) if sure else "")
            if role:
                yield _Found(6.0 if is_title(role, self.languages) else 3.5, role)
            elif sure and len(value.split()) <= _SHORT + 1 and not self.is_nothing(value) and grammar.PLAIN.fullmatch(value):
                yield _Found(3.0, value)  # `Puesto: taquilla`
        for match in grammar.INLINE.finditer(self.reading.folded):
            role = self.title(self.behind(self.reading.body, match.end())) if match["label"] in labels else ""
            if role:
                yield _Found(5.0, role)

    def quoted(self) -> Iterator[_Found]:
        """Yield the titles that stand in quotation marks, and those in quoted headings."""
        for match in _few(grammar.IN_QUOTES, self.reading.body):
            pieces = grammar.PIECES.split(match["text"])
            yield from (_Found(3.0, role) for piece in pieces if (role := self.piece(piece)) and len(pieces) <= _SHORT + 1)

    def scattered(self) -> Iterator[_Found]:
        """Yield the one title in capitals that the text tells above its last lines, of nobody whose name stands beside it."""
        found: dict[str, None] = {}
        lines = [line for line in self.reading.body.split("\n") if line]
        closings = listed("signature", "closing")
        for place, line in enumerate(lines):
            if lowered(line).strip(" ,.!-") in closings or (place and place > len(lines) - _SHORT and len(line) < _WIDE // 2):
                break
            for match in _few(grammar.TITLED, line):
                role = self.title(match[0], whole=True)
                before, behind = line[: match.start()].split()[-_SHORT:], line[match.end() :]
                owned = bool(before) and lowered(before[-1]) in _OWNED
                person = any(is_name(" ".join(before[-count:]).strip(",(")) for count in (2, 3)) or grammar.PERSON.match(behind)
                if role and " " in role and not owned and not person and not is_name(match[0]):
                    found[role] = None
        if len(found) == 1:
            yield _Found(1.2, next(iter(found)))

    def alone(self) -> Iterator[_Found]:
        """Yield the one title that fills a line above the signature, as boards write it under the name of an application."""
        lines = [line for line in self.reading.lines if line][:_FIRST_LINES]
        closings = listed("signature", "closing")
        found: dict[str, None] = {}
        for place, line in enumerate(lines):
            if line.lstrip()[:1] in "*-\u2022>" or grammar.BESIDES.search(line):
                continue  # items of a list, signatures in one line
            bare = line.strip(" *_-\u2022")
            if lowered(bare).strip(" ,.!") in closings:
                break
            if len(bare) > _WIDE // 2 or bare.endswith((".", ",", "!", "?", ":")) or not bare[:1].isupper():
                continue
            role = "" if place and is_name(lines[place - 1].strip(" *_,")) else self.title(bare, whole=True)
            if role:
                found[role] = None
        if len(found) == 1:
            yield _Found(2.0, next(iter(found)))


def without_company(role: str, company: str) -> str:
    """Return a role without the company before or behind it (`Acme - Data Engineer`); empty if it is but the company."""
    lower, name = lowered(role), lowered(company)
    if not name or lower == name:
        return role if not name else ""
    for head in (f"{name} - ", f"{name}: ", f"{name} "):
        if lower.startswith(head):
            return clean_role(role[len(head) :]) or role
    if lower.endswith(f" {name}"):
        shorter = role[: -len(name) - 1].rstrip(" ,-@")
        word = lowered(shorter.rpartition(" ")[2])
        return clean_role(shorter[: -len(word)] if word in listed("company", "at") else shorter) or role
    return role
