"""Bounds that several formats share."""

# Frames of a stack. Flame graphs deeper than this cannot be looked at.
MAX_DEPTH = 10_000
# A heatmap has a column per second: a profile may span this many. Two days is far more than one recording
# lasts; a sample further away has a damaged timestamp, and must not cost a million empty columns.
MAX_SPAN_SECONDS = 2 * 86_400
