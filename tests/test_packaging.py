import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_wheel_holds_the_packages_and_their_data(tmp_path):
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"physrbm", "physrbm_cli", "physrbm_tui"}
    assert "physrbm/data/digits.npz" in names
    assert "physrbm/py.typed" in names
    assert any(name.endswith("LICENSE") for name in names)


def test_public_names_exist_and_are_documented():
    import physrbm

    for name in physrbm.__all__:
        assert getattr(physrbm, name).__doc__, name
