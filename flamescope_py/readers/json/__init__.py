"""Bounded streaming of large JSON documents, shared by the readers of JSON formats."""
