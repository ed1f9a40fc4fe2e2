#!/usr/bin/env bash
# About 20 seconds of a machine doing different things one after the other; recorded by `record.sh system`.
#
#    0 –  3 s   nothing: both CPUs idle (swapper)
#    3 –  7 s   node builds reports: one CPU busy
#    7 – 11 s   dd reads random bytes, mostly kernel code, and gzip packs them: a little more than one CPU busy
#   11 – 14 s   python counts primes: one CPU busy
#   14 – 16 s   nothing
#   16 – 20 s   python counts primes for 0.15 s out of every 0.5 s: stripes
#
# phases.sh NODE PYTHON PIDS   the two binaries, and a file that gets the number of each process started
set -euo pipefail

node=$1
python=$2
pids=$3
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
fifo=$(mktemp -u)
running=()

start() {
  "$@" &
  running+=("$!")
  echo "$!" >>"$pids"
}

pack_from() { # with exec, the shell becomes gzip and keeps the number that start wrote down
  exec gzip -1c <"$1" >/dev/null
}

run_for() { # seconds: let what was started run, then end it
  sleep "$1"
  for pid in "${running[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  running=()
}

finish() {
  for pid in "${running[@]}"; do kill "$pid" 2>/dev/null || true; done
  rm -f -- "$fifo"
}
trap finish EXIT

echo "$$" >>"$pids"
mkfifo "$fifo"

sleep 3

start "$node" --perf-basic-prof "$here/report.js"
run_for 4

start dd if=/dev/urandom of="$fifo" bs=64k status=none
start pack_from "$fifo"
run_for 4

start "$python" "$here/primes.py" 1 1
run_for 3

sleep 2

start "$python" "$here/primes.py" 0.15 0.5
run_for 4
