"""What can be refused of a spec before there is a machine."""

from physrbm.data import Dataset
from physrbm.errors import InvalidInput
from physrbm.experiment.changes import events
from physrbm.experiment.running import settings
from physrbm.experiment.starting import Size, check_fit
from physrbm.experiment.tempered import check_names
from physrbm.model import check_fresh
from physrbm.spec import Spec, TemperSpec


def check(spec: Spec, data: Dataset | None, size: Size | None) -> Size:
    """Size of the machine that a run of the spec will end with.

    data: that the spec names; size: of the machine that it starts from, None for a fresh one. Raises InvalidInput for
    what is wrong with the spec, as far as it can be seen without the machine itself.
    """
    if isinstance(spec, TemperSpec):
        assert size is not None
        check_names(spec)
        if data is not None and data.n_visible != size.n_visible:
            raise InvalidInput(f"the machine has {size.n_visible} visible units, {spec.data} {data.n_visible} pixels")
        return size
    assert data is not None
    settings(spec).check()
    events(spec)
    if size is None:
        n_bonds = check_fresh(data.n_visible, spec.hidden, 0.0, spec.scale)
        size = Size(data.n_visible, spec.hidden, n_bonds, n_bonds)
    return check_fit(spec, data, size)
