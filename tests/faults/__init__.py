"""What breaks: processes, disks, mounts, clocks, networks. A package, so that its parts share helpers."""
