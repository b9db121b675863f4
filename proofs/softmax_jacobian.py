"""∂x_k/∂z_j = x_k ([k = j] - x_j) for softmax, x_k = exp(z_k) / Σ_m exp(z_m), of any width."""

import sympy as sp

import symbackprop as sb
from symbackprop import D

j, k, m = sp.symbols("j k m", integer=True)
n = sp.Symbol("n", integer=True, positive=True)
x, z = sp.symbols("x z", cls=sp.IndexedBase)
S = sp.Symbol("S")
same = sp.KroneckerDelta(k, j)

with sb.derivation("softmax Jacobian") as proof:
    proof.define(S, sp.Sum(sp.exp(z[m]), (m, 1, n)))
    proof.define(x[k], sp.exp(z[k]) / S)

    proof.claim(D(x[k], z[j]))
    proof.eq(D(sp.exp(z[k]), z[j]) / S - sp.exp(z[k]) * D(S, z[j]) / S**2, by="quotient rule")
    proof.eq(same * sp.exp(z[k]) / S - sp.exp(z[k]) * sp.exp(z[j]) / S**2, by="derivative of exp")
    proof.eq(same * x[k] - x[k] * x[j], by="definition of x")
    proof.eq(x[k] * (same - x[j]), by="algebra")
