"""log Z of a trained machine by every method: python analysis/bracket.py RUN [--sweeps 10000] [--json FILE]

Forward AIS errs to the low side, reverse AIS from equilibrated states to the high side: between the lower end of one
and the upper end of the other lies log Z. The tempering run (Bennett, thermodynamic integration, MBAR) and AIS along
the training stand beside, and the test log-likelihood that each of them gives.
"""

import argparse
import json
import time
from pathlib import Path

import physrbm as pr
from physrbm import partition, tempering
from physrbm.partition import ais, bridge


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--sweeps", type=int, default=10_000)
    parser.add_argument("--replicas", type=int, default=64)
    parser.add_argument("--rungs", type=int, help="of AIS; a pilot counts them if absent")
    parser.add_argument("--chains", type=int, default=4096, help="of AIS")
    parser.add_argument("--along", type=int, default=2000, help="rungs of AIS along the training")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    run = pr.open_run(given.run)
    rbm, data = run.rbm(), pr.load_data(run.spec.data)
    began = time.monotonic()

    def lap() -> str:
        nonlocal began
        took, began = time.monotonic() - began, time.monotonic()
        return f"{took:6.0f} s"

    path = tempering.tune(pr.paths.from_independent(), rbm, data.train, given.seed).path
    found = {"ais": ais.estimate(rbm, 1.0, given.chains, given.rungs, data.train, given.seed)}
    print(f"pilots and forward AIS{lap()}", flush=True)
    tempered = pr.temper(rbm, path, given.sweeps, given.replicas, 1, data.train, seed=given.seed)
    print(f"tempering{lap()}: {path.t.size} rungs, barrier {tempered.barrier:.2f}, {tempered.verdict}", flush=True)
    found |= {"bar": bridge.bar(tempered), "integration": bridge.integration(tempered), "mbar": bridge.mbar(tempered)}
    why = "" if tempered.verdict.equilibrated else str(tempered.verdict)
    found["ais_reverse"] = ais.reverse(rbm, tempered.pool, given.rungs, data.train, given.seed, why)
    print(f"bridges and reverse AIS{lap()}", flush=True)
    found["trajectory"] = partition.along(pr.paths.trajectory(run), data.train, 1024, given.along, given.seed)[-1]
    print(f"AIS along the training{lap()}")
    for name, z in found.items():
        likelihood = pr.log_likelihood(rbm, data.test, z._replace(estimated=True))
        said = "" if z.estimated else f"  refused: {z.reason}"
        print(f"{name:<12} {z.value:.3f}({z.error:.3f})  {z.lower:.3f} ... {z.upper:.3f}  test {likelihood}{said}")
    width = found["ais_reverse"].upper - found["ais"].lower
    print(f"bracket {found['ais'].lower:.3f} ... {found['ais_reverse'].upper:.3f}, {width:.3f} nats wide")
    if given.json:
        given.json.write_text(json.dumps({name: z._asdict() for name, z in found.items()}, indent=1))


if __name__ == "__main__":
    main()
