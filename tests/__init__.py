"""The tests. Only this folder needs an __init__.py: it keeps another package from taking the name."""
