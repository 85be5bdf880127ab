"""Which messages belong to one hiring process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.deferred import deferred
from rules.threads.types import Cluster, Hints, Linkable, Member

if TYPE_CHECKING:
    from rules.threads.clusters import link
    from rules.threads.corrections import Correction, Pins, pins_of
    from rules.threads.hints import hints_of
    from rules.threads.names import name_key
    from rules.threads.roles import same_role

__all__ = [
    "Cluster",
    "Correction",
    "Hints",
    "Linkable",
    "Member",
    "Pins",
    "hints_of",
    "link",
    "name_key",
    "pins_of",
    "same_role",
]

__getattr__ = deferred(
    __name__,
    {
        "Correction": "corrections",
        "Pins": "corrections",
        "hints_of": "hints",
        "link": "clusters",
        "name_key": "names",
        "pins_of": "corrections",
        "same_role": "roles",
    },
)
