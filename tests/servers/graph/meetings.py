"""Meeting requests, cancellations and answers, which the service makes of mail with a calendar part.

https://learn.microsoft.com/en-us/graph/api/resources/eventmessage and .../eventmessagerequest, .../eventmessageresponse.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tests.servers.graph.mime import Taken

__all__ = ["meeting_of", "zoned"]

_LINE: Final = re.compile(r"(?im)^(METHOD|DTSTART|DTEND|LOCATION|PARTSTAT|ATTENDEE)((?:;[^:\r\n]{0,400})?):([^\r\n]{0,2000})")
_FOLD: Final = re.compile(r"\r?\n[ \t]")
_ZONE: Final = re.compile(r"TZID=\"?([^;:\"]+)")
_ANSWERS: Final = {"ACCEPTED": "meetingAccepted", "TENTATIVE": "meetingTenativelyAccepted", "DECLINED": "meetingDeclined"}


def meeting_of(mail: Taken) -> tuple[str, str, dict[str, Any]] | None:
    """Return type, item class and properties of a meeting message; None for other mail."""
    if not mail.calendar:
        return None
    found: dict[str, tuple[str, str]] = {}
    for name, options, value in _LINE.findall(_FOLD.sub("", mail.calendar)):
        found.setdefault(name.upper(), (options, value.strip()))
    method = found.get("METHOD", ("", ""))[1].upper()
    start, day = _instant(*found.get("DTSTART", ("", "")))
    end, _ = _instant(*found.get("DTEND", ("", "")))
    told: dict[str, Any] = {
        "startDateTime": start,
        "endDateTime": end or (start + timedelta(days=1) if start and day else start),
        "isAllDay": day,
        "isOutOfDate": False,
        "isDelegated": False,
        "type": "singleInstance",
        "location": {"displayName": found.get("LOCATION", ("", ""))[1]},
    }
    if method == "REQUEST":
        told |= {"meetingMessageType": "meetingRequest", "meetingRequestType": "newMeetingRequest", "responseRequested": True}
        return "eventMessageRequest", "IPM.Schedule.Meeting.Request", told
    if method == "CANCEL":
        return "eventMessage", "IPM.Schedule.Meeting.Canceled", told | {"meetingMessageType": "meetingCancelled"}
    if method == "REPLY":
        said = re.search(r"PARTSTAT=([A-Za-z-]+)", found.get("ATTENDEE", ("", ""))[0])
        answer = _ANSWERS.get(said[1].upper() if said else "", "meetingAccepted")
        return "eventMessageResponse", "IPM.Schedule.Meeting.Resp.Pos", told | {"meetingMessageType": answer}
    return None


def zoned(moment: datetime, zone: str) -> dict[str, str]:
    """Return a dateTimeTimeZone in UTC where that was preferred, else as a mailbox on the Pacific coast tells it."""
    if zone.upper() == "UTC":
        return {"dateTime": moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.0000000"), "timeZone": "UTC"}
    local = moment.astimezone(ZoneInfo("America/Los_Angeles"))
    return {"dateTime": local.strftime("%Y-%m-%dT%H:%M:%S.0000000"), "timeZone": "Pacific Standard Time"}


def _instant(options: str, value: str) -> tuple[datetime | None, bool]:
    """Return a time of RFC 5545, section 3.3.5, and whether it is a day."""
    try:
        if "VALUE=DATE" in options.upper() and "T" not in value.upper():
            return datetime.strptime(value, "%Y%m%d").replace(tzinfo=UTC), True
        zone = _ZONE.search(options)
        naive = datetime.strptime(value.rstrip("Zz"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 - its zone follows
        return naive.replace(tzinfo=ZoneInfo(zone[1]) if zone else UTC), False
    except (ValueError, ZoneInfoNotFoundError):
        return None, False
