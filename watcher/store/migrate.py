"""Bringing a store to the newest layout with Alembic."""

from __future__ import annotations

import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine

__all__ = ["upgrade"]


def upgrade(engine: Engine, found: str | None) -> None:
    """Run the migrations that are missing, all in one transaction. Raises StoreError for a store from a newer program."""
    from watcher.store.store import StoreError  # noqa: PLC0415 - the two name each other

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    if found is not None:
        try:
            ScriptDirectory.from_config(config).get_revision(found)
        except CommandError as error:
            raise StoreError(
                f"{engine.url.database}: was written by a newer version (layout {found}). Install that version again, or set "
                "daemon.state_dir to another folder."
            ) from error
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def main() -> int:
    """Migrate the store named on the command line; say what is wrong in one line on standard error."""
    from watcher.store.store import Store, StoreError  # noqa: PLC0415 - the two name each other

    try:
        Store(Path(sys.argv[1])).close()
    except StoreError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the parent process reads it
        return error.migration_status
    return 0


if __name__ == "__main__":
    sys.exit(main())
