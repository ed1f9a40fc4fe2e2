"""The commands, one file each; `options`, `output`, `progress` and `remote` are shared by several."""
