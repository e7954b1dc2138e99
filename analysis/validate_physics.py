"""Known physics, reproduced: python analysis/validate_physics.py [PART ...] [--quick] [--json FILE] [--picture FILE]

Parts: ring, square, crossings, anisotropic, nishimori, gaussian, mean_field; all of them if none is named. A row passes
within three standard errors (and what its finite size may add, where that is said), if the last three log2 windows
agree. Of 1000 right rows 3 fail for three errors and 1 for the windows. Errors are over independent lanes or instances,
sigma is the deviation in errors; the picture shows it for all rows. The full run takes about 10 minutes on two cores,
the quick one a minute.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from validation_glasses import gaussian, mean_field, nishimori
from validation_ising import anisotropic, crossings, ring, square
from validation_rows import Part, Row, as_json, timed

from physrbm import sampling

PARTS: dict[str, Part] = {
    part.__name__: part for part in (ring, square, crossings, anisotropic, nishimori, gaussian, mean_field)
}


def line(row: Row) -> str:
    """A row of the table."""
    result = "pass" if row.passed else "FAIL"
    if not row.thermalised:
        result += ", not thermalised"
    elif row.passed and abs(row.sigma) > 3:
        result += f", {row.allowed:.2g} allowed"
    return (
        f"{row.quantity:<58}{row.estimate!s:>15}{row.known:>14.7f}  {row.source:<18}"
        f"{row.sigma:>6.1f}{row.seconds:>8.1f}  {result}"
    )


def picture(rows: list[Row], path: Path) -> None:
    """Deviations from what is known, in standard errors; a bar is what the finite size may add."""
    import matplotlib.pyplot as plt

    figure, ax = plt.subplots(figsize=(8, 1 + 0.2 * len(rows)), layout="constrained")
    y = range(len(rows))
    ax.axvspan(-3, 3, color="0.93")
    ax.axvline(0, color="0.6", lw=0.8)
    sigma = np.array([row.sigma for row in rows])
    far = np.abs(sigma) > 5.8
    ax.errorbar(
        sigma, y, xerr=[row.allowed / row.estimate.error for row in rows], fmt="none", ecolor="0.75", elinewidth=5
    )
    colour = np.array(["C0" if row.passed else "C3" for row in rows])
    ax.scatter(sigma[~far], np.flatnonzero(~far), s=14, c=colour[~far], zorder=3)
    for k in np.flatnonzero(far):
        ax.scatter(5.8 * np.sign(sigma[k]), k, s=30, c=colour[k], marker=">" if sigma[k] > 0 else "<", zorder=3)
    ax.set(xlim=(-6, 6), ylim=(len(rows) - 0.5, -0.5), xlabel="deviation from the known value, standard errors")
    ax.set_yticks(y, [f"{row.quantity}  ({row.source})" for row in rows], fontsize=7)
    figure.savefig(path, dpi=100)
    plt.close(figure)


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="fewer sweeps, instances and sizes")
    parser.add_argument("--json", type=Path, help="file for the table")
    parser.add_argument("--picture", type=Path, help="file for the deviations: .png, .pdf, .svg")
    given = parser.parse_args()
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"unknown parts {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    print(f"{'quantity':<58}{'ours':>15}{'known':>14}  {'source':<18}{'sigma':>6}{'CPU s':>8}")
    rows = []
    for name in given.parts or PARTS:
        for row in timed(name, PARTS[name](given.quick)):
            rows.append(row)
            print(line(row), flush=True)
    failed = sum(not row.passed for row in rows)
    print(f"{len(rows) - failed} of {len(rows)} pass, {sum(row.seconds for row in rows):.0f} s of CPU time")
    if given.json:
        table = {"machine": sampling.engine(), "quick": given.quick, "rows": [as_json(row) for row in rows]}
        given.json.write_text(json.dumps(table, indent=1))
    if given.picture:
        picture(rows, given.picture)
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
