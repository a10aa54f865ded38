"""Writing a PNG: no warnings, no side files, the same bytes everywhere zlib is the same.

GDAL would write one too, but warns that a bare picture has no place on the ground, and a warning
can only be kept quiet by changing the state of the whole program.
"""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

__all__ = ["png_bytes"]

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOUR_TYPES = {3: 2, 4: 6}


def png_bytes(picture: NDArray[np.uint8]) -> bytes:
    """Return an RGB or RGBA picture as the bytes of a PNG file.

    Parameters
    ----------
    picture
        Array of rows, columns and 3 or 4 channels.

    Notes
    -----
    Each row takes the filter with the smallest sum of absolute differences, as the PNG
    specification (ISO/IEC 15948, 12.7) advises: that halves a shaded relief.

    Examples
    --------
    >>> import numpy as np
    >>> png_bytes(np.zeros((2, 2, 3), dtype=np.uint8))[1:4]
    b'PNG'
    """
    height, width, channels = picture.shape
    header = struct.pack(">2I5B", width, height, 8, COLOUR_TYPES[channels], 0, 0, 0)
    body = zlib.compress(_filtered(picture).tobytes(), 9)
    return SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _filtered(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    here = picture.astype(np.int16)
    left = np.pad(here, ((0, 0), (1, 0), (0, 0)))[:, :-1]
    above = np.pad(here, ((1, 0), (0, 0), (0, 0)))[:-1]
    corner = np.pad(above, ((0, 0), (1, 0), (0, 0)))[:, :-1]
    guesses = (np.zeros_like(here), left, above, (left + above) // 2, _paeth(left, above, corner))
    rows = [((here - guess) & 255).astype(np.uint8).reshape(len(here), -1) for guess in guesses]
    # A byte is a step of -128 to 127: its size says how far the guess was off.
    misses = [np.abs(row.view(np.int8).astype(np.int16)).sum(axis=1) for row in rows]
    best = np.argmin(np.stack(misses), axis=0)
    chosen = np.stack(rows)[best, np.arange(len(here))]
    return np.column_stack([best.astype(np.uint8), chosen])


def _paeth(
    left: NDArray[np.int16], above: NDArray[np.int16], corner: NDArray[np.int16]
) -> NDArray[np.int16]:
    guess = left + above - corner
    off_left, off_above, off_corner = (np.abs(guess - side) for side in (left, above, corner))
    nearest = np.where(off_above <= off_corner, above, corner)
    return np.where((off_left <= off_above) & (off_left <= off_corner), left, nearest)
