"""What the user wrote in haste, made fit to stand in a sentence: by look, for nobody parses English by rules.

A point is a name of a thing (`their move to Kafka`), a clause (`they are moving to Kafka`), a question, or a fragment (`really
open about failures`). Each has sentences of its own around it; what cannot be told for sure is put in quotation marks, as it is.
The words that decide are data (`templates/LANGUAGE/points.toml`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rules.drafts.clean import one_line, phrase
from rules.drafts.grammar import URL, WORD, Form, bare, clause_from, form_of, word_set, words_data
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
_LONG_WORD = 6
"""Letters from which on the ending of a word says that it is no name."""
_SMILEY = re.compile(r"(?<!\S)[:;=8]'?-?[()DPpO/|](?!\S)")
_BULLET = re.compile(r"\A(?:[-*\u2022\u2013\u2014>+]+|\d{1,2}[.)])\s+")
_DOUBLE_QUOTES = str.maketrans(dict.fromkeys('\u201c\u201d\u201e\u201f\u00ab\u00bb"', "'"))
_FIRST_WORDS = 6
_EDGES = " \t,;:.!-\u2013\u2014|/*"


@dataclass(frozen=True, slots=True)
class Fitted:
    """A point as it goes into a sentence: no full stop at its end, square and angle brackets gone."""

    text: str
    form: Form
    rest: str = ""
    """What was cut off, for it would have been another sentence or too many words."""


def _without_symbols(text: str) -> str:
    """Take out emoji and smileys: a letter has none (C14)."""
    kept = "".join(" " if unicodedata.category(each) in {"So", "Sk"} or each in "\ufe0f\u200d" else each for each in text)
    return _SMILEY.sub(" ", kept)


def _spelled_out(line: str, language: str) -> str:
    """Write in full what is short in haste: `w/o` is `without`."""
    short: Mapping[str, str] = words_data(language)["short"]
    return " ".join(filter(None, (short.get(bare(word), word) for word in line.split(" "))))


def clean(text: str, language: str = "en") -> str:
    """Return a point on one line, without list marks, emoji and the full stop at its end; a question mark stays."""
    line = _BULLET.sub("", one_line(_without_symbols(text[:_MAX_INPUT]), _MAX_INPUT))
    line = phrase(_spelled_out(line, language), _MAX_INPUT).strip(_EDGES)
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
    low = [bare(word).rstrip(",") for word in words]
    start = 1 if low and low[0] in set(subjects) else 0
    for lead in sorted(leads, key=len, reverse=True):
        parts = lead.split()
        for begin in dict.fromkeys((start, 0)):
            if low[begin : begin + len(parts)] == parts and len(words) > begin + len(parts):
                return " ".join(words[begin + len(parts) :])
    return text


def better_answer(text: str, language: str = "en") -> tuple[str, str]:
    """Return (what went badly, the better answer) of a point that holds both; else (the point, "")."""
    low = bare(text)
    for marker in sorted(words_data(language)["leads"]["better"], key=len, reverse=True):
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
    known = word_set(language, "capitals")
    return WORD.sub(
        lambda found: f"{found[0][0].upper()}{found[0][1:]}" if found[0].islower() and bare(found[0]) in known else found[0],
        text,
    )


def _without_reader(text: str, reader: Reader, language: str) -> str:
    """Take out whom it was said with, who is the reader: `talked with Zed about tests` was about tests."""
    words = text.split()
    low = [plain(word).strip(",;") for word in words]
    for name in sorted(filter(None, reader.names), key=len, reverse=True):
        parts = plain(name).split()
        for place in range(1, min(_FIRST_WORDS, len(words) - len(parts))):
            beside = low[place] in word_set(language, "beside")
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
            doing = bare(words[len(parts)]).endswith("ing")
            return ["she's" if doing else "her", *words[len(parts) :]]
    return words


def _singular(words: list[str], language: str) -> list[str]:
    """Turn `she` and `he` into `you`, verb and all."""
    data = words_data(language)
    turned: Mapping[str, str] = data["singular"]
    agreement: Mapping[str, str] = data["agreement"]
    objects = word_set(language, "after_object")
    done: list[str] = []
    verb_next = False
    for number, word in enumerate(words):
        low = bare(word).strip(",;")
        tail = word[len(word.rstrip(",;")) :]
        following = bare(words[number + 1]).strip(",;") if number + 1 < len(words) else ""
        if verb_next and (low in agreement or (low.endswith("s") and low not in {"always", "was"})):
            done.append(agreement.get(low, _third(low)) + tail)
            verb_next = False
        elif low in {"she's", "he's"}:
            past = following.endswith("ed") and following not in word_set(language, "states")
            done.append(("you've" if past or following in word_set(language, "has_done") else "you're") + tail)
            verb_next = False
        elif low == "her":
            done.append(("you" if not following or following in objects or tail else "your") + tail)
        elif low in turned:
            done.append(turned[low] + tail)
            verb_next = low in {"she", "he"}
        else:
            done.append(word)
            # Behind a semicolon the subject is left out: `runs the team; wants to grow it`.
            verb_next = (verb_next and low.endswith("ly")) or (
                tail == ";" and (following in word_set(language, "verbs") or following in agreement)
            )
    return done


def _plain_they(low: Sequence[str], language: str, told: Sequence[str] = ()) -> bool:
    """Say whether `they` and `their` can only mean the company: no plural stands before them that they could mean instead.

    `told` are the words of the sentence before.
    """
    groups, plural = word_set(language, "groups"), words_data(language)["turned"]
    places = [number for number, word in enumerate(low) if word in plural]
    before = [*told, *(low[: places[-1]] if places else ())]
    known = (
        word_set(language, "subjects")
        | word_set(language, "auxiliaries")
        | word_set(language, "nominal")
        | {"this", "always", "as", "its", "his"}
    )
    return not any(
        word in groups or (word.endswith("s") and len(word) > 3 and not word.endswith(("ss", "'s")) and word not in known)  # noqa: PLR2004
        for word in before
    )


def _turned(text: str, reader: Reader, language: str, told: str = "") -> tuple[str, bool]:
    """Return the point as the reader would be told it, and whether it is plain who is meant by every third person."""
    words = _named(text.split(), reader) if reader.about else text.split()
    low = [bare(word).strip(",;.") for word in words]
    plural: Mapping[str, str] = words_data(language)["turned"]
    singular = frozenset(words_data(language)["singular"]) | {"her", "she's", "he's"}
    sure = True
    if any(word in singular for word in low):
        if reader.about:
            words = _singular(words, language)
        else:
            sure = False
    if any(word in plural for word in low):
        if _plain_they(low, language, [bare(word).strip(",;.") for word in told.split()]):
            words = [
                plural[bare(word).strip(",;")] + word[len(word.rstrip(",;")) :] if bare(word).strip(",;") in plural else word
                for word in words
            ]
        else:
            sure = False
    return " ".join(words), sure


def without_colons(text: str, language: str = "en") -> str:
    """Return what is to stand behind a colon of ours without its own: `audits: ISO 27001` is `audits, namely ISO 27001`."""
    return text.replace(": ", words_data(language)["marks"]["namely"], 1).replace(": ", ", ")


def is_deed(word: str, language: str = "en") -> bool:
    """Say whether a word in small letters says that something was done, its subject left out: `finished`, `passed`."""
    return word in word_set(language, "deeds") or (
        word.endswith("ed") and len(word) >= _LONG_WORD and word not in word_set(language, "participles")
    )


def _begins_a_clause(text: str, language: str) -> bool:
    """Say whether a point begins with the `that` of `mentioned that they ship twice a day`."""
    low = [bare(word) for word in text.split()[:2]]
    return len(text.split()) > 2 and low[0] == "that" and low[1] in word_set(language, "subjects")  # noqa: PLR2004 - a verb follows


def lowered(text: str, language: str = "en") -> str:
    """Write the first word small where it is no name."""
    first, blank, rest = text.partition(" ")
    low = bare(first).strip(",;")
    like_a_name = first[:1].isupper() and first[1:] == first[1:].lower() and low != "i" and not low.startswith("i'")
    rest_is_name = rest[:1].isupper() and low not in word_set(language, "subjects") | word_set(language, "articles") | word_set(
        language, "skilled"
    )
    if rest_is_name:
        return text
    known = word_set(language, "small") | word_set(language, "skilled") | word_set(language, "verbs")
    common = low in known | word_set(language, "fragment_starts") or (
        len(low) >= _LONG_WORD and low.endswith(tuple(words_data(language)["words"]["small_endings"]))
    )
    return f"{first.lower()}{blank}{rest}" if like_a_name and common else text


def _of_reader(line: str, reader: Reader, language: str) -> str:
    """Return a point about its reader without their name where it says whom it was said with, a pronoun where it begins."""
    words = _named(_without_reader(line, reader, language).split(), reader)
    first = bare(words[0]).strip(",;") if words else ""
    if (
        first.endswith("s")
        and len(words) > 1
        and first in word_set(language, "fragment_starts") - word_set(language, "not_of_them")
    ):
        words = ["she", first, *words[1:]]  # `Ann: loves jazz` is said of Ann
    elif _was_done_to_me(words, language):
        words = ["she", first, *words[1:]]
    return " ".join(words)


def _was_done_to_me(words: Sequence[str], language: str) -> bool:
    """Say whether a point without a subject tells what another did: `asked how I test`, `liked my sketches`."""
    low = [bare(word).strip(",;.") for word in words]
    if not low or any(word in words_data(language)["turned"] for word in low):
        return False
    to_me = low[0] in word_set(language, "done_to_me") and any(word in {"me", "i", "i'm", "i've", "i'd"} for word in low[1:])
    return to_me or (low[0] in word_set(language, "done_to_mine") and low[1:2] == ["my"])


def _with_subject(core: str, language: str) -> str:
    """Put `we` before what two did together, if a whole clause is to stand: `talked about jazz and we laughed`."""
    first = bare(core.split(maxsplit=1)[0]).strip(",;")
    return f"we {lowered(core, language)}" if first in word_set(language, "together") else core


def _led_off(core: str, lead: str, language: str) -> str:
    """Take the lead off a point, unless another sentence hangs on it: `asked about my thesis, she studied in Lyon as well`."""
    leads = words_data(language)["leads"]
    left = without_lead(core, leads[lead], leads.get(f"{lead}_subjects", ()))
    spliced = any(bare(part.split()[0]) in word_set(language, "subjects") for part in left.split(", ")[1:] if part.split())
    low = [bare(word).strip(",;") for word in left.split()]
    joined = any(clause_from(low, number, language) for number in range(1, len(low)))
    return _with_subject(core, language) if (spliced or joined) and lead == "any" else left


def fit(text: str, reader: Reader, *, lead: str = "any", language: str = "en", told: str = "") -> Fitted | str:
    """Return a point as it can stand in a sentence to the reader, or in words why it cannot.

    `lead` names the list of words that are taken off its beginning (`[leads]`); `told` is what was said before it, which a
    pronoun may mean.
    """
    if template_marks(text[:_MAX_INPUT]):
        return "it holds what looks like the syntax of a template"
    line, rest = _one_sentence(clean(text, language))
    if not line or not any(character.isalpha() for character in line):
        return f"it has more than {MAX_WORDS} words in one sentence" if rest else "it holds no words"
    if not any(character.isalpha() for character in URL.sub("", line)):
        return "it is but the address of a page: write `link` and a colon before it"
    line = _capitals(line, language)
    core = _of_reader(line, reader, language) if reader.about else line
    core = _led_off(core, lead, language) if lead else core
    if _begins_a_clause(core, language):
        core = core.split(maxsplit=1)[1]
    core, sure = _turned(lowered(core, language), reader, language, told)
    form = form_of(core, language) if sure else Form.QUOTE
    if form is Form.QUOTE and "; " in line and (part := _best_part(line, reader, lead, language, told)) is not None:
        return replace(part, rest=" ".join(filter(None, (part.rest, rest))))
    if form is Form.QUOTE:
        # In quotation marks it stands as it was written, its lead included.
        core = line.translate(_DOUBLE_QUOTES) if not sure or core == line else core.translate(_DOUBLE_QUOTES)
    if form is Form.QUESTION:
        core = f"{core.rstrip('?')}?"
    return Fitted(core, form, rest)


def _best_part(line: str, reader: Reader, lead: str, language: str, told: str) -> Fitted | None:
    """Return the first of several things noted in one line that stands in a sentence by itself, the others as its rest."""
    pieces = [piece for piece in line.split("; ") if piece.strip(_EDGES)]
    for piece in pieces:
        made = fit(piece, reader, lead=lead, language=language, told=told)
        if isinstance(made, Fitted) and made.form is not Form.QUOTE:
            return replace(made, rest="; ".join(other for other in pieces if other is not piece))
    return None


def _only_subject(core: str, language: str) -> str:
    """Return what an answer was about without what is said of it: `locks` of `locks, and I never got further`."""
    words = core.split()
    low = [bare(word).strip(",;") for word in words]
    aside = word_set(language, "cuts") | word_set(language, "subjects")
    acts = word_set(language, "verbs") | word_set(language, "auxiliaries") | word_set(language, "clause_adverbs")
    for number in range(1, len(words)):
        behind_joint = number > 1 and low[number - 1] in word_set(language, "clause_joints")
        joined = clause_from(low, number, language) or (behind_joint and low[number] in acts)
        if low[number] in word_set(language, "reasons") or joined or (words[number - 1].endswith(",") and low[number] in aside):
            return " ".join(words[: number - behind_joint]).rstrip(" ,;")
    return core


def noun_phrase(text: str, reader: Reader, *, lead: str, language: str = "en", demand_lead: bool = False) -> str:
    """Return a point as the name of a thing, its lead taken off; an empty string where it is none, or has no lead to take off."""
    line, rest = _one_sentence(clean(text))
    leads = words_data(language)["leads"]
    core = without_lead(line, leads[lead], leads.get(f"{lead}_subjects", ("i",)))
    if lead == "badly":
        core = _only_subject(core, language)
    if rest or not core or (demand_lead and core == line):
        return ""
    if bare(core.split()[0]) in word_set(language, "bare"):
        core = f"the {lowered(core, language)}"
    turned, sure = _turned(lowered(core, language), reader, language)
    return turned if sure and form_of(turned, language) is Form.NOUN else ""
