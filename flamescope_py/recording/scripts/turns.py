"""The part of the recording script for a perf that cannot be followed: short recordings in turn.

A turn begins when the time of the one before is over, while that perf still writes the end of its file. The
text of a turn is written while the next ones record, by a shell that reads their numbers from a pipe. So a
perf script that is too slow holds up nothing, and files wait for it. Behind each text, a comment has the
number of turns and the time between them.
"""

from __future__ import annotations

TURN_SECONDS = 5
# Turns that may wait for their text before the picture is late.
_MOST_WAITING = 3

# Two turns overlap, so they have two files of words, made before the disk may be full.
# `settle` judges the turn $previous, by the perf $recorder. A turn that ends the recording sets $last. A perf
# that was killed, or that had no room, has not completed its file, and neither has one beside that.
IN_TURNS = rf"""
length_of() {{ printf '%d.%02d s' "$(($1 / 100))" "$(($1 % 100))"; }}
comment() {{
  [ "$kept$lost" != 1 ] || return
  gaps="gaps of $(length_of "$sum") in all and $(length_of "$longest") at most"
  printf '# flamescope turns : %d, with %s%s' "$kept" "$gaps" "$lost"
}}
write_texts() {{
  exec 5>&-
  while read -r number comment; do
    [ ! -e "$dir/over" ] || exit 1
    data=$dir/turn.$number
    if [ -e "$data" ]; then
      [ "$number" != 0 ] || header "$data"
      text "$data" || {{ true >"$dir/over"; exit 1; }}
      rm -f "$data"
    fi
    [ -z "$comment" ] || printf '%s\n\n' "$comment"
  done
}}
start() {{
  gate=open.$turn said=$dir/words.$((turn % 2)) began=$dir/began.$((turn % 2))
  mkfifo "$dir/$gate" || exit 1
  blank "$said"
  begin "$length"
  $sudo perf record --sample-cpu $clock "$@" -o "$dir/turn.$turn" -- cat "$dir/$gate" \
    >/dev/null 2<>"$said" 5>&- &
  next=$!
  work="$recorder $next"
}}
settle() {{
  number=$previous previous=
  said=$dir/words.$((number % 2))
  await "$recorder"
  ended=$status recorder=
  if ! recorded; then
    [ -n "$last" ] || if [ "$kept" != 0 ] && gone; then note ended; else failed=$said; fi
    last=yes
    return
  fi
  [ -n "$last" ] || if early; then last=yes; fi
  [ "$ended" = 0 ] || ! grep -q 'No space left' "$said" || full=yes
  if [ "$ended" = 137 ] || [ -n "$full" ]; then
    [ "$kept" != 0 ] || failed=$said
    rm -f "$dir/turn.$number"
    lost=', and the last one is lost'
  else
    kept=$((kept + 1))
    add_gap
  fi
  echo "$number $(comment)" >&5
}}
add_gap() {{
  read -r at <"$dir/began.$((number % 2))"
  gap=$((at - ${{due:-$at}}))
  sum=$((sum + gap)) due=$((at + 100 * turn_seconds))
  [ "$gap" -le "$longest" ] || longest=$gap
  set -- "$dir"/turn.*
  if [ -z "$late" ] && [ "$#" -gt {_MOST_WAITING} ]; then late=yes; note behind; fi
}}
for one in 0 1; do blank "$dir/words.$one"; blank "$dir/began.$one"; done
mkfifo "$dir/turns" || exit 1
exec 5<>"$dir/turns"
(write_texts) <"$dir/turns" &
reader=$!
turn_seconds={TURN_SECONDS}
turn=0 kept=0 sum=0 longest=0 due= until= left=$seconds late= lost= failed= last= full= previous= recorder=
while :; do
  next= length=$turn_seconds
  [ "$left" -ge "$length" ] || length=$left
  [ -n "$stopped$last" ] || [ "$length" -le 0 ] || [ -e "$dir/over" ] || start "$@"
  [ -z "$previous" ] || settle
  [ -n "$next" ] || break
  [ -z "$last" ] || finish
  while alive "$hold" && alive "$next"; do sleep 0.2 2>/dev/null || sleep 1; done
  {{ kill -KILL "$hold"; wait "$hold"; }} 2>/dev/null
  hold= previous=$turn recorder=$next turn=$((turn + 1))
  {{ read -r at <"$dir/began.$((previous % 2))"; }} 2>/dev/null && until=${{until:-$((at + 100 * seconds))}}
  [ -z "$until" ] || left=$(((until - $(now)) / 100))
  alive "$recorder" || settle
done
exec 5>&-
rm -f "$dir"/trial*
note reading
await "$reader"
reader=
[ "$status" = 0 ] || fail script "$words"
[ -z "$failed" ] || fail record "$failed"
note complete
"""
