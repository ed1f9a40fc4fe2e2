"""Programs that make captures for tests, examples and pictures, and read them."""
