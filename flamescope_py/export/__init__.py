"""One function a format that a flame graph can be written in."""
