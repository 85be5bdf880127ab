"""What the user wrote in haste, made fit to stand in a sentence: by look, for nobody parses English by rules.

A point is a name of a thing (`their move to Kafka`), a clause (`they are moving to Kafka`), a question, or a fragment (`really
open about failures`). Each has sentences of its own around it; what cannot be told for sure is put in quotation marks, as it is.
The words that decide are data (`templates/LANGUAGE/points.toml`).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from rules.drafts.clean import one_line, phrase
from rules.drafts.mentioned import plain
from rules.lint.placeholders import template_marks
from rules.lint.sentences import count_sentences, split_sentences

__all__ = [
    "MAX_WORDS",
    "Fitted",
    "Form",
    "Reader",
    "better_answer",
    "clean",
    "fit",
    "is_deed",
    "lowered",
    "noun_phrase",
    "without_colons",
    "without_lead",
]

MAX_WORDS = 45
_MAX_CHARACTERS = 320
_MAX_INPUT = 2000
"""Characters of a point that are looked at."""
_MAX_NOUN = 14
"""Words of a name of a thing; a longer one is behind a colon easier to read."""
_LONG_WORD = 6
"""Letters from which on the ending of a word says that it is no name."""
_WORD = re.compile(r"[^\W_](?:[\w\u2019'.&/+#-]*[\w+#])?", re.UNICODE)
_SMILEY = re.compile(r"(?<!\S)[:;=8]'?-?[()DPpO/|](?!\S)")
_BULLET = re.compile(r"\A(?:[-*\u2022\u2013\u2014>+]+|\d{1,2}[.)])\s+")
_URL = re.compile(r"https?://[^\s<>\"\u201c\u201d]{1,500}", re.IGNORECASE)
_MARKS = re.compile(r"->|=>|<-|\u2192|\u2190|[;:=<>|~^*]|\s[-\u2013\u2014/+&]\s|\.\.\.|\u2026")
_DOUBLE_QUOTES = str.maketrans(dict.fromkeys('\u201c\u201d\u201e\u201f\u00ab\u00bb"', "'"))
_FIRST_WORDS = 6
_EDGES = " \t,;:.!-\u2013\u2014|/*"


class Form(StrEnum):
    """How a point can stand in a sentence."""

    NOUN = "noun"
    """Where the name of a thing may stand, or behind a colon."""
    CLAUSE = "clause"
    """Behind a colon."""
    QUESTION = "question"
    """Behind a colon, its question mark at the end of the sentence."""
    QUOTE = "quote"
    """In quotation marks."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A point as it goes into a sentence: no full stop at its end, square and angle brackets gone."""

    text: str
    form: Form
    rest: str = ""
    """What was cut off, for it would have been another sentence or too many words."""


@cache
def _data(language: str) -> dict[str, Any]:
    path = files("rules").joinpath("templates", language, "points.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def _set(language: str, name: str) -> frozenset[str]:
    return frozenset(_data(language)["words"][name])


def _bare(word: str) -> str:
    return word.replace("\u2019", "'").casefold()


def _without_symbols(text: str) -> str:
    """Take out emoji and smileys: a letter has none (C14)."""
    kept = "".join(" " if unicodedata.category(each) in {"So", "Sk"} or each in "\ufe0f\u200d" else each for each in text)
    return _SMILEY.sub(" ", kept)


def clean(text: str) -> str:
    """Return a point on one line, without list marks, emoji and the full stop at its end; a question mark stays."""
    line = _BULLET.sub("", one_line(_without_symbols(text[:_MAX_INPUT]), _MAX_INPUT))
    line = phrase(line, _MAX_INPUT).strip(_EDGES)
    return re.sub(r"([!?])[!?]+", r"\1", line)


def _one_sentence(text: str, language: str = "en") -> tuple[str, str]:
    """Join sentences by semicolons as far as they fit one; return it and what is left."""
    pieces = split_sentences(text)
    taken = ""
    for number, piece in enumerate(pieces):
        last = piece.strip(_EDGES)
        if not last:
            continue
        if taken:
            last = lowered(last, language)
        whole = f"{taken}; {last}" if taken else last
        fits = len(whole.split()) <= MAX_WORDS and len(whole) <= _MAX_CHARACTERS and count_sentences(f"So: {whole}.") == 1
        if not fits:
            return taken, " ".join(pieces[number:])
        taken = whole
        if taken.endswith("?") and number + 1 < len(pieces):
            return taken, " ".join(pieces[number + 1 :])
    return taken, ""


def without_lead(text: str, leads: Sequence[str], subjects: Iterable[str]) -> str:
    """Return `text` behind the longest lead it begins with, a subject before it or not; as it is where there is none."""
    words = text.split()
    low = [_bare(word).rstrip(",") for word in words]
    start = 1 if low and low[0] in set(subjects) else 0
    for lead in sorted(leads, key=len, reverse=True):
        parts = lead.split()
        for begin in dict.fromkeys((start, 0)):
            if low[begin : begin + len(parts)] == parts and len(words) > begin + len(parts):
                return " ".join(words[begin + len(parts) :])
    return text


def better_answer(text: str, language: str = "en") -> tuple[str, str]:
    """Return (what went badly, the better answer) of a point that holds both; else (the point, "")."""
    low = _bare(text)
    for marker in sorted(_data(language)["leads"]["better"], key=len, reverse=True):
        found = re.search(rf"(?:\A|(?<=[\s,;:.(-])){re.escape(marker)}\b[\s:,]*", low)
        if found and len(low) == len(text) and text[found.end() :].strip(_EDGES):
            head = re.sub(r"[\s,;:.(-]*(?:\b(?:and|but|i))?[\s,;:.(-]*\Z", "", text[: found.start()], flags=re.IGNORECASE)
            return head.strip(_EDGES), text[found.end() :].strip(_EDGES + ")")
    return text, ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who will read a point: what third persons in it may mean."""

    about: bool = False
    """The point is about the reader, or nobody else was there."""
    names: tuple[str, ...] = ()
    """The reader's first name and full name."""


def _third(word: str) -> str:
    """Return the form of a verb that goes with `you`."""
    if word.endswith("ies") and len(word) > 4:  # noqa: PLR2004 - `dies` is no `dy`
        return f"{word[:-3]}y"
    if word.endswith(("ches", "shes", "sses", "xes", "zzes", "goes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _capitals(text: str, language: str) -> str:
    """Write days of the week, months, languages and `i` with a capital, as they are."""
    known = _set(language, "capitals")
    return _WORD.sub(
        lambda found: f"{found[0][0].upper()}{found[0][1:]}" if found[0].islower() and _bare(found[0]) in known else found[0],
        text,
    )


def _without_reader(text: str, reader: Reader, language: str) -> str:
    """Take out whom it was said with, who is the reader: `talked with Zed about tests` was about tests."""
    words = text.split()
    low = [plain(word).strip(",;") for word in words]
    for name in sorted(filter(None, reader.names), key=len, reverse=True):
        parts = plain(name).split()
        for place in range(1, min(_FIRST_WORDS, len(words) - len(parts))):
            beside = low[place] in _set(language, "beside")
            if beside and low[place + 1 : place + 1 + len(parts)] == parts and place + 1 + len(parts) < len(words):
                return " ".join([*words[:place], *words[place + 1 + len(parts) :]])
    return text


def _named(words: list[str], reader: Reader) -> list[str]:
    """Put a pronoun where the reader is named at the beginning."""
    for name in sorted(filter(None, reader.names), key=len, reverse=True):
        parts = plain(name).split()
        head = [plain(word) for word in words[: len(parts)]]
        if head == parts and len(words) > len(parts):
            return ["she", *words[len(parts) :]]
        if head == [*parts[:-1], f"{parts[-1]}'s"] and len(words) > len(parts):
            doing = _bare(words[len(parts)]).endswith("ing")
            return ["she's" if doing else "her", *words[len(parts) :]]
    return words


def _singular(words: list[str], language: str) -> list[str]:
    """Turn `she` and `he` into `you`, verb and all."""
    data = _data(language)
    turned: Mapping[str, str] = data["singular"]
    agreement: Mapping[str, str] = data["agreement"]
    objects = _set(language, "after_object")
    done: list[str] = []
    verb_next = False
    for number, word in enumerate(words):
        low = _bare(word).strip(",;")
        tail = word[len(word.rstrip(",;")) :]
        following = _bare(words[number + 1]).strip(",;") if number + 1 < len(words) else ""
        if verb_next and (low in agreement or (low.endswith("s") and low not in {"always", "was"})):
            done.append(agreement.get(low, _third(low)) + tail)
            verb_next = False
        elif low in {"she's", "he's"}:
            done.append(("you've" if following.endswith(("ed", "en", "been")) else "you're") + tail)
            verb_next = False
        elif low == "her":
            done.append(("you" if not following or following in objects or tail else "your") + tail)
        elif low in turned:
            done.append(turned[low] + tail)
            verb_next = low in {"she", "he"}
        else:
            done.append(word)
            # Behind a semicolon the subject is left out: `runs the team; wants to grow it`.
            verb_next = (verb_next and low.endswith("ly")) or (tail == ";" and following in _set(language, "verbs"))
    return done


def _plain_they(low: Sequence[str], language: str, told: Sequence[str] = ()) -> bool:
    """Say whether `they` and `their` can only mean the company: no plural stands before them that they could mean instead.

    `told` are the words of the sentence before.
    """
    groups, plural = _set(language, "groups"), _data(language)["turned"]
    places = [number for number, word in enumerate(low) if word in plural]
    before = [*told, *(low[: places[-1]] if places else ())]
    known = (
        _set(language, "subjects")
        | _set(language, "auxiliaries")
        | _set(language, "nominal")
        | {"this", "always", "as", "its", "his"}
    )
    return not any(
        word in groups or (word.endswith("s") and len(word) > 3 and not word.endswith(("ss", "'s")) and word not in known)  # noqa: PLR2004
        for word in before
    )


def _turned(text: str, reader: Reader, language: str, told: str = "") -> tuple[str, bool]:
    """Return the point as the reader would be told it, and whether it is plain who is meant by every third person."""
    words = _named(text.split(), reader) if reader.about else text.split()
    low = [_bare(word).strip(",;.") for word in words]
    plural: Mapping[str, str] = _data(language)["turned"]
    singular = frozenset(_data(language)["singular"]) | {"her", "she's", "he's"}
    sure = True
    if any(word in singular for word in low):
        if reader.about:
            words = _singular(words, language)
        else:
            sure = False
    if any(word in plural for word in low):
        if _plain_they(low, language, [_bare(word).strip(",;.") for word in told.split()]):
            words = [
                plural[_bare(word).strip(",;")] + word[len(word.rstrip(",;")) :] if _bare(word).strip(",;") in plural else word
                for word in words
            ]
        else:
            sure = False
    return " ".join(words), sure


def without_colons(text: str, language: str = "en") -> str:
    """Return what is to stand behind a colon of ours without its own: `audits: ISO 27001` is `audits, namely ISO 27001`."""
    return text.replace(": ", _data(language)["marks"]["namely"], 1).replace(": ", ", ")


def is_deed(word: str, language: str = "en") -> bool:
    """Say whether a word in small letters says that something was done, its subject left out: `finished`, `passed`."""
    return word in _set(language, "deeds") or (
        word.endswith("ed") and len(word) >= _LONG_WORD and word not in _set(language, "participles")
    )


def _is_question(low: Sequence[str], text: str, language: str) -> bool:
    if not low:
        return False
    starts, askers = _set(language, "question_starts"), _set(language, "askers")
    if text.endswith("?"):
        return low[0] in starts or len(low) > 1
    return low[0] in _set(language, "nominal") and len(low) > 2 and low[1] in askers and low[0] != "whether"  # noqa: PLR2004


def _form(text: str, language: str) -> Form:  # noqa: PLR0911 - one return a look
    shown = _URL.sub("", text)
    low = [_bare(found.group()) for found in _WORD.finditer(shown)]
    if _is_question(low, text, language):
        return Form.QUESTION
    if not low or low[0] in _set(language, "fragment_starts") or (low[0].endswith("ly") and low[0] not in {"family", "only"}):
        return Form.QUOTE
    verbs = _set(language, "auxiliaries") | _set(language, "verbs")
    points_only = low[0] in _set(language, "pointers") and not any(word in verbs for word in low)
    if low[0] in _set(language, "subjects") and not points_only:
        return Form.CLAUSE
    if _MARKS.search(shown):
        return Form.QUOTE
    if low[0] in _set(language, "nominal"):
        return Form.NOUN if len(low) <= _MAX_NOUN else Form.CLAUSE
    end = next((number for number, word in enumerate(low) if number and word in _set(language, "cuts")), len(low))
    for number in range(1, end):
        if (found := _by_verb(low, number, end, language)) is not None:
            return found
    if _clause_from(low, end, language):
        return Form.CLAUSE
    return Form.NOUN if len(low) <= _MAX_NOUN and _names_a_thing(text, low, end, language) else Form.CLAUSE


def _clause_from(low: Sequence[str], end: int, language: str) -> bool:
    """Say whether another clause is joined on at `end`: `the rota and we laughed`, not `the rota we have`."""
    subject = end < len(low) and low[end] in _set(language, "subjects") - _set(language, "pointers")
    return subject and low[end - 1] in _set(language, "clause_joints")


def _by_verb(low: Sequence[str], number: int, end: int, language: str) -> Form | None:
    """Return what the word at `number` makes of a point if it is, or may be, its verb; at `end` a clause within begins."""
    word, before = low[number], low[number - 1]
    follows = low[number + 1] if number + 1 < len(low) else ""
    faces = _set(language, "two_faced")
    contraction = word.endswith(("'re", "'ve", "'ll", "n't")) or (word.endswith("'s") and follows.endswith("ing"))
    plural = before.endswith("s") or before in _set(language, "groups")
    sure = word in _set(language, "auxiliaries") or (word in _set(language, "verbs") and word not in faces)
    if sure or contraction or (plural and word in _set(language, "base_verbs")) or (word == "used" and follows == "to"):
        return Form.CLAUSE
    known = _set(language, "prepositions") | _set(language, "joints") | _set(language, "determiners") | _set(language, "articles")
    if follows in _set(language, "determiners") and word not in known:
        return Form.CLAUSE  # `her team ships every Friday`: behind a colon it reads well whatever `ships` is
    past = word in faces or (word.endswith("ed") and len(word) > 4)  # noqa: PLR2004 - `red`, `need`
    if past and word not in _set(language, "participles") and follows != "by":
        return Form.QUOTE if number == end - 1 or follows not in {"and", "or"} else Form.NOUN
    return None


def _names_a_thing(text: str, low: Sequence[str], end: int, language: str) -> bool:
    """Say whether a name of a thing can stand in a sentence as it is: it has an article, or needs none."""
    first = low[0]
    if first in _set(language, "mine"):
        return False  # `what you told me about my thesis` may not be what happened
    if (
        first in _set(language, "articles")
        or first[0].isdigit()
        or text[:1].isupper()
        or any(map(str.isupper, text.split(maxsplit=1)[0][1:]))
    ):
        return True
    if first.endswith("ing") and len(first) > 4:  # noqa: PLR2004 - `king`, `ring`
        return True
    head_end = next((number for number, word in enumerate(low[:end]) if number and word in _set(language, "prepositions")), end)
    head = low[head_end - 1]
    mass = head in _set(language, "mass") or head.endswith(tuple(_data(language)["words"]["mass_endings"]))
    return mass or (head.endswith("s") and not head.endswith(("ss", "'s")))


def _begins_a_clause(text: str, language: str) -> bool:
    """Say whether a point begins with the `that` of `mentioned that they ship twice a day`."""
    low = [_bare(word) for word in text.split()[:2]]
    return len(text.split()) > 2 and low[0] == "that" and low[1] in _set(language, "subjects")  # noqa: PLR2004 - a verb follows


def lowered(text: str, language: str = "en") -> str:
    """Write the first word small where it is no name."""
    first, blank, rest = text.partition(" ")
    low = _bare(first).strip(",;")
    like_a_name = first[:1].isupper() and first[1:] == first[1:].lower() and low != "i" and not low.startswith("i'")
    rest_is_name = rest[:1].isupper() and low not in _set(language, "subjects") | _set(language, "articles") | _set(
        language, "skilled"
    )
    if rest_is_name:
        return text
    known = _set(language, "small") | _set(language, "skilled") | _set(language, "verbs")
    common = low in known | _set(language, "fragment_starts") or (
        len(low) >= _LONG_WORD and low.endswith(tuple(_data(language)["words"]["small_endings"]))
    )
    return f"{first.lower()}{blank}{rest}" if like_a_name and common else text


def _of_reader(line: str, reader: Reader, language: str) -> str:
    """Return a point about its reader without their name where it says whom it was said with, a pronoun where it begins."""
    line = _without_reader(line, reader, language)
    return " ".join(_named(line.split(), reader))


def _led_off(core: str, lead: str, language: str) -> str:
    """Take the lead off a point, unless another sentence hangs on it: `asked about my thesis, she studied in Lyon as well`."""
    leads = _data(language)["leads"]
    bare = without_lead(core, leads[lead], leads.get(f"{lead}_subjects", ()))
    spliced = any(_bare(part.split()[0]) in _set(language, "subjects") for part in bare.split(", ")[1:] if part.split())
    return core if spliced and lead == "any" else bare


def fit(text: str, reader: Reader, *, lead: str = "any", language: str = "en", told: str = "") -> Fitted | str:
    """Return a point as it can stand in a sentence to the reader, or in words why it cannot.

    `lead` names the list of words that are taken off its beginning (`[leads]`); `told` is what was said before it, which a
    pronoun may mean.
    """
    if template_marks(text[:_MAX_INPUT]):
        return "it holds what looks like the syntax of a template"
    line, rest = _one_sentence(clean(text))
    if not line or not any(character.isalpha() for character in line):
        return f"it has more than {MAX_WORDS} words in one sentence" if rest else "it holds no words"
    line = _capitals(line, language)
    core = _of_reader(line, reader, language) if reader.about else line
    core = _led_off(core, lead, language) if lead else core
    if _begins_a_clause(core, language):
        core = core.split(maxsplit=1)[1]
    core, sure = _turned(lowered(core, language), reader, language, told)
    form = _form(core, language) if sure else Form.QUOTE
    if form is Form.QUOTE:
        # In quotation marks it stands as it was written, its lead included.
        core = line.translate(_DOUBLE_QUOTES) if not sure or core == line else core.translate(_DOUBLE_QUOTES)
    if form is Form.QUESTION:
        core = f"{core.rstrip('?')}?"
    return Fitted(core, form, rest)


def _only_subject(core: str, language: str) -> str:
    """Return what an answer was about without what is said of it: `locks` of `locks, and I never got further`."""
    words = core.split()
    low = [_bare(word).strip(",;") for word in words]
    aside = _set(language, "cuts") | _set(language, "subjects")
    acts = _set(language, "verbs") | _set(language, "auxiliaries") | _set(language, "clause_adverbs")
    for number in range(1, len(words)):
        behind_joint = number > 1 and low[number - 1] in _set(language, "clause_joints")
        joined = _clause_from(low, number, language) or (behind_joint and low[number] in acts)
        if low[number] in _set(language, "reasons") or joined or (words[number - 1].endswith(",") and low[number] in aside):
            return " ".join(words[: number - behind_joint]).rstrip(" ,;")
    return core


def noun_phrase(text: str, reader: Reader, *, lead: str, language: str = "en", demand_lead: bool = False) -> str:
    """Return a point as the name of a thing, its lead taken off; an empty string where it is none, or has no lead to take off."""
    line, rest = _one_sentence(clean(text))
    leads = _data(language)["leads"]
    core = without_lead(line, leads[lead], leads.get(f"{lead}_subjects", ("i",)))
    if lead == "badly":
        core = _only_subject(core, language)
    if rest or not core or (demand_lead and core == line):
        return ""
    if _bare(core.split()[0]) in _set(language, "bare"):
        core = f"the {lowered(core, language)}"
    turned, sure = _turned(lowered(core, language), reader, language)
    return turned if sure and _form(turned, language) is Form.NOUN else ""
