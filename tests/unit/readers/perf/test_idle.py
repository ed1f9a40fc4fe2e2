"""Idle swapper stacks. Frames are leaf first."""

from __future__ import annotations

import pytest

from flamescope_py.model import Frame
from flamescope_py.model.frame import KERNEL
from flamescope_py.readers.perf import idle

# FlameScope knows these.
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
# Of other architectures, drivers and governors, as the kernel's sources and captures name them.
MORE_IDLE_FUNCTIONS = [
    "mwait_idle",
    "mwait_idle_with_hints.constprop.0",
    "intel_idle",
    "intel_idle_irq",
    "intel_idle_ibrs",
    "intel_idle_xstate",
    "acpi_idle_do_entry",
    "acpi_idle_enter",
    "acpi_idle_enter_s2idle",
    "acpi_safe_halt",
    "acpi_processor_ffh_cstate_enter",
    "default_idle",
    "default_idle_call",
    "default_enter_idle",
    "amd_e400_idle",
    "c1e_idle",
    "xen_safe_halt",
    "tdx_safe_halt",
    "__tdx_safe_halt",
    "tdx_halt",
    "hv_do_idle",
    "poll_idle",
    "arch_cpu_idle",
    "__arch_cpu_idle",
    "cpu_do_idle",
    "cpu_v7_do_idle",
    "psci_enter_idle_state",
    "psci_cpu_suspend_enter",
    "wait_for_interrupt",
    "sbi_suspend_finisher",
    "power7_idle_type",
    "power9_idle_type",
    "pnv_cpu_offline_idle",
    "snooze_loop",
    "stop_loop",
    "shared_cede_loop",
    "dedicated_cede_loop.isra.0",
    "r4k_wait",
    "__r4k_wait",
    "r4k_wait_irqoff",
    "enabled_wait",
    "psw_idle",
    "sun4v_cpu_yield",
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
    ["gic_handle_irq", "generic_handle_arch_irq", "__irq_svc"],
    ["riscv_intc_irq", "handle_riscv_irq", "do_irq"],
    ["tick_handle_periodic", "timer_interrupt", "decrementer_common_virt"],
    ["cio_interrupt", "do_io_irq", "io_int_handler"],
    ["plat_irq_dispatch", "handle_int"],
    ["do_vint", "handle_vint"],
]


def is_idle_stack(names: list[str]) -> bool:
    return idle.is_idle_stack([Frame(name, "[kernel.kallsyms]", KERNEL) for name in names])


@pytest.mark.parametrize("name", IDLE_FUNCTIONS + MORE_IDLE_FUNCTIONS)
def test_a_stack_in_the_idle_loop_is_idle(name: str) -> None:
    assert is_idle_stack([name])
    assert is_idle_stack(["io_idle", name, "do_idle", "cpu_startup_entry"])


@pytest.mark.parametrize("interrupt", INTERRUPTS, ids=lambda names: names[-1])
def test_an_interrupt_on_top_of_the_idle_loop_is_work(interrupt: list[str]) -> None:
    for function in IDLE_FUNCTIONS + MORE_IDLE_FUNCTIONS:
        assert not is_idle_stack(["run_timer", *interrupt, function, "cpu_startup_entry"])


def test_what_the_idle_loop_itself_calls_is_idle() -> None:
    assert is_idle_stack(["raw_local_irq_enable", "cpuidle_enter_state", "do_idle"])
    assert is_idle_stack(["tick_nohz_idle_stop_tick", "cpu_idle_poll"])


def test_an_interrupt_below_the_idle_function_does_not_make_it_work() -> None:
    assert is_idle_stack(["native_safe_halt", "handle_softirqs"])


def test_a_stack_without_an_idle_function_is_work() -> None:
    assert not is_idle_stack([])
    assert not is_idle_stack(["schedule_idle", "do_idle", "cpu_startup_entry"])


@pytest.mark.parametrize("name", ["do_idle", "cpu_startup_entry", "start_secondary", "do_idle.isra.0"])
def test_the_loop_alone_is_idle_and_its_work_is_not(name: str) -> None:
    assert is_idle_stack([name])
    assert not is_idle_stack(["flush_smp_call_function_queue", name])


@pytest.mark.parametrize("name", ["schedule_idle", "idle_cpu", "sched_idle_enter", "nohz_balance_exit_idle"])
def test_names_that_sound_idle_are_work(name: str) -> None:
    assert not is_idle_stack([name, "do_idle"])


def test_a_stack_without_any_name_is_idle_and_one_with_a_name_is_not() -> None:
    assert is_idle_stack(["[unknown]"])
    assert is_idle_stack(["[unknown]", "[unknown]"])
    assert not is_idle_stack(["[unknown]", "try_to_wake_up"])


@pytest.mark.parametrize(
    ("command", "is_idle"),
    [("swapper", True), ("swapper/3", True), ("swapper/u8", False), ("swapped", False), ("a/3", False)],
)
def test_the_idle_tasks(command: str, is_idle: bool) -> None:
    assert idle.is_idle_command(command) == is_idle
