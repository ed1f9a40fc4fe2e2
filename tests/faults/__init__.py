"""Faults of processes, disks, mounts, clocks and networks. A package, so that its parts share helpers."""
