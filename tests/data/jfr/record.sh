#!/bin/sh
# Records busy.jfr.gz again: ./record.sh (needs a JDK of version 17; takes five seconds).
# The settings leave out the events with environment variables, system properties and arguments.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
aside=$(mktemp -d)
trap 'rm -rf "$aside"' EXIT
cd "$aside"
javac -d . "$here/Busy.java"
java -Xlog:disable "-XX:StartFlightRecording:settings=$here/busy.jfc,filename=busy.jfr" Busy
jfr summary busy.jfr | awk '/^ jdk/ && $2 > 0 { print $1, $2 }' | sort > "$here/busy.summary"
gzip -9n busy.jfr
mv busy.jfr.gz "$here/"
