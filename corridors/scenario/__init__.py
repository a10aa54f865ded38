"""What to study, checked in full before anything is computed."""

from corridors.scenario.load import load_scenario, parse_scenario, scenario_schema
from corridors.scenario.model import Scenario

__all__ = ["Scenario", "load_scenario", "parse_scenario", "scenario_schema"]
