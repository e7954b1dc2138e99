"""The experiment: dilute, anneal the couplings on data, measure, with or without a folder that remembers."""

from physrbm.experiment.checking import check
from physrbm.experiment.jobs import Step
from physrbm.experiment.measuring import Final, report
from physrbm.experiment.recorded import record, resume
from physrbm.experiment.running import Measurement, kept, run
from physrbm.experiment.scoring import SCORES, Moment, Score, hysteresis, score, score_in_time
from physrbm.experiment.starting import Size
from physrbm.experiment.tempered import Tempered, TemperedEnd, load, tempered

__all__ = [
    "SCORES",
    "Final",
    "Measurement",
    "Moment",
    "Score",
    "Size",
    "Step",
    "Tempered",
    "TemperedEnd",
    "check",
    "hysteresis",
    "kept",
    "load",
    "record",
    "report",
    "resume",
    "run",
    "score",
    "score_in_time",
    "tempered",
]
