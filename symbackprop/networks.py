"""`Network`: the architecture of the lecture with all that can be made from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp

from .derive.mechanical import gradient_by_diff, gradient_terms
from .derive.unfolding import backpropagation_terms
from .errors import InputError
from .network.architecture import Architecture
from .network.recursion import BACKPROPAGATION, Recursion, View
from .network.symbols import ERROR
from .network.theory import Writer

if TYPE_CHECKING:
    from .numeric.compiled import Compiled
    from .numeric.flat import Flat
    from .render.conventions import Convention
    from .render.picture import Picture
    from .render.typeset import Typeset


class Network(Architecture):
    """A network in the lecture's notation.

    `sizes`: the widths d^(0), …, d^(L), a list or text such as "2-3-1".
    `activation`: a name, a SymPy `Lambda`, a callable, or a list of them, one a layer; `opaque` is any differentiable
    function, another one in each layer.
    `loss`: a name, an expression in x and y, a callable of (x_j, y_j), or `opaque`.
    Widths may be letters: `Network(["d0", "d1", 1])` is a `GeneralNetwork` of depth 2.
    Raises InputError where they make no network.

    >>> net = Network([2, 3, 1], activation="tanh", loss="squared error")
    >>> net.w[1][0, 2], net.s[1][2], net.x[1][2], net.y[1], net.delta[1][2]
    (w_02^(1), s_2^(1), x_2^(1), y_1, δ_2^(1))
    >>> net.definitions[net.s[2][1]]
    w_01^(2) + w_11^(2)*x_1^(1) + w_21^(2)*x_2^(1) + w_31^(2)*x_3^(1)
    """

    def __new__(
        cls, sizes: Any = None, activation: Any = "tanh", loss: Any = "squared error"
    ) -> Any:
        if isinstance(sizes, list | tuple) and any(isinstance(d, str | sp.Symbol) for d in sizes):
            return GeneralNetwork(sizes, activation, loss)
        return super().__new__(cls)

    @staticmethod
    def any_depth(activation: Any = "opaque", loss: Any = "opaque") -> GeneralNetwork:
        """A network of every depth L and all widths: what is proved of it holds for each.

        `activation` is that of all layers, or two: of the hidden layers, and of the last (`"tanh,softmax"`).

        >>> Network.any_depth("tanh,softmax", "cross entropy")
        Network.any_depth(activation='tanh,softmax', loss='cross entropy')
        """
        return GeneralNetwork(None, activation, loss)

    def gradient(self, composed: bool = False, by: str = "chain rule") -> dict[Any, sp.Expr]:
        """{weight symbol: ∂e/∂w}, derived mechanically, with no δ in it.

        `by="chain rule"` goes forward through the graph and gives sums over all paths, in the symbols of the forward
        pass, or composed down to w, x^(0) and y.  `by="diff"` is SymPy's `diff` of the composed error, for small
        networks; it shares no code with the other.  Raises InputError for another `by`.

        >>> Network([1, 1], "identity").gradient()
        {w_01^(1): x_1^(1) - y_1, w_11^(1): x_1^(0)*x_1^(1) - x_1^(0)*y_1}
        """
        if by == "diff":
            return gradient_by_diff(self)
        if by != "chain rule":
            raise InputError(f"gradient: expected by='chain rule' or 'diff', got {by!r}")
        write = self._writer(composed)
        return {w: write.expression(t) for w, t in gradient_terms(self).items()}

    def backpropagation(
        self, recursion: Recursion = BACKPROPAGATION, composed: bool = False
    ) -> dict[Any, sp.Expr]:
        """{symbol: expression} of every δ, from the top layer down, and every ∂e/∂w, as the recursion gives them.

        In the symbols of the forward pass, or composed down to w, x^(0) and y.

        >>> net = Network([1, 1], "sigmoid")
        >>> net.backpropagation()[net.delta[1][1]]
        (1 - 1/(1 + exp(-s_1^(1))))*(x_1^(1) - y_1)/(1 + exp(-s_1^(1)))
        """
        write = self._writer(composed)
        return {s: write.expression(t) for s, t in backpropagation_terms(self, recursion).items()}

    e = ERROR

    def dg(self, l: Any, j: Any) -> Any:
        """g_l'(s_j^(l)), as a symbol.

        >>> Network([1, 1]).dg(1, 1)
        g'(s_1^(1))
        """
        return View(self).dg(l, j)

    def dloss(self, j: Any) -> Any:
        """∂e/∂x_j^(L), as a symbol."""
        return View(self).dloss(j)

    def dx(self, k: Any, j: Any) -> Any:
        """∂x_k^(L)/∂s_j^(L), as a symbol."""
        return View(self).dx(k, j)

    def _writer(self, composed: bool) -> Writer:
        return Writer(self, dict(self.composition) if composed else {})

    def derivation(
        self,
        weight: tuple[int, int, int] | None = None,
        detail: str = "summary",
        convention: Convention | str = "lecture",
    ) -> Typeset:
        """The lecture's page for this network, from its proof: `.latex()`, `.document()`, `.markdown()`, `.html()`, `.text()`, …

        `weight` = (l, i, j) is the weight whose derivative is written out over all its paths; `detail` and `convention` are
        those of `typeset`.
        """
        from .typesetting import derive_network

        return derive_network(self, weight, detail, convention)

    def picture(self, convention: Convention | str = "lecture") -> Picture:
        """The network drawn, with s, x, w forward and δ back: `.svg()`, `.tikz()`; in a notebook it shows itself.

        >>> Network([2, 3, 1]).picture().title
        'A network of widths 2, 3, 1: forward to the error e (solid), and δ back from it (dashed).'
        """
        from .render.conventions import convention as named
        from .render.picture import network_picture

        own = named(convention) if isinstance(convention, str) else convention
        return network_picture(self.d, own)

    def lambdify(self, check_finite: bool = False) -> Compiled:
        """NumPy functions `forward`, `deltas`, `error`, `gradient` on batches; see `Compiled`."""
        from .numeric.compiled import compile_network

        return compile_network(self, check_finite)

    def source(self, method: str = "gradient", batch: int = 64, target: str = "numpy") -> str:
        """The source text of `forward`, `deltas`, `error` or `gradient`, alone to be read, pasted and run; an equation a line.

        For NumPy it is what `lambdify()` runs on batches of so many examples; `target` may be "jax" or "torch" too.

        >>> print(Network([1, 1], "sigmoid").source("forward", target="torch").splitlines()[-2].strip())
        x1 = torch.sigmoid(s1)

        Raises InputError for a method or a target that is none.
        """
        return self.lambdify().source(method, batch, target)

    def flat(self, W: Any = None) -> Flat:
        """Its error and gradient as functions of all weights in one vector, for `scipy.optimize.minimize`; see `Flat`.

        W, a list as `lambdify` takes it or what `train` gave, is where to start; else the initial weights.

        >>> flat = Network([2, 3, 1]).flat()
        >>> flat.size, [w.shape for w in flat.unpack(flat.start)]
        (13, [(3, 3), (4, 1)])
        """
        from .numeric.flat import flat_weights

        return flat_weights(self, W)


VIEWED = ("L", "d", "w", "s", "x", "y", "delta", "dg", "dloss", "dx")
"""What a network with letters for its sizes shows of itself."""


class GeneralNetwork:
    """A network with letters for its sizes: any depth (`sizes` None), or widths of which some are letters.

    `L`, `d[l]`, `w[l][i, j]`, `s[l][j]`, `x[l][i]`, `y[j]`, `delta[l][j]`, `e` are SymPy symbols, for numbers and letters as
    indices; `dg(l, j)` is g'(s_j^(l)), `dloss(j)` ∂e/∂x_j^(L), `dx(k, j)` ∂x_k^(L)/∂s_j^(L).
    Raises InputError where the parts make no network.

    >>> net = Network(["d0", "d1", 1])
    >>> j = sp.Symbol("j", integer=True)
    >>> sp.Sum(net.w[2][j, 1] * net.x[1][j], (j, 0, net.d[1]))
    Sum(w_j1^(2)*x_j^(1), (j, 0, d^(1)))
    """

    def __init__(self, sizes: Any, activation: Any = "opaque", loss: Any = "opaque") -> None:
        from .derive.indexed import general_of

        self.general = general_of(sizes, activation, loss)

    e = ERROR

    def __getattr__(self, name: str) -> Any:
        if name in VIEWED:
            return getattr(self.general.view, name)
        raise AttributeError(
            f"a network with letters for its sizes has no {name!r}; it can be proved: sb.prove(net)"
        )

    def __repr__(self) -> str:
        g = self.general
        names = g.hidden.name if g.hidden == g.last else f"{g.hidden.name},{g.last.name}"
        if g.depth is None:
            return f"Network.any_depth(activation={names!r}, loss={g.loss.name!r})"
        return f"Network({g.shown()}, activation={names!r}, loss={g.loss.name!r})"
