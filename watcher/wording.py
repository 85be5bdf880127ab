"""The user's own templates: a folder of files, read as they are, and checked before a draft is made of them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from watcher.config import Config, ConfigError, Problem

if TYPE_CHECKING:
    from rules.drafts.wording import Wording  # the templates' engine: not loaded where no draft is made

__all__ = ["Texts", "check_templates", "read_templates", "wording_of"]

Texts = tuple[tuple[str, str], ...]
"""Names and contents of files, by name."""

_LARGEST = 256 * 1024
_MOST = 50


def read_templates(config: Config) -> Texts:
    """Return the files of the user's folder of templates, unchecked; nothing when there is none. Raises ConfigError."""
    folder = config.rules.templates
    if folder is None:
        return ()
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".toml" and not path.name.startswith("."))
        if not paths or len(paths) > _MOST:
            raise _trouble(config, f"{folder} holds {len(paths)} files that end in .toml", "Put thank_you.toml or its like there")
        return tuple((path.name, _text(config, path)) for path in paths)
    except OSError as error:
        reason = f"{folder} cannot be read ({error.strerror})"
        raise _trouble(config, reason, "Correct the path, or remove the key") from error


def _text(config: Config, path: Path) -> str:
    with path.open("rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise _trouble(config, f"{path} is larger than 256 KB", "Keep the parts that you change; ours serve for the rest")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _trouble(config, f"{path} is not UTF-8 text", "Save the file as UTF-8") from None


def _trouble(config: Config, reason: str, remedy: str) -> ConfigError:
    return ConfigError(config.path, [Problem(f"rules.templates: {reason}", f"{remedy}.")])


def check_templates(config: Config) -> int:
    """Return how many files of templates the user has, all of them found good. Raises ConfigError with every fault."""
    texts = read_templates(config)
    if not texts or config.rules.templates is None:
        return 0
    from rules.drafts.own_words import TemplatesError  # noqa: PLC0415 - see above

    try:
        wording_of(texts)
    except TemplatesError as error:
        first = error.faults[0].file  # the other files are named where their faults are told
        problems = [
            Problem(
                fault.reason if fault.file == first else f"{fault.file}, line {fault.line or 1}: {fault.reason}",
                f"{fault.remedy.rstrip('.')}.",
                fault.part,
                fault.line if fault.file == first and fault.line else 1,
            )
            for fault in error.faults
        ]
        raise ConfigError(config.rules.templates / first, problems) from error
    return len(texts)


@lru_cache(maxsize=8)
def wording_of(texts: Texts) -> Wording | None:
    """Return our words with the user's laid over them; None where there are none. Raises `own_words.TemplatesError`."""
    if not texts:
        return None
    from rules.drafts.own_words import lay_over  # noqa: PLC0415 - see above
    from rules.drafts.wording import load_wording  # noqa: PLC0415

    return lay_over(load_wording(), dict(texts))
