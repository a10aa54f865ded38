"""What can be wrong with a grid of costs."""

from corridors.errors import InputError

__all__ = ["GridError"]


class GridError(InputError, ValueError):
    """A grid of costs, its sources or an option cannot be used as it is."""
