"""What each method costs of the quota.

https://developers.google.com/workspace/gmail/api/reference/quota, the table of units per method. Since May 2026 new projects
pay 20 for messages.get, drafts.get, messages.attachments.get and messages.trash and 40 for threads.get, where older ones pay 5
and 10; the rest is as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["UNITS"]

UNITS: Final[Mapping[str, int]] = {
    f"gmail.users.{name}": units
    for name, units in {
        "drafts.create": 10,
        "drafts.delete": 10,
        "drafts.get": 20,
        "drafts.list": 5,
        "drafts.send": 100,
        "drafts.update": 15,
        "getProfile": 1,
        "history.list": 2,
        "labels.create": 5,
        "labels.delete": 5,
        "labels.get": 1,
        "labels.list": 1,
        "labels.patch": 5,
        "labels.update": 5,
        "messages.attachments.get": 20,
        "messages.batchDelete": 50,
        "messages.batchModify": 50,
        "messages.delete": 10,
        "messages.get": 20,
        "messages.import": 25,
        "messages.insert": 25,
        "messages.list": 5,
        "messages.modify": 5,
        "messages.send": 100,
        "messages.trash": 20,
        "messages.untrash": 5,
        "settings.sendAs.list": 1,
        "stop": 50,
        "threads.delete": 20,
        "threads.get": 40,
        "threads.list": 10,
        "threads.modify": 10,
        "threads.trash": 10,
        "threads.untrash": 10,
        "watch": 100,
    }.items()
}
