"""How well a machine describes data: one function a score, every value with its error; `registry` has them by name."""

from physrbm.scores.anchors import SplitHalf, split_half
from physrbm.scores.classes import ClassScores, class_scores
from physrbm.scores.classifier import Classifier, trained_classifier
from physrbm.scores.compression import compression_entropy
from physrbm.scores.discriminator import discriminator_error
from physrbm.scores.machine import energy, independent_pixels, pseudo_likelihood, reconstruction
from physrbm.scores.moments import (
    first_moments,
    first_noise,
    second_moments,
    second_noise,
    third_moments,
    third_noise,
)
from physrbm.scores.neighbours import AdversarialAccuracy, Diversity, aai, diversity
from physrbm.scores.registry import (
    OF_MACHINES,
    OF_MACHINES_ALONE,
    OF_SAMPLES,
    UNITS,
    Reference,
    sample_values,
)
from physrbm.scores.spectrum import power_spectrum, spectrum

__all__ = [
    "OF_MACHINES",
    "OF_MACHINES_ALONE",
    "OF_SAMPLES",
    "UNITS",
    "AdversarialAccuracy",
    "ClassScores",
    "Classifier",
    "Diversity",
    "Reference",
    "SplitHalf",
    "aai",
    "class_scores",
    "compression_entropy",
    "discriminator_error",
    "diversity",
    "energy",
    "first_moments",
    "first_noise",
    "independent_pixels",
    "power_spectrum",
    "pseudo_likelihood",
    "reconstruction",
    "sample_values",
    "second_moments",
    "second_noise",
    "spectrum",
    "split_half",
    "third_moments",
    "third_noise",
    "trained_classifier",
]
