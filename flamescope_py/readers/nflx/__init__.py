"""Netflix's nflxprofile protocol buffers."""
