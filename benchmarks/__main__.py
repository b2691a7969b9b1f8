"""Runs every benchmark in its own process: peak memory is measured for a process."""

import pkgutil
import subprocess
import sys

import benchmarks


def main() -> int:
    worst = 0
    for module in pkgutil.iter_modules(benchmarks.__path__):
        if module.name == "__main__" or module.ispkg:
            continue
        print(f"== {module.name}", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{module.name}"]
        worst = max(worst, subprocess.run(command, check=False).returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main())
