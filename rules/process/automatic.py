"""What the automatic answers of a mailbox do to a process: whom mail does not reach, and who is away (D18, D25)."""

from __future__ import annotations

from datetime import UTC, date, time, timedelta

from rules.extract.types import Away
from rules.process.ledger import Ledger
from rules.process.people import status_recipient
from rules.process.schedule import plan_status, user_zone, zone_of
from rules.process.types import Aside, Incoming
from rules.reasons import day_words, time_words
from rules.worktime import at as instant_of
from rules.worktime import local_day

__all__ = ["take_auto_reply"]

_MIDNIGHT = time(0)


def _day(ledger: Ledger, event: Incoming) -> date:
    return local_day(event.at, user_zone(ledger.profile))


def take_auto_reply(ledger: Ledger, event: Incoming) -> None:
    """Take a report on a mail that did not arrive, or the word of an empty desk."""
    for address in event.facts.bounced:
        if address not in ledger.dead and address not in ledger.own:
            ledger.dead.add(address)
            text = f"Mail to {address} came back on {day_words(_day(ledger, event))}: nothing more is written there."
            ledger.asides.append(Aside("bounced", text, event.at, (event.id,)))
    for address in event.facts.delayed:
        if address not in ledger.dead and address not in ledger.own:
            text = (
                f"Mail to {address} had not arrived by {day_words(_day(ledger, event))}; it is still being tried, and nothing "
                "else changes."
            )
            ledger.asides.append(Aside("delayed", text, event.at, (event.id,)))
    if event.facts.away is None:
        return
    if event.facts.away.left:
        _take_leaving(ledger, event, event.facts.away)
        return
    recipient = status_recipient(ledger.process())
    if recipient is not None and event.sender.address and recipient.address != event.sender.address:
        ledger.note(f"{event.sender.address} is away: no follow-up was to go there")
        return
    _take_away(ledger, event, event.facts.away)


def _take_leaving(ledger: Ledger, event: Incoming, away: Away) -> None:
    """Take the word of a mailbox whose owner works there no more: nobody reads what is sent there."""
    address = event.sender.address
    if not address or address in ledger.own or address in ledger.dead:
        return
    ledger.dead.add(address)
    text = f"{event.sender.name or address} does not work there any more: nothing more is written there.{_stand_in(away)}"
    ledger.asides.append(Aside("left", text, event.at, (event.id,)))


def _stand_in(away: Away) -> str:
    if away.delegate is None:
        return ""
    named = " ".join(part for part in (away.delegate.name, away.delegate.address) if part)
    return f" They name {named} instead; nothing is sent there by itself."


def _take_away(ledger: Ledger, event: Incoming, away: Away) -> None:
    """Shift what is planned, never pause (D18)."""
    rules, day = ledger.policy.away, _day(ledger, event)
    zone = zone_of(ledger.process(), ledger.profile)
    who = event.sender.name or event.sender.address or "Somebody"
    stand_in = _stand_in(away)
    planned = plan_status(ledger.process(), ledger.policy, ledger.profile, event.at) if ledger.waiting else None
    if away.back_on is not None and away.back_on >= day:
        last = day + timedelta(days=rules.cap_days)
        ledger.not_before = instant_of(min(away.back_on, last) + timedelta(days=1), _MIDNIGHT, zone)
        if away.back_on > last:
            back = day_words(away.back_on)
            text = f"{who} is back only on {back}, in more than {rules.cap_days} days: wait, or close the process?"
            ledger.asides.append(Aside("away_long", text + stand_in, event.at, (event.id,)))
        else:
            moves = planned is not None and planned.slot.opens.astimezone(UTC) < ledger.not_before.astimezone(UTC)
            what = "the follow-up moves to the first slot after it" if moves else "no follow-up is due before that"
            text = f"{who} is back on {day_words(away.back_on)}: {what}."
            ledger.asides.append(Aside("away", text + stand_in, event.at, (event.id,)))
        return
    if away.back_on is not None:
        ledger.note("an out-of-office answer whose day of return was over changed nothing")
        return
    if ledger.away_shifts >= rules.shifts:
        text = f"{who} is still away and names no day of return: after {rules.shifts} shifts the follow-up stays where it is."
        ledger.asides.append(Aside("away_without_date", text + stand_in, event.at, (event.id,)))
        return
    start = (planned.slot.opens if planned is not None else event.at).astimezone(zone)
    ledger.not_before = instant_of(start.date() + timedelta(days=rules.shift_days), start.time(), zone)
    ledger.away_shifts += 1
    until = time_words(ledger.not_before.astimezone(user_zone(ledger.profile)))
    text = f"{who} is away and names no day of return: no follow-up goes out before {until}."
    ledger.asides.append(Aside("away", text + stand_in, event.at, (event.id,)))
