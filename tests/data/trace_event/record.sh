#!/bin/sh
# Records the four files again: ./record.sh (needs node 20 and chromium; takes ten seconds).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
aside=$(mktemp -d)
trap 'rm -rf "$aside"' EXIT
cd "$aside"
cp "$here/busy.js" .

node --cpu-prof --cpu-prof-name=node20.cpuprofile busy.js
node --trace-event-categories v8,node --trace-event-file-pattern 'node20.json' busy.js
node --experimental-websocket --no-warnings "$here/record.mjs" busy.js chromium.cpuprofile chromium.json

# The folder of this machine is nobody's business.
sed -i "s|$aside|/srv/app|g" ./*.cpuprofile ./*.json
gzip -9n ./*.cpuprofile ./*.json
mv ./*.cpuprofile.gz "$here/../cpuprofile/"
mv ./*.json.gz "$here/"
