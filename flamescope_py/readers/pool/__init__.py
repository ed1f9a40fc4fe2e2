"""Worker processes that read large files in parallel."""
