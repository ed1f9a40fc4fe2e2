"""Fuzzing: hostile inputs of six kinds, counted, and the property tests with new seeds; `make fuzz`."""
