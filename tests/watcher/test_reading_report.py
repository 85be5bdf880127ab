"""What is told of a single mail."""

from __future__ import annotations

from rules.mail.record import message_from_record
from watcher.report.reading import read_message

_CANCEL = """BEGIN:VCALENDAR
VERSION:2.0
METHOD:CANCEL
BEGIN:VEVENT
UID:77@acme.example
SEQUENCE:1
STATUS:CANCELLED
SUMMARY:Interview with Acme
ORGANIZER:mailto:ada@acme.example
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")


def test_a_cancelled_event_without_a_start_has_no_time() -> None:
    record = {
        "id": "1",
        "from": "Ada Moe <ada@acme.example>",
        "subject": "Canceled: Interview with Acme",
        "body": "I have to call off our interview.",
        "date": "2027-03-03T09:00:00+01:00",
        "ics": _CANCEL,
    }
    reading = read_message(
        lambda undated: message_from_record(record, now=undated), own=frozenset({"sam@example.com"}), zone="Europe/Berlin"
    )
    assert reading.classification.kind.value == "cancellation"
    assert (reading.fields["interview_at"], reading.fields["interview_end"]) == (None, None)
