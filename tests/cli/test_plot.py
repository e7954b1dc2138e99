"""`plot`: what is prepared, what is written, what is refused."""

import json
import struct
import sys
from xml.etree import ElementTree

import numpy as np
import pytest
from physrbm_cli import plot as command
from physrbm_cli.main import app
from physrbm_cli.plots import fields, samples, spectra
from physrbm_cli.plots.page import DPI, image_shape
from typer.testing import CliRunner

import physrbm as pr
from physrbm.errors import InvalidInput, PhysRBMError
from physrbm.observables import principal_components
from physrbm.structure import degrees, random_matrix_edge, spectral_norm

KINDS = ("samples", "fields", "spectra", "all")
FEW = ("--updates", 20, "--measurements", 2, "--ais-chains", 100, "--samples", 40, "--sample-sweeps", 5, "-q")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("machines")
    done = run("anneal", "--hidden", 30, "--dilution", 0.85, "--seed", 1, *FEW, "--out", root / "digits")
    assert done.exit_code == 0, done.output + repr(done.exception)
    pr.RBM.initialise(36, 4, dilution=0.5, seed=1).save(root / "square.h5")
    pr.RBM.initialise(30, 4, seed=1).save(root / "odd.h5")
    return root


@pytest.fixture(scope="module")
def digits():
    return pr.load_data("digits")


@pytest.fixture(scope="module")
def rbm(digits):
    return pr.RBM.initialise(digits.train, 40, dilution=0.85, scale=0.5, seed=3)


def run(*arguments):
    return CliRunner().invoke(app, [str(x) for x in arguments])


def png_size(path):
    content = path.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", content[16:24])


def readable(path):
    from matplotlib.image import imread

    image = imread(path)
    assert image.shape[:2] == png_size(path)[::-1]
    assert image.min() < 0.5 < image.max()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("source", ["digits", "square.h5"])
def test_every_kind_is_a_readable_picture(kind, source, root, tmp_path):
    data = ("--data", "digits") if source == "digits" else ()
    out = tmp_path / "p.png"
    done = run("plot", root / source, "--kind", kind, *data, "--sweeps", "1,4", "--out", out)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(f"picture {out}")
    readable(out)
    width, height = png_size(out)
    assert 5 * DPI < width < 13 * DPI
    assert 1.5 * DPI < height < 18 * DPI
    assert out.stat().st_size < 500_000
    assert list(tmp_path.iterdir()) == [out]


def test_vector_pictures_keep_text_and_are_the_same_bytes(root, tmp_path):
    for name in ("a.pdf", "b.pdf", "a.svg", "b.svg"):
        done = run("plot", root / "square.h5", "--sweeps", 2, "--out", tmp_path / name)
        assert done.exit_code == 0, done.output
    for kind in ("pdf", "svg"):
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()
    pdf = (tmp_path / "a.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert b"/FontFile2" in pdf  # TrueType: text that can be selected
    assert ElementTree.parse(tmp_path / "a.svg").getroot().tag.endswith("svg")


def test_chains_go_on_and_do_not_depend_on_the_other_times(rbm, digits):
    shown = samples.prepare(rbm, ("random", "data"), digits.test, digits.shape, (1, 3, 10), seed=5)
    fewer = samples.prepare(rbm, ("random", "data"), digits.test, digits.shape, (10,), seed=5)
    assert shown.sweeps == (0, 1, 3, 10)
    for block, other in zip(shown.blocks, fewer.blocks, strict=True):
        assert block.images.shape == (4, 16, 8, 8)
        assert (block.images[-1] == other.images[-1]).all()
    for k, t in enumerate((1, 3, 10), 1):
        same = pr.sample(rbm, 16, t, seed=5).visible
        assert (shown.blocks[0].images[k].reshape(16, -1) == same).all()
    held_out = {x.tobytes() for x in digits.test}
    assert all(x.tobytes() in held_out for x in shown.blocks[1].images[0])


def test_mosaic_shows_every_pixel():
    images = np.random.default_rng(0).integers(0, 2, (3, 5, 4, 7))
    whole = samples.mosaic(images)
    assert whole.shape == (3 * 5 + 1, 5 * 8 + 1)
    assert (whole[6:10, 17:24] == images[1, 2]).all()
    assert not np.isin(whole[5], (0, 1)).any()


def test_removed_bonds_are_marked_where_the_machine_has_none(rbm):
    found = fields.prepare(rbm, (8, 8))
    bond = np.zeros((64, 40), bool)
    bond[rbm.bonds.i, rbm.bonds.j] = True
    w = rbm.weights()
    norms = np.linalg.norm(w, axis=0)
    assert len(found.units) == 25
    assert norms[found.units].min() >= np.delete(norms, found.units).max()
    assert (np.diff(norms[found.units]) <= 0).all()
    for unit, image in zip(found.units, found.maps, strict=True):
        assert (np.isnan(image.ravel()) == ~bond[:, unit]).all()
        assert (image.ravel()[bond[:, unit]] == w[bond[:, unit], unit]).all()
    assert found.limit == np.abs(w[:, found.units]).max()
    assert f"{rbm.n_bonds:,} of 2,560" in found.about
    assert "0.85" in found.about


def test_a_bond_of_coupling_zero_is_not_a_removed_one():
    mask = np.array([[1, 0], [1, 1], [0, 1], [0, 0]], bool)
    found = fields.prepare(pr.RBM.from_dense(np.zeros((4, 2)), np.zeros(4), np.zeros(2), mask), (2, 2), (1, 0))
    assert (np.isnan(found.maps.reshape(2, 4)) == ~mask[:, ::-1].T).all()
    assert found.limit == 1


def test_spectra_are_those_of_the_machine_and_the_data(rbm, digits):
    found = spectra.prepare(rbm, ("random",), digits.train, 3, seed=2)
    assert found.singular_values[0] == pytest.approx(spectral_norm(rbm))
    assert found.edge == random_matrix_edge(rbm)
    for layer, k in zip(found.degrees, degrees(rbm), strict=True):
        assert layer.units.sum() == k.size
        for first, last, n in zip(layer.edges, layer.edges[1:], layer.units, strict=False):
            assert n == ((first <= k) & (k < last)).sum()
        assert layer.expected.sum() == pytest.approx(k.size, rel=0.01)
    of_data = found.covariances[0].eigenvalues
    assert found.n_samples == len(digits.train)
    spins = digits.train @ principal_components(digits.train, 3)
    assert of_data[:3] == pytest.approx(spins.var(0))
    same = pr.sample(rbm, found.n_samples, 3, seed=2).visible
    assert found.covariances[1].eigenvalues.sum() == pytest.approx(same.var(0).sum())


def test_prepared_arrays_are_the_same_bytes_for_a_seed(rbm, digits):
    def prepared(seed):
        asked = command.Asked("all", ("random", "data"), (1, 5), 9, seed)
        p = command.prepare(rbm, digits, None, asked)
        arrays = [b.images for b in p.samples.blocks] + [c.eigenvalues for c in p.spectra.covariances]
        arrays += [p.fields.maps, p.spectra.singular_values, *(d.units for d in p.spectra.degrees)]
        return b"".join(x.tobytes() for x in arrays)

    assert prepared(1) == prepared(1) != prepared(2)


def test_dense_tiny_and_empty_machines_are_drawn(tmp_path):
    no_bonds = np.zeros(0, int)
    machines = {
        "one": pr.RBM.initialise(1, 1, seed=1),
        "dense": pr.RBM.initialise(9, 3, seed=1),
        "empty": pr.RBM.from_bonds(no_bonds, no_bonds, no_bonds, np.zeros(4), np.zeros(3)),
    }
    for name, machine in machines.items():
        machine.save(tmp_path / f"{name}.h5")
        done = run("plot", tmp_path / f"{name}.h5", "--sweeps", 1, "--out", tmp_path / f"{name}.png")
        assert done.exit_code == 0, done.output
        readable(tmp_path / f"{name}.png")


def test_json_says_what_was_drawn(root, tmp_path):
    where = ("--sweeps", "5,2", "--shape", "4x9", "--units", "3,1", "--out", tmp_path / "p.svg", "--json")
    done = run("plot", root / "square.h5", *where)
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["sweeps"], said["shape"], said["units"], said["starts"]) == ([0, 2, 5], [4, 9], [3, 1], ["random"])
    assert said["n_bonds"] == 72
    assert len(said["singular_values"]) == 4
    assert said["covariances"] == []


def test_a_file_is_overwritten_only_by_force(root, tmp_path):
    out = tmp_path / "p.png"
    out.write_text("mine")
    what = ("plot", root / "square.h5", "--kind", "fields", "--out", out)
    refused = run(*what)
    assert isinstance(refused.exception, InvalidInput)
    assert "--force" in str(refused.exception)
    assert out.read_text() == "mine"
    assert run(*what, "--force").exit_code == 0
    readable(out)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["RUN"],
        ["RUN", "--out", "p.jpg"],
        ["RUN", "--out", "p"],
        ["RUN", "--out", "nowhere/p.png"],
        ["RUN", "--out", "p.png", "--kind", "pie"],
        ["RUN", "--out", "p.png", "--start", "data"],
        ["RUN", "--out", "p.png", "--start", "cold", "--data", "digits"],
        ["RUN", "--out", "p.png", "--sweeps", "1,x"],
        ["RUN", "--out", "p.png", "--sweeps", "0,1"],
        ["RUN", "--out", "p.png", "--sweeps", ""],
        ["RUN", "--out", "p.png", "--units", "0"],
        ["RUN", "--out", "p.png", "--units", "30,"],
        ["RUN", "--out", "p.png", "--seed", "-1"],
        ["RUN", "--out", "p.png", "--shape", "7x7"],
        ["RUN", "--out", "p.png", "--data", "digits", "--shape", "7x7"],
        ["RUN", "--out", "p.png", "--data", "nothing"],
        ["RUN@7", "--out", "p.png"],
        ["nowhere", "--out", "p.png"],
        ["ODD", "--out", "p.png"],
        ["ODD", "--out", "p.png", "--kind", "fields"],
        ["ODD", "--out", "p.png", "--kind", "spectra", "--data", "digits"],
    ],
)
def test_bad_input_is_one_line_and_leaves_no_file(arguments, root, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"RUN": str(root / "digits"), "ODD": str(root / "odd.h5"), "RUN@7": f"{root / 'digits'}@7"}
    result = run("plot", *(names.get(x, x) for x in arguments))
    assert isinstance(result.exception, PhysRBMError), result.output
    assert result.exception.exit_code in (2, 5)
    assert "\n" not in str(result.exception)
    assert not list(tmp_path.iterdir())


def test_images_are_squares_where_nothing_else_is_known():
    assert image_shape(36, None) == (6, 6)
    assert image_shape(36, (36,)) == (6, 6)
    assert image_shape(36, (4, 9)) == (4, 9)
    with pytest.raises(InvalidInput, match="--shape"):
        image_shape(30, None)


def test_without_matplotlib_one_line_says_what_to_install(root, tmp_path, monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    result = run("plot", root / "square.h5", "--out", tmp_path / "p.png")
    assert isinstance(result.exception, InvalidInput)
    assert str(result.exception) == "plot needs matplotlib: pip install 'physrbm[plot]'"
    assert not list(tmp_path.iterdir())
