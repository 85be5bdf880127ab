"""Prose, names and places for made-up mail: a small grammar, drawn from by a seeded generator. All of it is invented."""

from __future__ import annotations

import random
import textwrap
import tomllib
from dataclasses import dataclass
from email.header import Header
from pathlib import Path

__all__ = ["Person", "Words", "encoded"]

WORDS: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


def encoded(text: str, charset: str = "utf-8") -> str:
    """Return `text` as it stands in a header: as it is, or as encoded words of RFC 2047, folded."""
    if text.isascii():
        return text
    try:
        return Header(text, charset, maxlinelen=70).encode(linesep="\n")
    except UnicodeEncodeError:
        return Header(text, "utf-8", maxlinelen=70).encode(linesep="\n")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who writes."""

    name: str
    address: str

    @property
    def header(self) -> str:
        """Return the mailbox as it stands in a header (RFC 5322 section 3.4)."""
        name = encoded(self.name, "iso-8859-1" if len(self.name) % 3 == 0 else "utf-8")
        return f'"{name}" <{self.address}>' if name == self.name and len(name) % 2 else f"{name} <{self.address}>"


def ascii_only(text: str) -> str:
    """Return letters and digits without accents, lower-case, for addresses."""
    return "".join(letter for letter in text.lower() if letter.isascii() and letter.isalnum()) or "x"


class Words:
    """Pools that are drawn from; one `random.Random` decides everything."""

    def __init__(self, rng: random.Random) -> None:
        """Fill the pools: about 0.2 s."""
        self.rng = rng
        self.sentences = [self._sentence() for _ in range(2_450)]
        sentences = [*self.sentences, *(self._sentence(loaded=True) for _ in range(50))]
        self.paragraphs = [" ".join(rng.sample(sentences, rng.randint(2, 6))) for _ in range(1_500)]
        self.wrapped = [textwrap.fill(paragraph, 74) for paragraph in self.paragraphs]
        self.topics, self.roles = WORDS["topics"], WORDS["roles"]
        self.companies = [f"{place} {trade}" for place in WORDS["places"] for trade in WORDS["trades"]]
        """Those that send newsletters and notices."""
        self.employers = [f"{ascii_only(family).title()} {trade}" for family in WORDS["family"] for trade in WORDS["trades"]]
        """Those that hire; few of them write newsletters to their applicants."""
        self.people = [self.person() for _ in range(400)]
        self.subjects = [self._subject() for _ in range(1_200)]

    def _sentence(self, *, loaded: bool = False) -> str:
        pick = self.rng.choice
        what = WORDS["loaded"] if loaded else WORDS["what"]
        text = " ".join(f"{pick(WORDS['who'])} {pick(WORDS['did'])} {pick(what)}{pick(WORDS['tail'])}".split())
        if self.rng.random() < 0.3:
            text = f"{text}, and " + " ".join(f"{pick(WORDS['who'])} {pick(WORDS['did'])} {pick(WORDS['what'])}".split())
        return f"{text[0].upper()}{text[1:]}."

    def _subject(self) -> str:
        topic = self.rng.choice(WORDS["decoys"] if self.rng.random() < 0.03 else self.topics)
        style = self.rng.random()
        if style < 0.4:
            topic = f"{topic} ({self.rng.randint(1, 999)})"
        elif style < 0.5:
            topic = f"{topic}: {self.rng.choice(self.sentences)}"
        if self.rng.random() < 0.15:
            topic = f"{topic} \N{EN DASH} {self.rng.choice(WORDS['family'])}"
        return encoded(topic) if not topic.isascii() else textwrap.fill(topic, 70, subsequent_indent=" ")

    def domain(self, company: str) -> str:
        """Return a company's domain."""
        return f"{company.lower().replace(' ', '-')}.example"

    def person(self, domain: str | None = None) -> Person:
        """Return somebody new, at `domain` or at one of their own: no provider of mailboxes can be named here."""
        given, family = self.rng.choice(WORDS["given"]), self.rng.choice(WORDS["family"])
        where = domain or f"{ascii_only(family)}-{self.rng.randrange(1_000)}.example"
        return Person(f"{given} {family}", f"{ascii_only(given)}.{ascii_only(family)}@{where}")

    def text(self, paragraphs: int) -> str:
        """Return so many paragraphs, wrapped, one empty line between them."""
        return "\n\n".join(self.rng.choices(self.wrapped, k=paragraphs))
