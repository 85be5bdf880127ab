"""Which kind of mail a message is."""

from rules.classify.kinds import classify
from rules.classify.prefilter import Known, wants
from rules.classify.senders import can_receive
from rules.classify.types import Classification, Evidence, Kind

__all__ = ["Classification", "Evidence", "Kind", "Known", "can_receive", "classify", "wants"]
