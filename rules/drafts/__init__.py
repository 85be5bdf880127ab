"""The drafts: what is put, under which key, in which words."""
