"""``python -m corridors`` is the command ``corridors``."""

import sys

from corridors.cli import main

sys.exit(main())
