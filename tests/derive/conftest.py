"""The kernel's oracle serves here too: terms and their exact values."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "kernel"))
