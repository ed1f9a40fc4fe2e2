"""The script of a recording: runs perf record, and sends the text of perf.data."""

from __future__ import annotations

from flamescope_py.recording.scripts.ring import RING
from flamescope_py.recording.scripts.text import FIELDS, TEXT
from flamescope_py.recording.scripts.turns import IN_TURNS

# A live recording that waits with more than this is behind.
BEHIND_BYTES = 4 << 20
CLOCK = "-k CLOCK_REALTIME"
# How perf record writes a stream, and perf script its text: half a sample at a time, since each line would
# cost a write.
LIVE = "--no-buffering -o -"
LIVE_PARTS = "stdbuf -o1K"

# $1 sudo or nothing, $2 how to pack, $3 seconds, $4 live, ring or nothing, $5 seconds of the ring; the rest:
# options of perf record.
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
# Where perf cannot do that, short recordings are made in turn, and their texts are the whole.
#
# The disk may be full when perf fails. Its words go over blanks that have room already, and the files of the
# trial are removed to make room for what follows.
_BEGIN = rf"""
umask 077
sudo=$1 pack=$2 seconds=$3 mode=$4 ring=$5
shift 5
{TEXT}
dir= hold= work= follow= reader= behind= gate=open
# A program that waits for a pipe to open finds it open and closed, and a later one finds none.
open_up() {{ if [ -p "$dir/$1" ]; then exec 4<>"$dir/$1"; rm -f "$dir/$1"; exec 4<&-; fi; }}
tidy() {{
  trap '' HUP INT TERM PIPE USR1
  [ -z "$hold" ] || kill -KILL "$hold" 2>/dev/null
  for pid in $work $watch; do kill "$pid" 2>/dev/null; done
  for pid in $follow $behind; do kill -KILL "$pid" 2>/dev/null; done
  open_up "$gate"
  open_up stream
  {{ true >"$dir/over"; }} 2>/dev/null
  exec 5>&-
  [ -z "$work" ] || wait $work 2>/dev/null
  [ -z "$reader" ] || wait "$reader" 2>/dev/null
  [ -z "$dir" ] || rm -rf -- "$dir"
}}
trap tidy EXIT
trap 'exit 143' HUP INT TERM PIPE
exec 3<&0 </dev/null
main=$$
# A pipe that is not open yet is closed by its own side as soon as it is: else the cat would wait for ever.
finish() {{
  stopped=yes
  [ -z "$dir" ] || rm -f "$dir/wanted"
  [ -z "$hold" ] || [ -e "$dir/shut" ] || kill -KILL "$hold" 2>/dev/null
}}
stopped=
trap finish USR1
(while read -r line; do kill -USR1 "$main"; done; kill -TERM "$main") <&3 >/dev/null 2>&1 3<&- &
watch=$!
exec 3<&-
# `wait` returns early where a trap has run.
await() {{ wait "$1"; status=$?; while [ -d "/proc/$1" ]; do wait "$1"; status=$?; done; }}
# Waits for a program of ours, and returns its status.
over() {{ await "$work"; work=; return "$status"; }}
fail() {{ note "failed $1"; cat "$2" >&2; exit 1; }}
dir=$(mktemp -d "${{TMPDIR:-/tmp}}/flamescope.XXXXXXXX") || exit 1
words=$dir/script
: >"$words" >"$dir/wanted"
[ -z "$stopped" ] || finish
tried() {{
  $sudo perf record --sample-cpu $clock "$@" -- true >"$dir/trial" 2>/dev/null &
  work=$!
  over
}}
# perf 5.1 and later end up to a second late, as they wait for a thread that looks for BPF programs.
brief=--no-bpf-event
trial() {{ tried $brief "$@" || {{ [ -n "$brief" ] && brief= && tried "$@"; }}; }}
# Tries what a live recording needs: perf record writes a stream, perf script reads it, tail follows it.
streams() {{
  command -v tail >/dev/null 2>&1 && trial "$@" {LIVE} || return
  $sudo perf script -f -i - {FIELDS[0]} <"$dir/trial" >/dev/null 2>&1 &
  work=$!
  over
}}
clock='{CLOCK}'
if [ "$mode" != live ] || ! streams "$@"; then
  trial "$@" -o "$dir/trial.data" || clock=
  if [ "$mode" = live ] && {{ [ -n "$clock" ] || ! streams "$@"; }}; then mode=turns; note turns; fi
fi
# Hundredths of a second, by a clock that cannot be set.
now() {{ sed 's/^\([0-9]*\)\.\([0-9]*\).*/\1\2/; s/^0*\([0-9]\)/\1/' /proc/uptime; }}
# Whether perf took too long to start.
slow_start() {{ return 1; }}
# Holds a recording of $1 seconds open.
begin() {{
  : >"$dir/shut"
  {{
    slow_start || {{
      [ "$turn" != 0 ] || note recording
      now 1<>"$began"
      rm -f "$dir/shut"
      [ ! -e "$dir/wanted" ] || exec sleep "$1"
    }}
  }} >"$dir/$gate" &
  hold=$!
}}
blank() {{ printf '%4096s' '' 1<>"$1"; }}
# Begins a recording that is the only one.
begin_all() {{
  mkfifo "$dir/$gate" || exit 1
  blank "$said"
  begin "$seconds"
}}
# Waits for perf, whose status is in $ended.
end() {{
  over
  ended=$?
  # Not TERM: a perf that fails at once is over before the sleep is, which then still has our traps.
  {{ kill -KILL "$hold"; wait "$hold"; }} 2>/dev/null
  hold=
}}
# perf is silent where it has no room for its header.
tell_room() {{
  [ "$ended" != 0 ] && ! grep -q 'No space left' "$said" || return
  {{ printf '%4096s' '' >"$dir/room"; }} 2>/dev/null || printf 'No space left on device\n' 1<>"$said"
  rm -f "$dir/room"
}}
# perf's own failure leaves no data that anything can read.
recorded() {{
  tell_room
  [ "$ended" = 0 ] || grep -q 'Captured and wrote' "$said" && return
  [ -n "$mode" ] && {{ [ "$ended" = 137 ] || grep -q 'No space left' "$said"; }}
}}
# Returns 1 for a process that is over, or a zombie.
alive() {{
  {{ read -r line <"/proc/$1/stat"; }} 2>/dev/null || return
  case ${{line##*) }} in [XZ]*) return 1;; esac
}}
# The process to record, where one is.
target=
for word; do [ "$target" != -p ] || {{ target=$word; break; }}; target=$word; done
# A process that is about to end, of which perf learns first, has the flag PF_EXITING of linux/sched.h.
gone() {{
  case $target in *[!0-9]*|'') return 1;; esac
  alive "$target" || return 0
  set -- ${{line##*) }}
  [ "$((${{7:-0}} & 4))" != 0 ]
}}
# Notes why perf ended before its time. Returns 1 if it did not.
early() {{
  if grep -q 'No space left\|failed to write\|write error' "$said"; then
    note full
  elif [ "$ended" = 137 ]; then
    note killed
  elif [ "$ended" != 0 ] && [ -z "$stopped" ]; then
    # Where the recorded process ends first, perf ends the cat, whose signal becomes its status: the same one
    # with which others end perf.
    if gone; then note ended; else note killed; fi
  else
    return 1
  fi
}}
turn=0 began=/dev/null said=$dir/words
"""

# The first text of a live recording comes from a second perf, which follows what the first one writes.
_STREAM = rf"""
stream=-
parts=
command -v stdbuf >/dev/null 2>&1 && parts='{LIVE_PARTS}'
mkfifo "$dir/stream" || exit 1
: >"$dir/perf.data"
begin_all
$sudo perf record --sample-cpu $clock "$@" {LIVE} -- cat "$dir/$gate" >"$dir/perf.data" 2<>"$said" &
work=$!
tail -c +1 -f "$dir/perf.data" >"$dir/stream" 2>/dev/null &
follow=$!
$parts $sudo perf script -f -i - {FIELDS[0]} <"$dir/stream" 2>/dev/null &
reader=$!
# The sleep outlives its shell, and must not hold our standard error open.
(while sleep 2 2>/dev/null; do
  at=$(sed -n 's/^pos:[^0-9]*//p' "/proc/$follow/fdinfo/3" 2>/dev/null)
  size=$(stat -c %s "$dir/perf.data" 2>/dev/null)
  alive "$reader" || {{ note blind; exit; }}
  [ "$((${{size:-0}} - ${{at:-${{size:-0}}}}))" -gt {BEHIND_BYTES} ] && {{ note behind; exit; }}
done) >/dev/null &
behind=$!
end
{{ kill -KILL "$behind" "$follow"; wait "$behind" "$follow"; }} 2>/dev/null
# A perf that fails at once is over before tail has opened the pipe, which reader still waits for.
open_up stream
await "$reader"
follow= reader= behind=
printf '\n%s\n' "$mark"
"""

_AT_ONCE = r"""
begin_all
$sudo perf record --sample-cpu $clock "$@" -o "$dir/perf.data" -- cat "$dir/$gate" >/dev/null 2<>"$said" &
work=$!
end
"""

_WHOLE = r"""
rm -f "$dir"/trial*
recorded || fail record "$said"
early
note reading
{
  [ -n "$stream" ] || for data in "$dir"/perf.data*; do header "$data"; break; done
  status=0
  for data in "$dir"/perf.data*; do text "$data" || break; done
  echo "$status" >"$dir/status"
} | $pack &
work=$!
over
packed=$?
read -r status <"$dir/status"
[ "$status" = 0 ] && [ "$packed" = 0 ] || fail script "$words"
note complete
"""

RECORD = f"""{_BEGIN}
if [ "$mode" = turns ]; then
{IN_TURNS}
else
  if [ "$mode" = live ]; then
{_STREAM}
  elif [ "$mode" = ring ]; then
{RING}
  else
{_AT_ONCE}
  fi
{_WHOLE}
fi
"""
