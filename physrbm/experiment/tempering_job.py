"""What recording and resuming need to know of a run of `sample` or `logz`."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np

from physrbm import store
from physrbm.errors import InvalidInput
from physrbm.estimate import Estimate, plain
from physrbm.experiment import frozen, ladders
from physrbm.experiment.jobs import check_position
from physrbm.experiment.tempered import UNITS, Past, Tempered, block, load, look_every, tempered
from physrbm.hdf5 import Tree
from physrbm.model import from_tree, to_tree
from physrbm.spec import TemperSpec
from physrbm.tempering import Look, stack


class Tempering(NamedTuple):
    """A `Job`."""

    spec: TemperSpec
    data_dir: str | Path | None

    @property
    def units(self) -> dict[str, str]:
        """As in `Job`."""
        return UNITS

    def steps(self, state: Past | None, seconds: float, extra: Callable[[], int]) -> Iterator[Tempered]:
        """As in `Job`."""
        return tempered(self.spec, self.data_dir, state, seconds, extra)

    def digest(self, first: Tempered) -> str:
        """As in `Job`."""
        return "" if first.data is None else first.data.digest

    def freeze(self, step: Tempered) -> Tree:
        """As in `Job`; what was kept since the last measurement travels along, unless it stands in a block."""
        tree = frozen.state_to_tree(step.past.state)
        if step.past.looks and not step.values:
            tree = tree | frozen.looks_to_tree(stack(step.past.looks)).below("looks")
        return to_tree(step.rbm).below("machine") | tree.below("tempering")

    def block(self, step: Tempered) -> Tree | None:
        """As in `Job`."""
        if step.update == 0:
            return ladders.to_file(step.past.path)
        return frozen.block_to_tree(block(step.past)) if step.values else None

    def thaw(self, saved: store.Saved, folder: Path) -> Past:
        """As in `Job`."""
        check_position(saved, self.spec)
        data, inner = load(self.spec, self.data_dir), saved.state.at("tempering")
        path = ladders.from_file(store.read_block(folder, 0), self.spec)
        ladder = path.bind(from_tree(saved.state.at("machine")), None if data is None else data.train)
        state = frozen.state_from_tree(inner, ladder, saved.update, self.spec)
        known = ladder, state.walkers.walker.shape[1], self.spec
        blocks = tuple(frozen.block_from_tree(store.read_block(folder, update), *known) for update, _ in saved.rows)
        numbers = [b.looks.number for b in blocks]
        looks: tuple[Look, ...] = ()
        if (rest := inner.at("looks")).arrays:
            looks = frozen.apart(frozen.looks_from_tree(rest, *known))
            numbers.append(np.array([look.number for look in looks]))
        every = look_every(self.spec, state)
        if not np.array_equal(np.concatenate([[], *numbers]), np.arange(every, saved.update + 1, every)):
            raise InvalidInput(f"looks at other rounds than every {every} up to {saved.update}")
        return Past(path, ladder, state, blocks, looks)

    def look(self, step: Tempered) -> dict[str, Any]:
        """As in `Job`; the states are those of the last rung."""
        past = step.past
        rejected, proposed = past.state.rejection.T
        acceptance = 1 - rejected / np.maximum(1, proposed)
        visible = past.ladder.states(past.state.walkers, -1).visible
        shape = None if step.data is None else step.data.shape
        return store.picture(step.update, step.rbm, visible, shape, acceptance)

    def report(self, step: Tempered) -> dict[str, Any]:
        """As in `Job`."""
        assert step.final is not None
        return report(self.spec, step)


def report(spec: TemperSpec, step: Tempered) -> dict[str, Any]:
    """The end of a run as one JSON-able object."""
    assert step.final is not None
    run, rbm = step.final.run, step.rbm
    content = {
        "schema": 1,
        "source": spec.source,
        **{name: getattr(rbm, name) for name in ("n_visible", "n_hidden", "n_possible", "n_bonds", "dilution")},
        "seed": spec.seed,
        "updates": step.update,
        "sweeps": step.update * spec.swap_every,
        "replicas": run.round_trips.size,
        "rungs": run.ladder.n_rungs,
        "energy": _of_replicas(run.series["energy"] / (rbm.n_visible + rbm.n_hidden)),
        "observables": {name: _of_replicas(run.series[name]) for name in spec.observables},
        "acceptance": {str(k): x for k, x in enumerate(run.acceptance.tolist())},
        "barrier": run.barrier,
        "round_trips": Estimate.of(run.round_trips / run.ladder.n_rungs)._asdict(),
        "verdict": {**run.verdict._asdict(), "tau": run.verdict.tau._asdict(), "text": str(run.verdict)},
        "log_z_by": {name: z._asdict() for name, z in step.final.log_z.items()},
        "seconds": step.seconds,
    }
    return cast(dict[str, Any], plain(content))


def _of_replicas(series: np.ndarray) -> dict[str, Any]:
    """Mean of (look, replica) with the scatter of the replicas, which are independent, as its error."""
    return Estimate.of(series.mean(0))._asdict()
