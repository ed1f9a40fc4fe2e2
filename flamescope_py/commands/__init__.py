"""The commands, one file each; `options`, `output` and `following` hold what several of them share."""
