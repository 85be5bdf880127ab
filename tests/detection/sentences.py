"""The letters and sentences that tests of classification are about, as rows to learn from."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.detection.rows import Row

__all__ = ["FRAMES", "sentences"]

_RULES = Path(__file__).parent.parent / "rules"
_NEWS = {"List-Unsubscribe": "<https://x.example/u>", "Precedence": "bulk"}
_ANSWER = {"In-Reply-To": "<x@example.com>"}
_RITA = "Rita Chen <rita@acme.example>"
FRAMES = {
    "en": ("Re: Interview confirmation: Data Engineer at Acme", "Hi Sam,\n\n{}\n\nBest regards\nRita Chen\nTalent Partner\n"),
    "de": (
        "AW: Einladung zum Vorstellungsgespr\u00e4ch: Data Engineer bei Acme",
        "Hallo Sam,\n\n{}\n\nViele Gr\u00fc\u00dfe\nRita Chen\n",
    ),
    "nl": (
        "RE: Uitnodiging sollicitatiegesprek: Data Engineer bij Acme",
        "Beste Sam,\n\n{}\n\nMet vriendelijke groet,\nRita Chen\n",
    ),
    "fr": (
        "Re: Confirmation de votre entretien : Data Engineer chez Acme",
        "Bonjour Sam,\n\n{}\n\nBien cordialement\nRita Chen\nTalent Partner\n",
    ),
    "es": (
        "Re: Confirmaci\u00f3n de entrevista: Data Engineer en Acme",
        "Hola Sam:\n\n{}\n\nUn saludo\nRita Chen\nTalent Partner\n",
    ),
    "it": (
        "Re: Conferma colloquio: Data Engineer in Acme",
        "Buongiorno Sam,\n\n{}\n\nCordiali saluti\nRita Chen\nTalent Partner\n",
    ),
    "pt": (
        "Re: Confirma\u00e7\u00e3o de entrevista: Data Engineer na Acme",
        "Ol\u00e1 Sam,\n\n{}\n\nCumprimentos\nRita Chen\nTalent Partner\n",
    ),
}
"""Subject and text of the mail in a thread that a sentence is put into, by language."""


def sentences() -> Iterator[Row]:
    """Yield all of them; the source is the name of their file."""
    for path in [*sorted(_RULES.glob("letters*.toml")), _RULES / "modern.toml"]:
        for number, letter in enumerate(_read(path)["letter"]):
            yield _letter(path.stem, number, letter)
    for path in sorted(_RULES.glob("sentences*.toml")):
        tables = _read(path)
        language = path.stem.partition("_")[2] or "en"
        by_language = tables if language == "romance" else {language: tables}
        for name, kinds in by_language.items():
            said = [(kind, sentence) for kind, lines in kinds.items() for sentence in lines]
            for number, (kind, sentence) in enumerate(said):
                yield _sentence(f"{path.stem}-{name}", number, name, kind, sentence)


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _letter(source: str, number: int, letter: dict[str, Any]) -> Row:
    answers = letter.get("reply") or letter.get("answer")
    headers = {**(_NEWS if letter.get("bulk") else {}), **(_ANSWER if answers else {}), **letter.get("headers", {})}
    record = {
        "id": f"{source}-{number}",
        "from": letter["from"],
        "subject": letter["subject"],
        "body": letter["body"],
        "headers": headers,
        "label": letter["kind"],
        "alt_label": letter.get("also"),
        "known": letter.get("known", False),
    }
    return Row(record, f"own:{source}")


def _sentence(source: str, number: int, language: str, kind: str, sentence: str) -> Row:
    subject, body = FRAMES[language]
    known = kind != "noise"
    record = {
        "id": f"{source}-{number}",
        "from": _RITA,
        "subject": subject if known else body.partition("\n")[0],
        "body": body.format(sentence),
        "headers": _ANSWER if known else {},
        "label": kind,
        "known": known,
    }
    return Row(record, f"own:{source}")
