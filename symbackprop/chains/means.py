"""What a proof of a line may use, and on which side it is put in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Means:
    """What a proof may use: definitions of these families, derivatives, what is assumed, laws, other lines by name."""

    families: frozenset[str] = frozenset()
    slopes: bool = False
    assumed: bool = False
    laws: bool = False
    lemmas: tuple[str, ...] = ()


LEFT, RIGHT, BOTH, NONE = (True, False), (False, True), (True, True), (False, False)


@dataclass(frozen=True)
class Way:
    """On which sides definitions are put in, and derivatives; and whether what stands on both sides is left alone."""

    families: tuple[bool, bool] = BOTH
    slopes: tuple[bool, bool] = BOTH
    sparing: bool = True


def ways(means: Means) -> list[Way]:
    """The ways to put things in, the more sparing first: a textbook replaces what differs, and no more."""
    found = [Way(sides_, sides_) for sides_ in (LEFT, RIGHT)]
    if means.families and means.slopes:
        found += [Way(sides_, BOTH) for sides_ in (LEFT, RIGHT)]
    return [*found, Way(), Way(sparing=False)] if means != Means() else [Way()]
