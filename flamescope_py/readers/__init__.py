"""One reader per format, bytes in and columns out; `source` opens files, `registry` knows the formats."""
