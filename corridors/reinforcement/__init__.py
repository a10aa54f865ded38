"""Where reinforcements cut undetected transit most, against opponents of several kinds."""

from corridors.reinforcement.candidates import candidate_places
from corridors.reinforcement.options import Options, options_of
from corridors.reinforcement.planning import OPPONENTS, reinforce
from corridors.reinforcement.problem import Problem, problem_of
from corridors.reinforcement.reply import Replies
from corridors.reinforcement.result import Change, Reinforcement, change_of

__all__ = [
    "OPPONENTS",
    "Change",
    "Options",
    "Problem",
    "Reinforcement",
    "Replies",
    "candidate_places",
    "change_of",
    "options_of",
    "problem_of",
    "reinforce",
]
