"""What a reinforcement comes to, in sentences."""

from corridors.reinforcement.result import Reinforcement
from corridors.report.wording import words_of_points

__all__ = ["plan_sentences", "reinforcement_sentences"]

AGAINST = {
    "probable": "travellers, of whom those who know of posts take another way",
    "known": "travellers who keep their ways",
    "best": "those who know every sensor and take the least watched way",
    "evasion": "those who go round every sensor, but no farther than a detour",
}


def reinforcement_sentences(found: Reinforcement) -> list[str]:
    """Return what a reinforcement comes to, the plan first.

    Parameters
    ----------
    found
        From `corridors.reinforce`.
    """
    lines = plan_sentences(found)
    if found.knee is not None:
        places = int(found.curve["places"].iloc[found.knee])
        lines.append(f"The curve bends most at {places}: places after it bring less on average.")
    return [*lines, *(_sentence(note) for note in found.notes)]


def plan_sentences(found: Reinforcement) -> list[str]:
    """Return the plan, what it leaves, and for whom it was made and was not.

    Parameters
    ----------
    found
        From `corridors.reinforce`.
    """
    solved, change, fresh = found.solved, found.change, found.fresh
    lines = [
        f"Against {AGAINST[found.opponent]}: {_plan(found)}",
        f"It leaves {solved.value:.1%} undetected instead of {found.nothing:.1%}; {_proof(found)}.",
        (
            f"For the study's {change.travellers:,} travellers the undetected share goes from "
            f"{change.before[0]:.1%} to {change.after[0]:.1%}: "
            f"{words_of_points(change.difference)}; {change.another_way:.0%} take another way."
        ),
    ]
    if fresh is not None:
        lines.append(
            f"For {fresh.travellers:,} others, for whom it was not made, it goes from "
            f"{fresh.before[0]:.1%} to {fresh.after[0]:.1%}: {words_of_points(fresh.difference)}."
        )
    return lines


def _plan(found: Reinforcement) -> str:
    if not len(found.plan):
        return "no place is taken."
    parts = [
        f"{row.id} ({row.marginal * 100:.1f} points"
        + (f", moved from {row.moved_from})" if row.moved_from else ")")
        for row in found.plan.itertuples()
    ]
    return f"{len(parts)} of {len(found.candidates)} places: {', '.join(parts)}."


def _proof(found: Reinforcement) -> str:
    solved = found.solved
    took = f"{solved.seconds:.1f} s" + (f", stopped by {solved.limit}" if solved.limit else "")
    if solved.status == "proven optimal":
        return f"no plan leaves less, which is proven ({took})"
    if solved.status.startswith("optimal"):
        return f"no plan leaves less: every plan was tried ({took})"
    if solved.bound == solved.bound:
        return (
            f"{solved.status}: no plan leaves less than {solved.bound:.1%}, so that up to "
            f"{found.gap * 100:.1f} points are left open ({took})"
        )
    return f"{solved.status}: that no plan leaves less is not proven ({took})"


def _sentence(note: str) -> str:
    text = note[0].upper() + note[1:]
    return text if text.endswith(".") else f"{text}."
