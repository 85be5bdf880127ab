"""All that is read from one message, put together."""

from __future__ import annotations

import re
from datetime import UTC, date, timedelta, timezone, tzinfo
from functools import cache

from rules.calendar import CalendarEvent, named_zone, read
from rules.classify.senders import can_receive, is_freemail, is_relay, is_team
from rules.classify.text import text_of
from rules.classify.types import Classification, Kind
from rules.dates import Moment, days, moments
from rules.extract.company import company_domain, company_key, company_of_domain, name_from_display, plausible_company
from rules.extract.people import Signature, interviewers_of_event, is_name, named_people, person_of, read_signature
from rules.extract.promise import find_promise
from rules.extract.titles import clean_role
from rules.extract.types import Away, Facts, Format, Interview, InterviewStatus, Outcome, Person
from rules.mail.types import Message
from rules.phrases.grammar import Phrase, compile_phrase, fold, unwrap
from rules.phrases.load import load

__all__ = ["extract"]

_TIMED = frozenset({Kind.INTERVIEW_CONFIRMATION, Kind.RESCHEDULE})
_SILENT = frozenset({Kind.NOISE, Kind.JOB_ALERT})
_USUAL = timedelta(hours=1)
_DURATION = re.compile(r"\b(\d{2,3})[ -]?(?:min\b|mins\b|minutes?\b)|\b(one|two|three|1|1\.5|2|3)[ -]?hours?\b")
_HOURS = {"one": 60, "two": 120, "three": 180, "1": 60, "1.5": 90, "2": 120, "3": 180}
_FAILED = re.compile(r"^(?:final-recipient|original-recipient)\s*:\s*(?:[^;\n]{0,40};)?\s*<?([^\s<>;]{3,320})", re.IGNORECASE)
_ACTION = re.compile(r"^action\s*:\s*(\w+)", re.IGNORECASE)
_ADDRESS = re.compile(r"[a-z0-9._%+-]{1,64}@[a-z0-9.-]{1,190}\.[a-z]{2,24}")


@cache
def _phrases(table: str, key: str) -> tuple[Phrase, ...]:
    return tuple(compile_phrase(source) for source in load("en/extract")[table][key])


def _first(table: str, key: str, text: str) -> str:
    return next((match[0] for phrase in _phrases(table, key) if (match := phrase.search(text))), "")


def extract(message: Message, classification: Classification, *, own: frozenset[str], zone: str) -> Facts:
    """Return what a message says. Everything unknown is empty. Pure; never raises on any mail.

    `own` are the user's addresses, lower-case; `zone` is the user's IANA zone, used where neither the message nor its sender's
    Date field names another.
    """
    kind = classification.kind
    if kind in _SILENT:
        return Facts(zone_offset=_offset(message))
    if kind is Kind.AUTO_REPLY:
        return _of_automatic(message, own, zone)
    local = _sender_zone(message, zone)
    text = text_of(message)
    body = unwrap(message.text)
    signature = read_signature(message.text, _display(message)[0])
    events = read(message.calendars, fallback_zone=zone)
    named = named_people(body) if kind in _TIMED or kind is Kind.INTERVIEW_INVITE else []
    company = _company(message, events, signature, body, own)
    role = _role(message, events, body, company)
    form = _format(f"{text.subject}\n{text.folded}", events)
    stated = _round(f"{text.subject}\n" + "\n".join(fold(event.summary) for event in events), text.folded)
    people = _people(message, signature, named, own)
    interviews = tuple(
        _of_event(event, message, own, people + named, form, stated)
        for event in events
        if event.method in {"", "REQUEST", "PUBLISH", "CANCEL"}
    )
    if not events and kind in _TIMED:
        interviews = _of_text(message, local, named, form, stated)
    made_on = message.envelope.received_at.astimezone(local).date()
    taken = [interview.start.date() for interview in interviews]
    promise = find_promise(message.text, made_on, taken) if kind is not Kind.REJECTION else None
    return Facts(
        company=company,
        role=role,
        people=tuple(people),
        interviews=interviews,
        round=stated,
        promise=promise,
        outcome=_outcome(text.folded) if kind is Kind.HUMAN_REPLY else None,
        no_contact=bool(_first("contact", "none", text.folded)),
        zone_offset=_offset(message),
    )


def _offset(message: Message) -> int | None:
    """Return the offset of the Date field in minutes, or None."""
    if message.date is None:
        return None
    offset = message.date.utcoffset()
    return int(offset.total_seconds()) // 60 if offset is not None else None


def _sender_zone(message: Message, zone: str) -> tzinfo:
    """Return the sender's zone, as far as it is known: that of a person's Date field, else the user's.

    Where both agree at that instant the user's named zone is taken, for it knows of summer time. Zero says nothing: servers write
    it wherever they stand; and a relay's clock is not that of the person behind it.
    """
    user = named_zone(zone) or UTC
    offset = _offset(message)
    if not offset or message.date is None or is_relay(message.envelope.from_address) or message.envelope.bulk:
        return user
    if message.date.astimezone(user).utcoffset() == message.date.utcoffset():
        return user
    return timezone(timedelta(minutes=offset))


def _display(message: Message) -> tuple[str, str]:
    return name_from_display(message.sender.name, message.sender.address)


_TEXT_COMPANY = re.compile(
    r"\b(?:interview(?:ing)?|interviews|call|conversation|chat|phone screen|application|opportunity|career|working|position|role|opening|applying|applied|interest|joining|join|team|here)"
    r"(?:[ ](?:with|at|to|in|for|of))+[ ](?:the[ ])?(?P<name>(?:[A-Z0-9][\w&'\u2019.-]*)(?:[ ](?:[A-Z0-9&][\w&'\u2019.-]*|of|and|&)){0,4})"
)
_SUBJECT_COMPANY = re.compile(
    r"(?:interview|application|call|screen|conversation|chat|role|position|applying|interest|offer)[^|:\u2013-]{0,60}?\b(?:with|at|to|from|in)[ ](?P<a>[A-Z0-9][\w&'\u2019.]*(?:[ ][A-Z0-9&][\w&'\u2019.]*){0,3})"
    r"|^(?P<b>[A-Z0-9][\w&'\u2019.]*(?:[ ][A-Z0-9&][\w&'\u2019.]*){0,3})[ ]?(?:[-|:\u2013\u2014][ ]?|[ ])(?:[Ii]nterview|[Pp]hone|[Oo]nsite|[Tt]echnical|[Aa]pplication|[Vv]ideo|[Ii]nvitation|[Ff]inal|[Rr]ecruiting|[Ss]econd|[Ff]irst)\b"
)
_MAX_SCAN = 4096


def _company(message: Message, events: list[CalendarEvent], signature: Signature, body: str, own: frozenset[str]) -> str:
    sender = message.sender.address
    domain = company_domain(sender)
    label = company_of_domain(domain) if domain else ""
    said = _said_company(message, events, body)
    display = _display(message)[1]
    for name in (display, signature.company, *said):
        if not name:
            continue
        # A name that the mail's own domain bears out is written as its people write it.
        if label and company_key(name).startswith(company_key(label)[:4]) and company_key(label)[:4]:
            return name
    if domain and can_receive(sender):
        return display or label
    if is_freemail(sender):
        return display or signature.company or (said[0] if said else "")
    if said or display:
        return display or said[0]
    if events:
        for person in (event.organizer for event in events if event.organizer is not None):
            other = company_domain(person.address) if person.address not in own else ""
            if other:
                return company_of_domain(other)
    reply = next(
        (company_domain(item.address) for item in message.reply_to if item.address not in own and company_domain(item.address)),
        "",
    )
    return company_of_domain(reply) if reply else label


def _said_company(message: Message, events: list[CalendarEvent], body: str) -> list[str]:
    found: list[str] = []
    for title in (*(event.summary for event in events), message.envelope.subject):
        match = _SUBJECT_COMPANY.search(title[:300])
        if match:
            found.append(match["a"] or match["b"] or "")
    found.extend(match["name"] for match in _TEXT_COMPANY.finditer(body[:_MAX_SCAN]))
    cleaned = [plausible_company(re.sub(r"(?:['\u2019]s|[.,])$", "", name)) for name in found]
    return [name for name in cleaned if name and not clean_role(name) and not is_name(name) and not _is_day(name)]


def _is_day(name: str) -> bool:
    return bool(days(name.lower(), date(2026, 1, 1)))


_ROLE = re.compile(
    r"\b(?:for|as|regarding|about|of|to)[ ](?:the|our|an?|your)?[ ]?(?:(?:open|current|recent)[ ])?(?:position|role|job|vacancy|opening|post|title)[ ](?:of|as|for|:)?[ ]?(?:an?[ ]|the[ ])?(?P<a>[A-Z0-9][^.,;:!?\n()]{2,70}?)(?=[ ](?:at|with|in|position|role|on|here|and|has|team)\b|[.,;:!?\n()]|$)"
    r"|\b(?:for|as|regarding|about|the|our|an?|of|to)[ ](?:the|our|an?|your)?[ ]?(?P<b>[A-Z][^.,;:!?\n]{2,70}?)[ ](?:position|role|job|opening|vacancy|opportunity|internship)\b"
    r"|\b(?:interview(?:ing)?|application|applying|applied|apply|considered|candidate|candidacy|screen|hire)[ ](?:for|as|to)[ ](?:the|our|an?|your)?[ ]?(?:position[ ]of[ ]|role[ ]of[ ])?(?:an?[ ])?(?P<c>[A-Z][^.,;:!?\n()]{2,70}?)(?=[ ](?:at|with|in|position|role|on|here|and|has|opening)\b|[.,;:!?\n()]|$)"
    r"|^(?:position|role|job title|job|title)[ ]?:[ ]?(?P<d>[^\n]{3,80})$",
    re.MULTILINE,
)
_PIECES = re.compile(r"\s+[-|\u2013\u2014:]\s+|:\s+|\s+(?:with|at|@|for)\s+|\s*[()]\s*|,\s+")


def _role(message: Message, events: list[CalendarEvent], body: str, company: str) -> str:
    for title in (*(event.summary for event in events), message.envelope.subject):
        for match in _ROLE.finditer(title[:300]):
            role = _clean_role(next(group for group in match.groups() if group), company)
            if role:
                return role
        for piece in _PIECES.split(
            re.sub(
                r"^(?:(?:re|fwd?|aw|updated invitation|invitation|canceled|cancelled)\s*:\s*)+",
                "",
                title[:300],
                flags=re.IGNORECASE,
            )
        ):
            bare = re.sub(
                r"^(?:your\s+)?(?:phone|video|technical|onsite|final|first|second|virtual)?\s*interview(?:\s+(?:invitation|confirmation|request))?\s*",
                "",
                piece.strip(),
                flags=re.IGNORECASE,
            )
            role = _clean_role(bare, company)
            if role and not re.search(r"\b(?:interview|hiring manager|recruiter|application)\b", role, re.IGNORECASE):
                return role
    for event in events:
        for match in _ROLE.finditer(event.description[:_MAX_SCAN]):
            role = _clean_role(next(group for group in match.groups() if group), company)
            if role:
                return role
    for match in _ROLE.finditer(body[:_MAX_SCAN]):
        role = _clean_role(next(group for group in match.groups() if group), company)
        if role:
            return role
    return ""


def _clean_role(text: str, company: str) -> str:
    role = clean_role(text)
    if company and role.lower().startswith(company.lower() + " "):
        role = clean_role(role[len(company) :])
    if not role or any(word in role.lower().split() for word in ("we", "you", "your", "i", "our", "is", "are", "was", "will")):
        return ""
    return role


def _format(text: str, events: list[CalendarEvent]) -> Format:
    places = "\n".join(fold(f"{event.summary}\n{event.location}\n{event.url}\n{event.description}") for event in events)
    for place in (places, text):
        if not place:
            continue
        for form in (Format.VIDEO, Format.IN_PERSON, Format.PHONE):
            if _first("format", form.value, place):
                return form
    return Format.UNKNOWN


def _round(title: str, body: str) -> int | None:
    """Return the round that is stated, if only one is."""
    for place in (title, body):
        found = {int(number) for number in load("en/extract")["round"] if _first("round", number, place)}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _people(message: Message, signature: Signature, named: list[Person], own: frozenset[str]) -> list[Person]:
    """Return the humans of the company that this message shows: sender, copied people of the company, with titles."""
    found: list[Person] = []
    sender = message.sender
    domain = company_domain(sender.address)
    titles = {person.name.lower(): person.title for person in named if person.title}
    if sender.address and sender.address not in own and can_receive(sender.address) and not is_team(sender.address):
        name = _display(message)[0] or signature.name
        found.append(person_of(name, sender.address, signature.title or titles.get(name.lower(), "")))
    elif signature.name and signature.title and is_name(signature.name):
        # A relay carries a person's letter: the name is known, the address is not (T9: never guessed).
        reply = next((item.address for item in message.reply_to if item.address not in own and can_receive(item.address)), "")
        found.append(person_of(signature.name, reply, signature.title))
    for item in (*message.cc, *message.to):
        if domain and item.address not in own and company_domain(item.address) == domain and can_receive(item.address):
            name = name_from_display(item.name, item.address)[0]
            if not is_team(item.address) and all(person.address != item.address for person in found):
                found.append(person_of(name, item.address, titles.get(name.lower(), "")))
    return found[:20]


def _of_event(
    event: CalendarEvent, message: Message, own: frozenset[str], people: list[Person], form: Format, stated: int | None
) -> Interview:
    titles = {person.name.lower(): person.title for person in people if person.title and person.name}
    cancelled = event.method == "CANCEL" or event.status == "CANCELLED"
    status = (
        InterviewStatus.CANCELLED
        if cancelled
        else InterviewStatus.TENTATIVE
        if event.status == "TENTATIVE"
        else InterviewStatus.CONFIRMED
    )
    start = event.start or message.envelope.received_at
    interviewers = interviewers_of_event(event, own, titles)
    if not interviewers or all(not person.name and not person.address for person in interviewers):
        interviewers = tuple(person for person in people if person.name)
    organizer = event.organizer
    return Interview(
        uid=event.key or f"text:{message.envelope.identity}",
        start=start,
        end=event.end or start + _USUAL,
        status=status,
        sequence=event.sequence,
        stamp=event.stamp or message.envelope.received_at,
        zone=event.zone,
        summary=event.summary,
        format=form,
        organizer=person_of(organizer.name, organizer.address, titles.get(organizer.name.lower(), ""))
        if organizer is not None
        else None,
        interviewers=interviewers,
        round=stated,
        source="calendar",
    )


def _of_text(message: Message, zone: tzinfo, named: list[Person], form: Format, stated: int | None) -> tuple[Interview, ...]:
    """Return the one interview that a text without a calendar part fixes; none when it names several times (D: ambiguous)."""
    received = message.envelope.received_at
    text = f"{fold(message.envelope.subject)}\n{text_of(message).folded}"
    found = [
        moment for moment in moments(text, received.astimezone(zone).date(), zone) if moment.start > received - timedelta(days=1)
    ]
    moment = _one_moment(found)
    if moment is None:
        return ()
    end = moment.end or moment.start + _duration(text)
    return (
        Interview(
            uid=f"text:{message.envelope.identity}",
            start=moment.start,
            end=end,
            sequence=-1,
            stamp=received,
            zone=moment.zone or str(getattr(moment.start.tzinfo, "key", "")),
            summary=message.envelope.subject,
            format=form,
            interviewers=tuple(named),
            round=stated,
            source="text",
        ),
    )


def _one_moment(found: list[Moment]) -> Moment | None:
    """Return the one time stated; of a day's agenda, from its first start to its last end."""
    if not found:
        return None
    ordered = sorted(found, key=lambda moment: moment.start)
    first = ordered[0]
    instants = {moment.start for moment in ordered}
    if len(instants) == 1:
        return max(ordered, key=lambda moment: moment.end is not None)
    same_day = all(moment.start.astimezone(first.start.tzinfo).date() == first.start.date() for moment in ordered)
    if same_day and all(moment.end is not None for moment in ordered):
        last = max(moment.end for moment in ordered if moment.end is not None)
        return Moment(first.start, last, first.zone, first.position)
    return None


def _duration(text: str) -> timedelta:
    match = _DURATION.search(text)
    minutes = (int(match[1]) if match[1] else _HOURS[match[2]]) if match else 0
    return timedelta(minutes=minutes) if 10 <= minutes <= 480 else _USUAL  # noqa: PLR2004 -- ten minutes to a day


def _outcome(folded: str) -> Outcome | None:
    if _first("outcome", "on_hold", folded):
        return Outcome.ON_HOLD
    return Outcome.STILL_DECIDING if _first("outcome", "still_deciding", folded) else None


def _of_automatic(message: Message, own: frozenset[str], zone: str) -> Facts:
    bounced = _bounced(message, own)
    report = (
        bool(message.delivery_status) or "multipart/report" in message.headers.get("content-type", "").lower() or bool(bounced)
    )
    return Facts(bounced=bounced, away=None if report else _away(message, own, zone), zone_offset=_offset(message))


def _bounced(message: Message, own: frozenset[str]) -> tuple[str, ...]:
    """Return the recipients that failed for good (RFC 3464 section 2.3); `Action: delayed` stops nothing (D25)."""
    found: dict[str, None] = {}
    block: list[str] = []
    failed = False
    for line in [*message.delivery_status.split("\n"), ""]:
        if not line.strip():
            if failed:
                found.update(dict.fromkeys(block))
            block, failed = [], False
            continue
        if match := _FAILED.match(line.strip()):
            block.append(match[1].lower())
        elif match := _ACTION.match(line.strip()):
            failed = match[1].lower() == "failed"
    for address in _ADDRESS.findall(message.headers.get("x-failed-recipients", "").lower()):
        found.setdefault(address)
    return tuple(address for address in found if "@" in address and address not in own)[:20]


def _away(message: Message, own: frozenset[str], zone: str) -> Away | None:
    """Return until when somebody is away; None when the mail does not speak of absence."""
    folded = text_of(message).folded
    subject = text_of(message).subject
    if not _first("away", "absent", folded) and not _first("away", "absent", subject):
        return None
    today = message.envelope.received_at.astimezone(_sender_zone(message, zone)).date()
    back = None
    named = [day for day in days(folded, today) if day.day >= today]
    for phrase in _phrases("away", "back"):
        match = phrase.search(folded)
        after = [day for day in named if match is not None and 0 <= day.start - match.end() + 3 <= 30]  # noqa: PLR2004 -- near
        if after:
            back = after[0].day
            break
    if back is None:
        back = _last_day_away(folded, [(day.day, day.start) for day in named])
    return Away(back, _delegate(message, own))


def _last_day_away(folded: str, named: list[tuple[date, int]]) -> date | None:
    """Return the day after the last one away (`until 5 March`, `from 1 to 5 March`); a weekend is skipped."""
    for day, start in named:
        before = folded[max(0, start - 14) : start].rstrip()
        if before.endswith(
            ("until", "till", "through", "thru", " to", "-", "until the", "through the", "and", "to the")
        ) or folded[start:].startswith(("until", "till")):
            following = day + timedelta(days=1)
            while following.weekday() > 4:  # noqa: PLR2004 -- Friday
                following += timedelta(days=1)
            return following
    return None


def _delegate(message: Message, own: frozenset[str]) -> Person | None:
    """Return who stands in: the first other address behind a word like `contact`, with the name before it."""
    for line in unwrap(message.text).split("\n"):
        for match in _ADDRESS.finditer(line.lower()):
            address = match[0].strip(".")
            before = line[: match.start()]
            if address in own or address == message.sender.address or not _first("away", "delegate", before.lower()):
                continue
            words = re.findall(
                r"[A-Z][\w'\u2019-]+(?:[ ][A-Z][\w'\u2019-]+){1,3}(?=[ ,:<(]{0,4}$|[ ,:<(]+(?:at|via)?[ ,:<(]*$)", before
            )
            return Person(words[-1] if words and is_name(words[-1]) else "", address)
    return None
