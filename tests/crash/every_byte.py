"""The connection broken at every byte, in five ways: what `test_imap_chaos.py` and its like do, but exhaustively.

    python -m tests.crash.every_byte

Over IMAP at every byte of putting a draft; at Gmail and Outlook at many bytes of each errand, and at Outlook every call and part
of a batch refused as well. Prints how many points were tried, how many left anything but one draft (none shall), and how often
the draft stood twice until the sweep.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path

from tests.crash.dialogue import LITERAL, Box, Fault, Outcome, each
from tests.crash.errands import Post, each_post, posts
from tests.crash.gmail_post import GmailPost
from tests.crash.outlook_post import REFUSALS, OutlookPost, OutlookPostOtherwise, can_be
from tests.servers.chaosproxy import Act, Way
from tests.servers.dovecot import PASSWORD, Dovecot

__all__ = ["OUTLOOK", "Result", "every_byte", "every_errand", "every_refusal", "main"]

AT_ONCE = 4
DEADLINE = 0.25
"""Seconds after which the connector gives up on a server that does not answer."""
STALL_STEP = 8
"""A stall costs the deadline each time: every eighth byte is tried."""
STEPS = {Act.CUT: 5, Act.RESET: 11, Act.STALL: 47, Act.SWALLOW: 47, Act.HOLD: 47}
"""Over HTTP every so-manieth byte is tried: an errand is some thousand bytes and many connections long."""
OUTLOOK = (OutlookPost, OutlookPostOtherwise)
MOST_CALLS = 60
"""Of an errand; more would be a mistake."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one kind of fault did."""

    name: str
    points: int
    wrong: tuple[str, ...]
    """The faults that left anything but exactly one draft, with what was found."""
    twice: int
    """At so many points the draft stood twice until the sweep."""

    def __str__(self) -> str:
        """Return one line."""
        return f"{self.name:26} {self.points:5} points, {len(self.wrong)} wrong; {self.twice} stood twice until the sweep"


def _put(timeout: float, box: Box, fault: Fault) -> Outcome:
    return box.put(fault, timeout=timeout)


def every_byte(server: Dovecot, tell: Callable[[str], None]) -> list[Result]:
    """Try every byte; `tell` is given a line for each kind of fault as it is done."""
    users = [f"byte{number}" for number in range(AT_ONCE)]
    boxes = [Box(server.imap, server.maildir(user).parent, user, PASSWORD) for user in users]
    length = boxes[0].length()
    plans = [
        ("cut", [Fault(Act.CUT, k, way) for way in Way for k in range(length[way])], 10.0),
        ("reset", [Fault(Act.RESET, k, way) for way in Way for k in range(length[way])], 10.0),
        ("stalled", [Fault(Act.STALL, k, way) for way in Way for k in range(0, length[way], STALL_STEP)], DEADLINE),
        ("half open", [Fault(Act.SWALLOW, k, way) for way in Way for k in range(0, length[way], STALL_STEP)], DEADLINE),
        ("held back", [Fault(Act.HOLD, k, marker=LITERAL) for k in range(0, boxes[0].literal() + 2, STALL_STEP)], DEADLINE),
    ]
    results = []
    for name, faults, timeout in plans:
        found = each(boxes, faults, partial(_put, timeout))
        wrong = tuple(f"{fault}: {outcome}" for fault, outcome in found if not outcome.fine)
        results.append(Result(name, len(found), wrong, sum(outcome.standing > 1 for _, outcome in found)))
        tell(str(results[-1]))
    return results


def every_errand(kinds: Sequence[type[Post]], tell: Callable[[str], None]) -> list[Result]:
    """Break each errand over HTTP; `tell` is given a line for each errand and kind of fault as it is done."""
    results = []
    for kind in kinds:
        with posts(kind, AT_ONCE) as found:
            for errand, marker in kind.markers.items():
                length = found[0].length(errand)
                acts = {act: every for act, every in STEPS.items() if act is not Act.HOLD or errand not in kind.nameless}
                for act, every in acts.items():
                    faults = [Fault(act, k, way, marker) for way in Way for k in range(0, length[way], every * kind.coarseness)]
                    timeout = 10.0 if act in {Act.CUT, Act.RESET} else DEADLINE
                    tried = each_post(found, errand, faults, timeout=timeout)
                    wrong = tuple(f"{errand}, {fault}: {left.problems}" for fault, left in tried if left.problems)
                    twice = sum(left.standing > 1 for _, left in tried)
                    results.append(Result(f"{kind.name}, {errand}, {act}", len(tried), wrong, twice))
                    tell(str(results[-1]))
    return results


def every_refusal(kinds: Sequence[type[OutlookPost]], tell: Callable[[str], None]) -> list[Result]:
    """Refuse each call, each part of a batch and each batch of every errand at Outlook, done or not."""
    results = []
    for kind in kinds:
        with posts(kind, 1) as (post,):
            for errand in kind.markers:
                points, twice = 0, 0
                wrong: list[str] = []
                for method, status, done in product(("*", kind.batch), REFUSALS, (False, True)):
                    if not can_be(errand, status, done=done):
                        continue
                    for skip in range(MOST_CALLS):
                        left = post.refuse(errand, status, skip, done=done, method=method)
                        if not left.sprung:
                            break
                        points += 1
                        twice += left.standing > 1
                        how = f"{method} {status} at call {skip}{', done' if done else ''}"
                        wrong += [f"{errand}, {how}: {left.problems}"] if left.problems else []
                results.append(Result(f"{kind.name}, {errand}, refused", points, tuple(wrong), twice))
                tell(str(results[-1]))
    return results


def main() -> int:
    """Print what was found; return the exit code."""
    with tempfile.TemporaryDirectory(prefix="hearback-bytes-") as name, Dovecot(Path(name)) as server:
        results = [*every_byte(server, print), *every_errand([GmailPost, *OUTLOOK], print), *every_refusal(OUTLOOK, print)]
    for result in results:
        for line in result.wrong[:20]:
            print(f"  {result.name}: {line}")  # noqa: T201 - this is a report
    return 1 if any(result.wrong for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
