"""Speed and memory, measured: `make bench` runs them all, `python -m benchmarks.NAME` one."""
