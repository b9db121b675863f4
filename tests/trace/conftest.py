"""Test modules don't see their neighbours by themselves: the oracle of this folder is found by path."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
