"""Benchmarks of speed and memory: `make bench` runs them all, `python -m benchmarks.NAME` one."""
