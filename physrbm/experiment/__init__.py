"""The experiment: dilute, anneal the couplings on data, measure, with or without a folder that remembers."""

from physrbm.experiment.measuring import Final, report
from physrbm.experiment.recorded import record, resume
from physrbm.experiment.running import Measurement, run

__all__ = ["Final", "Measurement", "record", "report", "resume", "run"]
