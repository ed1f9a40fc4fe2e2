"""`/openapi.json`: the description of the interface."""
