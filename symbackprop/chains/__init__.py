"""Derivations that people write: chains of equalities, each line judged."""
