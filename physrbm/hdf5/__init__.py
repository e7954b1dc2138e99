"""HDF5 files as plain values: the only place that knows h5py.

A file is built in memory, sealed with a checksum and written as a whole. It is parsed in a child process with bounded
memory and time (libhdf5 crashes or hangs on one damaged file in some thousands), and never before its seal is verified.
"""

from physrbm.hdf5.reader import array_names, read, read_sealed
from physrbm.hdf5.seal import check_seal, write
from physrbm.hdf5.tree import Scalar, Tree

__all__ = ["Scalar", "Tree", "array_names", "check_seal", "read", "read_sealed", "write"]
