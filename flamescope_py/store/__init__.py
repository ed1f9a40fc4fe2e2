"""The disk: the profile directory, its list, the index, and the profiles that are open in memory."""
