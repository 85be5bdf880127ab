"""Whether a mail is who it says it is: what its own provider found (RFC 8601), where answers would go, how its sender is spelt.

A doubtful mail is read like any other, for forwarding and mailing lists break signatures of honest mail too. But nobody it names
is ever written to on its word alone: `without_addresses` takes their addresses away.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from rules.classify.senders import is_freemail, is_shared
from rules.extract.domains import company_domain
from rules.extract.types import Facts, Person
from rules.mail.types import Address, Message

__all__ = ["doubts", "without_addresses"]

_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"(?:^|;)\s*(dmarc|dkim|spf)\s*=\s*([a-z]+)", re.IGNORECASE)
_FAILED = frozenset({"fail", "softfail", "hardfail"})
_NAMED_ADDRESS = re.compile(r"[\w.+-]{1,64}@([\w-]{1,63}(?:\.[\w-]{1,63}){1,6})")
_LATIN_LIKE = frozenset("\u0430\u0441\u0435\u0456\u0458\u043e\u0440\u0455\u0443\u0445\u0501\u051b\u051d\u04bb\u03bf\u03b1\u03bd")
"""Cyrillic and Greek letters that look like Latin ones (Unicode Technical Standard 39, confusables)."""
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")


def doubts(message: Message) -> tuple[str, ...]:
    """Return what speaks against a mail being from whom it names, in sentences; empty for most. Pure; never raises.

    Only the topmost Authentication-Results field counts: the user's own provider puts it on top, and what stands below may be
    forged (RFC 8601 section 5). A failed DMARC counts; where nothing is said of DMARC, SPF or DKIM that failed while neither
    passed. An answer address outside the sender's domain counts, unless a service that many companies use sends in their name, or
    it is such a service.
    """
    found = (_unauthenticated(message), _answered_elsewhere(message), _other_name(message.sender), _lookalike(message.sender))
    return tuple(doubt for doubt in found if doubt)


def without_addresses(facts: Facts) -> Facts:
    """Return facts with everybody's name and nobody's address."""

    def nameless(people: tuple[Person, ...]) -> tuple[Person, ...]:
        return tuple(replace(person, address="") for person in people if person.name)

    interviews = tuple(
        replace(
            interview,
            interviewers=nameless(interview.interviewers),
            organizer=None if interview.organizer is None else replace(interview.organizer, address=""),
        )
        for interview in facts.interviews
    )
    return replace(facts, people=nameless(facts.people), interviews=interviews)


def _unauthenticated(message: Message) -> str:
    field = _COMMENT.sub(" ", message.headers.get("authentication-results", ""))
    results: dict[str, set[str]] = {}
    for method, result in _RESULT.findall(field):
        results.setdefault(method.lower(), set()).add(result.lower())
    dmarc = results.get("dmarc", set())
    passed = any("pass" in found for found in results.values())
    if "fail" in dmarc and "pass" not in dmarc:
        failed = "dmarc=fail"
    elif not passed and (bad := [method for method in ("spf", "dkim") if results.get(method, set()) & _FAILED]):
        failed = ", ".join(f"{method}={min(results[method] & _FAILED)}" for method in bad)
    else:
        return ""
    return f"Your provider could not confirm that it is from {message.sender.domain or 'its sender'} ({failed})."


def _home(address: str) -> str:
    return company_domain(address) or address.rpartition("@")[2]


def _answered_elsewhere(message: Message) -> str:
    sender = message.sender.address
    if not sender or (is_shared(sender) and not is_freemail(sender)):
        return ""
    for reply in message.reply_to:
        personal = is_freemail(reply.address)
        if reply.address and (personal or not is_shared(reply.address)) and _home(reply.address) != _home(sender):
            return f"It is from {message.sender.domain}, but answers would go to {reply.address}."
    return ""


def _other_name(sender: Address) -> str:
    """Find a display name that is an address of another domain: mail programs show it in place of the real one."""
    named = _NAMED_ADDRESS.search(sender.name)
    if named is None or not sender.address:
        return ""
    shown = named[1].lower()
    return "" if _home(f"x@{shown}") == _home(sender.address) else f"It shows {named[0]}, but is from {sender.address}."


def _lookalike(sender: Address) -> str:
    for label in _decoded(sender.domain).split("."):
        letters = [char for char in label if char.isalpha()]
        scripts = {unicodedata.name(char, "").partition(" ")[0] for char in letters}.intersection(_SCRIPTS)
        foreign = [char for char in letters if not char.isascii()]
        if len(scripts) > 1 or (foreign and len(foreign) == len(letters) and set(foreign) <= _LATIN_LIKE):
            return f"The domain {sender.domain} is spelt with letters that look like others."
    return ""


def _decoded(domain: str) -> str:
    if "xn--" not in domain:
        return domain
    labels = []
    for label in domain.split("."):
        try:
            labels.append(label.encode("ascii").decode("idna") if label.startswith("xn--") else label)
        except (UnicodeError, ValueError):
            labels.append(label)
    return ".".join(labels)
