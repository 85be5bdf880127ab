"""Which kind of mail a message is."""
