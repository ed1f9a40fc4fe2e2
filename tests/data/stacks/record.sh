#!/bin/sh
# Records recorded.bpftrace.txt again: ./record.sh (as root, with bpftrace and cc; takes five seconds).
# Only the program's own samples are taken, so that no name or path of the machine is in the file.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
aside=$(mktemp -d)
trap 'rm -rf "$aside"' EXIT
cc -g -O1 -fno-omit-frame-pointer -no-pie -o "$aside/worker" "$here/worker.c" -lm
# bpftrace looks names up when it ends: the program must still run then.
"$aside/worker" &
bpftrace -e 'profile:hz:99 /comm == "worker"/ { @[kstack, ustack, comm] = count(); } interval:s:2 { exit(); }' \
    > "$here/recorded.bpftrace.txt"
wait
