#!/usr/bin/env bash
# Records the example profiles of this folder again.
#
#   record.sh [node18] [node20] [system]      all three when none is named
#
# Needs: Linux, perf, bash, gzip, python3; and permission to use perf: root, or
#   sysctl kernel.perf_event_paranoid=-1 kernel.kptr_restrict=0
# NODE18 and NODE20 name the node binaries; those not set are fetched from npm into a temporary folder.
# PYTHON (/usr/bin/python3) runs two of the phases of `system`; PORT (8123) is the port of the service while it is recorded.
#
# A recording replaces the old one only when it is whole. Paths of this machine and its name are replaced.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
port=${PORT:-8123}
python=${PYTHON:-/usr/bin/python3}
work=$(mktemp -d)
started=()

finish() {
  for pid in "${started[@]}"; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    rm -f -- "/tmp/perf-$pid.map"
  done
  started=()
}
trap 'finish; cd /; rm -rf -- "$work" "$here"/.*.perf.out.gz.part' EXIT
cd -- "$work" # node --perf-basic-prof leaves a log of its own in the folder it runs in

node_binary() { # 18: prints the path of that node, fetching it when needed
  local given="NODE$1" machine
  if [[ -n ${!given:-} ]]; then
    echo "${!given}"
    return
  fi
  case $(uname -m) in
    aarch64) machine=arm64 ;;
    *) machine=x64 ;;
  esac
  npm install --silent --no-save --prefix "$work/node$1" "node-linux-$machine@$1" >&2
  echo "$work/node$1/node_modules/node-linux-$machine/bin/node"
}

neutral() { # 18 NODE: replaces what belongs to this machine
  literal() { printf '%s\n' "$1" | sed 's/[][\.*+?(){}|^$#]/\\&/g'; }
  sed -E \
    -e "s#$(literal "$2")#/opt/node$1/bin/node#g" \
    -e "s#$(literal "$here/.src")#/srv/app#g" \
    -e "s#$(literal "$work")#/tmp/capture#g" \
    -e 's/^# hostname : .*/# hostname : example-host/' \
    -e 's/^(# os release : [0-9.]+).*/\1/'
}

pack() { gzip -9n >"$here/.$1.part"; } # FILE: packs standard input beside the example FILE

publish() { # FILE: a step of its own, so that a pipeline that failed half-way never gets here
  mv -- "$here/.$1.part" "$here/$1"
  echo "$1: $(stat -c %s "$here/$1") bytes"
}

wait_for_service() {
  until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
    kill -0 "$1" # ends this script if the service has died
    sleep 0.1
  done
}

record_service() { # 18 HZ SECONDS [WARM]: a Node service under load, from its start, or WARM seconds after it is ready
  local version=$1 hertz=$2 seconds=$3 warm=${4:-} node service
  node=$(node_binary "$version")
  "$node" --perf-basic-prof "$here/.src/service.js" "$port" &
  service=$!
  started+=("$service")
  sleep 0.2 # the shell has become node by now
  "$node" "$here/.src/load.js" "$port" &
  started+=("$!")
  if [[ -n $warm ]]; then
    wait_for_service "$service"
    sleep "$warm"
  fi
  perf record -q -F "$hertz" -p "$service" -g -o "$work/perf.data" -- sleep "$seconds"
  # Before the service ends and its /tmp/perf-PID.map is removed: the names of the JavaScript functions are in there.
  perf script -f -i "$work/perf.data" | neutral "$version" "$node" | pack "node$version-http.perf.out.gz"
  publish "node$version-http.perf.out.gz"
  finish
}

kernel_threads() { ps --ppid 2 -o pid= | tr -d ' '; }

record_system() {
  local node shown
  node=$(node_binary 20)
  kernel_threads >"$work/pids"
  perf record -q -F 49 -a -g -o "$work/perf.data" -- "$here/.src/phases.sh" "$node" "$python" "$work/pids"
  kernel_threads >>"$work/pids"
  # Idle CPUs (0), the kernel's threads and the phases: what else ran on this machine is nobody's business.
  shown=$(sort -un "$work/pids" | paste -sd,)
  perf script --header -f -i "$work/perf.data" --pid "0,$shown" | neutral 20 "$node" | pack system-wide.perf.out.gz
  publish system-wide.perf.out.gz
  while read -r pid; do rm -f -- "/tmp/perf-$pid.map"; done <"$work/pids"
}

(($# > 0)) || set -- node18 node20 system
for recording in "$@"; do
  case $recording in
    node18) record_service 18 99 60 ;;
    node20) record_service 20 997 9 3 ;;
    system) record_system ;;
    *)
      echo "record.sh: unknown recording '$recording'; there are node18, node20 and system" >&2
      exit 2
      ;;
  esac
done
