"""Commands that answer questions about one file or two, without a server; one file a command."""
