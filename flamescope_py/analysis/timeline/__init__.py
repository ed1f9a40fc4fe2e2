"""The stack chart of a range: the frames of every thread in the order in which they ran."""
