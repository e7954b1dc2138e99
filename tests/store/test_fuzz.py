import fuzz_campaign


def test_damaged_and_hostile_files_open_or_are_refused_in_one_line():
    """The short version of `fuzz_campaign.py`."""
    outcomes, faults, grown = fuzz_campaign.campaign(600, seed=7)
    assert faults == []
    assert grown < 200  # MiB
    assert sum(outcomes.values()) == 600
