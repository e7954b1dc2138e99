"""What an HDF5 file holds, as values."""

from typing import NamedTuple

import numpy as np

from physrbm.errors import InvalidInput

Scalar = str | int | float


class Tree(NamedTuple):
    """Arrays and attributes by the path of their object; the path of the root is the empty string."""

    arrays: dict[str, np.ndarray]
    attributes: dict[str, dict[str, Scalar]]

    def at(self, folder: str) -> "Tree":
        """The part below the group `folder`, as a tree of its own."""
        arrays = {k.removeprefix(f"{folder}/"): x for k, x in self.arrays.items() if k.startswith(f"{folder}/")}
        inner = {k: x for k, x in self.attributes.items() if f"{k}/".startswith(f"{folder}/")}
        return Tree(arrays, {k.removeprefix(folder).removeprefix("/"): x for k, x in inner.items()})

    def below(self, folder: str) -> "Tree":
        """This tree as the part below the group `folder`."""
        return Tree(
            {f"{folder}/{k}": x for k, x in self.arrays.items()},
            {f"{folder}/{k}".removesuffix("/"): x for k, x in self.attributes.items()},
        )

    def __or__(self, other: "Tree") -> "Tree":
        """Both trees in one; `other` wins."""
        return Tree(self.arrays | other.arrays, self.attributes | other.attributes)

    def array(self, name: str, kinds: str, shape: tuple[int | None, ...]) -> np.ndarray:
        """The array `name`, if its dtype kind is among `kinds` and its shape fits (None: any length).

        Raises InvalidInput.
        """
        if name not in self.arrays:
            raise InvalidInput(f"the array {name} is missing")
        x = self.arrays[name]
        if x.dtype.kind not in kinds or x.ndim != len(shape) or any(
            n not in (None, m) for n, m in zip(shape, x.shape, strict=True)
        ):  # fmt: skip
            wanted = "(" + ", ".join("any" if n is None else str(n) for n in shape) + ")"
            raise InvalidInput(f"{name} is {x.dtype} {x.shape}; needed is {wanted} of kind {kinds!r}")
        return x

    def attribute(self, name: str, kind: type[Scalar], where: str = "") -> Scalar:
        """The attribute `name` of the object `where`, if it is of `kind`. Raises InvalidInput."""
        value = self.attributes.get(where, {}).get(name)
        if not isinstance(value, kind):
            raise InvalidInput(f"the attribute {name} ({kind.__name__}) of {where or 'the file'} is missing")
        return value
