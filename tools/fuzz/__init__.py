"""Fuzzing: hostile inputs of seven kinds, counted, and the property tests with new seeds; `make fuzz`."""
