"""Context switches: times off a processor, who ended them, and marks."""
