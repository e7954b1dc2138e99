"""How well a machine describes data: one function a score, every value with its error."""

from physrbm.scores.machine import independent_pixels, pseudo_likelihood, reconstruction
from physrbm.scores.moments import second_moments

__all__ = ["UNITS", "independent_pixels", "pseudo_likelihood", "reconstruction", "second_moments"]

UNITS = {
    "pseudo_likelihood": "nats per pixel",
    "reconstruction": "squared difference per pixel",
}
