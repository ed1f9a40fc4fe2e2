"""Tests in a real browser. A package, so that shared fixtures end with the last test."""
