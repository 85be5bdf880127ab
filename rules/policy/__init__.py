"""A playbook as frozen values, and how its TOML is read."""

from rules.policy.reading import PolicyError, Problem, load_playbook, parse_policy, playbook_names
from rules.policy.types import (
    AwayRules,
    DraftRules,
    GapRules,
    GraciousRules,
    KeepWarmRules,
    NotesRules,
    Policy,
    PrepRules,
    PromiseRules,
    SilenceRules,
    SlotRules,
    StatusRules,
    TaskRules,
    ThankYouRules,
    WaitRules,
)

__all__ = [
    "AwayRules",
    "DraftRules",
    "GapRules",
    "GraciousRules",
    "KeepWarmRules",
    "NotesRules",
    "Policy",
    "PolicyError",
    "PrepRules",
    "Problem",
    "PromiseRules",
    "SilenceRules",
    "SlotRules",
    "StatusRules",
    "TaskRules",
    "ThankYouRules",
    "WaitRules",
    "load_playbook",
    "parse_policy",
    "playbook_names",
]
