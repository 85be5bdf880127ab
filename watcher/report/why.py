"""`why`: the whole argument about one process: where it stands, what that rests on, by which rules, and what would change it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from rules.classify import Kind
from rules.decide import Voice, article_voices
from rules.drafts.types import DraftKind
from rules.intents import Place, Reason
from rules.process import State, Verb
from watcher.history import Assessment
from watcher.report.closing import closing_card
from watcher.report.proofs import finding_lines, findings_of
from watcher.report.status import next_place, process_status, shown_drafts
from watcher.report.table import draft_line, draft_words, place_words, state_text
from watcher.report.tasks import card_texts, task_lines, task_values
from watcher.report.words import plain, span_words, time_words
from watcher.store.drafts import LIVE
from watcher.store.journal import LogRow, MarkRow
from watcher.store.mail import EventRow, LinkRow

__all__ = ["build_why", "changes", "why_view"]

_LONGEST = 1000
_SIGNS = 4
_KIND_WORDS = {
    Kind.INTERVIEW_INVITE: "asks for or offers a time",
    Kind.INTERVIEW_CONFIRMATION: "fixes an interview",
    Kind.RESCHEDULE: "moves an interview",
    Kind.CANCELLATION: "calls an interview off",
    Kind.REJECTION: "says no",
    Kind.OFFER: "makes an offer",
    Kind.APPLICATION_ACK: "confirms an application",
    Kind.HUMAN_REPLY: "replies",
    Kind.AUTO_REPLY: "answers automatically",
    Kind.RECRUITER_OUTREACH: "approaches you unasked",
    Kind.JOB_ALERT: "sends a list of vacancies",
    Kind.NOISE: "says nothing of the process",
}


def build_why(
    found: Assessment, now: datetime, log: Sequence[LogRow], marks: Sequence[MarkRow], links: Sequence[LinkRow] = ()
) -> dict[str, Any]:
    """Return the argument as values: the process as in `status --json`, and what it rests on.

    `links` say why its messages belong to it.
    """
    tied = {row.identity: row for row in links}
    zone = ZoneInfo(found.account.profile.zone)
    decision = found.decision
    following = next_place(found)
    standing = {row.key for row in found.outbox if row.state in LIVE}

    def at(instant: datetime) -> str:
        return instant.astimezone(zone).isoformat(timespec="seconds")

    return {
        "now": at(now),
        "process": process_status(found, now),
        "messages": [
            {
                "id": row.identity,
                "short": row.short,
                "account": row.account,
                "message_id": plain(row.thread.message_id, _LONGEST) or None,
                "at": at(row.at),
                "own": row.own,
                "from": row.sender.address or None,
                "from_name": plain(row.sender.name) or None,
                "to": list(row.recipients),
                "subject": plain(row.thread.subject) or None,
                "kind": row.kind.value if row.kind is not None else None,
                "confidence": None if row.own else row.confidence,
                "runner_up": row.runner_up.value if row.runner_up is not None else None,
                "evidence": [{"source": sign.source, "detail": plain(sign.detail)} for sign in row.evidence],
                "draft": row.step,
                "defects": [plain(defect) for defect in row.defects],
                "link": _link(tied.get(row.identity)),
            }
            for row in found.messages
        ],
        "marks": [
            {
                "at": at(row.at),
                "verb": row.verb.value,
                "until": None if row.until is None else at(row.until),
                "item": row.item or None,
            }
            for row in marks
        ],
        "reasons": [_reason(reason) for reason in decision.reasons],
        "standing_reasons": [
            {"key": str(place.key), "reasons": [_reason(reason) for reason in place.reasons]}
            for place in decision.place
            if place.key in standing
        ],
        "next_reasons": [_reason(reason) for reason in (following.reasons if following is not None else ())],
        "articles": [_voice(voice, zone) for voice in _voices(found, now)],
        "withdrawals": [{"key": str(one.key), "reason": _reason(one.reason)} for one in decision.withdraw],
        "notes": [plain(note, _LONGEST) for note in found.process.notes],
        "tasks": task_values(found, card_texts(found)),
        "card": [_reason(reason) for reason in closing_card(found, now)],
        "changes": list(changes(found)),
        "next_check": None if decision.next_check is None else at(decision.next_check),
        "log": [{"at": at(row.at), "action": row.action, "text": plain(row.text, _LONGEST)} for row in log],
    }


def _link(row: LinkRow | None) -> dict[str, Any] | None:
    """Return why a message belongs to the process."""
    if row is None:
        return None
    return {"weight": row.weight, "why": [plain(each) for each in row.why], "ambiguous": row.ambiguous}


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "text": plain(reason.text, _LONGEST),
        "rules": list(reason.rules),
        "articles": list(reason.articles),
        "evidence": list(reason.evidence),
    }


def _voices(found: Assessment, now: datetime) -> tuple[Voice, ...]:
    return article_voices(found.process, found.account.policy, found.account.profile, now)


def _voice(voice: Voice, zone: ZoneInfo) -> dict[str, Any]:
    """Return what one article alone would do; `opens` and `closes` are null where it would have nothing sent."""
    slot = voice.slot
    return {
        "article": voice.article,
        "playbook": voice.playbook,
        "about": voice.kind.value,
        "speaks": voice.speaks,
        "text": voice.text,
        "opens": None if slot is None else slot.opens.astimezone(zone).isoformat(timespec="seconds"),
        "closes": None if slot is None else slot.closes.astimezone(zone).isoformat(timespec="seconds"),
        "rules": list(voice.rules),
    }


def changes(found: Assessment) -> Iterator[str]:
    """Yield what would change the state, in sentences."""
    process = found.process
    state, name = process.state, process.id
    if state is State.CLOSED:
        if process.closed_by == "offer":
            yield f"`hearback accepted {name} --starts DAY` says that you took it: from that day on every process rests."
        yield f"`hearback reopen {name}` takes it up again; an invitation of theirs to another interview does so too."
        return
    if state is State.PAUSED:
        until = "" if process.paused_until is None else " before its time"
        yield f"`hearback resume {name}` ends the pause{until}. Mail of theirs is followed meanwhile; nothing is drafted."
        yield f"`hearback close {name}` ends it for good."
        return
    if process.on_hold:
        yield "A mail of theirs, a date that they promise or a new interview takes it off hold."
        yield f"`hearback resume {name}` does so too, and starts the waiting anew."
    elif state is State.OUR_TURN:
        yield "Your answer to them, from any mail client, starts the waiting anew."
        yield f"`hearback resume {name}` does the same when you answered in another way, by telephone say."
    else:
        if state is State.SCHEDULED:
            yield "When the interview is over, a thank-you note to each interviewer is drafted; a new time moves that."
        yield (
            "A reply of a human of theirs, in the conversation or from another address of the company, makes it your turn: "
            "drafts that you have not touched are taken back."
        )
        yield "An out-of-office answer moves the next step behind their return, without pausing."
        yield "A new date that they promise starts the waiting anew from it."
    if state in {State.THEIR_TURN, State.DRAFTED} and process.rounds:
        yield f"`hearback no-show {name}` says that nobody came to the last interview: another time is asked for."
    if found.decision.tasks:
        yield f"`hearback done {name} TASK` says that you have done what is for you to do."
    if shown_drafts(found):
        yield "A draft that you send counts as sent; one that you edit is yours; one that you delete never comes back."
    yield "A rejection or an offer ends the follow-ups."
    yield f"`hearback pause {name}`, `hearback snooze {name} 1w` and `hearback close {name}` hold it up or end it."


def why_view(
    found: Assessment, now: datetime, log: Sequence[LogRow], marks: Sequence[MarkRow], links: Sequence[LinkRow] = ()
) -> Group:
    """Return the argument for people."""
    zone = ZoneInfo(found.account.profile.zone)
    today = now.astimezone(zone).date()
    process = found.process
    head = Text(plain(process.company) or "company unknown", "bold")
    if process.role:
        head.append(f" \N{MIDDLE DOT} {plain(process.role)}", "not bold")
    head.append(f"   {process.id} ({found.account.name})", "dim not bold")
    parts: list[RenderableType] = [head, state_text(found, zone, today)]
    parts += _section("What stands and what comes", _steps(found, now, zone))
    parts += _section("Why", [_reason_text(reason) for reason in found.decision.reasons])
    for place in _explained(found):
        parts += _section(f"Why {place_words(place, found)}", [_reason_text(reason) for reason in place.reasons])
    parts += _section("What each article alone would have said", list(_voice_lines(found, now, zone)))
    parts += _section("To be taken back", [_reason_text(one.reason) for one in found.decision.withdraw])
    for row in shown_drafts(found):
        parts += _section(f"Checks on: {draft_words(row)}", list(finding_lines(findings_of(found, row))))
    parts += _section("Notices", [Text(plain(notice.text, _LONGEST), "yellow") for notice in found.decision.notices])
    parts += _section("For you to do", list(task_lines(found, card_texts(found), now, zone)))
    parts += _section("By the way", [_reason_text(reason) for reason in closing_card(found, now)])
    parts += _section("What it rests on", [*_messages(found, links, zone), *_marks(marks, zone)])
    parts += _section("Left aside", [Text(plain(note, _LONGEST)) for note in process.notes])
    parts += _section("What would change it", [Text(sentence) for sentence in changes(found)])
    if (check := found.decision.next_check) is not None:
        parts.append(
            Padding(Text(f"If nothing happens, this holds until {time_words(check, zone, today)}.", "dim"), (1, 0, 0, 2))
        )
    parts += _section("What was done", [_logged(row, zone) for row in log])
    return Group(*parts)


def _explained(found: Assessment) -> list[Place]:
    """Return what is told with its reasons: what stands, of one step for several people once, and what comes next."""
    standing = {row.key for row in found.outbox if row.state in LIVE}
    places = {place.key.step: place for place in reversed(found.decision.place) if place.key in standing}
    following = next_place(found)
    return [place for place in (*reversed(places.values()), *([following] if following is not None else ())) if place.reasons]


def _section(title: str, lines: Sequence[RenderableType]) -> list[RenderableType]:
    if not lines:
        return []
    return [Padding(Text(title, "bold"), (1, 0, 0, 0)), *(Padding(line, (0, 0, 0, 2)) for line in lines)]


def _steps(found: Assessment, now: datetime, zone: ZoneInfo) -> list[Text]:
    today = now.astimezone(zone).date()
    lines = [Text(f"{draft_words(row)}: {draft_line(row, now, zone)}", "bold blue") for row in shown_drafts(found)]
    following = next_place(found)
    if following is not None:
        slot = span_words(following.slot.opens, following.slot.closes, zone, today)
        lines.append(
            Text(f"{place_words(following, found)}: {slot}; in Drafts from {time_words(following.appears_at, zone, today)}")
        )
    return lines or [Text("No draft stands, and none is planned.", "dim")]


def _reason_text(reason: Reason) -> Text:
    text = Text(plain(reason.text, _LONGEST))
    sources = [*reason.rules, *reason.articles]
    if sources:
        text.append(f"  [{' '.join(sources)}]", "dim cyan")
    return text


def _voice_lines(found: Assessment, now: datetime, zone: ZoneInfo) -> Iterator[Text]:
    """Yield a line for each article: what it says, and when its playbook would have it sent."""
    today = now.astimezone(zone).date()
    for voice in _voices(found, now):
        what = "note of thanks" if voice.kind is DraftKind.THANK_YOU else "follow-up"
        text = Text(f"{voice.article} ({voice.playbook}), {what}: {voice.text}", "" if voice.speaks else "dim")
        if voice.slot is not None:
            slot = span_words(voice.slot.opens, voice.slot.closes, zone, today)
            text.append(f"; {slot}" if voice.speaks else f"; its playbook would take {slot}")
        if voice.rules:
            text.append(f"  [{' '.join(voice.rules)}]", "dim cyan")
        yield text


def _messages(found: Assessment, links: Sequence[LinkRow], zone: ZoneInfo) -> Iterator[RenderableType]:
    tied = {row.identity: row for row in links}
    for row in found.messages:
        head = Text.assemble((f"{time_words(row.at, zone)}  ", "dim"), (f"{row.short}  ", "cyan"))
        if row.own:
            head.append("you wrote", "green")
            head.append(f" to {', '.join(row.recipients) or 'nobody'}")
            if row.step is not None:
                head.append(" (the draft of ours)", "dim")
        else:
            head.append(plain(row.sender.name) or row.sender.address or "somebody", "bold")
        if found.account.beside:
            head.append(f" ({row.account})", "dim")
        yield Group(head, *(Padding(line, (0, 0, 0, 4)) for line in _particulars(row, tied.get(row.identity))))


def _particulars(row: EventRow, link: LinkRow | None) -> Iterator[Text]:
    """Yield what stands below the head of a message: what it is, by what signs, why it belongs here, and what is odd about it."""
    subject = Text(f"“{plain(row.thread.subject, 80)}”", "italic")
    if not row.own and row.sender.name and row.sender.address:
        subject.append(f"  {row.sender.address}", "dim not italic")
    yield subject
    if row.kind is not None:
        text = Text(f"{_KIND_WORDS[row.kind]} ({row.kind.value}, {row.confidence:.0%}")
        text.append(f"; else {row.runner_up.value})" if row.runner_up is not None else ")")
        yield text
    if row.evidence:
        yield Text("; ".join(f"{sign.source}: {plain(sign.detail)}" for sign in row.evidence[:_SIGNS]), "dim")
    if link is not None:
        yield Text(f"linked by {'; '.join(plain(each) for each in link.why)}", "yellow" if link.ambiguous else "dim")
    if row.defects:
        yield Text("flagged: " + "; ".join(plain(defect) for defect in row.defects), "yellow")


def _marks(rows: Sequence[MarkRow], zone: ZoneInfo) -> Iterator[Text]:
    for row in rows:
        until = "" if row.until is None else f" until {time_words(row.until, zone)}"
        if row.verb is Verb.ACCEPTED and row.until is not None:
            until = f", to begin on {time_words(row.until, zone)}"
        item = f" {row.item}" if row.item else ""
        yield Text.assemble((f"{time_words(row.at, zone)}  ", "dim"), (f"you said {row.verb.value}{item}{until}", "green"))


def _logged(row: LogRow, zone: ZoneInfo) -> Text:
    return Text.assemble((f"{time_words(row.at, zone)}  ", "dim"), plain(row.text, _LONGEST))
