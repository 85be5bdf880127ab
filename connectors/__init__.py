"""One kind of mailbox each, behind one protocol (see `connectors.base`)."""
