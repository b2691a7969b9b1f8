"""`make chaos`: sends replies through random faults, kills and restarts, and prints the result.

`CHAOS_SEED` repeats the plan of a run. Threads and processes still interleave differently.
"""

import argparse
import os
import random
import sys

from tests.chaos import runner
from tests.chaos.runner import Run


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    options.add_argument("--replies", type=int, default=1000)
    options.add_argument("--seconds", type=float, default=720, help="stop writing after this time")
    chosen = options.parse_args()
    seed = int(os.environ.get("CHAOS_SEED") or random.randrange(10**6))
    print(f"CHAOS_SEED={seed}", flush=True)
    outcome = runner.run(chosen.replies, seed, writing_seconds=chosen.seconds)
    print(summary(outcome))
    sys.exit(not (outcome.after.is_good and outcome.end.is_good))


def summary(run: Run) -> str:
    lines = [f"seed {run.seed}: {len(run.written)} of {run.planned} replies written"]
    for name, found in (("after the faults", run.after), ("at the end", run.end)):
        lines += ["", f"{name}:"]
        lines += table(found.states)
        problems = {
            "lost": found.lost,
            "duplicated": found.duplicated,
            "called absent, but there": found.denied,
            "stuck": found.stuck,
            "damaged": found.damaged,
        }
        lines += table({kind: len(replies) for kind, replies in problems.items()})
        lines += [f"  {kind}: {each}" for kind, replies in problems.items() for each in replies]
    lines += ["", "compared by people:", *table(run.compared)]
    lines += ["", "killed and restarted:", *table(run.kills)]
    lines += ["", f"faults: {run.faults.total()}", *table(run.faults)]
    lines += ["", "seconds:", *table({name: round(took) for name, took in run.seconds.items()})]
    return "\n".join(lines)


def table(counts: dict[str, int]) -> list[str]:
    return [f"  {name:32}{count:6}" for name, count in sorted(counts.items())]


if __name__ == "__main__":
    main()
