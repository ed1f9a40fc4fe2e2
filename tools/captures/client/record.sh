#!/usr/bin/env bash
# Records client.js under several versions of Node, for the tests of the Node filters.
#
#   record.sh FOLDER [16] [18] [20] [22] [24]      all five when none is named
#
# Each version is recorded twice: nodeNN-basic.perf.out.gz, and nodeNN-interpreted.perf.out.gz with V8's
# --interpreted-frames-native-stack, which names functions before they are compiled.
# Needs: Linux, perf and permission to use it, bash, gzip, npm. Node and the addon come from npm.
# A recording replaces the old one only when it is whole. Paths and the name of this machine are replaced.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
folder=$(cd -- "${1:?record.sh FOLDER [VERSION...]}" && pwd)
shift
work=$(mktemp -d)
node=
trap '[[ -z $node ]] || kill "$node" 2>/dev/null; cd /; rm -rf -- "$work" "$folder"/*.part' EXIT
cd -- "$work"

neutral() { # replaces what belongs to this machine, and leaves out the header's lines on it
  grep -vE '^# (hostname|os release|cpudesc|cpuid|total memory|pmu mappings|captured on|event) ' |
    sed -E -e "s#$work/node[0-9]+/node_modules/node/bin/node#/opt/node/bin/node#g" -e "s#$work/node[0-9]+#/srv/client#g" -e "s#$work#/tmp#g"
}

record() { # 18 basic FLAG...
  local version=$1 name=$2
  shift 2
  "$work/node$version/node_modules/node/bin/node" --perf-basic-prof "$@" "$work/node$version/client.js" 9 &
  node=$!
  sleep 1
  perf record -q -F 99 --sample-cpu -g -p "$node" -o "$work/perf.data" -- sleep 7
  perf script -f --header -i "$work/perf.data" -F comm,pid,tid,cpu,time,event,period,ip,sym,dso |
    neutral | gzip -9n >"$folder/node$version-$name.perf.out.gz.part"
  mv -- "$folder/node$version-$name.perf.out.gz.part" "$folder/node$version-$name.perf.out.gz"
  wait "$node"
  rm -f -- "/tmp/perf-$node.map"
  node=
}

(($# > 0)) || set -- 16 18 20 22 24
for version in "$@"; do
  npm install --silent --no-save --no-audit --no-fund --prefix "$work/node$version" \
    "node@$version" @chainsafe/blst@2.2.0 @chainsafe/as-sha256@0.4.2
  cp -- "$here"/*.js "$work/node$version/"
  record "$version" basic
  record "$version" interpreted --interpreted-frames-native-stack
done
