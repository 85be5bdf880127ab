"""The state diagram, drawn from the transition table."""

from __future__ import annotations

from rules.process.table import TABLE, UNDER
from rules.process.types import State

__all__ = ["mermaid"]


def mermaid() -> str:
    """Return the table as a Mermaid state diagram: one arrow a pair of states, with all signals that lead along it.

    Signals that leave a state as it is are not drawn; they stand in the table.
    """
    arrows: dict[tuple[str, str], list[str]] = {}
    for (state, signal), target in TABLE.items():
        if target != state:
            arrows.setdefault((state, "underneath" if target == UNDER else target), []).append(signal)
    lines = ["stateDiagram-v2", f"    [*] --> {State.THEIR_TURN}"]
    lines += [f"    {start} --> {end}: {', '.join(signals)}" for (start, end), signals in arrows.items()]
    lines.append("    note right of underneath: the state that went on while PAUSED or CLOSED covered it")
    return "\n".join(lines)
