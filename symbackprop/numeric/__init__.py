"""NumPy code out: a network compiled to vectorised functions, trained by stochastic gradient descent, run on data."""
