"""Protocol buffers decoded by array operations: many messages of one kind at a time."""
