"""Reading `perf script` text with the compiled kernel, and the meaning of the kernel's numbers."""
