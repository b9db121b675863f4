"""The lecture's page for one network: what its theorem says, in the lecture's order.

Formulas are definitions, conclusions or steps of the theorem; the sentences between them are this module's.
(The lecture: Y. Abu-Mostafa, Learning from Data, lecture 10.)
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from math import prod

from ..errors import InputError
from ..kernel import App, Bound, D, Eq, Int, Mul, Sum, Sym, Term, Theorem, num, whole
from ..network.architecture import Architecture
from ..network.theory import E, function_name
from .conditions import assumptions
from .conventions import LECTURE, Convention
from .facts import Facts
from .general import general_row
from .laws import law_rows
from .page import Block, Content, Display, Figure, Heading, Inline, Para, Ref, Row, Words
from .picture import network_picture
from .proof import proof_blocks
from .reasons import SUMMARY
from .textbook import activation_rows
from .typeset import Typeset

MANY_WEIGHTS, MANY_PATHS = 60, 64
"""Beyond these a page gives the general row of each layer, and expands a weight that fewer paths leave."""

Index = tuple[int, ...]


def derivation(
    net: Architecture,
    theorem: Theorem,
    weight: tuple[int, int, int] | None = None,
    detail: str = SUMMARY,
    convention: Convention = LECTURE,
) -> Typeset:
    """The lecture's page for a network and the theorem about it; `weight` (l, i, j) is the one expanded over its paths.

    >>> from symbackprop.proving import prove
    >>> net = Architecture([2, 3, 1])
    >>> page = derivation(net, prove(net).theorem).text()
    >>> print(next(line[:60].strip() for line in page.splitlines() if "δ_3^(1) =" in line))
    δ_3^(1) = ∂e/∂s_3^(1) = g'(s_3^(1))·w_31^(2)·δ_1^(2)

    Raises InputError for a weight that the network lacks.
    """
    chosen = _default_weight(net) if weight is None else weight
    if chosen not in net.weight_indices:
        raise InputError(
            f"weight {weight}: expected (l, i, j) with l from 1 to {net.L}, i from 0, j from 1, within the layers' widths"
        )
    l, i, j = chosen
    facts = Facts(net, theorem, convention)
    blocks = [b for part in PARTS for b in part(facts, (l, i, j))]
    blocks += proof_blocks(theorem, detail)
    sizes = "-".join(map(str, net.d))
    title = f"Backpropagation on the network {sizes}"
    return Typeset(title, tuple(blocks), letters(net), convention)


def paths(net: Architecture, l: int) -> int:
    """How many paths lead from a weight of layer l to the outputs."""
    return prod(net.d[l + 1 :])


def _default_weight(net: Architecture) -> tuple[int, int, int]:
    l = next(l for l in range(1, net.L + 1) if paths(net, l) <= MANY_PATHS or l == net.L)
    return (l, 1, 1)


def letters(net: Architecture) -> dict[tuple[str, int], str]:
    """g where all layers share one activation with a formula, else g_1, g_2, …"""
    layers = [l for l in range(1, net.L + 1) if not net.activation(l).mixes]
    rows = {net.activation(l) for l in layers}
    shared = len(rows) == 1 and not next(iter(rows)).opaque
    return {(function_name(net, l), l): "g" if shared else f"g_{l}" for l in layers}


# --- the parts of the page -------------------------------------------------------------------------------------


def _opening(f: Facts, weight: Index) -> list[Block]:
    net = f.net
    names = ["given below" if a.custom else a.name for a in net.activations]
    shown = names[0] if len(set(names)) == 1 else ", ".join(names)
    many = "Activation" if len(set(names)) == 1 else "Activations, layer by layer"
    values: dict[str, Inline] = {
        "activation": Words(shown),
        "loss": Words("given below" if net.loss.custom else net.loss.name),
        "w": W,
        "bias": Words("the biases have a letter of their own.")
        if f.convention.b
        else Words("node 0 is the bias node."),
        "i": FROM,
        "j": TO,
        "l": LAYER,
        "below": BELOW,
    }
    return [
        Para(
            f"A network with {_count(net.d[0], 'input')} and {_layers(net.d[1:])}. "
            f"{many}: {{activation}}. "
            "Error: {loss}. The weight {w} leads from node {i} of layer {below} to "
            "node {j} of layer {l}; {bias} "
            "Everything below is read from one theorem, its definitions, conclusions and steps, which the kernel checked in "
            f"{len(f.theorem.proof.steps)} steps. It gives the derivative of the error with respect to each of "
            f"{_count(len(f.weights), 'weight')} and {_count(len(f.nodes), 'weighted input')}.",
            values,
        ),
        Figure(partial(network_picture, net.d, functions=_functions(net))),
        *([Para(LARGE)] if len(net.weight_indices) > MANY_WEIGHTS else []),
    ]


def _functions(net: Architecture) -> dict[int, str]:
    """What each layer's activation is called; nothing for a softmax, which is no function of one node."""
    named = {l: name for (_, l), name in letters(net).items()}
    return {l: named.get(l, "") for l in range(1, net.L + 1)}


LARGE = (
    "The network is large. A row with letters for indices stands for every row of its layer: the theorem has each of "
    "them, and each is that row with its own indices."
)


def _count(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def _layers(widths: tuple[int, ...]) -> str:
    if len(widths) == 1:
        return f"one layer of {_count(widths[0], 'node')}"
    return f"layers of {_listed(widths)} nodes"


def _listed(numbers: Iterable[int]) -> str:
    *most, last = map(str, numbers)
    return f"{', '.join(most)} and {last}" if most else last


LAYER, FROM, TO = (Int(name) for name in "lij")
BELOW = whole(LAYER, -1)
W, S, DELTA = Sym("w", (LAYER, FROM, TO)), Sym("s", (LAYER, TO)), Sym("delta", (LAYER, TO))
X = Sym("x", (BELOW, FROM))


def _forward(f: Facts, weight: Index) -> list[Block]:
    blocks: list[Block] = [Heading("Forward pass")]
    rows, notes = activation_rows(f.net)
    blocks += [Para(note) for note in notes]
    blocks.append(Display(tuple(rows)))
    for l in range(1, f.net.L + 1):
        blocks.append(Para(f"Layer {l}: weighted inputs and outputs."))
        signals = [Sym("s", (l, j)) for j in f.net.nodes(l)]
        outputs = [Sym("x", (l, j)) for j in f.net.nodes(l)]
        shown = [
            *_rows(f, "s", l, [((t,), f.defined[t]) for t in signals]),
            *_rows(f, "x", l, [((t,), f.defined[t]) for t in outputs]),
        ]
        blocks.append(Display(tuple(shown)))
    blocks.append(Para("The error on one example, as a function of all weights:"))
    blocks.append(Display((Row((E,), f.defined[E], "error"),)))
    return blocks


def _chain(f: Facts, weight: Index) -> list[Block]:
    return [
        Heading("Chain rule"),
        Para("The weight {w} acts on the error through {s} alone:", {"w": W, "s": S}),
        Display(
            (
                Row((D(E, W),), Mul((D(E, S), D(S, W))), cross=True),
                Row((), Mul((DELTA, X)), "chain", cross=True),
            )
        ),
        Para("where, by definition,"),
        Display((Row((DELTA,), D(E, S), "delta"),)),
    ]


def _base(f: Facts, weight: Index) -> list[Block]:
    L = f.net.L
    outer = [D(E, Sym("x", (L, j))) for j in f.net.nodes(L)]
    blocks: list[Block] = [
        Heading("Base step"),
        Para(
            "For the nodes of the last layer, {last}. The error changes with each output by",
            {"last": Eq(Int("L"), num(L))},
        ),
        Display(tuple(_rows(f, "outer", L, f.slopes(outer), "outer"))),
    ]
    if f.mixes:
        pairs = [
            D(Sym("x", (L, k)), Sym("s", (L, j))) for k in f.net.nodes(L) for j in f.net.nodes(L)
        ]
        shown = pairs if len(pairs) <= 9 else pairs[:2]
        blocks.append(Para(_mixing(len(pairs), len(shown))))
        rows = [Row(left, right, "outputs") for left, right in f.slopes(shown)]
        blocks.append(Display(tuple(rows)))
    blocks.append(Para("and so, by the chain rule,"))
    blocks.append(Display(tuple(_deltas(f, L, "base"))))
    return blocks


def _mixing(total: int, shown: int) -> str:
    some = "" if shown == total else f" ({shown} of {total} are shown)"
    return f"Each output depends on every weighted input of the layer{some}:"


def _induction(f: Facts, weight: Index) -> list[Block]:
    if f.net.L == 1:
        return []
    blocks: list[Block] = [
        Heading("Induction step"),
        Para("A weighted input acts on the error through all nodes of the next layer:"),
        Display(_general_step(f)),
        Para("Starting from {base}, each layer gives the one below it.", {"base": Ref(("base",))}),
    ]
    for l in range(f.net.L, 1, -1):
        blocks.append(Para(f"From layer {l} to layer {l - 1}:"))
        blocks.append(Display(tuple(_deltas(f, l - 1, "step"))))
    return blocks


def _general_step(f: Facts) -> tuple[Row, ...]:
    """The lecture's induction step, with letters for indices."""
    shared = "g" in letters(f.net).values()
    s, delta = Sym("s", (BELOW, FROM)), Sym("delta", (BELOW, FROM))
    above = Sym("s", (LAYER, Bound(0)))
    path = Mul((D(E, above), D(above, X), D(X, s)))
    slope = App("g", (1,), (s,), () if shared else (BELOW,))
    weighted = Mul((Sym("w", (LAYER, FROM, Bound(0))), Sym("delta", (LAYER, Bound(0)))))
    width = Int("d", (LAYER,))
    return (
        Row((delta, D(E, s)), Sum(num(1), width, path), cross=True),
        Row((), Mul((slope, Sum(num(1), width, weighted))), "general step"),
    )


def _deltas(f: Facts, l: int, about: str) -> list[Row]:
    """∂e/∂s = δ = …, for each node of a layer."""
    found: list[tuple[tuple[Content, ...], Term]] = []
    for j in f.net.nodes(l):
        delta, s = Sym("delta", (l, j)), Sym("s", (l, j))
        if delta in f.defined and f.claims.get(D(E, s)) == delta:
            found.append(((delta, D(E, s)), f.inlined(f.defined[delta])))
    return _rows(f, about, l, found, about)


def _rows(
    f: Facts,
    about: str,
    l: int,
    found: list[tuple[tuple[Content, ...], Term]],
    label: str = "forward",
) -> list[Row]:
    """A row for each; on a large network the general row, where it stands for every one of them."""
    few = len(f.net.weight_indices) <= MANY_WEIGHTS or len(found) < 3
    if few and not f.convention.matrix:
        return [Row(left, right, label) for left, right in found]
    general = general_row(f, about, l, [right for _, right in found], label)
    return [general] if general else [Row(left, right, label) for left, right in found]


def _gradient(f: Facts, weight: Index) -> list[Block]:
    blocks: list[Block] = [
        Heading("The gradient"),
        Para(
            "With every {delta} known, the derivative with respect to each weight is a product:",
            {"delta": DELTA},
        ),
    ]
    for l in range(1, f.net.L + 1):
        own = [v for v in f.weights if v.index[0] == l]
        found: list[tuple[tuple[Content, ...], Term]] = [
            ((D(E, v),), f.claims[D(E, v)]) for v in own
        ]
        rows = _rows(f, "weight", l, found, "gradient")
        if len(rows) < len(own):
            blocks.append(
                Para(f"Layer {l}, one row for all {len(own)} weights, each of which was proved:")
            )
        blocks.append(Display(tuple(rows)))
    return blocks


def _one_weight(f: Facts, weight: Index) -> list[Block]:
    w = Sym("w", weight)
    left = D(E, w)
    if left not in f.derivatives or left not in f.claims:
        return []
    count = paths(f.net, weight[0])
    many = f"There are {count} paths" if count > 1 else "There is one path"
    each = "a product for each" if count > 1 else "its product"
    factored = f.composed(f.claims[left])
    return [
        Heading("One weight, over all its paths"),
        Para(
            f"{many} from {{w}} to the outputs. The chain rule alone, without the recursion for {{delta}}, gives {each}:",
            {"w": w, "delta": Sym("delta")},
        ),
        Display((Row((left,), f.by_path(weight), "paths"),)),
        Para("The recursion gives the same, factored:"),
        Display((Row((left,), f.claims[left]), Row((), factored, "factored"))),
        Para(
            "That {paths} and {factored} are equal is what the theorem says of this weight.",
            {"paths": Ref(("paths",)), "factored": Ref(("factored",))},
        ),
    ]


def _hypotheses(f: Facts, weight: Index) -> list[Block]:
    blocks: list[Block] = [Heading("Hypotheses"), *assumptions(f.theorem)]
    if not f.theorem.hypotheses:
        blocks.append(Para("Nothing is assumed: this holds for all weights, inputs and targets."))
    return blocks


def _laws(f: Facts, weight: Index) -> list[Block]:
    rows = law_rows(f.laws)
    return [Heading("Known functions"), Para(LAWS), Display(rows)] if rows else []


LAWS = "Of the known functions the proof and this page use:"
PARTS = (
    _opening,
    _forward,
    _hypotheses,
    _chain,
    _base,
    _induction,
    _gradient,
    _one_weight,
    _laws,
)


__all__ = ["derivation", "letters"]
