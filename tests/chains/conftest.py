"""Makes the helpers of this folder importable, and the models of tests/general, which are the oracle here too."""

import sys
from pathlib import Path

sys.path += [str(Path(__file__).parent), str(Path(__file__).parents[1] / "general")]
