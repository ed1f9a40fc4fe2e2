"""The part of the recording script for a ring: a row of files, of which perf removes the oldest.

perf sets its timer before it looks at all processes, and drops the signal if that takes longer than one file.
The first file would then grow without end. A perf that starts so slowly is started again, with longer files.
"""

from __future__ import annotations

_FILES = 10
# The time of its end is in the name of each file.
OPTIONS = "--switch-output=${each}s --switch-max-files=$files --timestamp-filename"


def shown_options(seconds: int) -> list[str]:
    """Return the options that make perf keep the last `seconds`, where it starts as quickly as it should."""
    each = -(-seconds // _FILES)
    files = -(-seconds // each) + 1
    return OPTIONS.replace("${each}", str(each)).replace("$files", str(files)).split()


# The newest file may have just begun, so one more is kept than the seconds need. $dir/slow holds
# hundredths of a second. A perf that was killed has not completed its last file.
RING = rf"""
each=$(((ring + {_FILES - 1}) / {_FILES}))
slow_start() {{
  [ -e "$dir/wanted" ] && took=$(($(now) - started)) && [ "$took" -ge $((each * 50)) ] || return
  echo "$took" >"$dir/slow" || {{ rm -f "$dir/slow"; return 1; }}
}}
while :; do
  files=$(((ring + each - 1) / each + 1))
  started=$(now)
  begin_all
  $sudo perf record --sample-cpu $clock "$@" {OPTIONS} -o "$dir/perf.data" -- cat "$dir/$gate" \
    >/dev/null 2<>"$said" &
  work=$!
  end
  [ -e "$dir/slow" ] && [ -z "$stopped" ] || break
  read -r took <"$dir/slow"
  each=$((took / 50 + 1))
  rm -f "$dir/slow" "$dir/$gate" "$dir"/perf.data*
done
rm -f "$dir/perf.data"
set -- "$dir"/perf.data.*
[ -e "$1" ] || mode=
"""
