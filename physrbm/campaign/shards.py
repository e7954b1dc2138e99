"""Parts of a sweep that need nothing of each other."""

from physrbm.campaign.manifest import Entry
from physrbm.errors import InvalidInput


def shard(entries: tuple[Entry, ...], which: str | None) -> tuple[Entry, ...]:
    """Part k of n, written "k/n" with k = 1 ... n; all entries without one.

    A run that needs none and all that start from it, directly or not, stay together; such trees are dealt out in turn.
    Raises InvalidInput.
    """
    if which is None:
        return entries
    k, _, n = which.partition("/")
    if not all(part.isascii() and part.isdigit() and len(part) < 7 for part in (k, n)) or not 1 <= int(k) <= int(n):
        raise InvalidInput(f"a shard is k/n with k in 1..n, as in 3/16, got {which!r}")
    tree: dict[str, int] = {}
    n_trees = 0
    for entry in entries:
        tree[entry.name] = tree[entry.needs[0]] if entry.needs else n_trees
        n_trees += not entry.needs
    return tuple(entry for entry in entries if tree[entry.name] % int(n) == int(k) - 1)
