"""What is told of the processes: as values for `--json`, and as tables and text for people. Nothing here prints or reads."""
