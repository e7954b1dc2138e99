"""How a collapse depends on the smallest size that is let in."""

import numpy as np

from physrbm.scaling.collapse import LEAST, Collapse, collapse
from physrbm.scaling.curves import Table, curves
from physrbm.scaling.quantities import Quantity


def l_min_dependence(
    table: Table,
    *,
    x: str,
    size: str,
    y: str | Quantity,
    instance: str | None = None,
    method: str = "houdayer_hartmann",
    x_c: float | None = None,
    nu: float | None = None,
    exponent: float | None = None,
    x_range: tuple[float, float] | None = None,
) -> tuple[tuple[float, Collapse], ...]:
    """(L_min, collapse of sizes from L_min on) for every L_min that leaves enough for one; arguments as in `collapse`.

    Where the parameters still drift by more than their errors, corrections to scaling are not negligible. Raises
    InvalidInput like `collapse`, where not even all sizes are enough.
    """
    found = curves(table, x=x, size=size, y=y, instance=instance, x_range=x_range)
    smallest = [float(L) for L in found.sizes[:-1] if _enough(found.x[found.size >= L])]
    how = {"method": method, "x_c": x_c, "nu": nu, "exponent": exponent, "instance": instance, "x_range": x_range}
    return tuple((L, collapse(table, x=x, size=size, y=y, l_min=L, **how)) for L in smallest or [float(found.sizes[0])])  # type: ignore[arg-type]


def _enough(x: np.ndarray) -> bool:
    return len(x) >= LEAST and bool(np.ptp(x) > 0)
