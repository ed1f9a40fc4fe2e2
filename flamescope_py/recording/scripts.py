"""The POSIX sh scripts of recordings: one finds processes, one records and turns perf.data into text."""

from __future__ import annotations

MOST_LISTED = 50
# A live recording that waits with more than this is behind.
BEHIND_BYTES = 4 << 20
CLOCK = "-k CLOCK_REALTIME"
# How perf record writes a stream, and perf script its text: half a sample at a time, since each line would
# cost a write.
LIVE = "--no-buffering -o -"
LIVE_PARTS = "stdbuf -o1K"
# From the most to the least. A perf.data without CPUs has the second, and an old perf or a tracepoint none.
FIELDS = (
    "-F comm,pid,tid,cpu,time,event,period,ip,sym,dso",
    "-F comm,pid,tid,time,event,period,ip,sym,dso",
)
# Names of JavaScript functions as V8 writes them: a map of regular expressions alone names none.
_JAVASCRIPT = "(JS|LazyCompile|Function|Eval|Script):"

# `text FILE` writes a perf.data as text, with the most fields that this perf and this file have.
# An empty $header leaves the header out.
# A trial ends after its first 64 kB, since a hostile perf may write without a line end.
TEXT = f"""
text() {{
  for fields in '{FIELDS[0]}' '{FIELDS[1]}' ''; do
    [ -n "$fields" ] || break
    line=$($sudo perf script -f -i "$1" $fields 2>/dev/null | head -c 65536 | tr -d '\\000' | head -n 1)
    [ -z "$line" ] || break
  done
  $sudo perf script -f ${{header---header}} -i "$1" $fields
}}
"""

# $1 pgrep or pid, $2 a pattern or a pid. A line for the clock and the number of matches, then one for each of
# the first matches: pid, parent, user id and name, processor time of two moments, map, program, command line.
# The map is looked for by the pid that the process has in its own container, too.
FIND = rf"""
if [ "$1" = pgrep ]; then
  pids=$(pgrep -f -- "$2"); found=$?
  [ "$found" -le 1 ] || exit "$found"
else
  pids=$2
fi
stat_of() {{ sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null; }}
ticks_of() {{ stat_of "$1" | cut -d ' ' -f 12-13 | tr ' ' +; }}
uptime_of() {{ cut -d ' ' -f 1 /proc/uptime; }}
ours= one=$$
while [ "${{one:-0}}" -gt 1 ]; do
  ours=$ours$one, one=$(stat_of "$one" | cut -d ' ' -f 2)
done
count=0 all=0 before=
first=$(uptime_of)
for pid in $pids; do
  [ -d "/proc/$pid" ] || continue
  case ",$ours" in *,"$pid",*) [ "$1" = pid ] || continue;; esac
  all=$((all + 1))
  [ "$all" -le {MOST_LISTED} ] || continue
  before="$before $pid:$(ticks_of "$pid")"
done
[ "$all" = 0 ] || sleep 0.3 2>/dev/null || sleep 1
second=$(uptime_of)
echo "clock $first $second $(getconf CLK_TCK 2>/dev/null || echo 100) $all"
map_of() {{
  inner=$(sed -n 's/^NSpid:.*[^0-9]\([0-9][0-9]*\)$/\1/p' "/proc/$1/status" 2>/dev/null)
  for file in "/tmp/perf-$1.map" "/proc/$1/root/tmp/perf-${{inner:-$1}}.map"; do
    [ -f "$file" ] || continue
    [ -r "$file" ] || {{ echo unreadable; return; }}
    named=no
    grep -Eqm 1 '{_JAVASCRIPT}' "$file" 2>/dev/null && named=yes
    echo "$(stat -L -c %u:%s "$file" 2>/dev/null || echo :):$named"
    return
  done
  if [ "${{inner:-$1}}" != "$1" ] && [ ! -x "/proc/$1/root/tmp" ]; then echo hidden; else echo absent; fi
}}
for one in $before; do
  pid=${{one%%:*}}
  [ -d "/proc/$pid" ] || continue
  parent=$(stat_of "$pid" | cut -d ' ' -f 2)
  user=$(stat -c '%u %U' "/proc/$pid" 2>/dev/null || echo '- -')
  program=$(readlink "/proc/$pid/exe" 2>/dev/null | tr -d ' \n')
  printf '%s %s %s %s %s %s %s ' "$pid" "${{parent:-0}}" "$user" "${{one#*:}}" "$(ticks_of "$pid")" \
    "$(map_of "$pid")" "${{program:--}}"
  tr '\000\n' '  ' <"/proc/$pid/cmdline" 2>/dev/null
  echo
done
exit 0
"""

# $1 sudo or nothing, $2 how to pack, $3 seconds, $4 live, ring or nothing; the rest: options of perf record.
#
# perf records for as long as the cat that it starts waits for the end of a pipe, and a sleep of ours holds
# that open: so perf can be stopped also where it runs as root and takes no signals from us. Opening the
# pipe waits for the other side, so the seconds count from when perf really records. A line on standard input
# ends the recording and keeps it, its end discards it.
#
# A live recording is written as a stream, at every sample, to a file that a second perf follows. Whatever
# that is too slow for waits in the file, so nothing is lost. Its text goes out first, then a line with the
# mark, then the text of the whole, with the names of functions that were compiled meanwhile.
#
# A ring is a row of files, of which perf removes the oldest. The time of its end is in the name of each.
#
# The disk may be full when perf fails. Its words go over blanks that have room already, and the files of the
# trial are removed to make room for what follows.
RECORD = rf"""
umask 077
sudo=$1 pack=$2 seconds=$3 live= ring=
case "$4" in live) live=yes;; ring) ring=yes;; esac
shift 4
{TEXT}
dir= hold= work= follow= reader= behind=
# A program that waits for a pipe to open finds it open and closed, and a later one finds none.
open_up() {{ if [ -p "$dir/$1" ]; then exec 4<>"$dir/$1"; rm -f "$dir/$1"; exec 4<&-; fi; }}
tidy() {{
  trap '' HUP INT TERM PIPE USR1
  [ -z "$hold" ] || kill -KILL "$hold" 2>/dev/null
  for pid in $work $watch; do kill "$pid" 2>/dev/null; done
  for pid in $follow $behind; do kill -KILL "$pid" 2>/dev/null; done
  open_up open
  open_up stream
  [ -z "$work" ] || wait "$work" 2>/dev/null
  [ -z "$reader" ] || wait "$reader" 2>/dev/null
  [ -z "$dir" ] || rm -rf -- "$dir"
}}
trap tidy EXIT
trap 'exit 143' HUP INT TERM PIPE
exec 3<&0 </dev/null
main=$$
finish() {{ stopped=yes; [ -z "$hold" ] || kill -KILL "$hold" 2>/dev/null; }}
stopped=
trap finish USR1
(while read -r line; do kill -USR1 "$main"; done; kill -TERM "$main") <&3 >/dev/null 2>&1 3<&- &
watch=$!
exec 3<&-
# `wait` returns early where a trap has run.
await() {{ wait "$1"; status=$?; while [ -d "/proc/$1" ]; do wait "$1"; status=$?; done; }}
# perf's own failure leaves no data that anything can read.
recorded() {{
  [ "$1" = 0 ] || grep -q 'Captured and wrote' "$dir/words" && return
  [ -n "$live$ring" ] && {{ [ "$1" = 137 ] || grep -q 'No space left' "$dir/words"; }}
}}
dir=$(mktemp -d "${{TMPDIR:-/tmp}}/flamescope.XXXXXXXX") || exit 1
clock='{CLOCK}'
$sudo perf record --sample-cpu $clock "$@" -o "$dir/trial" -- true >/dev/null 2>&1 &
work=$!
await "$work"
[ "$status" = 0 ] || clock=
work=
mkfifo "$dir/open" || exit 1
{{ note recording; exec sleep "$seconds"; }} >"$dir/open" &
hold=$!
printf '%4096s' '' >"$dir/words"
if [ -n "$live" ]; then
  : >"$dir/perf.data"
  $sudo perf record --sample-cpu $clock "$@" {LIVE} -- cat "$dir/open" >"$dir/perf.data" 2<>"$dir/words" &
else
  $sudo perf record --sample-cpu $clock "$@" -o "$dir/perf.data" -- cat "$dir/open" \
    >/dev/null 2<>"$dir/words" &
fi
work=$!
if [ -n "$live" ]; then
  parts=
  command -v stdbuf >/dev/null 2>&1 && parts='{LIVE_PARTS}'
  mkfifo "$dir/stream" || exit 1
  tail -c +1 -f "$dir/perf.data" >"$dir/stream" 2>/dev/null &
  follow=$!
  $parts $sudo perf script -f -i - {FIELDS[0]} <"$dir/stream" 2>/dev/null &
  reader=$!
  # The sleep outlives its shell, and must not hold our standard error open.
  (while sleep 5 2>/dev/null; do
    at=$(sed -n 's/^pos:[^0-9]*//p' "/proc/$follow/fdinfo/3" 2>/dev/null)
    size=$(stat -c %s "$dir/perf.data" 2>/dev/null)
    [ "$((${{size:-0}} - ${{at:-${{size:-0}}}}))" -gt {BEHIND_BYTES} ] && {{ note behind; exit; }}
  done) >/dev/null &
  behind=$!
fi
[ -z "$stopped" ] || finish
await "$work"
ended=$status
# Not TERM: a perf that fails at once is over before the sleep is, which then still has our traps and goes on.
{{ kill -KILL "$hold"; wait "$hold"; }} 2>/dev/null
work= hold=
rm -f "$dir"/trial*
# A perf that was killed has not completed its last file of a ring.
[ -z "$ring" ] || rm -f "$dir/perf.data"
if [ -n "$live" ]; then
  {{ kill -KILL "$behind" "$follow"; wait "$behind" "$follow"; }} 2>/dev/null
  # A perf that fails at once is over before tail has opened the pipe, which reader still waits for.
  open_up stream
  await "$reader"
  follow= reader= behind=
  printf '\n%s\n' "$mark"
fi
if ! recorded "$ended"; then
  note "failed record"
  cat "$dir/words" >&2
  exit 1
fi
if grep -q 'No space left\|failed to write\|write error' "$dir/words"; then
  note full
elif [ "$ended" = 137 ]; then
  note killed
elif [ "$ended" != 0 ] && [ -z "$stopped" ]; then
  # Where the recorded process ends first, perf ends the cat, whose signal becomes its status.
  note ended
fi
note reading
{{
  unset header
  status=0
  for data in "$dir"/perf.data*; do
    text "$data" 2>"$dir/words" || {{ status=$?; break; }}
    header=
  done
  echo "$status" >"$dir/status"
}} | $pack &
work=$!
await "$work"
packed=$status
work=
read -r status <"$dir/status"
if [ "$status" != 0 ] || [ "$packed" != 0 ]; then
  note "failed script"
  cat "$dir/words" >&2
  exit 1
fi
note complete
"""
