"""Engines that produce proofs: the chain rule, the δ-recursion, the laws of known functions.  None of them is trusted."""
