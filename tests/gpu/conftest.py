"""Makes the modules beside the tests importable, and those that drive a sandbox."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "sandbox")]
