import kill_campaign
import pytest


@pytest.mark.parametrize("how", ["kill", "term", "time"])
@pytest.mark.parametrize("kind", ["anneal", "temper"])
def test_runs_that_are_ended_and_resumed_are_the_same_run(kind, how):
    """The short version of `kill_campaign.py`, with a reader that opens every file ten times a second."""
    equal, ended = kill_campaign.campaign(1, how, reader=True, seed=3, kind=kind)
    assert equal == 1
    assert ended >= 1
