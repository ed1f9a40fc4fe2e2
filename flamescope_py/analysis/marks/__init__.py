"""Marks: events from elsewhere, such as deploys, slow requests and collections, on a profile's time axis."""
