"""V8's own logs, of `node --prof`, and what `node --prof-process --preprocess` makes of them."""
