"""The Hamiltonian: fields, surviving bonds and a constant."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model.bonds import Bonds, sorted_bonds
from physrbm.model.fresh import gaussian_bonds
from physrbm.model.sites import check_sites
from physrbm.model.spins import Spins, from_spins, to_spins

if TYPE_CHECKING:
    from pathlib import Path

_BLOCK = 512  # configurations whose hidden fields are held at once, in the cache


@dataclass(frozen=True, slots=True, eq=False)
class RBM:
    """E(v,h) = constant - a.v - b.h - sum_(ij) w_ij v_i h_j on a diluted bipartite graph; never mutated.

    Built by `from_dense`, `from_bonds`, `initialise` or `from_spins`, which check what they are given.
    """

    visible_bias: np.ndarray
    """(Nv,) float64, the fields a"""
    hidden_bias: np.ndarray
    """(Nh,) float64, the fields b"""
    bonds: Bonds
    n_possible: int
    """bonds of the undiluted machine"""
    constant: float = 0.0
    sites: np.ndarray | None = None
    """lattices: (*shape, 2) int32, site -> (layer, unit)"""

    @classmethod
    def from_bonds(
        cls,
        i: np.ndarray,
        j: np.ndarray,
        weight: np.ndarray,
        visible_bias: np.ndarray,
        hidden_bias: np.ndarray,
        n_possible: int | None = None,
        constant: float = 0.0,
        sites: np.ndarray | None = None,
    ) -> "RBM":
        """Machine with the bonds (i, j, weight); `n_possible` defaults to Nv x Nh. Raises InvalidInput."""
        a, b = _field(visible_bias, "visible_bias"), _field(hidden_bias, "hidden_bias")
        bonds = sorted_bonds(i, j, weight, a.size, b.size)
        possible = a.size * b.size if n_possible is None else int(n_possible)
        if not max(1, bonds.i.size) <= possible <= a.size * b.size:
            raise InvalidInput(f"n_possible must be in {max(1, bonds.i.size)}..{a.size * b.size}, got {possible}")
        if not np.isfinite(constant):
            raise InvalidInput(f"constant must be finite, got {constant}")
        return cls(a, b, bonds, possible, float(constant), check_sites(sites, a.size, b.size))

    @classmethod
    def from_dense(
        cls,
        weights: np.ndarray,
        visible_bias: np.ndarray,
        hidden_bias: np.ndarray,
        mask: np.ndarray | None = None,
    ) -> "RBM":
        """Machine with the weights (Nv, Nh) where `mask` is true; without a mask every pair is a bond."""
        w = np.asarray(weights, dtype=np.float64)
        shape = (np.size(visible_bias), np.size(hidden_bias))
        if w.shape != shape:
            raise InvalidInput(f"weights must have the shape {shape} of the fields, got {w.shape}")
        keep = np.ones(shape, bool) if mask is None else np.asarray(mask, dtype=bool)
        if keep.shape != shape:
            raise InvalidInput(f"mask must have the shape {shape} of the weights, got {keep.shape}")
        i, j = np.nonzero(keep)
        return cls.from_bonds(i, j, w[keep], visible_bias, hidden_bias)

    @classmethod
    def initialise(
        cls,
        data_or_n_visible: Any,
        n_hidden: int,
        dilution: float = 0.0,
        rule: str = "random",
        scale: float = 0.1,
        seed: int = 0,
    ) -> "RBM":
        """Fresh machine: random bonds, couplings N(0, scale^2), visible fields from the pixel means of data.

        data_or_n_visible: (n, Nv) of {0,1}, or Nv (then the fields are zero). Raises InvalidInput.
        """
        if rule != "random":
            raise InvalidInput(f"a fresh machine knows the rule 'random', got {rule!r}; for others use dilute")
        if isinstance(data_or_n_visible, int | np.integer):
            n_visible = int(data_or_n_visible)
            fields = np.zeros(max(n_visible, 0))
        else:
            data = np.asarray(data_or_n_visible)
            n_visible = data.shape[-1]
            fields = independent_fields(data)
        bonds = gaussian_bonds(n_visible, n_hidden, dilution, scale, seed)
        return cls(fields, np.zeros(n_hidden), bonds, n_visible * n_hidden)

    @property
    def n_visible(self) -> int:
        """Nv."""
        return self.visible_bias.size

    @property
    def n_hidden(self) -> int:
        """Nh."""
        return self.hidden_bias.size

    @property
    def n_bonds(self) -> int:
        """Surviving bonds."""
        return self.bonds.i.size

    @property
    def dilution(self) -> float:
        """Fraction of the possible bonds that is removed."""
        return 1.0 - self.n_bonds / self.n_possible

    def weights(self) -> np.ndarray:
        """Dense copy (Nv, Nh), zero where there is no bond."""
        dense = np.zeros((self.n_visible, self.n_hidden))
        dense[self.bonds.i, self.bonds.j] = self.bonds.weight
        return dense

    def energy(self, v: np.ndarray, h: np.ndarray) -> np.ndarray:
        """E(v,h) of the configurations v (chain, Nv), h (chain, Nh): (chain,) float64."""
        v, h = np.atleast_2d(v).astype(np.float64), np.atleast_2d(h).astype(np.float64)
        fields = self.hidden_fields(v)
        energy: np.ndarray = self.constant - (v * self.visible_bias).sum(1) - (h * fields).sum(1)
        return energy

    def hidden_fields(self, v: np.ndarray) -> np.ndarray:
        """Total fields b + v W on the hidden units: (chain, Nh) float64."""
        from scipy.sparse import csr_array

        v = np.atleast_2d(v)
        if v.ndim != 2 or v.shape[1] != self.n_visible:
            raise InvalidInput(f"states must be (chain, {self.n_visible}), got the shape {v.shape}")
        v = v.astype(np.float64)
        if np.count_nonzero(v) * self.n_hidden < len(v) * self.n_bonds:  # fewer units are on than bonds are there
            fields: np.ndarray = csr_array(v) @ self.weights()
        else:
            w = csr_array((self.bonds.weight, (self.bonds.j, self.bonds.i)), shape=(self.n_hidden, self.n_visible))
            fields = (w @ v.T).T
        fields += self.hidden_bias
        return fields

    def visible_fields(self, h: np.ndarray) -> np.ndarray:
        """Total fields a + W h on the visible units: (chain, Nv) float64."""
        return self.exchanged().hidden_fields(h)

    def hidden_means(self, v: np.ndarray) -> np.ndarray:
        """P(h_j = 1 | v): (chain, Nh) float64."""
        from scipy.special import expit

        means: np.ndarray = expit(self.hidden_fields(v))
        return means

    def visible_means(self, h: np.ndarray) -> np.ndarray:
        """P(v_i = 1 | h): (chain, Nv) float64; h may be means."""
        return self.exchanged().hidden_means(h)

    def exchanged(self) -> "RBM":
        """The same machine with the names of the layers exchanged; its bonds are in hidden-row order."""
        order = np.lexsort((self.bonds.i, self.bonds.j))
        bonds = Bonds(self.bonds.j[order], self.bonds.i[order], self.bonds.weight[order])
        sites = None if self.sites is None else self.sites ^ np.array([1, 0], np.int32)
        return replace(self, visible_bias=self.hidden_bias, hidden_bias=self.visible_bias, bonds=bonds, sites=sites)

    def free_energy(self, v: np.ndarray, beta: float = 1.0) -> np.ndarray:
        """-log sum_h exp(-beta E(v,h)) = beta (constant - a.v) - sum_j log(1 + exp(beta x_j)): (chain,) float64.

        x = b + v W are the hidden fields; exp(-free_energy) sums to Z over all v.
        """
        v = np.atleast_2d(v)
        out = np.empty(len(v))
        for k in range(0, len(v), _BLOCK):
            x = v[k : k + _BLOCK].astype(np.float64)
            softplus = np.logaddexp(0.0, beta * self.hidden_fields(x)).sum(1)
            out[k : k + _BLOCK] = beta * (self.constant - (x * self.visible_bias).sum(1)) - softplus
        return out

    def to_spins(self) -> Spins:
        """Exact couplings, fields and constant in spins s = 2v - 1."""
        return to_spins(self.bonds, self.visible_bias, self.hidden_bias, self.constant, self.n_possible)

    @classmethod
    def from_spins(
        cls,
        J: Any,
        H_visible: np.ndarray,
        H_hidden: np.ndarray,
        constant: float = 0.0,
        n_possible: int | None = None,
    ) -> "RBM":
        """Machine of E = constant - sum J s t - H_visible.s - H_hidden.t; J is (Nv, Nh) or `Bonds`."""
        bonds, a, b, c = from_spins(J, _field(H_visible, "H_visible"), _field(H_hidden, "H_hidden"), constant)
        return cls.from_bonds(*bonds, a, b, n_possible, c)

    def save(self, path: "str | Path") -> None:
        """Write the machine to an HDF5 file, atomically."""
        from physrbm.model.files import save

        save(self, path)


def independent_fields(data: np.ndarray) -> np.ndarray:
    """Fields of independent pixels with the means of data (n, Nv), half a count added to either value."""
    data = check_states(data)
    on = data.sum(0, dtype=np.float64) + 0.5
    fields: np.ndarray = np.log(on) - np.log(len(data) + 1.0 - on)
    return fields


def check_states(states: np.ndarray, n_visible: int | None = None) -> np.ndarray:
    """`states` as an array, if it is (sample, `n_visible`) of {0,1} and not empty. Raises InvalidInput."""
    states = np.asarray(states)
    if states.ndim != 2 or states.size == 0 or states.shape[1] != (n_visible or states.shape[1]):
        width = "pixel" if n_visible is None else n_visible
        raise InvalidInput(f"data must be (sample, {width}) and not empty, got the shape {states.shape}")
    if not (((states == 0) | (states == 1)).all() if states.dtype.kind != "u" else states.max() <= 1):
        raise InvalidInput("data must hold only 0 and 1; binarise them first")
    return states


def _field(x: np.ndarray, name: str) -> np.ndarray:
    field = np.array(x, dtype=np.float64)
    if field.ndim != 1 or field.size == 0:
        raise InvalidInput(f"{name} must be 1-d and not empty, got the shape {field.shape}")
    if not np.isfinite(field).all():
        raise InvalidInput(f"{name} must be finite, got NaN or infinity")
    return field
