"""The centred gradient, bond by bond: nothing as large as both layers' product is ever there."""

from numba import prange

from physrbm.kernels._jit import kernel


@kernel(parallel=True)
def centred(v_start, j, h_start, i, order, mu, lam, da, db, dw):  # type: ignore[no-untyped-def]
    """Turn differences of moments da (Nv,), db (Nh,), dw (bond,) into the gradient of the centred variables, in place.

    dw - da_i lam_j - mu_i db_j, then da - sum_j dw lam_j and db - sum_i dw mu_i: every unit sums its own row in order.
    Rows of visible units: v_start, j; of hidden ones: h_start, i, order (their bonds in the order of dw).
    """
    for unit in prange(mu.size):
        shift = 0.0
        for k in range(v_start[unit], v_start[unit + 1]):
            dw[k] = dw[k] - da[unit] * lam[j[k]] - mu[unit] * db[j[k]]
            shift += dw[k] * lam[j[k]]
        da[unit] -= shift
    for unit in prange(lam.size):
        shift = 0.0
        for k in range(h_start[unit], h_start[unit + 1]):
            shift += dw[order[k]] * mu[i[k]]
        db[unit] -= shift
