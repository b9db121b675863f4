"""The source text of the functions that NumPy lacks, so that generated code stands alone: cut out of `special`."""

from __future__ import annotations

import ast
import re
from functools import cache
from importlib import resources

WORD = re.compile(r"[A-Za-z_]\w*")


@cache
def _pieces() -> dict[str, tuple[str, frozenset[str]]]:
    """Of each name that `special` defines: its source, and which of the others it uses."""
    text = resources.files(__package__).joinpath("special.py").read_text(encoding="utf-8")
    lines, found = text.splitlines(), {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = "\n".join(_without_doc(node, lines))
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = ast.unparse(node)
    found.pop("Array")
    return {
        name: (source, frozenset(WORD.findall(source)) & {*found} - {name})
        for name, source in found.items()
    }


def _without_doc(node: ast.FunctionDef, lines: list[str]) -> list[str]:
    """A function's lines without types, and of its docstring the first line."""
    doc = (ast.get_docstring(node) or "").splitlines()[0]
    arguments = ", ".join(a.arg for a in node.args.args)
    head = [f"def {node.name}({arguments}):", f'    """{doc}"""']
    body = ast.unparse(_Bare().visit(ast.Module(node.body[1:], []))).splitlines()
    return [*head, *[f"    {line}" for line in body]]


class _Bare(ast.NodeTransformer):
    """Assignments without types."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        if node.value is None:
            return node
        return ast.copy_location(ast.Assign([node.target], node.value, lineno=node.lineno), node)


def helpers(code: str) -> list[str]:
    """The source of every function of `special` that the code uses, those that others use before them.

    >>> print(helpers("x = softmax(s, -1)")[0])
    def softmax(s, axis):
        \"\"\"exp(s_j) / Σ_k exp(s_k) along an axis; the largest s is taken off first.\"\"\"
        e = np.exp(s - s.max(axis=axis, keepdims=True))
        out = e / e.sum(axis=axis, keepdims=True)
        return out
    """
    pieces, used = _pieces(), set[str]()
    todo = {*WORD.findall(code)} & {*pieces}
    while todo:
        used |= todo
        todo = {n for name in todo for n in pieces[name][1]} - used
    return [source for name, (source, _) in pieces.items() if name in used]
