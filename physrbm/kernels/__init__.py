"""The numba floor: arrays in, arrays changed. No objects, files, defaults or checks."""
