"""Writing a picture as PNG.

GDAL would write one too, but warns that a bare picture has no place on the ground, and a warning
can only be kept quiet by changing the state of the whole program.
"""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["png_bytes"]


def png_bytes(picture: NDArray[np.uint8]) -> bytes:
    """Return an RGB or RGBA picture as the bytes of a PNG file; the same picture, the same bytes.

    Parameters
    ----------
    picture
        Array of rows, columns and 3 or 4 channels.

    Examples
    --------
    >>> import numpy as np
    >>> png_bytes(np.zeros((2, 2, 3), dtype=np.uint8))[1:4]
    b'PNG'
    """
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture)).save(file, "PNG", compress_level=6)
    return file.getvalue()
