"""The sh functions that turn perf.data into text."""

from __future__ import annotations

# From the most to the least. A perf.data without CPUs has the second, and an old perf or a tracepoint none.
FIELDS = (
    "-F comm,pid,tid,cpu,time,event,period,ip,sym,dso",
    "-F comm,pid,tid,time,event,period,ip,sym,dso",
)
# Lines of lost samples, which become marks. perf 5.1 and earlier do not know it.
LOST = "--show-lost-events"
_TRIED = " ".join(f"'{fields} {LOST}' '{fields}'" for fields in FIELDS)

# `text FILE` writes a perf.data as text, with the most fields that this perf and this file have, and leaves
# the errors of perf script in the file $words. perf script refuses fields before it writes anything, so none
# is run to its end twice: it reads all symbols. A file that perf wrote as a stream is read as one, since an
# old perf cannot open it.
TEXT = f"""
begun() {{
  first=$(dd bs=1 count=1 2>/dev/null; echo .)
  [ "$first" != . ] || return 1
  printf %s "${{first%.}}"
  cat || :
}}
printed() {{
  if [ -n "$stream" ]; then
    $sudo perf script -f --header -i - $2 <"$1"
  else
    $sudo perf script -f -i "$1" $2
  fi
}}
header() {{ $sudo perf script -f --header-only -i "$1" 2>/dev/null; }}
text() {{
  for fields in {_TRIED} ''; do
    status=$({{ {{ printed "$1" "$fields" 2>"$words"; echo "$?" >&3; }} | begun >&4; }} 3>&1) && break
  done 4>&1
  return "$status"
}}
stream=
"""
