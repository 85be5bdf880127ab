"""How commands are run: foreseeable errors become one clear message and an exit code, anything else is a bug and says so."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from watcher.cli.exits import Exit, explain

__all__ = ["Group"]


class Group(TyperGroup):
    """The top group; its `obj` is `options.Globals`."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            if hasattr(error, "exit_code"):  # the parser's own: usage errors, exits
                raise
            if isinstance(error, BrokenPipeError):
                raise  # the reader of our output went away; the parser ends quietly
            raise typer.Exit(_tell(error, debug=bool(getattr(ctx.obj, "debug", False)))) from error


def _tell(error: Exception, *, debug: bool) -> int:
    """Say what went wrong on standard error, redacted, and return the exit code."""
    from watcher.log import redact  # noqa: PLC0415 -- only on errors

    found = explain(error)
    code, message = found or (Exit.BUG, f"something unforeseen went wrong ({type(error).__name__}): {error}")
    if debug:
        import traceback  # noqa: PLC0415 -- only on errors

        typer.echo(redact("".join(traceback.format_exception(error))), err=True)
    elif found is None:
        message += "\nNothing was lost. Run it again with `hearback --debug …` for the details, and please report them."
    typer.echo(f"hearback: {redact(message)}", err=True)
    return int(code)
