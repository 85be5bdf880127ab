"""The role a mail is about: from headings and text, by the words that stand around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from rules.extract.names import is_name
from rules.extract.reading import Reading, lowered
from rules.extract.titles import GENDER, clean_role, is_title
from rules.extract.words import all_matches, listed
from rules.language import ENGLISH, LANGUAGES
from rules.phrases.grammar import WORD

__all__ = ["role_of", "without_company"]


class _Found(NamedTuple):
    weight: float
    role: str


_MARK = re.compile(rf"[ ]?[(\[][ ]?{GENDER}[ ]?[)\]]|[ ](?:[hf]/[hf]|m/w/d|m/v/x|w/m/d|f/m/d)(?=\W|$)", re.IGNORECASE)
_BACK = re.compile(r"[.;:!?\n\"|>]\s?|\s-\s|,\s(?=[a-z])")
_LEAD_IN = re.compile(r"(?:s\b)?(?:[ ]?:[\s\u2022*>-]{0,8}|[ ]+-[ ]+|[ ]+)?")
_QUOTED = re.compile(r"(?:(?:l'|d'|dell')?[^\W\d_]{2,20}[ ])?[\"'](?P<role>[^\"\n]{2,100}?)[\"'](?!\w)")
_LIST = re.compile(r"[\s\u2022*>-]{0,8}")
_HARD = re.compile(r"(?<!\b[SJ]r)\.(?=\s|$|\")|[;!?\n]|:(?=\s|$)|\s-\s(?=[a-z])|\s\|\s|\s@\s|, (?=[a-z])|\bhttps?:")
_COMMA = re.compile(r", ")
_TAIL = re.compile(r", [^\W\d_a-z][\w&-]+(?: [^\W\d_a-z][\w&-]+)?(?=$|[.!?)\n]| (?:role|position|at|with|has|was|is)\b)")
_DASH = re.compile(r" - |: | \| ")
_RUNS_ON = re.compile(r", [a-z\u00df-\u00ff]+$")
_TOKEN = re.compile(r"\S+")
_PIECES = re.compile(r"\s+[-|:\u00b7\u2022/@>]+\s+|:\s+|\s*[|\u2022\u00b7]\s*|(?<=\w)-\s+|\s+-(?=\w)|,\s+")
_ASIDE = re.compile(r"\(([^()]{2,60})\)")
_LINE = re.compile(r"^[\s*\u2022>-]{0,4}(?P<label>[^\W\d_][^:\n]{1,34}?)[ ]?[*]{0,2}:[\s:*-]{0,12}(?P<value>\S.*)?$")
_JOINING = frozenset({"and", "und", "et", "y", "e", "en", "&", "+", "/", "ed"})
_BINDING = frozenset(
    {
        "of",
        "de",
        "d'",
        "du",
        "di",
        "da",
        "do",
        "del",
        "della",
        "for",
        "f\u00fcr",
        "van",
        "voor",
        "im",
        "in",
        "pour",
        "para",
        "per",
        "\u00e0",
    }
)
_NUMBERED = re.compile(
    r"\b(?:bewerbung|application|candidature|candidatura|solicitud|postulación|sollicitatie|inscrição|stelle|position"
    r"|role|vacancy|job|poste|puesto|vacante|oferta|vaga|posizione|vacature|requisition|annonce|offre)"
    r"(?: (?:for|to|auf|für|à|a|per|para|pour|op|n°|nº|nr\.?|no\.?|ref\.?|réf\.?)){0,2} #?[a-z]{0,4}-?\d[\w/-]{2,14}(?: -|:|,)? "
)
"""What stands before a role that follows a number: `your application R-20931 Data Analyst`."""
_ARTICLES = frozenset(
    {
        "the",
        "la",
        "le",
        "les",
        "el",
        "los",
        "las",
        "der",
        "die",
        "das",
        "den",
        "het",
        "il",
        "lo",
        "gli",
        "i",
        "o",
        "a",
        "os",
        "as",
    }
)
_TRAILING = _JOINING | _BINDING | _ARTICLES | {"-", "|", ","}
_MOST_TOKENS = 11
_WIDE = 120
_TRIES = 4
_SHORT = 3
_FIRST_LINES = 14
_SURE_WORDS = 8


@cache
def _set(key: str, languages: tuple[str, ...]) -> frozenset[str]:
    return listed("role", key, languages)


@cache
def _leads() -> frozenset[str]:
    """Return the words of headings that begin no title in any language but ours: English ones do (`Application Engineer`)."""
    others = tuple(language for language in LANGUAGES if language != ENGLISH)
    return listed("role", "edge", others) - listed("role", "edge", (ENGLISH,))


@cache
def _before(languages: tuple[str, ...]) -> frozenset[str]:
    """Return the words behind which a role that is marked with its genders begins."""
    return _set("stop", languages) | _set("edge", languages) | _set("article", languages) | _set("label", languages)


def role_of(reading: Reading, headings: Iterable[str] = (), *, places: frozenset[str] = frozenset()) -> str:
    """Return the job title a mail speaks of, or an empty string.

    `headings` are the titles of calendar entries, which are read before the subject; `places` (lower case) are cut off its end.
    """
    best = _Found(0.0, "")
    for most, found in _Finder(reading, places).all(headings):
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
        tail = _TAIL.match(text, place + len(head)) if place >= 0 else None
        if tail is not None and not comma and f"{head}{tail[0]}" in other:
            return f"{head}{tail[0]}"
    place = reading.subject.find(head)
    told = comma and place >= 0 and not reading.subject.startswith(", ", place + len(head))
    return head if told else role


class _Finder:
    """Looks for roles in one mail."""

    def __init__(self, reading: Reading, places: frozenset[str]) -> None:
        self.reading = reading
        self.languages = reading.languages
        self.places = places

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
        yield 2.0, self.alone()

    def heading(self, text: str, folded: str, words: frozenset[str]) -> Iterator[_Found]:
        """Yield the roles of a heading: marked ones, those behind `for the position of`, and pieces that are titles."""
        yield from self.marked(text, 10.0)
        yield from self.led(text, folded, words, 1.5)
        yield from self.before_noun(text, folded, 1.5)
        for piece in (*_PIECES.split(text), *_ASIDE.findall(text)):
            role = self.piece(piece)
            if role:
                yield _Found(6.5, role)

    def piece(self, piece: str) -> str:
        """Return the title in one piece of a heading, without the words about interviews around it."""
        piece = piece.partition("(")[0] if "(" in piece and not _MARK.search(piece) else piece
        tokens = piece.split()[: _MOST_TOKENS * 2]
        about = listed("company", "heading", self.languages)
        edges = _set("edge", self.languages)
        places = [place for place, token in enumerate(tokens) if lowered(token).strip(".,:") in edges]
        # `Chargé de recrutement`: what a title binds to itself is no edge.
        bound = [place for place in places if place > 1 and lowered(tokens[place - 1]) in _BINDING]
        places = [place for place in places if place not in bound or not is_title(tokens[place - 2], self.languages)]
        if not places:
            return self.title(" ".join(self.taken(tokens)))
        behind = tokens[places[-1] + 1 :]
        stop = _set("stop", self.languages)
        while behind and behind[0].islower() and behind[0] in about and behind[0] not in stop:
            behind = behind[1:]  # `Entrevista técnica`
        after = self.title(" ".join(self.taken(behind)))
        return after or self.title(" ".join(tokens[: places[0]]))

    def marked(self, text: str, weight: float) -> Iterator[_Found]:
        """Yield what stands before marks such as `(m/w/d)`: vacancies alone have them."""
        for match in _MARK.finditer(text):
            start = max(0, match.start() - _WIDE)
            before = text[start : match.start()]
            cuts = [cut.end() for cut in _BACK.finditer(before)]
            tokens = before[cuts[-1] if cuts else 0 :].split()
            begin = 0
            edge = _before(self.languages)
            for place, token in enumerate(tokens):
                lower = lowered(token).strip(".,:\"'()")
                inner = (
                    lower in _BINDING | _ARTICLES
                    and place
                    and (lowered(tokens[place - 1]) in _BINDING or is_title(tokens[place - 1], self.languages))
                )
                if lower in edge and not inner:
                    begin = place + 1
            role = clean_role(" ".join(tokens[begin:]), self.languages, sure=True, places=self.places)
            if role and not self.is_nothing(role):
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
        for match in _NUMBERED.finditer(folded):
            role = self.title(" ".join(self.taken(self.without_list(text[match.end() : match.end() + _WIDE]).split())))
            if role:
                yield _Found(4.5, role)

    def behind(self, text: str, start: int) -> str:
        """Return the words from a place on that may be a role: up to the end of the clause or a word that ends roles."""
        lead = (_LIST if text[start - 1 : start] == ":" else _LEAD_IN).match(text, start)
        start = lead.end() if lead else start
        quoted = _QUOTED.match(text, start)
        if quoted:
            return quoted["role"]
        chunk = text[start : start + _WIDE]
        hard = _HARD.search(chunk)
        chunk = chunk[: hard.start()] if hard else chunk
        mark = _MARK.search(chunk)
        if mark:
            return chunk[: mark.start()]
        return " ".join(self.taken(self.without_list(chunk).split()))

    def without_list(self, chunk: str) -> str:
        """Cut a clause at its comma, unless a short capitalised word behind it ends the clause (`Engineer, Product`)."""
        comma = _COMMA.search(chunk)
        if comma is None:
            return chunk
        rest = chunk[comma.end() :]
        tokens = self.taken(rest.split()[: _SHORT + 1])
        whole = 0 < len(tokens) < _SHORT and all(token[:1].isupper() for token in tokens)
        behind = {lowered(word) for word in rest.split()[len(tokens) :][:1]}
        ends = not behind or not behind.isdisjoint(_set("noun", self.languages) | listed("company", "at", self.languages))
        if whole and ends and is_title(chunk[: comma.start()], self.languages):
            return f"{chunk[: comma.start()]}, {' '.join(tokens)}"
        return chunk[: comma.start()]

    def taken(self, tokens: list[str]) -> list[str]:
        """Return the tokens up to the first that ends a role."""
        stop = _set("stop", self.languages)
        kept: list[str] = []
        titled = self.languages[:1] in {("de",), ("en",)}
        for place, token in enumerate(tokens[:_MOST_TOKENS]):
            lower = lowered(token).strip(".,\"')")
            previous = lowered(kept[-1]) if kept else ""
            following = tokens[place + 1 : place + 2]
            numbered = all(any(char.isdigit() for char in word) for word in kept)
            opens = numbered and token[:1].isupper() and bool(following) and following[0][:1].isupper()  # `Process Engineer`
            if lower in stop and not opens and not (previous in _BINDING and lower in _ARTICLES) and not token.isupper():
                break
            if (previous in _JOINING and token[:1].islower()) or (
                titled and token.islower() and self.ends(kept, lower, following)
            ):
                break
            kept.append(token)
        while kept and kept[-1] in _TRAILING:
            kept.pop()
        return kept

    def ends(self, kept: list[str], lower: str, following: list[str]) -> bool:
        """Say whether a small word ends a title, in languages that write titles with capitals: `Data Engineer gefällt uns`."""
        if not kept or not lower.isalpha() or not all(word[:1].isupper() or lowered(word) in _TRAILING for word in kept):
            return False
        if lower in _BINDING | _ARTICLES | _JOINING or (following and following[0][:1].isupper()):
            return False
        return is_title(" ".join(kept), self.languages)

    def before_noun(self, text: str, folded: str, more: float = 0.0) -> Iterator[_Found]:
        """Yield what stands between an article and a word like `position`: `the Data Engineer position`."""
        nouns = _set("noun", self.languages)
        articles = _set("article", self.languages)
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
        """Yield the values of lines like `Position: Data Engineer`."""
        labels = _set("label", self.languages)
        lines = self.reading.lines
        for place, line in enumerate(lines):
            match = _LINE.match(line) if ":" in line[:60] else None
            if match is None or lowered(match["label"]).strip(" *") not in labels:
                continue
            value = match["value"] or next((later for later in lines[place + 1 : place + 3] if later), "")
            value = re.split(r"\s{2,}|\s\|\s|\s*;\s*", value)[0]
            role = self.title(value, whole=True) or self.named(value)
            if role:
                yield _Found(6.0 if is_title(role, self.languages) else 3.5, role)

    def alone(self) -> Iterator[_Found]:
        """Yield the one title that fills a line above the signature, as boards write it under the name of an application."""
        lines = [line for line in self.reading.lines if line][:_FIRST_LINES]
        closings = listed("signature", "closing")
        found: dict[str, None] = {}
        for place, line in enumerate(lines):
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

    def title(self, text: str, *, whole: bool = False) -> str:
        """Return a text as a role if it is a job title."""
        role = self.without_lead(clean_role(text, self.languages, places=self.places))
        if (
            not role
            or self.is_nothing(role)
            or (whole and (_RUNS_ON.search(role) or any(lowered(word) in _clause(self.languages) for word in role.split())))
        ):
            return ""
        return role

    def without_lead(self, role: str) -> str:
        """Return a title without words of hiring before it: `oferta Analista de Datos`, `First interview - Service Manager`."""
        about = listed("company", "heading")
        while (split := _DASH.search(role)) and all(
            lowered(word).strip(".,:") in about for word in role[: split.start()].split()
        ):
            role = role[split.end() :]
        first, _, rest = role.partition(" ")
        while rest and lowered(first).strip(":") in _leads() and is_title(rest, self.languages):
            role = rest
            first, _, rest = role.partition(" ")
        return role

    def named(self, text: str) -> str:
        """Return a text as a role though it is no known title: capitalised throughout, and of words that are not about hiring."""
        role = clean_role(text, self.languages, sure=True, places=self.places)
        words = role.split()
        if not 0 < len(words) <= _SURE_WORDS or self.is_nothing(role) or not role[0].isalpha():
            return ""
        never = _set("never", self.languages) | _set("stop", self.languages)
        big = [word for word in words if len(word) > _SHORT]
        if not big or any(lowered(word).strip(".,'\"") in never for word in words):
            return ""
        return role if all(word[0].isupper() or not word[0].isalpha() for word in big) else ""

    def is_nothing(self, role: str) -> bool:
        """Say whether the words of a role are all about hiring (`Interview`, `Hiring Manager interview`)."""
        never = _set("never", self.languages)
        words = [lowered(word).strip(".,'\"") for word in role.split()]
        lower = " ".join(words)
        return (
            all(word in never or word in listed("company", "heading") for word in words)
            or words[0] in {"hiring", "recruiter", "your", "our", "my", "this", "ihre", "votre"}
            or lower in {"hiring manager", "recruiter", "candidate"}
            or any(word in {"we", "you", "your", "is", "are", "was", "wir", "sie", "nous", "vous"} for word in words)
        )


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


@cache
def _clause(languages: tuple[str, ...]) -> frozenset[str]:
    """Return the words that stand in clauses and in no title."""
    return frozenset({"we", "you", "your", "our", "is", "are", "was", "will", "has", "have", "that", "which", "who"}) & _set(
        "stop", languages
    )
