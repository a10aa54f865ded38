"""The share of transits that nobody catches, and what one more sensor would be worth."""

from corridors.undetected.aware import Worth, worth_aware
from corridors.undetected.share import Undetected, undetected_share
from corridors.undetected.unaware import worth_unaware

__all__ = ["Undetected", "Worth", "undetected_share", "worth_aware", "worth_unaware"]
