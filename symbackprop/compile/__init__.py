"""From index expressions to array code: NumPy, and by the same compiler JAX and PyTorch."""
