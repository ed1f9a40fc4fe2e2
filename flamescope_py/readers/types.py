"""The formats that can be read, one row each. It imports no reader, so that `--help` is quick.

A new format is one module below readers and one row here.
"""

from __future__ import annotations

from typing import NamedTuple

UNKNOWN_TYPE = "unknown"


class Format(NamedTuple):
    """One format: its type in requests, its title, an example command that makes such a file, its module.

    `text` formats get their bytes in UTF-8 with one line end per line, however they are written. `json`
    formats begin with a brace or a bracket. Heads that have none of the texts in `begins` at their start are
    of another format: its module need not be imported to look at them.
    """

    type: str
    title: str
    command: str
    module: str
    text: bool = True
    json: bool = False
    begins: tuple[bytes, ...] = ()


# In the order in which heads are looked at.
FILE_FORMATS = (
    # JSON first: no other text begins as it does. Firefox's before V8's, which have columns of the same name,
    # and CPU profiles before traces, which may carry one.
    Format(
        "firefox",
        "Firefox Profiler JSON",
        "samply record --save-only -o profile.json.gz -- ./app",
        "firefox.reader",
        json=True,
    ),
    Format("cpuprofile", "V8 CPU profile", "node --cpu-prof app.js", "v8.cpuprofile", json=True),
    Format(
        "trace_event",
        "Chrome trace",
        "node --trace-event-categories v8,node app.js",
        "chrome.trace_event",
        json=True,
    ),
    Format(
        "speedscope",
        "speedscope JSON",
        "py-spy record --format speedscope -o profile.json -- python app.py",
        "speedscope",
        json=True,
    ),
    Format(
        "stackprof",
        "stackprof JSON",
        "stackprof --json stackprof.dump > app.stackprof.json",
        "stackprof",
        json=True,
    ),
    Format(
        "perf_json",
        "perf JSON",
        "perf data convert --to-json perf.json",
        "perf.converted",
        json=True,
    ),
    Format(
        "v8log",
        "V8 log",
        "node --prof app.js",
        "v8log.reader",
        begins=(b"v8-", b"shared-library,", b"code-creation,", b"profiler,", b"tick,"),
    ),
    Format(
        "v8log",
        "V8 log, preprocessed",
        "node --prof-process --preprocess isolate*.log > app.json",
        "v8log.preprocessed",
        json=True,
    ),
    # Before perf's text, whose frames theirs resemble.
    Format(
        "macos_sample",
        "macOS sample",
        "sample PID 10 -file app.sample.txt",
        "macos_sample",
    ),
    Format(
        "stacks",
        "DTrace and bpftrace stacks",
        "bpftrace -e 'profile:hz:99 { @[kstack, ustack, comm] = count(); }' > out.stacks",
        "dtrace",
    ),
    Format("perf", "perf script text", "perf script > perf.out", "perf.reader"),
    Format("perf", "perf.data", "perf record -F 99 -a -g -- sleep 60", "perf.binary.data", text=False),
    Format("folded", "folded stacks", "perf script | stackcollapse-perf.pl > out.folded", "folded"),
    Format(
        "jfr",
        "Java Flight Recording (JFR)",
        "java -XX:StartFlightRecording:settings=profile,filename=app.jfr -jar app.jar",
        "jfr.reader",
        text=False,
    ),
    Format(
        "simpleperf",
        "simpleperf's protocol buffers",
        "simpleperf report-sample --protobuf --show-callchain -i perf.data -o perf.trace",
        "simpleperf",
        text=False,
    ),
    # Last, since they have no magic.
    Format(
        "otlp",
        "OTLP profiles",
        "otelcol --config collector.yaml",
        "otlp.reader",
        text=False,
    ),
    Format(
        "pprof",
        "pprof",
        "go test -cpuprofile cpu.pb.gz -bench .",
        "pprof.reader",
        text=False,
    ),
    Format(
        "nflxprofile",
        "nflxprofile",
        "nflxprofile --input-format v8 --output app.nflxprofile app.cpuprofile",
        "nflx.nflxprofile",
        text=False,
    ),
)
# Names that a request may carry, the most frequent one first.
TYPES = tuple(dict.fromkeys(["perf", *(row.type for row in FILE_FORMATS)]))
