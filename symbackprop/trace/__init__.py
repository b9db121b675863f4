"""Hand-written gradients: rules given as formulas or as Python functions, read, proved or refuted."""
