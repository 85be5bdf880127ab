"""The command line: `hearback`. Modules of commands import what they need when they run, so that `--help` is instant."""

from __future__ import annotations

import atexit
import gc

__all__ = ["main"]


_SELDOM = 200_000
"""Objects made before the collector looks for circles. Importing makes many and leaves none; looking took a tenth of `status`."""


def main() -> None:
    """Run the command line; the entry point of the distribution."""
    gc.set_threshold(_SELDOM)
    # The end looks for circles among all that was imported, though it is about to go: a fifth of `status`.
    atexit.register(gc.freeze)
    from watcher.cli.app import app  # noqa: PLC0415 -- importing the package must cost nothing
    from watcher.cli.streams import prepare_streams  # noqa: PLC0415

    prepare_streams()
    app(prog_name="hearback")
