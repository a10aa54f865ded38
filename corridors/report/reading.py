"""The few sentences that tell a newcomer how to read the map."""

from collections.abc import Sequence

from corridors.report.drawn import DrawnLayer
from corridors.report.study_map import RasterLayer

__all__ = ["reading_of"]

# Each with the kinds of layer it speaks of; no kind at all is for every map.
SENTENCES: dict[str, frozenset[str]] = {
    "Blue ground is where transits are likely: the darker, the more journeys have a good way "
    "through it.": frozenset({"corridors"}),
    "Blue ground is where transits pass: the darker, the more is travelled on each km².": (
        frozenset({"bands"})
    ),
    "Journeys start at green rings and end at green flags.": frozenset({"endpoints"}),
    "The thicker and redder a stretch of border, the more journeys cross there; its label says "
    "whether through a crossing or over the ground.": frozenset({"border_segments"}),
    "A gate is an open crossing, a cross a closed one: ways beside it go over the ground.": (
        frozenset({"crossings"})
    ),
    "Diamonds are checkpoints, larger where more journeys pass; a dashed ring means that "
    "something happened somewhere inside it.": frozenset({"checkpoints"}),
    "Behind a share stands its interval, as in 41%, 38 to 44%: it is to hold what infinitely many "
    "such travellers would give. It does not hold that speeds, delays or weights may be wrong.": (
        frozenset({"border_segments", "bands"})
    ),
    "Point at anything, or tap it, for its values. All is what a model expects from its inputs, "
    "not what was seen.": frozenset(),
}


def reading_of(layers: Sequence[DrawnLayer | RasterLayer]) -> list[str]:
    """Return the sentences that apply to the layers of a map.

    Examples
    --------
    >>> reading_of([])[0][:38]
    'Point at anything, or tap it, for its '
    """
    kinds = {layer.kind for layer in layers if isinstance(layer, DrawnLayer)}
    return [text for text, about in SENTENCES.items() if not about or about & kinds]
