"""Every number of the sample scores as one function of (train, data, generated, shape)."""

from physrbm import scores

NUMBERS = {
    "first_moments": lambda train, data, made, shape: scores.first_moments(data, made),
    "second_moments": lambda train, data, made, shape: scores.second_moments(data, made),
    "third_moments": lambda train, data, made, shape: scores.third_moments(data, made),
    "spectrum": lambda train, data, made, shape: scores.spectrum(data, made),
    "power_spectrum": lambda train, data, made, shape: scores.power_spectrum(data, made, shape),
    "compression_entropy": lambda train, data, made, shape: scores.compression_entropy(data, made),
    "aai.truth": lambda train, data, made, shape: scores.aai(data, made).truth,
    "aai.synthetic": lambda train, data, made, shape: scores.aai(data, made).synthetic,
    "aai.eps": lambda train, data, made, shape: scores.aai(data, made).eps,
    "diversity.memorising": lambda train, data, made, shape: scores.diversity(train, data, made).memorising,
    "diversity.spread": lambda train, data, made, shape: scores.diversity(train, data, made).spread,
    "diversity.coverage": lambda train, data, made, shape: scores.diversity(train, data, made).coverage,
}
