"""One phase of phases.sh: counts primes for BUSY seconds out of every PERIOD seconds, until it is ended.

python3 primes.py BUSY PERIOD
"""

import sys
import time


def is_prime(number: int) -> bool:
    return all(number % divisor for divisor in range(2, int(number**0.5) + 1))


def count_primes(seconds: float) -> int:
    end = time.monotonic() + seconds
    number = found = 0
    while time.monotonic() < end:
        number += 1
        found += is_prime(number)
    return found


busy, period = float(sys.argv[1]), float(sys.argv[2])
while True:
    count_primes(busy)
    time.sleep(period - busy)
