"""`python -m watcher.cli`."""

from watcher.cli import main

main()
