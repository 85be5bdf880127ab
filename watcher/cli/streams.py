"""Output on terminals and pipes that know fewer signs than we use (`LC_ALL=C`, an old code page)."""

from __future__ import annotations

import codecs
import sys
import unicodedata

__all__ = ["prepare_streams"]

_SIGNS = {
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "\N{MIDDLE DOT}": "-",
    "\N{BLACK UP-POINTING TRIANGLE}": "!",
    "\N{HORIZONTAL ELLIPSIS}": "...",
    "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{RIGHTWARDS ARROW}": "->",
}


def _spelled(error: UnicodeError) -> tuple[str, int]:
    """Spell what an encoding lacks with what it has: a dash as `-`, an umlaut without its dots, anything else as `?`."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    out = []
    for sign in error.object[error.start : error.end]:
        plainer = _SIGNS.get(sign) or unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode()
        out.append(plainer or "?")
    return "".join(out), error.end


def prepare_streams() -> None:
    """Let no output fail for a sign that the terminal, or a pipe in the C locale, cannot show."""
    codecs.register_error("hearback", _spelled)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None and not (stream.encoding or "").lower().startswith("utf"):
            reconfigure(errors="hearback")
