"""How a collapse depends on the smallest size that is let in."""

from collections.abc import Iterator

from physrbm.errors import InvalidInput
from physrbm.scaling.collapse import Collapse, collapse_curves
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
    """(L_min, collapse of sizes from L_min on) for every L_min that leaves 2 sizes; arguments as in `collapse`.

    Where the parameters still drift by more than their errors, corrections to scaling are not negligible.
    """

    def each() -> Iterator[tuple[float, Collapse]]:
        sizes = curves(table, x=x, size=size, y=y, instance=instance, x_range=x_range).sizes
        if len(sizes) < 2:
            raise InvalidInput(f"a collapse needs at least 2 sizes, got {len(sizes)}")
        for smallest in sizes[:-1]:
            own = curves(table, x=x, size=size, y=y, instance=instance, x_range=x_range, l_min=float(smallest))
            yield float(smallest), collapse_curves(own, method=method, x_c=x_c, nu=nu, exponent=exponent)

    return tuple(each())
