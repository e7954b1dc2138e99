"""The experiment: dilute, anneal the couplings on data, measure, with or without a folder that remembers."""

from physrbm.experiment.jobs import Step
from physrbm.experiment.measuring import Final, report
from physrbm.experiment.recorded import record, resume
from physrbm.experiment.running import Measurement, run
from physrbm.experiment.tempered import Tempered, TemperedEnd, load, tempered

__all__ = [
    "Final",
    "Measurement",
    "Step",
    "Tempered",
    "TemperedEnd",
    "load",
    "record",
    "report",
    "resume",
    "run",
    "tempered",
]
