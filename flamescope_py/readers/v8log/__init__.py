"""V8's own logs, of `node --prof`, and the JSON that `node --prof-process --preprocess` makes of them."""
