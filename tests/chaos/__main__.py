"""`make chaos`: many replies through random faults, kills and restarts, and what came of them.

`CHAOS_SEED` plays a run again, as far as threads and processes can be made to repeat themselves.
"""

import argparse
import os
import random
import sys

from tests.chaos import storm
from tests.chaos.storm import Run


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    options.add_argument("--replies", type=int, default=1000)
    options.add_argument("--seconds", type=float, default=720, help="the storm lasts no longer")
    chosen = options.parse_args()
    seed = int(os.environ.get("CHAOS_SEED") or random.randrange(10**6))
    print(f"CHAOS_SEED={seed}", flush=True)
    outcome = storm.run(chosen.replies, seed, storm_seconds=chosen.seconds)
    print(summary(outcome))
    sys.exit(not (outcome.after.is_good and outcome.end.is_good))


def summary(run: Run) -> str:
    lines = [f"seed {run.seed}: {len(run.written)} of {run.planned} replies written"]
    for name, one in (("after the storm", run.after), ("at the end", run.end)):
        lines += ["", f"{name}:"]
        lines += table(one.states)
        troubles = {
            "lost": one.lost,
            "duplicated": one.duplicated,
            "called absent, and there": one.denied,
            "stuck": one.stuck,
            "spoilt": one.spoilt,
        }
        lines += table({what: len(found) for what, found in troubles.items()})
        lines += [f"  {what}: {each}" for what, found in troubles.items() for each in found]
    lines += ["", "compared by people:", *table(run.compared)]
    lines += ["", "killed and restarted:", *table(run.kills)]
    lines += ["", f"faults: {run.faults.total()}", *table(run.faults)]
    lines += ["", "seconds:", *table({name: round(took) for name, took in run.seconds.items()})]
    return "\n".join(lines)


def table(counts: dict[str, int]) -> list[str]:
    return [f"  {name:32}{count:6}" for name, count in sorted(counts.items())]


if __name__ == "__main__":
    main()
