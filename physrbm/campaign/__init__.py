"""Many runs: planned as one manifest, run by anything that runs functions, interrupted, resumed, and collected."""

from physrbm.campaign.board import Progress
from physrbm.campaign.collecting import collect
from physrbm.campaign.driving import Options, cores, run
from physrbm.campaign.estimating import Cost, estimate
from physrbm.campaign.manifest import Entry, Manifest, read_manifest
from physrbm.campaign.planning import plan
from physrbm.campaign.states import State, Status, status
from physrbm.campaign.table import Table, read_table, write_table

__all__ = [
    "Cost",
    "Entry",
    "Manifest",
    "Options",
    "Progress",
    "State",
    "Status",
    "Table",
    "collect",
    "cores",
    "estimate",
    "plan",
    "read_manifest",
    "read_table",
    "run",
    "status",
    "write_table",
]
