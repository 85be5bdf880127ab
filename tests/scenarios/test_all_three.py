"""An account over IMAP, one at Gmail and one at Outlook in one program."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.at_outlook import Directory
from tests.scenarios.three import Three, services
from tests.servers.dovecot import Dovecot

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.xdist_group("daemon")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    with Dovecot(tmp_path_factory.mktemp("dovecot")) as running:
        yield running


@pytest.fixture
def mine(server: Dovecot, microsoft: Directory, tmp_path: Path) -> Iterator[Three]:
    with services() as (gmail, graph):
        yield Three(tmp_path, server, gmail, graph, microsoft)


OPENING = """
import sys
from pathlib import Path
from watcher.accounts import build_connector
from watcher.config import load_config
from watcher.loading import load_libraries

accounts = load_config(Path(sys.argv[1])).enabled
load_libraries(accounts)
before = set(sys.modules)
for account in accounts:
    connector = build_connector(account)
    connector.open()
    connector.close()
known = {*sys.stdlib_module_names, "connectors", "rules", "watcher"}
print(*sorted(name for name in set(sys.modules) - before if name.partition(".")[0] not in known))
"""


def test_no_library_is_imported_by_the_threads_that_open_mailboxes(mine: Three) -> None:
    """Two threads that import parts of one library at once may each get half of it."""
    command = [sys.executable, "-c", OPENING, str(mine.config)]
    done = subprocess.run(command, env=mine.env, capture_output=True, text=True, check=False, cwd=ROOT)

    assert (done.returncode, done.stdout.split(), done.stderr) == (0, [], "")
