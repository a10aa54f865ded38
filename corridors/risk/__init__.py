"""What posts risk: how often each is attacked, whether it stands alone, and in which order."""

from corridors.risk.alone import Isolation, isolation
from corridors.risk.attacks import AttackRecord, attack_record, attack_shares, nearest_posts
from corridors.risk.order import placed, ranking, ranks
from corridors.risk.rates import AttackRates, attack_rates, count_chances
from corridors.risk.resampled import Resampling, drawn_attacks

__all__ = [
    "AttackRates",
    "AttackRecord",
    "Isolation",
    "Resampling",
    "attack_rates",
    "attack_record",
    "attack_shares",
    "count_chances",
    "drawn_attacks",
    "isolation",
    "nearest_posts",
    "placed",
    "ranking",
    "ranks",
]
