"""Which threads the scheduler's tracepoints are about, as one number for each sample.

    node 71 [001] 25900.910971: sched:sched_switch: prev_comm=node prev_pid=71 \
prev_prio=120 prev_state=S ==> next_comm=swapper/1 next_pid=0 next_prio=120
    sh 70 [000] 25900.913100: sched:sched_waking: comm=node pid=71 prio=120 target_cpu=001
"""

from __future__ import annotations

import re

from flamescope_py.readers.perf.lines import Trigger

# Two thread ids of at most 4 million (PID_MAX_LIMIT), and the subject of the event.
BITS = 23
MASK = (1 << BITS) - 1
BLOCKED, PREEMPTED, WAKING = 1, 2, 3
_SWITCH_EVENTS = {"sched:sched_switch"}
_WAKING_EVENTS = {"sched:sched_waking", "sched:sched_wakeup", "sched:sched_wakeup_new"}
# A command has 15 characters, of any kind. The second form is that of libtraceevent's plugin.
#  prev_comm=node prev_pid=71 prev_prio=120 prev_state=S ==> next_comm=swapper/1 next_pid=0 next_prio=120
#  node:71 [120] S ==> swapper/1:0 [120]
_SWITCH = re.compile(
    rb"prev_comm=.{0,16} prev_pid=(\d{1,7}) prev_prio=-?\d{1,4} prev_state=(\S{1,20}) ==> "
    rb"next_comm=.{0,16} next_pid=(\d{1,7}) next_prio=-?\d{1,4}"
    rb"|.{0,16}:(\d{1,7}) \[-?\d{1,4}\] (\S{1,20}) ==> .{0,16}:(\d{1,7}) \[-?\d{1,4}\]",
    re.DOTALL,
)
#  comm=node pid=71 prio=120 target_cpu=001
#  node:71 [120]<CANT FIND FIELD success> CPU:001
_WAKING_TEXT = re.compile(
    rb"comm=.{0,16} pid=(\d{1,7}) prio=-?\d{1,4} .{0,80}|.{0,16}:(\d{1,7}) \[-?\d{1,4}\].{0,80}", re.DOTALL
)


def partner_of(trigger: Trigger) -> int:
    """Return the threads of a switch or a waking as one number, 0 for any other event."""
    if trigger.event in _SWITCH_EVENTS:
        found = _SWITCH.fullmatch(trigger.rest.strip())
        if found is None:
            return 0
        leaving, state, coming = (found[place] or found[place + 3] for place in (1, 2, 3))
        kind = PREEMPTED if state.startswith(b"R") else BLOCKED
        return _packed(kind, int(leaving), int(coming))
    if trigger.event in _WAKING_EVENTS:
        found = _WAKING_TEXT.fullmatch(trigger.rest.strip())
        return _packed(WAKING, 0, int(found[1] or found[2])) if found else 0
    return 0


def _packed(kind: int, first: int, second: int) -> int:
    if max(first, second) > MASK:
        return 0
    return (kind << BITS | first) << BITS | second
