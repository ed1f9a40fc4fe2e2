"""Profiles of many functions with known times: random, in bursts, nearly regular, or as a comb with noise."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from flamescope_py.model import Profile, ProfileBuilder
from tests.support.trees import ORIGIN

Times = npt.NDArray[np.float64]
Random = np.random.Generator
Make = Callable[[Random, int, float], Times]
# Seconds between the samples of a busy thread.
TICK = 1 / 99


def profile(series: Sequence[Times]) -> Profile:
    """Return a profile of the functions f0, f1, … with samples at these seconds."""
    builder = ProfileBuilder()
    app, main = builder.frame("app"), builder.frame("main")
    nodes = [
        builder.stack([app, main, builder.frame(f"f{row}", "/bin/app", "user")]) for row in range(len(series))
    ]
    time = np.concatenate(series) + ORIGIN
    node = np.repeat(nodes, [len(one) for one in series])
    builder.add_samples(time=time, node=node, thread=np.full(len(time), builder.thread(1, 1, "app")))
    return builder.finish("planted")


def poisson(random: Random, count: int, length: float) -> Times:
    """Return random times."""
    return random.random(count) * length


def bursts(random: Random, count: int, length: float) -> Times:
    """Return bursts of twelve samples at random times."""
    begins = random.random(max(6, count // 12)) * length
    found: Times = np.clip((begins[:, None] + np.arange(12) * TICK).ravel(), 0, length)
    return found


def renewals(random: Random, count: int, length: float, deviation: float = 0.25) -> Times:
    """Return runs whose distances vary by a quarter, or another part of their mean, each by itself."""
    period, shape = random.uniform(0.3, 8), deviation**-2
    return _runs(random.gamma(shape, period / shape, int(2 * length / period) + 2), length)


def uniform_renewals(random: Random, count: int, length: float, most: float = 0.1) -> Times:
    """Return runs whose distances are all within `most` of their mean and equally likely."""
    period = random.uniform(0.3, 8)
    return _runs(period * random.uniform(1 - most, 1 + most, int(2 * length / period) + 2), length)


def _runs(distances: Times, length: float) -> Times:
    """Return runs of eight samples that begin at these distances."""
    begins = np.cumsum(distances)
    begins = begins[begins < length - 8 * TICK]
    return (begins[:, None] + np.arange(8) * TICK).ravel() if len(begins) else np.ones(1)


def comb(random: Random, period: float, length: float) -> Times:
    """Return runs every `period` seconds: 5 % jitter, 10 % missing, and a fifth of all samples is noise."""
    slots = np.arange(int(length / period) - 1)[random.random(int(length / period) - 1) >= 0.1]
    begins = random.random() * period + slots * period + random.normal(0, 0.05 * period, len(slots))
    each = max(1, int(random.uniform(0.1, 0.4) * period / TICK))
    runs = (begins[:, None] + np.arange(each) * TICK).ravel()
    noise = random.random(len(runs) // 4) * length
    found: Times = np.clip(np.concatenate((runs, noise)), 0, length)
    return found


def many(make: Make, seed: int, functions: int = 140) -> Profile:
    """Return a profile of functions with 10 to 1000 samples each in one to five minutes."""
    random = np.random.default_rng(seed)
    length = (60, 120, 300)[seed % 3]
    return profile([make(random, int(10 ** random.uniform(1, 3)), length) for _ in range(functions)])
