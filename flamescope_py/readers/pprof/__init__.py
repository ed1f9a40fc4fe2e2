"""pprof's profiles, of Go, @datadog/pprof, Python, Rust and many collectors."""
