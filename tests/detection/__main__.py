"""Prints the figures: `python -m tests.detection [--errors] [--quick] [--only SOURCE]`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence

from rules.classify import Kind
from tests.detection.fields import FIELDS, misread
from tests.detection.measure import Reading, calibration, disturbing, macro_f1, read, score
from tests.detection.rows import Row, corpus, corpus_path, held, letters
from tests.detection.speed import memory, speed
from tests.detection.targets import targets

_SPEED = 400
_GROWTH = 1.05


def main() -> int:
    """Print everything; return 0 also when a target is missed, for a figure is no failure."""
    options = argparse.ArgumentParser(prog="python -m tests.detection", description="Measure how well mail is read.")
    options.add_argument("--errors", action="store_true", help="list each mail and field that was read wrong")
    options.add_argument("--quick", action="store_true", help="leave out speed and memory")
    options.add_argument("--only", metavar="SOURCE", help="the source whose name begins so, alone")
    given = options.parse_args()
    rows = [*corpus(), *letters(), *held()]
    if not corpus_path().is_file():
        say(f"No corpus at {corpus_path()}: only our own letters are read. HEARBACK_CORPUS may name a file or folder with one.")
    if given.only:
        rows = [row for row in rows if row.source.startswith(given.only)]
    if not rows:
        say("There is nothing to measure with.")
        return 1
    readings = read(rows)
    _sources(readings)
    for title, part in _parts(readings):
        _kinds(title, part)
        _targets(title, part)
    _calibration(readings)
    if given.errors:
        _errors(readings)
    if not given.quick:
        _speed([row for row in rows if not row.source.startswith(("own:", "held:"))] or rows)
    return 0


def say(line: str = "") -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


def _parts(readings: Sequence[Reading]) -> Iterable[tuple[str, list[Reading]]]:
    ours, apart = ([item for item in readings if item.row.source.startswith(mark)] for mark in ("own:", "held:"))
    theirs = [item for item in readings if not item.row.source.startswith(("own:", "held:"))]
    parts = (("corpus", theirs), ("our own letters", ours), ("mail kept apart", apart))
    return ((title, part) for title, part in parts if part)


def _sources(readings: Sequence[Reading]) -> None:
    say(f"{'source':24}{'mails':>8}{'right':>8}{'macro-F1':>10}")
    for source in sorted({item.row.source for item in readings}):
        part = [item for item in readings if item.row.source == source]
        right = sum(item.found.kind in item.row.right for item in part)
        say(f"{source:24}{len(part):8}{right / len(part):8.3f}{macro_f1(part):10.3f}")


def _kinds(title: str, readings: Sequence[Reading]) -> None:
    say(f"\n{title:24}{'mails':>8}{'precision':>11}{'recall':>8}{'F1':>8}")
    for kind in Kind:
        found = score(readings, kind)
        if found.there or found.found:
            say(f"{kind:24}{found.there:8}{found.precision:11.3f}{found.recall:8.3f}{found.f1:8.3f}")


def _targets(title: str, readings: Sequence[Reading]) -> None:
    say(f"\n{f'target ({title})':60}{'of':>6}{'figure':>9}{'budget':>9}")
    for target in targets(readings):
        sign = "<=" if target.at_most else ">="
        verdict = "kept" if target.kept else "MISSED"
        say(f"{target.name:60}{target.of:6}{target.value:9.3f}{sign:>4}{target.budget:5.2f}  {verdict}")


def _calibration(readings: Sequence[Reading]) -> None:
    say(f"\n{'confidence from':24}{'mails':>8}{'right':>8}")
    for begin, count, right in calibration(readings):
        say(f"{begin:<24.1f}{count:8}{right:8.3f}")


def _errors(readings: Sequence[Reading]) -> None:
    say("\nconfusions")
    wrong = [item for item in readings if item.found.kind not in item.row.right]
    for (label, taken), count in Counter((item.row.label, item.found.kind) for item in wrong).most_common():
        say(f"  {label} read as {taken}: {count}")
    changing = {id(item) for item in disturbing(readings)[0]}
    for item in wrong:
        words = "; ".join(f"{piece.source}: {piece.detail!r}" for piece in item.found.evidence[:3])
        mark = "!" if id(item) in changing else " "
        say(f"{mark} {item.row.id:28} {item.row.label} -> {item.found.kind} {item.found.confidence:.2f} ({words})")
    for field in FIELDS:
        for reading, found, wanted in misread(readings, field):
            say(f"  {reading.row.id:28} {field}: {found!r}, not {wanted!r}")


def _speed(rows: Sequence[Row]) -> None:
    found = speed(rows)
    verdict = "kept" if found.per_second >= _SPEED else "MISSED"
    say(f"\nspeed: {found.per_second:.0f} messages a second from octets to facts (>= {_SPEED})  {verdict}")
    say(f"       the kind alone {found.classify_ms:.3f} ms a message, {found.noise_ms:.3f} ms for noise of 2 KB")
    warm, after = memory(rows)
    verdict = "kept" if after <= warm * _GROWTH else "MISSED"
    say(f"memory: {warm / 1024:.1f} MB after 5,000 messages, {after / 1024:.1f} MB after 50,000 (flat)  {verdict}")


if __name__ == "__main__":
    sys.exit(main())
