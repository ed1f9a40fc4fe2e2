"""Bounds that several formats share."""

# Frames of a stack. Flame graphs deeper than this cannot be looked at.
MAX_DEPTH = 10_000
# A heatmap has a column per second: a profile may span this many. Two days is far more than one recording
# lasts; a sample further away has a damaged timestamp, and must not cost a million empty columns.
MAX_SPAN_SECONDS = 2 * 86_400
# A line of a report in text, where the format does not need longer ones.
MAX_LINE = 64 << 10
LONG = f"line longer than {MAX_LINE >> 10} KiB"
