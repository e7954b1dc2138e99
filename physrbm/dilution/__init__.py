"""Removing bonds. A rule says which survive; `dilute` checks, counts, and keeps the fields in the chosen gauge."""

from dataclasses import replace
from math import prod

import numpy as np

from physrbm.dilution.gauge import GAUGES, check_means, left_behind, means
from physrbm.dilution.rules import RULES, Rule
from physrbm.dilution.schedules import SCHEDULES, next_dilution
from physrbm.dilution.view import View
from physrbm.errors import InvalidInput
from physrbm.model import RBM, Bonds, check_states, n_kept
from physrbm.streams import Stream, generator

__all__ = ["RULES", "SCHEDULES", "Rule", "View", "check_rule", "dilute", "next_dilution"]


def dilute(
    rbm: RBM,
    dilution: float,
    rule: str = "random",
    gauge: str = "binary",
    data: np.ndarray | None = None,
    *,
    visible_mean: np.ndarray | None = None,
    hidden_mean: np.ndarray | None = None,
    shape: tuple[int, ...] | None = None,
    seed: int = 0,
) -> RBM:
    """Machine with round((1 - dilution) n_possible) bonds left, the survivors unchanged.

    In the gauge (mu, lambda) the removed bond is the term w (v_i - mu_i)(h_j - lambda_j), so it leaves the fields
    a_i += w lambda_j, b_j += w mu_i and the constant += w mu_i lambda_j behind: "binary" mu = lambda = 0, "ising"
    1/2, "centred" the means under `data` (n, Nv), or `visible_mean` (Nv,) and `hidden_mean` (Nh,), of the machine
    before removal.
    `RULES` says what a rule needs besides: data, or the `shape` (rows, columns) of images. The rule 'bernoulli' keeps
    that many bonds on average. Raises InvalidInput, also where fewer bonds than asked for are there.
    """
    check_rule(rule, gauge, data is not None, None if shape is None else tuple(shape), rbm.n_visible)
    if data is not None and gauge == "centred" and (visible_mean is not None or hidden_mean is not None):
        raise InvalidInput("data and visible_mean, hidden_mean exclude each other")
    data = None if data is None else check_states(data, rbm.n_visible)
    if data is not None and gauge == "centred":
        visible_mean, hidden_mean = means(rbm, data)
    mu, lam = check_means(rbm, gauge, visible_mean, hidden_mean)
    n_keep = n_kept(rbm.n_possible, dilution)
    if n_keep > rbm.n_bonds:
        raise InvalidInput(f"dilution {dilution} asks for {n_keep} bonds, only {rbm.n_bonds} are left to choose from")
    # a machine that lost bonds to this seed before must not lose correlated ones to it now
    key = () if rbm.n_bonds == rbm.n_possible else (rbm.n_bonds,)
    view = View(mu, lam, data, shape, seed)
    keep = RULES[rule].keep(rbm, n_keep, generator(seed, Stream.DILUTION, *key), view)
    if keep.shape != (rbm.n_bonds,) or (keep.sum() != n_keep and RULES[rule].exact_count):
        raise InvalidInput(f"the rule {rule!r} kept {keep.sum()} bonds, expected {n_keep}")
    visible, hidden, constant = left_behind(rbm, ~keep, mu, lam)
    return replace(
        rbm,
        bonds=Bonds(*(x[keep] for x in rbm.bonds)),
        visible_bias=rbm.visible_bias + visible,
        hidden_bias=rbm.hidden_bias + hidden,
        constant=rbm.constant + constant,
    )


def check_rule(rule: str, gauge: str, has_data: bool, shape: tuple[int, ...] | None, n_visible: int) -> None:
    """Raise InvalidInput for a rule or gauge that is not there, or that lacks what it needs."""
    if rule not in RULES:
        raise InvalidInput(f"unknown dilution rule {rule!r}; allowed: {', '.join(RULES)}")
    if gauge not in GAUGES:
        raise InvalidInput(f"unknown gauge {gauge!r}; allowed: {', '.join(GAUGES)}")
    needed = RULES[rule].needs
    if (not has_data and "data" in needed) or (shape is None and "shape" in needed):
        raise InvalidInput(f"the rule {rule!r} needs {' and '.join(needed)}")
    if "shape" in needed and (len(shape or ()) != 2 or prod(shape or ()) != n_visible):
        raise InvalidInput(f"the rule {rule!r} needs images of {n_visible} pixels, got the shape {shape}")
