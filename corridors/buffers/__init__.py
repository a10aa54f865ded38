"""Buffers in true metres, and what lies in them."""

from corridors.buffers.contents import buffer_contents
from corridors.buffers.rings import buffer

__all__ = ["buffer", "buffer_contents"]
