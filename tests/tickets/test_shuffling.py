from itertools import combinations

import numpy as np
import pytest
from scipy.stats import chi2

from physrbm.dilution import dilute
from physrbm.ensembles import edwards_anderson
from physrbm.errors import InvalidInput
from physrbm.model import RBM
from physrbm.tickets import shuffled, shuffled_pairs
from physrbm.tickets.graphs import mask, pairs
from physrbm.tickets.shuffling import n_rounds, traded


def uneven(n_visible=60, n_hidden=40, seed=0):
    """Machine of very unequal degrees, from none to nearly all."""
    rng = np.random.default_rng(seed)
    odds = np.outer(np.exp(2 * rng.normal(size=n_visible)), np.exp(rng.normal(size=n_hidden)))
    there = rng.random((n_visible, n_hidden)) < 0.3 * odds / (1 + 0.3 * odds)
    weights = rng.normal(size=there.shape)
    return RBM.from_dense(weights, rng.normal(size=n_visible), rng.normal(size=n_hidden), there)


def degrees(i, j, n_visible, n_hidden):
    return tuple(np.bincount(i, minlength=n_visible)), tuple(np.bincount(j, minlength=n_hidden))


def graphs_like(there, allowed):
    """All graphs among `allowed` pairs with the degrees of `there`, as frozensets of pairs."""
    cells = [tuple(map(int, x)) for x in np.argwhere(allowed)]
    wanted = degrees(*np.nonzero(there), *there.shape)
    found = set()
    for chosen in combinations(cells, int(there.sum())):
        if degrees(*np.array(chosen).T, *there.shape) == wanted:
            found.add(frozenset(chosen))
    return found


def connected(start, graphs):
    """Those of `graphs` that switches of two bonds within them lead to from `start`."""
    reached, edge = {start}, [start]
    while edge:
        graph = edge.pop()
        for (i, j), (k, m) in combinations(graph, 2):
            other = graph - {(i, j), (k, m)} | {(i, m), (k, j)}
            if len(other) == len(graph) and other in graphs and other not in reached:
                reached.add(other)
                edge.append(other)
    return reached


def is_uniform(there, graphs, n, seed, allowed=None, alarm=1e-3):
    """Chi-square of `n` shuffles over the enumerated `graphs`; `alarm` is the rate of false alarms."""
    rng = np.random.default_rng(seed)
    count = dict.fromkeys(graphs, 0)
    for _ in range(n):
        i, j = shuffled_pairs(*np.nonzero(there), *there.shape, rng, allowed)
        count[frozenset(zip(i.tolist(), j.tolist(), strict=True))] += 1
    seen, expected = np.array(list(count.values())), n / len(graphs)
    return ((seen - expected) ** 2 / expected).sum() < chi2.isf(alarm, len(graphs) - 1)


@pytest.mark.parametrize("within", [False, True])
def test_degrees_stay_and_no_pair_is_there_twice(within):
    parent = uneven()
    rbm = dilute(parent, 1 - 400 / 2400, seed=1) if within else parent
    new = shuffled(rbm, np.random.default_rng(2), parent if within else None)
    assert degrees(*new.bonds[:2], 60, 40) == degrees(*rbm.bonds[:2], 60, 40)
    assert (np.diff(pairs(new)) > 0).all()
    assert (pairs(new) != pairs(rbm)).any()
    assert (np.sort(new.bonds.weight) == np.sort(rbm.bonds.weight)).all()
    assert (new.visible_bias == rbm.visible_bias).all()
    assert new.n_possible == rbm.n_possible
    if within:
        assert mask(parent)[new.bonds.i, new.bonds.j].all()


def test_equal_generators_give_equal_graphs():
    one, two = (shuffled(uneven(), np.random.default_rng(3)) for _ in range(2))
    assert all((x == y).all() for x, y in zip(one.bonds, two.bonds, strict=True))


@pytest.mark.parametrize(
    ("there", "number"),
    [
        (np.eye(3), 6),
        ([[1, 0, 0], [0, 1, 0], [0, 1, 1]], 5),
        ([[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [0, 1, 0, 1]], 90),
        ([[1, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]], 22),
    ],
)
def test_graphs_with_these_degrees_are_equally_likely(there, number):
    """False alarms: 1e-3 each. 90 is the number of 4 x 4 matrices with all sums 2 (OEIS A001499), 22 = 12 + 6 + 4."""
    there = np.array(there, bool)
    graphs = graphs_like(there, np.ones_like(there))
    assert len(graphs) == number
    assert is_uniform(there, graphs, 20 * number + 300, seed=4)


def test_graphs_within_allowed_pairs_are_equally_likely_where_switches_lead():
    """False alarms: 1e-3."""
    allowed = ~np.eye(5, dtype=bool)
    allowed[0, 1] = allowed[3, 2] = False
    there = np.zeros((5, 5), bool)
    for k, columns in enumerate([(2, 3), (0, 2), (1, 4), (0,), (1, 3)]):
        there[k, list(columns)] = True
    graphs = connected(
        frozenset(zip(*(x.tolist() for x in np.nonzero(there)), strict=True)), graphs_like(there, allowed)
    )
    assert len(graphs) > 20
    assert is_uniform(there, graphs, 20 * len(graphs), seed=5, allowed=allowed)


@pytest.mark.parametrize(
    ("there", "allowed"),
    [
        (np.ones((4, 3)), None),
        ([[1, 0, 0], [1, 1, 0], [1, 1, 1]], None),  # nested neighbourhoods: no other graph has these degrees
        ([[1, 0, 1, 1]], None),
        (np.eye(3), np.eye(3)),
        (np.roll(np.eye(3), 1, axis=1), 1 - np.eye(3)),  # the other derangement is three bonds away, not two
        (np.zeros((2, 3)), None),
    ],
)
def test_what_nothing_can_be_switched_in_stays_what_it_is(there, allowed):
    i, j = np.nonzero(there)
    new = shuffled_pairs(i, j, *np.shape(there), np.random.default_rng(6), allowed)
    assert (new[0] == i).all()
    assert (new[1] == j).all()


def overlaps_after(rbm, allowed, rounds, n, seed):
    """Common bonds (n,) of the start and the graphs that many rounds away from it."""
    rng = np.random.default_rng(seed)
    sizes = rbm.n_visible, rbm.n_hidden
    transposed = None if allowed is None else allowed.T
    found = np.empty(n)
    for k in range(n):
        i, j = rbm.bonds.i, rbm.bonds.j
        for _ in range(rounds):
            i = traded(i, j, *sizes, rng, allowed)
            j = traded(j, i, *sizes[::-1], rng, transposed)
        found[k] = np.isin(i.astype(np.int64) * sizes[1] + j, pairs(rbm)).sum()
    return found


@pytest.mark.parametrize("case", ["equal", "uneven", "within", "within uneven"])
def test_start_is_forgotten_after_these_rounds(case):
    """Overlap with the start after n_rounds, against twice as many, within 4 standard errors of 200 runs each."""
    allowed = None
    if case == "equal":
        rbm = RBM.initialise(60, 40, dilution=0.85, seed=7)
    elif case == "uneven":
        rbm = uneven()
    else:
        parent = uneven() if case == "within uneven" else RBM.initialise(60, 40, dilution=0.5, seed=8)
        rbm, allowed = dilute(parent, 1 - 0.3 * parent.n_bonds / 2400, seed=9), mask(parent)
    rounds = n_rounds(*rbm.bonds[:2], 60, 40, allowed)
    short, long = (overlaps_after(rbm, allowed, k, 200, seed=k) for k in (rounds, 2 * rounds))
    assert abs(short.mean() - long.mean()) < 4 * ((short.var() + long.var()) / 199) ** 0.5
    first = overlaps_after(rbm, allowed, 1, 20, seed=1)
    assert first.mean() > long.mean() + 3 * long.std()  # there was something to forget


def test_memory_of_equal_degrees_halves_in_every_round_of_a_layer():
    """Rows of one degree: after k rounds the overlap exceeds its stationary value by 2^-k; 4 standard errors."""
    n, degree = 200, 30
    rng = np.random.default_rng(10)
    start = np.argsort(rng.random((n, 150)), axis=1)[:, :degree]
    row, column = np.repeat(np.arange(n), degree), start.ravel()
    there = np.zeros((n, 150), bool)
    there[row, column] = True
    stationary = (there.sum(0) ** 2).sum() / n  # rows alone are exchangeable: column j is kept with probability k_j / n
    excess = np.empty((100, 4))
    for run in excess:
        now = row
        for k in range(4):
            now = traded(now, column, n, 150, rng, None)
            run[k] = (there[now, column].sum() - stationary) / (row.size - stationary)
    mean, error = excess.mean(0), excess.std(0, ddof=1) / 10
    # a partner hands back 1 / (n - 1) of what it got
    assert (abs(mean - 0.5 ** np.arange(1, 5)) < 4 * error + 2 / n).all()


def test_full_size_needs_few_rounds():
    rbm = RBM.initialise(784, 500, dilution=0.85, seed=11)
    assert n_rounds(*rbm.bonds[:2], 784, 500) < 20
    new = shuffled(rbm, np.random.default_rng(12))
    assert degrees(*new.bonds[:2], 784, 500) == degrees(*rbm.bonds[:2], 784, 500)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda rng: shuffled_pairs([0, 0], [1, 1], 2, 2, rng), "occurs twice"),
        (lambda rng: shuffled_pairs([0, 2], [1, 1], 2, 2, rng), "must be in 0..1"),
        (lambda rng: shuffled_pairs([0], [1], 2, 2, rng, np.ones((2, 3))), "shape"),
        (lambda rng: shuffled_pairs([0, 1], [1, 1], 2, 2, rng, np.eye(2)), "1 of 2 bonds are not among"),
        (lambda rng: shuffled(uneven(), rng, uneven(40, 60)), "same numbers of units"),
        (lambda rng: shuffled(edwards_anderson((4, 4)), rng), "only 32 of 64 pairs are possible"),
    ],
)
def test_bad_input_is_one_line(call, words):
    with pytest.raises(InvalidInput, match=words) as error:
        call(np.random.default_rng(0))
    assert "\n" not in str(error.value)
