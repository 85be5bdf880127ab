"""The playbooks: one TOML file each."""
