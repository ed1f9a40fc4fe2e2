"""Which samples found the processor idle: a `swapper` stack that ends in the kernel's idle loop.

FlameScope calls every swapper stack with one of six idle functions in it idle. So it loses the work that an
interrupt did on top of it, and shows the idle loops of other processors and drivers as work. Here a stack is
work when an interrupt stands above the idle function, and the idle functions of all architectures are known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from flamescope_py.model.frame import KERNEL, NO_KIND, Frame
from flamescope_py.readers.perf.fields import IDLE_COMMAND
from flamescope_py.readers.perf.names import UNNAMED

# The six of FlameScope, anywhere in a name: pv_native_safe_halt, cpuidle_enter_state, cpu_bringup_and_idle,
# xen_hypercall_sched_op. The others are whole names, with compilers' suffixes (.constprop.0, .isra.0).
_ANYWHERE = (
    "cpuidle|cpu_idle|cpu_bringup_and_idle|native_safe_halt|xen_hypercall_sched_op|xen_hypercall_vcpu_op"
)
_WHOLE = "|".join(
    [
        # x86: mwait_idle_with_hints.constprop.0 < intel_idle_ibrs; acpi_safe_halt < acpi_idle_do_entry
        r"mwait_idle\w*|intel_idle\w*|acpi_idle_\w+|acpi_safe_halt|acpi_processor_ffh_cstate_enter|tdx_\w*halt",
        r"default_idle\w*|default_enter_idle|amd_e400_idle|c1e_idle|native_halt|xen_safe_halt|kvm_\w*safe_halt",
        r"hv_do_idle|hv_\w*safe_halt|vmware_\w*halt|safe_halt|poll_idle|haltpoll_\w+|haltpoll|io_idle",
        # All: arch_cpu_idle. Arm: cpu_do_idle, cpu_v7_do_idle, psci_enter_idle_state; RISC-V, LoongArch
        r"arch_cpu_idle|cpu_do_idle|cpu_\w+_do_idle|psci_\w*idle\w*|psci_cpu_suspend\w*|arm_\w*_idle\w*",
        r"wait_for_interrupt|sbi_\w*suspend\w*|sbi_\w*idle\w*|omap\w*_idle\w*|imx\w*_idle\w*|tegra\w*_idle\w*",
        # POWER
        r"power\d*_idle\w*|pnv_\w*idle\w*|pseries_\w*idle\w*|snooze_loop|snooze|stop_loop|nap_loop|fastsleep_loop",
        r"isa\d+_idle\w*|shared_cede_loop|dedicated_cede_loop|cede_processor|extended_cede_processor",
        # MIPS, s390, SPARC, m68k, Alpha
        r"_*r4k_wait\w*|rm7k_wait\w*|au1k_wait|enabled_wait|psw_idle|sun4v_cpu_yield|cpu_yield|wtint",
    ]
)
_IDLE = re.compile(rf"{_ANYWHERE}|^(?:__|raw_)?(?:{_WHOLE})(?:\.\w+)*$")
# The loop around them: idle where nothing is called from it. Work that it starts (schedule_idle) is work.
_LOOP = re.compile(
    r"^(?:do_idle|cpu_startup_entry|play_idle\w*|rest_init|start_secondary|secondary_start\w*)(?:\.\w+)*$"
)

# How the kernel names the way into an interrupt, by architecture and age. Not plain "irq": the idle
# loop itself calls local_irq_enable.
# handle_softirqs < __irq_exit_rcu < sysvec_call_function_single < asm_sysvec_call_function_single
# __do_softirq < irq_exit < do_IRQ < ret_from_intr · el1h_64_irq < el1_interrupt · xen_evtchn_do_upcall
# gic_handle_irq < __irq_svc · riscv_intc_irq < handle_riscv_irq · timer_interrupt < decrementer_common
# do_io_irq < io_int_handler · plat_irq_dispatch < handle_int · do_vint < handle_vint
_INTERRUPT = re.compile(
    "softirq|sysvec|irq_exit|irq_enter|common_interrupt|do_IRQ|ret_from_intr|_interrupt$|apic_timer|"
    "el1h?_(64_)?irq|el1_interrupt|handle_irq|handle_domain_irq|irq_stack|exc_nmi|do_nmi|"
    "evtchn_do_upcall|hypervisor_callback|callback_vector|__irq_svc|__fiq_svc|"
    "riscv_(intc_)?irq|plat_irq_dispatch|^handle_v?int$|^do_vint$|(io|ext)_int_handler|^do_(io|ext|mcck)_irq|"
    "decrementer_common|doorbell_\\w*(common|exception)|hardware_interrupt|^do_irq$|_vector_handler"
)


def is_idle_command(command: str) -> bool:
    """Return True for the processors' idle tasks: `swapper`, and `swapper/3` as the kernel names them."""
    name, slash, number = command.partition("/")
    return name == IDLE_COMMAND and (not slash or number.isdecimal())


def is_idle_stack(frames: Sequence[Frame]) -> bool:
    """Return True if a swapper's stack, leaf first, is idle and not interrupted.

    A stack without any name is idle, as nearly all of them are.
    """
    if frames and (_LOOP.search(frames[0].name) or all(map(_is_unresolved, frames))):
        return True
    for position, frame in enumerate(frames):
        if _is_idle(frame.name):
            return not any(_INTERRUPT.search(above.name) for above in frames[:position])
    return False


@lru_cache(maxsize=10_000)
def _is_idle(name: str) -> bool:
    return _IDLE.search(name) is not None


def _is_unresolved(frame: Frame) -> bool:
    return frame.name == UNNAMED and frame.kind in (KERNEL, NO_KIND)
