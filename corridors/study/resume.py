"""What decides the paths of a study's travellers: the name under which they are kept."""

from corridors.kept import inputs_key
from corridors.scenario import Scenario

__all__ = ["travellers_key"]

# Besides the files.
DECIDES = (
    "as_of",
    "seed",
    "area",
    "layers",
    "terrain",
    "profiles",
    "origins",
    "destinations",
    "barriers",
    "crossings",
    "roads",
    "weather",
    "transits",
    "sensors",
    "reference_kmh",
    "knowledge",
)
DECIDES_FLOW = ("perception_km", "road_error", "destinations")


def travellers_key(scenario: Scenario) -> str:
    """Return a name for all that decides the paths of travellers: values, files and program.

    Parameters
    ----------
    scenario
        The study.
    """
    asked = scenario.model_dump(mode="json")
    told = {name: asked[name] for name in DECIDES}
    return inputs_key(
        scenario, {**told, "flow": {name: asked["flow"][name] for name in DECIDES_FLOW}}
    )
