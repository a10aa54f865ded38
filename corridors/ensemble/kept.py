"""What decides a member of an ensemble: the name under which members are kept."""

from corridors.kept import inputs_key
from corridors.scenario import Scenario

__all__ = ["ensemble_key"]

# What has no say in what a member finds.
NO_SAY = ("title", "description", "provenance", "corridor", "buffers", "worth", "output")
NO_SAY_FLOW = ("travellers", "precision", "bands", "smallest_km2", "alternatives", "write_paths")


def ensemble_key(scenario: Scenario, travellers: int) -> str:
    """Return a name for all that decides what a member finds: values, files and program.

    Parameters
    ----------
    scenario, travellers
        The study, and how many each member solves.
    """
    asked = scenario.model_dump(mode="json", exclude=set(NO_SAY))
    asked["flow"] = {key: v for key, v in asked["flow"].items() if key not in NO_SAY_FLOW}
    return inputs_key(scenario, {"travellers": travellers, **asked})
