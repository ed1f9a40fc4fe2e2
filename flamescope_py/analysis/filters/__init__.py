"""Named frame filters and the patterns they are made of."""
