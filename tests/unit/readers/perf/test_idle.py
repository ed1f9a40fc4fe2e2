"""Which swapper stacks are idle; frames leaf first."""

from __future__ import annotations

import pytest

from flamescope_py.readers.perf.idle import is_idle_stack

IDLE_FUNCTIONS = [
    "cpuidle_enter_state",
    "intel_cpuidle",
    "cpu_idle",
    "cpu_idle_poll",
    "cpu_bringup_and_idle",
    "native_safe_halt",
    "pv_native_safe_halt",
    "xen_hypercall_sched_op",
    "xen_hypercall_vcpu_op",
]
# The way into an interrupt, as kernels of several ages and architectures name it.
INTERRUPTS = [
    ["handle_softirqs", "__irq_exit_rcu", "sysvec_call_function_single", "asm_sysvec_call_function_single"],
    ["__do_softirq", "irq_exit", "do_IRQ", "ret_from_intr"],
    ["__do_softirq", "irq_exit", "smp_apic_timer_interrupt", "apic_timer_interrupt"],
    ["gic_handle_irq", "el1_interrupt", "el1h_64_irq_handler", "el1h_64_irq"],
    ["handle_irq_event", "__common_interrupt", "common_interrupt", "asm_common_interrupt"],
    ["xen_evtchn_do_upcall", "xen_hvm_callback_vector"],
    ["perf_event_nmi_handler", "exc_nmi", "asm_exc_nmi"],
]


@pytest.mark.parametrize("name", IDLE_FUNCTIONS)
def test_a_stack_in_the_idle_loop_is_idle(name: str) -> None:
    assert is_idle_stack([name])
    assert is_idle_stack(["io_idle", name, "do_idle", "cpu_startup_entry"])


@pytest.mark.parametrize("interrupt", INTERRUPTS, ids=lambda names: names[-1])
def test_an_interrupt_on_top_of_the_idle_loop_is_work(interrupt: list[str]) -> None:
    assert not is_idle_stack(["run_timer", *interrupt, "pv_native_safe_halt", "cpuidle_enter_state"])


def test_what_the_idle_loop_itself_calls_is_idle() -> None:
    assert is_idle_stack(["raw_local_irq_enable", "cpuidle_enter_state", "do_idle"])
    assert is_idle_stack(["tick_nohz_idle_stop_tick", "cpu_idle_poll"])


def test_an_interrupt_below_the_idle_function_does_not_make_it_work() -> None:
    assert is_idle_stack(["native_safe_halt", "handle_softirqs"])


def test_a_stack_without_an_idle_function_is_work() -> None:
    assert not is_idle_stack([])
    assert not is_idle_stack(["schedule_idle", "do_idle", "cpu_startup_entry"])
