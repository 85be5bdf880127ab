"""The model: its data files, what it is told of a mail, and how a kind is settled on."""

from __future__ import annotations

import unicodedata
from importlib.resources import files

import pytest

from rules.classify import Classification, Kind, classify
from rules.classify.concepts import read_sentences
from rules.classify.features import features_of
from rules.classify.invitation import Stated
from rules.classify.opinion import SCALE, opinion_of, our_model
from rules.classify.phrased import Phrased, Writer, phrased
from rules.classify.settle import settle
from rules.classify.text import Text, text_of
from rules.language import LANGUAGES
from rules.phrases.load import load
from tests.rules.mails import OWN, mail

_PERSON = Writer(person=True, generated=False, private=False)
_NOTHING = Phrased(Classification(Kind.NOISE, 0.6), _PERSON)


def _concepts(text: str, *languages: str) -> set[str]:
    return {concept for sentence in read_sentences(text, languages, 9) for _, concept in sentence.found}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_words_for_every_concept_as_they_are_compared(language: str) -> None:
    table = load(f"{language}/concepts")
    assert list(table) == list(load("en/concepts"))
    for concept, entries in table.items():
        assert entries, concept
        assert len(entries) == len(set(entries)), concept
        for entry in entries:
            bare = "".join(char for char in unicodedata.normalize("NFD", entry) if not unicodedata.combining(char))
            assert entry == bare.lower(), (concept, entry)
            assert "*" not in entry[:-1], (concept, entry)


@pytest.mark.parametrize(
    ("language", "text", "concepts"),
    [
        ("en", "sadly we went with someone else.", {"regret", "other"}),
        ("de", "wir m\u00f6chten dich gern kennenlernen.", {"meeting", "invite"}),
        ("fr", "votre candidature n'a pas \u00e9t\u00e9 retenu(e).", {"application", "neg", "select"}),
        ("es", "no has sido seleccionado/a para el puesto.", {"neg", "select", "position"}),
        ("nl", "helaas gaan we met een andere kandidaat verder.", {"regret", "other", "candidate", "goon"}),
        ("pt", "infelizmente, n\u00e3o seguiremos com a sua candidatura.", {"regret", "neg", "application"}),
        ("it", "purtroppo abbiamo scelto un altro candidato.", {"regret", "decide", "other", "candidate"}),
    ],
)
def test_words_of_every_language_mean_the_same(language: str, text: str, concepts: set[str]) -> None:
    assert concepts <= _concepts(text, language)


def test_the_words_of_another_language_mean_nothing() -> None:
    assert "regret" in _concepts("leider", "de")
    assert "regret" not in _concepts("leider", "fr")


def test_an_expression_of_several_words_stands_as_a_whole_only() -> None:
    assert "goon" in _concepts("we are moving forward with you", "en")
    assert "goon" not in _concepts("moving house was hard, forward my mail", "en")


def test_the_model_is_a_small_file_about_all_kinds_and_names_no_reader() -> None:
    path = files("rules.classify").joinpath("weights.tsv")
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(path.read_bytes()) < 2_000_000
    assert set(lines[0].split("\t")[1:]) == {kind.value for kind in Kind}
    rows = [line.split("\t") for line in lines[1:]]
    assert all(len(row) == 1 + len(Kind) and max(abs(int(number)) for number in row[1:]) <= SCALE for row in rows)
    assert [row[0] for row in rows] == sorted({row[0] for row in rows})
    assert not [row[0] for row in rows if "sam" in row[0].replace(":", " ").split()]


def test_shares_add_up_and_grounds_stand_in_the_text() -> None:
    letter = mail(
        "Hi Sam,\n\nThank you for coming in. We have given the job to somebody else.\n\nRita", subject="Your application"
    )
    text = text_of(letter)
    opinion = opinion_of(letter, text, phrased(letter, text, known=False), None, None)
    assert sum(opinion.shares.values()) == pytest.approx(1)
    grounds = opinion.grounds(Kind.REJECTION, text)
    assert grounds
    for item in grounds:
        assert item.source == "model"
        assert item.at is not None
        assert text.folded[item.at :].startswith(item.detail)


def test_a_mail_without_words_has_an_opinion_as_well() -> None:
    letter = mail("", subject="")
    text = text_of(letter)
    assert sum(opinion_of(letter, text, phrased(letter, text, known=False), None, None).shares.values()) == pytest.approx(1)


def test_features_name_what_is_quoted_and_who_sends() -> None:
    letter = mail(
        "Yes, fine.\n\nOn Mon, Sam wrote:\n> my application for the position\n",
        sender="Acme <no-reply@us.greenhouse-mail.io>",
        subject="Re: Interview",
        headers={"In-Reply-To": "<x@example.com>"},
    )
    text = text_of(letter)
    named = features_of(letter, text, phrased(letter, text, known=False), None).named
    assert {"is:relay", "is:answer", "is:quoting", "Q:application", "s:interview"} <= named


def test_pairs_and_words_of_a_long_mail_say_less_each() -> None:
    def worth(body: str) -> list[float]:
        letter = mail(body, subject="Your application")
        text = text_of(letter)
        return [share for _, share in features_of(letter, text, phrased(letter, text, known=False), None).weighed()]

    short, long = (
        worth("Sadly no."),
        worth("Sadly we have decided to go on with other candidates for this position. " * 12 + "Why? " * 9),
    )
    assert short[0] == long[0] == 1.0
    assert short[1] >= long[1]
    assert short[2] > long[2]


def _shares(**shares: float) -> dict[Kind, float]:
    left = (1 - sum(shares.values())) / (len(Kind) - len(shares))
    return {kind: shares.get(kind.value, left) for kind in Kind}


@pytest.mark.parametrize(
    ("shares", "length", "kind"),
    [
        ({"rejection": 0.7}, 100, Kind.REJECTION),
        ({"rejection": 0.5, "noise": 0.45}, 100, Kind.NOISE),  # too little for what costs so much
        ({"rejection": 0.75, "noise": 0.2}, 2000, Kind.NOISE),  # a long mail holds every word once
        ({"rejection": 0.97}, 2000, Kind.REJECTION),
        (
            {"rejection": 0.35, "human_reply": 0.35, "interview_invite": 0.1, "noise": 0.15},
            100,
            Kind.NOISE,
        ),  # of no kind in particular
        ({"auto_reply": 0.8, "noise": 0.15}, 100, Kind.NOISE),  # neither header nor phrase
        ({"auto_reply": 0.95}, 100, Kind.AUTO_REPLY),
    ],
)
def test_what_costs_much_must_be_likely(shares: dict[str, float], length: int, kind: Kind) -> None:
    found = settle(_shares(**shares), _NOTHING, None, Text("", "x" * length), known=False)
    assert found.kind is kind
    assert 0.5 <= found.confidence <= 0.97
    assert found.second is not found.kind


def test_a_phrase_within_a_process_is_believed_unless_the_model_is_sure() -> None:
    refused = Phrased(Classification(Kind.REJECTION, 0.8), _PERSON)
    text = Text("", "no")
    assert settle(_shares(human_reply=0.7), refused, None, text, known=True).kind is Kind.REJECTION
    assert settle(_shares(human_reply=0.95), refused, None, text, known=True).kind is Kind.HUMAN_REPLY


def test_a_person_in_a_tracked_process_is_never_noise() -> None:
    assert settle(_shares(noise=0.95), _NOTHING, None, Text("", "ok"), known=True).kind is Kind.HUMAN_REPLY


def test_a_machine_does_not_answer_in_person() -> None:
    generated = Phrased(Classification(Kind.NOISE, 0.6), Writer(person=False, generated=True, private=False))
    assert settle(_shares(human_reply=0.95), generated, None, Text("", "ok"), known=True).kind is not Kind.HUMAN_REPLY


@pytest.mark.parametrize(
    ("found", "private", "changing", "kind"),
    [
        (Kind.RESCHEDULE, False, 0.3, Kind.RESCHEDULE),  # it names an interview itself
        (Kind.NOISE, False, 0.3, Kind.NOISE),
        (Kind.NOISE, False, 0.7, Kind.RESCHEDULE),
        (Kind.NOISE, True, 0.7, Kind.NOISE),  # a dentist's appointment with much talk around it
    ],
)
def test_a_calendar_part_says_what_happens_and_words_to_what(found: Kind, private: bool, changing: float, kind: Kind) -> None:
    stated = Stated(Classification(found, 0.9), Kind.RESCHEDULE, "Sam / Ada", "REQUEST", private)
    shares = _shares(interview_confirmation=changing, noise=1 - changing)
    assert settle(shares, _NOTHING, stated, Text("", ""), known=False).kind is kind


def test_another_model_can_be_asked() -> None:
    letter = mail("We have decided to go on with somebody else, sorry.", subject="Your application")
    ours = our_model()
    deaf = ours._replace(weights={})
    assert classify(letter, own=OWN, known=False).kind is Kind.REJECTION
    assert classify(letter, own=OWN, known=False, model=deaf) == classify(letter, own=OWN, known=False, model=deaf)
