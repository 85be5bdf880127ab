"""What a model is told of a mail: names of features, as text, so that what it has learned can be read.

`b:regret` is a concept anywhere in the text (`b2:` in two sentences), `s:` in the subject, `f:` in the first sentences, `q:` in
a question, `n:` in a sentence that denies, `x:` near what denies, `Q:` in what is quoted. `p:a+b` are two in one sentence,
`g:a>b` one behind the other. `w:` are words and pairs of words, `W:` those of the subject. `is:` is who sends, how long, which
times; `rule:` is what the phrase lists found.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from itertools import combinations, pairwise

from rules.classify.concepts import Sentence, read_sentences
from rules.classify.invitation import Stated
from rules.classify.phrased import Phrased
from rules.classify.score import ENOUGH, ORDER, STRONG, Scores, is_answer
from rules.classify.senders import is_board, is_booking, is_deaf, is_freemail, is_inmail, is_mass, is_relay, is_team
from rules.classify.text import Text
from rules.classify.types import Classification
from rules.dates import moments
from rules.extract.booking import booking_link_of
from rules.mail.types import Message
from rules.phrases.grammar import fold

__all__ = ["Features", "features_of"]

_MOST_SENTENCES = 16
_FIRST = 3
_NEAR_BEFORE, _NEAR_BEHIND = 3, 5
_QUOTED = 800
_QUOTED_SENTENCES = 12
_MOST_WORDS = 250
_LANGUAGES = 2
_PAIRS = 6.0
_WORDS = 3.0
"""What all pairs, and all words, of a mail are worth together, times the root of their number."""
_MOST_MOMENTS = 3
_DIGIT = re.compile(r"\d")
"""Without one a mail seldom tells a time, and to look for times costs much."""
_LENGTH = 150
_LONGEST = 6
_SENDERS: Mapping[str, Callable[[str], bool]] = {
    "relay": is_relay,
    "booking": is_booking,
    "board": is_board,
    "inmail": is_inmail,
    "mass": is_mass,
    "freemail": is_freemail,
    "deaf": is_deaf,
    "team": is_team,
}
_FORWARDED = ("fw:", "fwd:", "wg:", "tr:", "rv:", "i:", "enc:", "doorgestuurd:")
_LISTS = ("context", "elsewhere", "personal", "private", "wider", "interview")


@dataclass(slots=True)
class Features:
    """The features of one mail."""

    named: set[str]
    pairs: set[str]
    words: set[str]
    sentences: list[Sentence]
    """The text that they were read from; its offsets are those of `Text.folded`."""

    def weighed(self) -> tuple[tuple[set[str], float], ...]:
        """Return the features by kind, with what each is worth: in a long mail pairs and words say less."""
        pairs = min(1.0, _PAIRS / math.sqrt(len(self.pairs) or 1))
        return (self.named, 1.0), (self.pairs, pairs), (self.words, _WORDS / math.sqrt(len(self.words) or 1))


def features_of(message: Message, text: Text, ruled: Phrased, stated: Stated | None) -> Features:
    """Return the features of a mail; `ruled` is what the phrase lists make of it, `stated` what its calendar part says."""
    languages = text.languages[:_LANGUAGES]
    subject = read_sentences(text.subject, languages, 1)
    body = read_sentences(text.folded, languages, _MOST_SENTENCES)
    named = {"is:mail"}
    about = read_sentences(fold(stated.about), languages, _MOST_SENTENCES) if stated is not None else []
    named.update(
        _of_envelope(message, text), _of_rules(text, ruled.scores, ruled.found), _of_subject(subject), _of_body([*about, *body])
    )
    if stated is not None:
        named.update((f"is:{stated.method or 'event'}", f"rule:event:{stated.found.kind}", f"is:event:{stated.meant}"))
    if message.quoted:
        quoted = read_sentences(fold(message.quoted[:_QUOTED]), languages, _QUOTED_SENTENCES)
        named.update([f"Q:{concept}" for sentence in quoted for _, concept in sentence.found])
    return Features(named, _pairs([*about, *body]), _words(subject, "W") | _words([*about, *body], "w"), body)


def _of_envelope(message: Message, text: Text) -> set[str]:
    envelope = message.envelope
    named = {f"is:{name}" for name, says in _SENDERS.items() if says(envelope.from_address)}
    named.add(f"is:long{min(_LONGEST, len(text.folded) // _LENGTH)}")
    zone = envelope.received_at.tzinfo or UTC
    whole = f"{text.subject}\n{text.folded}"
    stated = moments(whole, envelope.received_at.date(), zone, text.languages) if _DIGIT.search(whole) else ()
    ahead = {moment.start for moment in stated if moment.start > envelope.received_at}
    named.add(f"is:times{min(_MOST_MOMENTS, len(ahead))}")
    told = {
        "answer": is_answer(message, text),
        "bulk": envelope.bulk,
        "question": "?" in text.folded,
        "page": bool(booking_link_of(message)),
        "quoting": bool(message.quoted),
        "tagged": text.subject.partition(": ")[2].startswith("[") or text.subject.startswith("["),
        "forwarded": text.subject.startswith(_FORWARDED),
    }
    named.update(f"is:{name}" for name, holds in told.items() if holds)
    return named


def _of_rules(text: Text, scores: Scores, ruled: Classification) -> set[str]:
    named = {f"rule:{ruled.kind}", f"rule:{ruled.kind}:{int(ruled.confidence * 5)}"}
    if ruled.runner_up is not None:
        named.add(f"rule:second:{ruled.runner_up}")
    for kind in ORDER:
        weight = scores.weight[kind]
        named.update(f"rule:{kind}>{least:.0f}" for least in (1.0, ENOUGH, 2 * STRONG) if weight >= least)
    named.update(f"rule:subject:{kind}" for kind in scores.titled)
    for name in _LISTS:
        if text.has(name):
            named.add(f"rule:has:{name}")
        if next(text.in_subject(name), None) is not None:
            named.add(f"rule:subject:{name}")
    return named


def _of_subject(subject: list[Sentence]) -> set[str]:
    concepts = sorted({concept for sentence in subject for _, concept in sentence.found})
    return {f"s:{concept}" for concept in concepts} | {f"s:{one}+{other}" for one, other in combinations(concepts, 2)}


def _of_body(body: list[Sentence]) -> set[str]:
    named: set[str] = set()
    for number, sentence in enumerate(body):
        concepts = sorted({concept for _, concept in sentence.found})
        for concept in concepts:
            named.add(f"b2:{concept}" if f"b:{concept}" in named else f"b:{concept}")
            if number < _FIRST:
                named.add(f"f:{concept}")
        if sentence.question:
            named.update(f"q:{concept}" for concept in concepts)
        denials = [place for place, concept in sentence.found if concept == "neg"]
        if denials:
            named.update(f"n:{concept}" for concept in concepts)
            named.update(
                f"x:{concept}"
                for place, concept in sentence.found
                if any(-_NEAR_BEFORE <= place - denial <= _NEAR_BEHIND for denial in denials)
            )
    return named


def _pairs(body: list[Sentence]) -> set[str]:
    """Return the concepts that stand in one sentence, and those that follow one another."""
    named: set[str] = set()
    for sentence in body:
        concepts = sorted({concept for _, concept in sentence.found})
        named.update([f"p:{one}+{other}" for one, other in combinations(concepts, 2)])
        order = [concept for _, concept in sentence.found]
        named.update([f"g:{one}>{other}" for one, other in pairwise(order) if one != other])
    return named


def _words(sentences: list[Sentence], prefix: str) -> set[str]:
    """Return the words and the pairs of neighbours; digits stand for their number alone."""
    named: set[str] = set()
    left = _MOST_WORDS
    for sentence in sentences:
        words = [word if not word[0].isdigit() else "0" * len(word) for word in sentence.words[:left]]
        left -= len(words)
        named.update([f"{prefix}:{word}" for word in words])
        named.update([f"{prefix}:{one} {other}" for one, other in pairwise(("^", *words))])
        if left <= 0:
            break
    return named
