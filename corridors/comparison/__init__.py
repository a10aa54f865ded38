"""Scenarios side by side: what weather, posts or a wall change, with the same travellers."""

from corridors.comparison.differences import Difference
from corridors.comparison.measured import Measured
from corridors.comparison.paired import Outcome, paired_difference
from corridors.comparison.side_by_side import Comparison, compare, comparison_steps
from corridors.comparison.variants import named_scenarios, variant_of

__all__ = [
    "Comparison",
    "Difference",
    "Measured",
    "Outcome",
    "compare",
    "comparison_steps",
    "named_scenarios",
    "paired_difference",
    "variant_of",
]
