import json

import pytest
from physrbm_cli.anneal import anneal
from physrbm_cli.main import app
from physrbm_cli.settings import resolve
from typer.testing import CliRunner

from physrbm.errors import InvalidInput
from physrbm.spec import RunSpec


def test_command_line_over_environment_over_file_over_default(tmp_path, monkeypatch):
    config = tmp_path / "run.toml"
    config.write_text('hidden = 11\nsweeps = 12\nchains = 13\nrule = "magnitude"\nbinarise = "none"\n')
    monkeypatch.setenv("PHYSRBM_SWEEPS", "22")
    monkeypatch.setenv("PHYSRBM_CHAINS", "23")
    monkeypatch.setenv("PHYSRBM_DATA", "/a/folder")  # the folder of data sets, not the setting
    spec = resolve({"chains": 33, "batch": None, "shape": "4x6"}, config)
    assert (spec.hidden, spec.sweeps, spec.chains, spec.batch) == (11, 22, 33, 512)
    assert (spec.rule, spec.binarise, spec.shape, spec.data) == ("magnitude", None, (4, 6), "digits")


def test_typo_in_the_environment(monkeypatch):
    monkeypatch.setenv("PHYSRBM_HIDEN", "7")
    with pytest.raises(InvalidInput, match="did you mean 'hidden'"):
        resolve({}, None)


def test_absent_seed_is_drawn():
    assert resolve({}, None).seed != resolve({}, None).seed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hiden = 5", "did you mean 'hidden'"),
        ("zzzz = 5", "allowed: data"),
        ("hidden = 'many'", "hidden: "),
        ("hidden = ", "not a TOML file"),
        ("learning_rate = nan", "learning_rate: "),
        ("hidden = true", "hidden: "),
        ("shape = 'big'", "shape: must be ROWSxCOLUMNS"),
    ],
)
def test_bad_file_is_one_line(text, message, tmp_path):
    (tmp_path / "run.toml").write_text(text)
    with pytest.raises(InvalidInput, match=message) as error:
        resolve({}, tmp_path / "run.toml")
    assert "\n" not in str(error.value)


def test_help_shows_every_setting_with_its_default():
    options = anneal.__annotations__
    for name, field in RunSpec.model_fields.items():
        shown = options[name].__metadata__[0].show_default
        if field.default in (None, ()) or name == "seed":
            assert shown is False
        else:
            words = {True: "centred", False: "new-chains"}
            assert shown == (words[field.default] if isinstance(field.default, bool) else str(field.default)), name


def test_dry_run_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["anneal", "--dilution", "0.85", "--hidden", "20", "--dry-run", "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["seconds_an_update"] > 0
    assert not list(tmp_path.iterdir())


def test_a_run_trains_with_the_defaults_of_train():
    from physrbm.experiment.running import settings
    from physrbm.training import Settings

    assert settings(RunSpec()) == Settings()
