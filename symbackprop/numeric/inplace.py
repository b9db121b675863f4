"""The gradient as NumPy calls that write into workspaces, which are kept from call to call; results are arrays of their own.

Two layouts.  By `columns` an example is a column and the bias a weight of a row of ones, so that a layer's signals, and a layer's
gradient, are one product each: the fewest calls.  By `rows` an example is a row, as in X, which is not copied, and the
bias is added in place: the least work.  δ^(l) takes the place of x^(l), whose last use is its own slope, so that beside the
activations there is one temporary of the widest layer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import accumulate, pairwise

from ..compile.emission import Emission
from ..compile.helpers import helpers
from ..compile.nodes import Node, Part, Value, inside, number, replaced
from ..compile.registers import UFUNCS, Temporaries, calls, in_place, simplified
from ..compile.targets import NUMPY
from . import functional
from .functional import signal_says, step_says, top_says, value_says, weight_says
from .program import Layer, Program

SATURATED = {True: 2.0**-10, False: 2.0**-12}
"""By columns and by rows: where g' from x is below this in an example, so many binary digits of 53 are lost, as of 1 - x² near 1,
and it is computed from s instead.  The larger a batch is, the less one example counts.
"""
DULL = 2.0**-6
"""So it is for a node where g' is below this in the mean of the batch."""


@dataclass
class Writing:
    """Lines in the making, and what the workspace must have: (name, expression) in the order of need."""

    p: Program
    columns: bool
    lines: list[str] = field(default_factory=list)
    space: dict[str, str] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)

    @property
    def merged(self) -> bool:
        """Whether the slopes of all layers are computed at once."""
        return self.columns and _alike(self.p)

    def delta(self, l: int) -> str:
        """δ^(l)'s array: where the slope was, or x^(l)'s own."""
        top = l == len(self.p.d) - 1 and self.p.delta is not None
        return f"v{l}" if self.merged and not top else f"x{l}"

    def need(self, name: str, made: str) -> str:
        self.space.setdefault(name, made)
        return name

    def shape(self, d: int | str) -> str:
        return f"({d}, N)" if self.columns else f"(N, {d})"

    def says(self, text: str) -> None:
        self.lines.append(f"# {text}")

    def constant(self, value: Fraction | float) -> str:
        """A number as an array of the kind of the others: NumPy takes those faster than Python's numbers."""
        text = repr(value) if isinstance(value, float) else _fraction(value)
        name = "c" + "".join(c if c.isalnum() else "_" for c in text.replace("-", "m"))
        return self.need(name, f"np.array({text}, dtype)")

    def temporary(self, l: int, k: int) -> str:
        """The k-th temporary, as wide as layer l."""
        widest = max(self.p.d[1:])
        whole = self.need(f"t_{k}", f"np.empty({widest} * N, dtype)")
        return self.need(
            f"t{l}_{k}", f"{whole}[:{self.p.d[l]} * N].reshape{self.shape(self.p.d[l])}"
        )

    def turned(self, node: Node) -> Node:
        """The node with its arrays as they lie in this layout."""
        if not self.columns:
            return node
        arrays = [v for v in inside(node) if isinstance(v, Value) and "n" in v.dimensions]
        parts = [q for q in inside(node) if isinstance(q, Part) and q.array in arrays]
        turned: dict[Node, Node] = {v: Value(v.name, v.dimensions[::-1]) for v in arrays}
        turned |= {q: Part(turned[q.array], q.picks[::-1], q.dimensions) for q in parts}
        return replaced(node, turned)

    def assign(self, l: int, into: str, node: Node, first: int = 1) -> None:
        """`into` takes the value of a node over layer l; the temporaries from the `first` on are free."""
        plain = simplified(node)
        if isinstance(plain, Value) and plain.name == into:
            return
        if in_place(plain):
            own = Temporaries(lambda k: self.temporary(l, k + first - 1), self.constant)
            lines = calls(plain, into, own)
            large = (
                {}
                if self.columns
                else {f"tanh({into}, {into})": f"tanh_in_place({into}, {self.temporary(l, 1)})"}
            )
            self.lines += [large.get(line, line) for line in lines]
            return
        axes = (f"j{l}", "n") if self.columns else ("n", f"j{l}")
        node = self.turned(node)
        e = Emission(NUMPY, axes)
        e.share(node)
        self.lines += [*e.lines, f"{into}[...] = {e.aligned(node, axes).text}"]


def _fraction(q: Fraction) -> str:
    return str(q.numerator) if q.denominator == 1 else f"{q.numerator} / {q.denominator}"


def source(p: Program, columns: bool) -> str:
    """The whole source: imports, the workspace, and the gradient."""
    before, lines = parts(p, columns)
    head = ["def of_arrays(W, X, Y, mean=True):", '    """The gradient of arrays that fit."""']
    function = "\n".join([*head, *[f"    {line}" for line in lines]])
    doc = f'    """{functional.DOCS["gradient"]}"""'
    last = [
        "def gradient(W, X, Y, mean=True):",
        doc,
        "    return of_arrays(*fitting(W, X, Y), mean)",
    ]
    return "\n\n\n".join([*before, function, _fitting(p), "\n".join(last)]) + "\n"


def _fitting(p: Program) -> str:
    """What looks at the arguments of code that is pasted."""
    shapes = ", ".join(str((a + 1, b)) for a, b in pairwise(p.d))
    return "\n".join(
        [
            "def fitting(W, X, Y):",
            '    """W, X and Y as arrays of one kind of number, that of W; ValueError where a shape does not fit."""',
            "    W = [np.asarray(w) for w in W]",
            "    kind = np.result_type(np.float32, *W)",
            "    W = [w.astype(kind, copy=False) for w in W]",
            "    X, Y = np.asarray(X, kind), np.asarray(Y, kind)",
            f"    shapes = [{shapes}, (len(X), {p.d[0]}), (len(X), {p.d[-1]})]",
            "    if [a.shape for a in (*W, X, Y)] != shapes:",
            "        raise ValueError(f'expected the shapes {shapes}, got {[a.shape for a in (*W, X, Y)]}')",
            "    return W, X, Y",
        ]
    )


def parts(p: Program, columns: bool, kind: str = "") -> tuple[list[str], list[str]]:
    """What stands before the gradient's function, and its lines; `kind` names the arrays' dtype where it is known."""
    w = written(p, columns)
    code = [_workspace(w), "spaces = {}"]
    whole = "\n".join(code + w.lines)
    head = "import numpy as np\n" + _imports("\n".join(w.lines))
    before = [head, *helpers(whole), *code]
    taken = [
        "key = len(X)" if kind else "key = len(X), X.dtype",
        f"space = spaces.pop(key, None) or workspace({f'key, {kind}' if kind else '*key'})  # none else has it meanwhile",
        f"({_used(w)}) = space",
    ]
    return before, [*taken, *w.lines]


def _sloped_layers(p: Program) -> tuple[Layer, ...]:
    """The layers whose slope is computed."""
    return p.layers if p.delta is None else p.layers[:-1]


def _alike(p: Program) -> bool:
    """Whether all slopes are the same function of x, which NumPy computes in place."""
    layers = _sloped_layers(p)
    forms = {
        replaced(layer.slope, {layer.x: Value("u")}) if layer.slope is not None else None
        for layer in layers
    }
    if len(layers) < 2 or len(forms) != 1:
        return False
    (form,) = forms
    return form is not None and Value("u") in {*inside(form)} and in_place(simplified(form))


def _cancelling(p: Program) -> list[Layer]:
    """The layers whose slope is checked for lost digits."""
    return [layer for layer in _sloped_layers(p) if layer.cancels]


LOST = "saturated nodes, whose slopes from x have lost digits: from s"
OTHERS = {"copyto", "empty", "less"}


def _imports(body: str) -> str:
    """The functions that the lines call, by name: to look them up in `np` each time would cost as much as a small product."""
    names = {word for word in re.findall(r"\b([a-z0-9]+)[.(]", body) if word in UFUNCS | OTHERS}
    return f"from numpy import {', '.join(sorted(names))}"


def _used(w: Writing) -> str:
    """The names that the lines use, as one tuple."""
    words = {*re.findall(r"\w+", " ".join(line for line in w.lines if not line.startswith("#")))}
    return ", ".join(name for name in w.space if name in words) + ","


def _workspace(w: Writing) -> str:
    lines = [*[f"{name} = {made}" for name, made in w.space.items()], *w.made]
    head = "def workspace(N, dtype):"
    lines = ["if len(spaces) >= 8:", "    spaces.clear()", *lines]
    doc = '    """What the gradient writes into on the way, for batches of N examples."""'
    return "\n".join([head, doc, *[f"    {line}" for line in lines], f"    return ({_used(w)})"])


def written(p: Program, columns: bool) -> Writing:
    """The lines of the gradient."""
    w = Writing(p, columns)
    L = len(p.d) - 1
    w.lines.append(f"{', '.join(f'w{l}' for l in range(1, L + 1))}{',' if L == 1 else ''} = W")
    _inputs(w)
    for layer in p.layers:
        _up(w, layer)
    top = _renamed(w, p.layers[-1])
    if p.domain:
        w.lines += _domain(w)
    if w.merged:
        _all_slopes(w)
    w.says(top_says(p))
    _top(w, top)
    for layer in p.layers[-2::-1]:
        _weights(w, layer.l + 1)
        w.says(step_says(layer))
        _down(w, layer, _renamed(w, layer))
    _weights(w, 1)
    _ends(w)
    return w


def _inputs(w: Writing) -> None:
    if w.columns:
        _array(w, 0)
        w.lines += ["x0[...] = X.T", "y = Y.T"]
    else:
        w.lines += ["x0, y = X, Y", *_results(w.p)]


def _results(p: Program) -> list[str]:
    """All of the gradient in one piece of memory, which the system hands out again without clearing it page by page."""
    shapes = [(a + 1, b) for a, b in zip(p.d, p.d[1:], strict=False)]
    ends = [0, *accumulate(a * b for a, b in shapes)]
    lines = [f"g = empty({ends[-1]}, X.dtype)"]
    for l, shape in enumerate(shapes, 1):
        lines.append(f"g{l} = g[{ends[l - 1]}:{ends[l]}].reshape{shape}")
    return lines


def _array(w: Writing, l: int) -> str:
    """x^(l)'s array; by columns, all in one, those of the layers below L under a row of ones."""
    d, L = w.p.d, len(w.p.d) - 1
    if not w.columns:
        return w.need(f"x{l}", f"np.empty({w.shape(d[l])}, dtype)")
    w.need("all_x", f"np.ones(({sum(d) + L}, N), dtype)")
    start = sum(d[:l]) + l
    if l < L:
        w.need(f"a{l}", f"all_x[{start}:{start + d[l] + 1}]")
        return w.need(f"x{l}", f"a{l}[1:]")
    return w.need(f"x{l}", f"all_x[{start}:]")


def _all_slopes(w: Writing) -> None:
    """g'(s) of every layer from x, in the rows that x has, and what shows whether a node is saturated."""
    p = w.p
    first, last = p.layers[0], _sloped_layers(p)[-1]
    start, end = p.d[0] + 2, sum(p.d[: last.l + 1]) + last.l + (last.l < len(p.d) - 1)
    u = w.need("u", f"all_x[{start}:{end}]")
    w.need("both", "np.empty(u.size + len(u), dtype)")
    w.need("v", "both[:u.size].reshape(u.shape)")
    assert first.slope is not None
    slope = simplified(replaced(first.slope, {first.x: Value(u)}))
    own = Temporaries(lambda k: w.need(f"u_{k}", "np.empty_like(u)"), w.constant)
    w.says("g'(s_j) of all layers, from x; between them are the rows of ones")
    w.lines += calls(slope, "v", own)
    rows = []
    for layer in _sloped_layers(p):
        l = layer.l
        row = sum(p.d[:l]) + l + (l < len(p.d) - 1) - start
        rows.append((row, row + p.d[l]))
        w.need(f"v{l}", f"v[{row}:{row + p.d[l]}]")
    if _cancelling(p):
        _check(w, rows)


def _check(w: Writing, rows: list[tuple[int, int]]) -> None:
    """Whether a slope of `v` has lost digits, or a node's mean; the rows of ones between the layers' do not count.

    NumPy leaves its answers, for slopes and means at once, in `flags`; to look for a byte takes no time.
    """
    gaps = [(end, start) for (_, end), (start, _) in pairwise(rows) if end < start]
    w.need("means", "both[u.size:]")
    w.need("low", f"np.full(both.size, {SATURATED[True]}, dtype)")
    w.made.append(f"low[u.size:] = {DULL} * N")
    for a, b in gaps:
        w.made.append(f"low[{a} * N:{b} * N] = low[u.size:][{a}:{b}] = -1")
    w.need("flags", "bytearray(both.size)")
    w.need("found", "np.frombuffer(flags, bool)")
    w.need("flagged", "found[:u.size].reshape(u.shape)")
    w.need("dull", "found[u.size:]")
    w.need("ones", "np.ones(N, dtype)")
    w.lines += [
        "v.dot(ones, means)",
        "less(both, low, found)",
        f"if 1 in flags:  # {LOST}",
        "    flagged |= dull[:, None]",
    ]
    for layer, (a, b) in zip(_sloped_layers(w.p), rows, strict=True):
        l = layer.l
        places = f"signals(x{l - 1}.T, w{l}, rows, nodes)"
        w.lines += [
            f"    nodes, rows = flagged[{a}:{b}].nonzero()",
            "    if len(rows):",
            f"        v{l}[nodes, rows] = {_careful(layer, places)}",
        ]


def _careful(layer: Layer, signals: str) -> str:
    """g' from s, for some s."""
    assert layer.careful is not None  # softmax stands in the output layer alone
    return Emission(NUMPY, ()).code(replaced(layer.careful, {layer.s: Value(signals)})).text


def _renamed(w: Writing, layer: Layer) -> Callable[[Node], Node]:
    """A layer's nodes with s in x's array, unless it must be kept."""
    keeps = layer.keeps_s or (
        layer.l == len(w.p.d) - 1 and w.p.delta is not None and _uses_s(w.p, layer)
    )
    if keeps:
        return lambda node: node
    return lambda node: replaced(node, {layer.s: layer.x})


def _uses_s(p: Program, layer: Layer) -> bool:
    return p.delta is not None and layer.s in {*inside(p.delta)}


def _up(w: Writing, layer: Layer) -> None:
    l, own = layer.l, _renamed(w, layer)
    x = _array(w, l)
    s = own(layer.s)
    assert isinstance(s, Value)
    into = s.name if s.name == x else w.need(s.name, f"np.empty({w.shape(w.p.d[l])}, dtype)")
    w.says(signal_says(l))
    if w.columns:
        w.lines.append(f"w{l}.T.dot(a{l - 1}, {into})")
    else:
        w.lines.append(f"x{l - 1}.dot(w{l}[1:], {into})")
    if not w.columns:
        w.lines.append(f"add({into}, w{l}[0], {into})")
    if layer.value != layer.s:
        w.says(value_says(layer))
    w.assign(l, x, own(layer.value))


def _domain(w: Writing) -> list[str]:
    L = len(w.p.d) - 1
    turned = f"x{L}.T" if w.columns else f"x{L}"
    return [f"outputs = {turned}", *functional.domain_lines(w.p, "outputs")]


def _top(w: Writing, own: Callable[[Node], Node]) -> None:
    """δ^(L) in the place of x^(L), divided by the number of examples for the mean."""
    p, top = w.p, w.p.layers[-1]
    l, x = top.l, top.x.name
    if p.delta is not None:
        w.assign(l, x, own(p.delta))
    elif w.merged:
        outer, x = w.temporary(l, 1), w.delta(l)
        w.assign(l, outer, own(p.outer), first=2)
        w.lines.append(f"multiply({x}, {outer}, {x})")
    elif top.slope == number(1):
        w.assign(l, x, own(p.outer))
    else:
        outer = w.temporary(l, 1)
        w.assign(l, outer, own(p.outer), first=2)
        _slope(w, top, own, first=2)
        w.lines.append(f"multiply({x}, {outer}, {x})")
    n = w.need("n", "np.array(max(N, 1), dtype)")
    w.lines += ["if mean:", f"    divide({x}, {n}, {x})"]


def _slope(w: Writing, layer: Layer, own: Callable[[Node], Node], first: int = 1) -> None:
    """g'(s) in the place of x."""
    assert (
        layer.slope is not None
    )  # softmax stands in the output layer alone: Architecture sees to it
    x = layer.x.name
    w.assign(layer.l, x, own(layer.slope), first)
    if layer in _cancelling(w.p):
        l, d = layer.l, w.p.d[layer.l]
        widest = max(w.p.d[1:])
        w.need("flags", f"bytearray({widest} * N)")
        w.need("flags_mean", f"bytearray({widest})")
        flagged = w.need(f"flagged{l}", f"np.frombuffer(flags, bool)[:{d} * N].reshape{w.shape(d)}")
        dull = w.need(f"dull{l}", f"np.frombuffer(flags_mean, bool)[:{d}]")
        means = w.need(f"means{l}", f"np.empty({d}, dtype)")
        ones, low = w.need("ones", "np.ones(N, dtype)"), w.constant(SATURATED[w.columns])
        low_mean = w.need("low_mean", f"np.array({DULL} * N, dtype)")
        if w.columns:
            below, order, turned = f"x{l - 1}.T", "nodes, rows", f"{dull}[:, None]"
        else:
            below, order, turned = f"x{l - 1}", "rows, nodes", dull
        w.lines += [
            f"less({x}, {low}, {flagged})",
            f"{x}.dot({ones}, {means})" if w.columns else f"{ones}.dot({x}, {means})",
            f"less({means}, {low_mean}, {dull})",
            f"if 1 in flags or 1 in flags_mean:  # {LOST}",
            f"    {flagged} |= {turned}",
            f"    {order} = {flagged}.nonzero()",
            f"    {x}[{order}] = {_careful(layer, f'signals({below}, w{l}, rows, nodes)')}",
            f"    {flagged}[...] = {dull}[...] = False  # the arrays of the other layers lie in the same place",
        ]


def _down(w: Writing, layer: Layer, own: Callable[[Node], Node]) -> None:
    """δ^(l) in the place of x^(l)."""
    l, x = layer.l, w.delta(layer.l)
    flat = layer.slope == number(1)
    if not flat and not w.merged:
        _slope(w, layer, own)
    into = x if flat else w.temporary(l, 1)
    first, second = f"w{l + 1}[1:]", w.delta(l + 1)
    if not w.columns:
        first, second = second, f"{first}.T"
    w.lines.append(f"{first}.dot({second}, {into})")
    if not flat:
        w.lines.append(f"multiply({x}, {into}, {x})")


def _weights(w: Writing, l: int) -> None:
    """∂e/∂W^(l), an array of its own."""
    w.says(weight_says(l))
    if w.columns:
        w.lines.append(f"g{l} = {_bound(w, l)}")
    else:
        w.lines += [
            f"x{l - 1}.T.dot(x{l}, g{l}[1:])",
            f"{w.need('ones', 'np.ones(N, dtype)')}.dot(x{l}, g{l}[0])",
        ]


def _bound(w: Writing, l: int) -> str:
    """a δᵀ; the method and the view are looked up once, for that costs as much as a small product's work."""
    dot = w.need(f"dot_a{l - 1}", f"a{l - 1}.dot")
    turned = w.need(f"{w.delta(l)}T", f"{w.delta(l)}.T")
    return f"{dot}({turned})"


def _ends(w: Writing) -> None:
    w.lines.append("spaces[key] = space")
    names = ", ".join(f"g{l}" for l in range(1, len(w.p.d)))
    w.lines.append(f"return [{names}]")
