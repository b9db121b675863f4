"""The four equations of backpropagation in components, where w_jk leads from neuron k to neuron j.

x are the activations of the layer before, a those of this layer; capitals are of the next layer.
σ is any differentiable function, and so is C, of all that is nearest to it: C(a_1, …, a_n) in the last layer, else
all that is above z is some function of z.
"""

import sympy as sp

import symbackprop as sb
from symbackprop import D, Over, prime

i, j, k = sp.symbols("i j k", integer=True)
m, n, p = sp.symbols("m n p", integer=True, positive=True)  # how many x, a, Z there are
x, w, b, z, a = sp.symbols("x w b z a", cls=sp.IndexedBase)
W, B, Z = sp.symbols("W B Z", cls=sp.IndexedBase)
C = sp.Symbol("C")
sigma, cost = sp.symbols("sigma C", cls=sp.Function)


def layer(proof):
    """z = w x + b and a = σ(z)."""
    proof.define(z[j], sp.Sum(w[j, k] * x[k], (k, 1, m)) + b[j], (j, 1, n))
    proof.define(a[j], sigma(z[j]), (j, 1, n))


with sb.derivation("BP1, the last layer: ∂C/∂z = ∇C ⊙ σ'(z)") as proof:
    layer(proof)
    proof.define(C, cost(Over(a[j], (j, 1, n))))  # C(a_1, …, a_n)

    proof.claim(D(C, z[j]))
    proof.eq(sp.Sum(D(C, a[k]) * D(a[k], z[j]), (k, 1, n)), by="chain rule")
    proof.eq(D(C, a[j]) * D(a[j], z[j]), by="only one term of the sum is left")
    proof.eq(D(C, a[j]) * prime(sigma)(z[j]), by="derivative of the activation")

with sb.derivation("BP2, a layer before: ∂C/∂z = (Wᵀ ∂C/∂Z) ⊙ σ'(z)") as proof:
    layer(proof)
    proof.define(Z[i], sp.Sum(W[i, j] * a[j], (j, 1, n)) + B[i], (i, 1, p))
    proof.define(C, cost(Over(Z[i], (i, 1, p))))

    proof.claim(D(C, z[j]))
    proof.eq(sp.Sum(D(C, Z[i]) * D(Z[i], z[j]), (i, 1, p)), by="chain rule")
    proof.eq(sp.Sum(D(C, Z[i]) * W[i, j] * D(a[j], z[j]), (i, 1, p)), by="chain rule")
    proof.eq(
        sp.Sum(D(C, Z[i]) * W[i, j] * prime(sigma)(z[j]), (i, 1, p)),
        by="derivative of the activation",
    )
    proof.eq(
        sp.Sum(W[i, j] * D(C, Z[i]), (i, 1, p)) * prime(sigma)(z[j]), by="factor out of the sum"
    )

with sb.derivation("BP3, the biases: ∂C/∂b = ∂C/∂z") as proof:
    layer(proof)
    proof.define(C, cost(Over(z[j], (j, 1, n))))

    proof.claim(D(C, b[j]))
    proof.eq(sp.Sum(D(C, z[k]) * D(z[k], b[j]), (k, 1, n)), by="chain rule")
    proof.eq(sp.Sum(D(C, z[k]) * sp.KroneckerDelta(k, j), (k, 1, n)), by="partial derivatives")
    proof.eq(D(C, z[j]), by="only one term of the sum is left")

with sb.derivation("BP4, the weights: ∂C/∂w_jk = x_k ∂C/∂z_j") as proof:
    layer(proof)
    proof.define(C, cost(Over(z[j], (j, 1, n))))

    proof.claim(D(C, w[j, k]))
    proof.eq(sp.Sum(D(C, z[i]) * D(z[i], w[j, k]), (i, 1, n)), by="chain rule")
    proof.eq(D(C, z[j]) * D(z[j], w[j, k]), by="only one term of the sum is left")
    proof.eq(x[k] * D(C, z[j]), by="linearity of the derivative")
