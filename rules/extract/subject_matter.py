"""Company and role: what the mail is about, from the place that says it most surely."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from rules.calendar import CalendarEvent
from rules.classify.senders import can_receive, is_freemail
from rules.dates import days
from rules.extract.company import (
    as_written,
    bears_out,
    company_domain,
    company_key,
    company_of_domain,
    name_from_display,
    plausible_company,
)
from rules.extract.people import Signature, is_name
from rules.extract.titles import clean_role
from rules.extract.words import first_match, listed
from rules.mail.types import Message
from rules.phrases.grammar import fold

__all__ = ["company_of", "role_of"]

_PROPER_WORD = r"(?:[\w&'\u2019-]|\.(?=\w))*"
_PROPER = rf"[A-Z0-9]{_PROPER_WORD}(?:[ ][A-Z0-9&]{_PROPER_WORD}){{0,3}}"
_IN_TEXT = re.compile(
    r"\b(?:interview(?:ing|s)?|call|conversation|chat|phone screen|application|opportunity|career|working|position|role|opening"
    rf"|applying|applied|interest|joining|join|team)(?:[ ](?:with|at|to|in|from))+[ ](?:the[ ])?(?P<name>{_PROPER})"
)
_BEHIND = re.compile(
    r"(?:[Ii]nterview|[Aa]pplication|[Cc]all|[Ss]creen|[Cc]onversation|[Cc]hat|[Rr]ole|[Pp]osition|[Aa]pplying|[Ii]nterest|[Oo]ffer)"
    rf"[^|:\u2013]{{0,60}}?\b(?:with|at|to|from|in)[ ](?P<name>{_PROPER})"
)
_BEFORE = re.compile(
    rf"^(?P<name>{_PROPER}?)[ ]?(?:[-|:\u2013\u2014][ ]?|[ ])(?:[Ii]nterview|[Pp]hone|[Oo]nsite|[Tt]echnical|[Aa]pplication"
    r"|[Vv]ideo|[Ii]nvitation|[Ff]inal|[Rr]ecruiting|[Ss]econd|[Ff]irst)\b"
)
_TRAILING = re.compile(r"(?:['\u2019]s|[.,])$")
_MAX_TITLE = 300
_MAX_SCAN = 4096
_ALIKE = 4

_JOB = r"(?:position|role|job|opening|vacancy|opportunity|internship)"
_TO_END = r"(?=[ ](?:at|with|in|position|role|opening|on|here|and|has|team)\b|[.,;:!?\n()]|$)"
_ROLE = re.compile(
    rf"\b(?:for|as|regarding|about|of|to)[ ](?:the|our|an?|your)?[ ]?(?:(?:open|current|recent)[ ])?(?:{_JOB}|post|title)"
    rf"[ ](?:of|as|for|:)?[ ]?(?:an?[ ]|the[ ])?(?P<a>[A-Z0-9][^.,;:!?\n()]{{2,70}}?){_TO_END}"
    rf"|\b(?:for|as|regarding|about|the|our|an?|of|to)[ ](?:the|our|an?|your)?[ ]?(?P<b>[A-Z][^.,;:!?\n]{{2,70}}?)[ ]{_JOB}\b"
    r"|\b(?:interview(?:ing)?|application|applying|applied|apply|considered|candidate|candidacy|screen|hire)[ ](?:for|as|to)[ ]"
    rf"(?:the|our|an?|your)?[ ]?(?:position[ ]of[ ]|role[ ]of[ ])?(?:an?[ ])?(?P<c>[A-Z][^.,;:!?\n()]{{2,70}}?){_TO_END}"
    r"|^(?:[Pp]osition|[Rr]ole|[Jj]ob [Tt]itle|[Jj]ob|[Tt]itle)[ ]?:[ ]?(?P<d>[^\n]{3,80})$",
    re.MULTILINE,
)
_PIECES = re.compile(r"\s+[-|\u2013\u2014:]\s+|:\s+|\s+(?:with|at|@|for)\s+|\s*[()]\s*|,\s+")
_PREFIX = re.compile(
    r"^(?:(?:re|fwd?|aw|updated invitation|invitation|accepted|canceled|cancelled|confirmed|reminder)\s*:\s*)+", re.IGNORECASE
)
_INTERVIEW = re.compile(
    r"^(?:your\s+)?(?:(?:phone|video|technical|onsite|on-site|final|first|second|third|virtual|panel)\s+){0,2}(?:interview|screen|call|chat)"
    r"(?:\s+(?:invitation|confirmation|request|confirmed|scheduled))?\s*",
    re.IGNORECASE,
)
_INNER = re.compile(r"\s(?:for|as|regarding|about)\s+(?:the|our|an?|your)\s+", re.IGNORECASE)
"""What may stand between the beginning of a match and the title (`of Acme for the Controller position`)."""
_NO_ROLE = re.compile(
    r"\b(?:interview|hiring manager|recruiter (?:call|screen|chat)|application|we|you|your|i|our|is|are|was|will)\b",
    re.IGNORECASE,
)


def company_of(message: Message, events: Sequence[CalendarEvent], signature: Signature, body: str, own: frozenset[str]) -> str:
    """Return the company a message speaks for, or an empty string.

    A name that the sender's own domain bears out comes first; then display name, signature and domain of a person's address; for
    relays and freemail what display name, subject and text say. Never a shared domain.
    """
    sender = message.sender.address
    domain = company_domain(sender)
    label = company_of_domain(domain) if domain else ""
    said = _said(message, events, body)
    display = name_from_display(message.sender.name, sender)[1]
    start = company_key(label)[:_ALIKE]
    if domain and can_receive(sender) and _is_agency(label, body):
        client = next((name for name in said if not bears_out(domain, name) and not company_key(name).startswith(start)), "")
        if client:
            return client
    if start:
        for name in (display, signature.company, *said):
            if name and (bears_out(domain, name) or company_key(name).startswith(start)):
                return name
        headings = "\n".join((*(event.summary for event in events), message.envelope.subject))
        if written := as_written(domain, f"{headings}\n{body}"):
            return written
    if domain and can_receive(sender):
        return display or label
    written = next(iter(said), "")
    if is_freemail(sender):
        return display or signature.company or written or _of_others(message, events, own)
    return display or written or _of_others(message, events, own) or label


def _is_agency(label: str, body: str) -> bool:
    """Say whether somebody seems to hire for others: their domain is named after the trade, or they speak of a client."""
    name = label.lower()
    if any(word in name for word in listed("company", "agency")):
        return True
    return bool(first_match("company", "client", fold(body[:_MAX_SCAN])))


def _of_others(message: Message, events: Sequence[CalendarEvent], own: frozenset[str]) -> str:
    """Return a name from the domains of organizer and Reply-To, where the sender's own says nothing."""
    organizers = [event.organizer.address for event in events if event.organizer is not None]
    for address in (*organizers, *(item.address for item in message.reply_to)):
        domain = company_domain(address) if address not in own else ""
        if domain:
            return company_of_domain(domain)
    return ""


def _said(message: Message, events: Iterable[CalendarEvent], body: str) -> list[str]:
    """Return the companies that subject, calendar summaries and text name, the surest first."""
    found: list[str] = []
    for title in (*(event.summary for event in events), message.envelope.subject):
        heading = _PREFIX.sub("", title[:_MAX_TITLE])
        found.extend(match["name"] for match in (_BEHIND.search(heading), _BEFORE.search(heading)) if match)
    found.extend(match["name"] for match in _IN_TEXT.finditer(body[:_MAX_SCAN]))
    cleaned = [plausible_company(_TRAILING.sub("", name)) for name in found]
    return [name for name in cleaned if name and not clean_role(name) and not is_name(name) and not _is_day(name)]


def _is_day(name: str) -> bool:
    return bool(days(name.lower(), date(2026, 1, 1)))


def role_of(message: Message, events: Sequence[CalendarEvent], body: str, company: str) -> str:
    """Return the job title a message speaks of: of calendar summary and subject, else of description and text; else empty."""
    titles = [_PREFIX.sub("", title[:_MAX_TITLE]) for title in (*(event.summary for event in events), message.envelope.subject)]
    texts = [*(event.description[:_MAX_SCAN] for event in events), body[:_MAX_SCAN]]
    candidates = (
        *(role for title in titles for role in (*_stated(title, company), *_piece(title, company))),
        *(role for text in texts for role in _stated(text, company)),
    )
    return next(iter(candidates), "")


def _stated(text: str, company: str) -> Iterable[str]:
    """Yield the titles that a text puts beside words like `position` and `applied for`."""
    for match in _ROLE.finditer(text):
        role = _cleaned(next(group for group in match.groups() if group), company)
        if role:
            yield role


def _piece(title: str, company: str) -> Iterable[str]:
    """Yield the pieces of a heading that are titles: `Interview - Data Engineer - Acme`."""
    for piece in _PIECES.split(title):
        role = _cleaned(_INTERVIEW.sub("", piece.strip()), company)
        if role:
            yield role


def _cleaned(text: str, company: str) -> str:
    role = clean_role(_INNER.split(text)[-1])
    if company and role.lower().startswith(f"{company.lower()} "):
        role = clean_role(role[len(company) :])
    return "" if _NO_ROLE.search(role) else role
