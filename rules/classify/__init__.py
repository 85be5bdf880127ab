"""Which kind of mail a message is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.classify.types import Classification, Evidence, Kind
from rules.deferred import deferred

if TYPE_CHECKING:
    from rules.classify.kinds import classify
    from rules.classify.prefilter import Known, wants
    from rules.classify.senders import can_receive

__all__ = ["Classification", "Evidence", "Kind", "Known", "can_receive", "classify", "wants"]

__getattr__ = deferred(__name__, {"classify": "kinds", "Known": "prefilter", "wants": "prefilter", "can_receive": "senders"})
