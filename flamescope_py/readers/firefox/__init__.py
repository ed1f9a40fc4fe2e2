"""Profiles of the Firefox Profiler, as Firefox, samply, vernier and gradle-profiler write them."""
