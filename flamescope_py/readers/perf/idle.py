"""Which samples found the processor idle: a `swapper` stack that ends in the kernel's idle loop.

FlameScope calls every swapper stack with an idle function in it idle, and so loses the work that an
interrupt did on top of it. Here such a stack is work when an interrupt stands above the idle function.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

IDLE_COMMAND = "swapper"

# pv_native_safe_halt, cpuidle_enter_state, cpu_bringup_and_idle, xen_hypercall_sched_op
_IDLE = re.compile(
    "cpuidle|cpu_idle|cpu_bringup_and_idle|native_safe_halt|xen_hypercall_sched_op|xen_hypercall_vcpu_op"
)

# How the kernel names the way into an interrupt, by architecture and age. Not plain "irq": the idle
# loop itself calls local_irq_enable.
# handle_softirqs < __irq_exit_rcu < sysvec_call_function_single < asm_sysvec_call_function_single
# __do_softirq < irq_exit < do_IRQ < ret_from_intr · el1h_64_irq < el1_interrupt · xen_evtchn_do_upcall
_INTERRUPT = re.compile(
    "softirq|sysvec|irq_exit|irq_enter|common_interrupt|do_IRQ|ret_from_intr|_interrupt$|apic_timer|"
    "el1h?_(64_)?irq|el1_interrupt|handle_irq|handle_domain_irq|irq_stack|exc_nmi|do_nmi|"
    "evtchn_do_upcall|hypervisor_callback|callback_vector"
)


def is_idle_stack(names: Sequence[str]) -> bool:
    """Say whether a swapper's stack, leaf first, is idle and not interrupted."""
    for position, name in enumerate(names):
        if _IDLE.search(name):
            return not any(map(_INTERRUPT.search, names[:position]))
    return False
