"""Ensembles: the study again and again, over what is not known of its inputs."""

from corridors.ensemble.member import Member
from corridors.ensemble.result import Ensemble
from corridors.ensemble.run import run_ensemble
from corridors.ensemble.work import ClusterError, connect

__all__ = ["ClusterError", "Ensemble", "Member", "connect", "run_ensemble"]
