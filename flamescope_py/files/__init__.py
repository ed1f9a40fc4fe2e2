"""Files below a directory: versions, names and opening without following links; for store and incoming."""
