"""Questions about a collection: the fixed ones, the engines that answer them, and their answers."""
