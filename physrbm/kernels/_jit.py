"""The one door to numba: `kernel`, njit with an on-disk cache addressed by the text of every kernel file.

numba's own cache looks at one file only, so it is stale when a callee in another file changes.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

# threads that wait by spinning make two programs on the same cores twenty times slower; read when the threads start
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import numba
import platformdirs

F = TypeVar("F", bound=Callable[..., Any])


def _cache_folder() -> str:
    texts = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
    digest = hashlib.blake2b(texts + numba.__version__.encode(), digest_size=8).hexdigest()
    return str(platformdirs.user_cache_path("physrbm") / "kernels" / digest)


_CACHE = _cache_folder()


def kernel(function: F | None = None, *, parallel: bool = False) -> Any:
    """Compile `function`: no fast-math (sums keep their order on every machine), no interpreter lock."""
    if function is None:
        return lambda f: kernel(f, parallel=parallel)
    saved, numba.config.CACHE_DIR = numba.config.CACHE_DIR, _CACHE
    try:
        options = {"cache": True, "nogil": True, "error_model": "numpy", "forceinline": not parallel}
        return numba.njit(parallel=parallel, **options)(function)
    finally:
        numba.config.CACHE_DIR = saved


def set_threads(n: int) -> None:
    """Threads of the parallel kernels from here on, at most those numba started with."""
    numba.set_num_threads(n)


def facts() -> dict[str, str]:
    """Which kernels run here, on what, with how many threads."""
    from llvmlite import binding

    from physrbm.kernels.engine import engine
    from physrbm.kernels.processor import features

    path, found = engine(), features()
    return {
        "kernels": f"{path.name} ({path.why})",
        "processor": binding.get_host_cpu_name(),
        "features": " ".join(f for f in ("avx2", "fma", "avx512f", "avx512vpopcntdq", "neon") if f in found),
        "threads": f"{numba.get_num_threads()} of {numba.config.NUMBA_NUM_THREADS}",
    }
