"""The command line: `symbackprop prove`, `derive`, `run`.

Exit codes: 0 all proved (or done), 1 refuted, 2 bad usage or input, 3 unknown, 4 internal error; 130 after Ctrl-C.
Nothing heavy is imported before it is needed, so help and usage errors come at once.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, NoReturn

from . import __version__
from .errors import InputError
from .network.names import ACTIVATION_NAMES, LOSS_NAMES, check_names
from .network.sizes import parse_sizes
from .running import run_network, training_arguments
from .terminal import Progress, make_lenient

if TYPE_CHECKING:
    from .networks import Network

DONE, BAD_INPUT, INTERNAL, INTERRUPTED = 0, 2, 4, 130
CODES_HELP = "exit codes: 0 proved or done, 1 refuted, 2 bad usage or input, 3 unknown, 4 internal error, 130 Ctrl-C"


class Parser(argparse.ArgumentParser):
    """Usage errors in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command; the exit code."""
    make_lenient()
    try:
        arguments = _parser().parse_args(argv)
        code: int = arguments.command(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except InputError as error:
        return _complain(str(error), error.code)
    except KeyboardInterrupt as stop:
        return _complain(str(stop) or "interrupted", INTERRUPTED)
    except BrokenPipeError:
        _drop_output()
        return DONE
    except OSError as error:
        _drop_output()
        return _complain(f"output: {error.strerror or error}", BAD_INPUT)
    except Exception as error:
        if os.environ.get("SYMBACKPROP_DEBUG"):
            raise
        hint = "set SYMBACKPROP_DEBUG=1 for the traceback"
        return _complain(f"internal error: {type(error).__name__}: {error} ({hint})", INTERNAL)


def _complain(message: str, code: int) -> int:
    print(f"symbackprop: {' '.join(message.split())}", file=sys.stderr)
    return code


def _drop_output() -> None:
    """Nobody reads standard output any more: what is left of it goes nowhere, without a complaint at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


# --- arguments -------------------------------------------------------------------------------------------------


def _parser() -> Parser:
    parser = Parser(
        prog="symbackprop",
        description="Derives gradients of networks mechanically, proves backpropagation for them, typesets and runs it.",
        epilog=CODES_HELP,
    )
    parser.add_argument("--version", action="version", version=f"symbackprop {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _prove_arguments(commands)
    _derive_arguments(commands)
    _run_arguments(commands)
    return parser


def _prove_arguments(commands: Any) -> None:
    command = commands.add_parser(
        "prove",
        help="prove backpropagation, for every network or for one",
        description="Proves that the δ-recursion gives the gradient: without --sizes for every depth and every width, with "
        "them for every weight and every node of that network.  With SCRIPTS, runs them and tells what each proves.",
        epilog=CODES_HELP,
    )
    command.add_argument("scripts", nargs="*", metavar="SCRIPT.py", help="proof scripts to run")
    command.add_argument("--all", action="store_true", help="prove every theorem of the package")
    anything = "opaque (any differentiable function) without --sizes"
    _network_arguments(
        command,
        None,
        None,
        None,
        f"{anything}, else tanh",
        f"{anything}, else squared-error",
        "every depth and every width; 2-d1-1 has a letter for a width",
    )
    ways = ("expansion", "instantiation")
    command.add_argument(
        "--by",
        choices=ways,
        help="a network of given sizes over all its paths, or by the proof for all sizes; default: by its size",
    )
    command.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    _output_argument(
        command, "write the certificate to FILE; python -m symbackprop.kernel FILE checks it"
    )
    command.set_defaults(command=prove_command)


def _derive_arguments(commands: Any) -> None:
    command = commands.add_parser(
        "derive",
        help="write the derivation: for every network, for one, of a theorem, of a proof script",
        description="Writes a derivation from its proof: without INPUT and options the lecture's, for every depth and "
        "width; with --sizes for one network; with --theorem for a theorem of the package; with INPUT for a certificate (.json), "
        "which the kernel checks again, or a proof script (.py), which is run.",
        epilog=CODES_HELP,
    )
    command.add_argument(
        "input", nargs="?", metavar="INPUT", help="a certificate or a proof script"
    )
    command.add_argument(
        "--theorem", metavar="NAME", help="a theorem of the package: chain rule, …"
    )
    anything = "opaque without --sizes"
    usual = (
        f"{anything}, else tanh",
        f"{anything}, else squared-error",
        "every depth and every width",
    )
    _network_arguments(command, None, None, None, *usual)
    _page_arguments(command)
    _output_argument(command, "write to FILE instead of standard output")
    command.set_defaults(command=derive_command)


def _page_arguments(command: Any) -> None:
    """How the page is written."""
    command.add_argument(
        "--format",
        metavar="NAME",
        help="latex (a fragment), document (an article), markdown, html, pdf, text; default: by the ending of FILE (.tex is "
        "document), else text",
    )
    command.add_argument(
        "--detail",
        default="summary",
        metavar="NAME",
        help="summary, steps (the proof, its bookkeeping left out), every (each step of the kernel); default: summary",
    )
    command.add_argument(
        "--convention",
        default="lecture",
        metavar="NAME[,KEY=VALUE…]",
        help="lecture (s, x, g, e; entries) or matrix-vector (z, a, σ, C; matrices), with changes: letters s= x= g= e= w= b= y= "
        "delta= d= E=, order=ij|ji of a weight's nodes, mark=(l)|l|[l], form=entries|matrix, vectors=column|row",
    )


def _run_arguments(commands: Any) -> None:
    command = commands.add_parser(
        "run",
        help="train a network by backpropagation",
        description="Trains a network by gradient descent, one example at a time unless --batch says more; without --data, on "
        "1,797 images of handwritten digits.",
        epilog=CODES_HELP,
    )
    _network_arguments(
        command,
        "64-16-10",
        None,
        None,
        "tanh, and softmax in a last layer of two or more outputs",
        "cross-entropy after softmax, else squared-error",
    )
    training_arguments(command)
    _output_argument(command, "save the weights to FILE (.npz)")
    command.set_defaults(command=run_command)


def _network_arguments(
    command: Any,
    sizes: str | None,
    activation: str | None,
    loss: str | None,
    usual_activation: str = "",
    usual_loss: str = "",
    usual_sizes: str = "",
) -> None:
    """The network's options; those whose default depends on the sizes are None, and their default is told in words."""
    activations, losses = (
        ", ".join(n.replace(" ", "-") for n in names) for names in (ACTIVATION_NAMES, LOSS_NAMES)
    )
    command.add_argument(
        "--sizes",
        default=sizes,
        metavar="2-3-1",
        help=f"the widths of the layers; default: {sizes or usual_sizes}",
    )
    command.add_argument(
        "--activation",
        default=activation,
        metavar="NAME[,NAME…]",
        help=f"one for all layers, or one a layer: {activations}; default: {activation or usual_activation}",
    )
    command.add_argument(
        "--loss", default=loss, metavar="NAME", help=f"{losses}; default: {loss or usual_loss}"
    )


def _output_argument(command: Any, text: str) -> None:
    command.add_argument("-o", "--output", metavar="FILE", help=text)


def _network(arguments: argparse.Namespace) -> Network:
    """The network that the arguments name; what can be checked without SymPy is checked first."""
    sizes = parse_sizes(arguments.sizes)
    activation = _given(arguments.activation, _usual_activation(sizes, arguments.loss))
    last = activation.split(",")[-1].strip().lower()
    loss = _given(arguments.loss, "cross-entropy" if last == "softmax" else "squared-error")
    check_names("activation", activation.split(","), ACTIVATION_NAMES)
    check_names("loss", [loss], LOSS_NAMES)
    from .networks import Network

    net: Network = Network(sizes, activation=activation, loss=loss)
    return net


def _usual_activation(sizes: Sequence[int], loss: str | None) -> str:
    """What `run` takes where no activation is given: in the last layer one whose outputs the loss is defined for."""
    of_probabilities = (
        (loss or "").lower().replace("-", " ").replace("_", " ").endswith("cross entropy")
    )
    one = "sigmoid" if of_probabilities else "tanh"
    many = "sigmoid" if of_probabilities and "binary" in (loss or "").lower() else "softmax"
    return ",".join(["tanh"] * (len(sizes) - 2) + [many if sizes[-1] > 1 else one])


# --- commands --------------------------------------------------------------------------------------------------


def prove_command(arguments: argparse.Namespace) -> int:
    from .files import check_writable

    if arguments.scripts or arguments.all:
        return _prove_many(arguments)
    check_writable(arguments.output)
    if _every_network(arguments) and arguments.by is None and arguments.format == "text":
        return _prove_every_network(arguments.output)
    return _prove_network(arguments)


def _prove_many(arguments: argparse.Namespace) -> int:
    """Scripts, or the package's theorems, a row each as soon as it is known."""
    if arguments.output:
        raise InputError(
            "-o is for one network; in a script, sb.save(proof.theorem, FILE) writes a certificate"
        )
    if not _every_network(arguments) or arguments.by:
        raise InputError("prove: expected SCRIPTS or --all, or a network, not both")
    from .scripts import check_scripts, worst

    paths = check_scripts(arguments.scripts)
    rows: list[dict[str, Any]] = []
    width = max(map(len, [*paths, *(_names() if arguments.all else ())]), default=0)
    with Progress("proving") as progress:
        for row in chain(_theorem_rows(progress, arguments.all), _script_rows(progress, paths)):
            rows.append(row)
            _tell(progress, row, width, arguments.format)
    verdict = worst(row["verdict"] for row in rows)
    if arguments.format == "json":
        print(json.dumps({"verdict": verdict, "proofs": rows}, indent=2))
    else:
        good = sum(row["verdict"] == "proved" for row in rows)
        seconds = sum(row["seconds"] for row in rows)
        print(f"\n{verdict.upper()}  {good} of {len(rows)} proved; {seconds:.1f} s")
    return {"proved": DONE, "refuted": 1, "unknown": 3}.get(verdict, BAD_INPUT)


def _names() -> list[str]:
    from .derive.named import THEOREMS

    return list(THEOREMS)


def _tell(progress: Progress, row: dict[str, Any], width: int, form: str) -> None:
    """A row of the table; what it says stands below where the terminal is narrow."""
    if form == "json":
        return
    head = f"{row['proof']:<{width}}  {row['verdict']:<9}  {row['seconds']:>6.2f} s"
    fits = len(head) + 2 + len(row["says"]) <= shutil.get_terminal_size().columns
    gap = "  " if fits else "\n      "
    progress.line(f"{head}{gap}{row['says']}".rstrip())


def _script_rows(progress: Progress, paths: list[str]) -> Iterator[dict[str, Any]]:
    from .scripts import run_scripts

    for o in run_scripts(paths, progress):
        row = {"proof": o.script, "verdict": o.verdict, "seconds": round(o.seconds, 2)}
        yield {**row, "says": o.says, "output": o.output}


def _theorem_rows(progress: Progress, wanted: bool) -> Iterator[dict[str, Any]]:
    """The theorems of the package, proved anew."""
    from .certificates import check
    from .derive.named import THEOREMS
    from .kernel import KernelError

    for done, (name, row) in enumerate(THEOREMS.items() if wanted else ()):
        progress(done, len(THEOREMS))
        start = time.perf_counter()
        try:
            check(row.prove())
            verdict = "proved"
        except KernelError:
            verdict = "unknown"
        seconds = round(time.perf_counter() - start, 2)
        yield {"proof": name, "verdict": verdict, "seconds": seconds, "says": row.says}


def _every_network(arguments: argparse.Namespace) -> bool:
    """Whether no sizes and no functions are given."""
    return (arguments.sizes, arguments.activation, arguments.loss) == (None, None, None)


def _prove_every_network(output: str | None) -> int:
    """The theorem itself: every depth and width, any activations, any loss.  No SymPy is needed for that."""
    start = time.perf_counter()
    from .certificates import check
    from .derive.named import backpropagation
    from .library import save

    gc.disable()  # what is made is all in use
    theorem = check(backpropagation())
    print("PROVED  every weight and every δ of every network, of any depth and any widths")
    print(f"\n{theorem}\n")
    seconds = time.perf_counter() - start
    print(f"checked by the kernel: {len(theorem.proof.steps)} steps; {seconds:.2f} s in all")
    if output is not None:
        save(theorem, output)
    return DONE


def _prove_network(arguments: argparse.Namespace) -> int:
    net, start = _network_or_letters(arguments), time.perf_counter()
    from .library import save
    from .proving import prove
    from .report import EXIT_CODES, as_json, as_text

    with Progress("proving") as progress:
        verdict = prove(net, progress=progress, by=arguments.by)
    seconds = time.perf_counter() - start
    if arguments.format == "json":
        print(json.dumps(as_json(net, verdict, seconds), indent=2))
    else:
        print(as_text(verdict, seconds))
    theorem = getattr(verdict, "theorem", None)
    if arguments.output is not None and verdict.word == "proved" and theorem is not None:
        save(theorem, arguments.output)
    return EXIT_CODES[verdict.word]


def _network_or_letters(arguments: argparse.Namespace) -> Any:
    """The network that the arguments name, of given sizes or with letters for them; what needs no SymPy is checked first."""
    letters = _letters(arguments.sizes)
    if arguments.sizes is not None and letters is None:
        arguments.activation = _given(arguments.activation, "tanh")
        arguments.loss = _given(arguments.loss, "squared-error")
        return _network(arguments)
    activation, loss = _given(arguments.activation, "opaque"), _given(arguments.loss, "opaque")
    check_names("activation", activation.split(","), ACTIVATION_NAMES)
    check_names("loss", [loss], LOSS_NAMES)
    if arguments.by is not None:
        raise InputError(f"--by {arguments.by}: expected --sizes of numbers")
    from .networks import GeneralNetwork

    return GeneralNetwork(letters, activation, loss)


def _given(value: str | None, usual: str) -> str:
    return usual if value is None else value


def _letters(sizes: str | None) -> list[Any] | None:
    """Widths of which some are letters; None where there are none."""
    parts = [part.strip() for part in (sizes or "").split("-")]
    if not any(part.isidentifier() for part in parts) or not all(
        p.isidentifier() or p.isdigit() for p in parts
    ):
        return None
    return [int(part) if part.isdigit() else part for part in parts]


def derive_command(arguments: argparse.Namespace) -> int:
    from .files import check_writable, write_with
    from .render.typeset import form_of

    check_writable(arguments.output)
    form = form_of(arguments.format, arguments.output)
    columns = max(60, min(100, shutil.get_terminal_size((100, 24)).columns))
    if form == "pdf" and arguments.output is None and sys.stdout.isatty():
        raise InputError("derive: a PDF is not for a terminal; expected -o FILE")
    gc.disable()  # what is made is all in use
    made = _page(arguments).written(form, columns if sys.stdout.isatty() else 100)
    if arguments.output is None and form == "text":
        print(made.decode(), end="")
    elif arguments.output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(made)
    else:
        write_with(arguments.output, lambda file: file.write(made))
    return DONE


def _page(arguments: argparse.Namespace) -> Any:
    """The page that is asked for; a network with too many paths has its theorem's."""
    from . import typesetting

    own = typesetting.checked(arguments.detail, arguments.convention)
    given = [arguments.input, arguments.theorem, None if _every_network(arguments) else "network"]
    if sum(g is not None for g in given) > 1:
        raise InputError("derive: expected one of INPUT, --theorem and a network")
    if arguments.theorem is not None:
        from .library import theorem

        return typesetting.derive_theorem(theorem(arguments.theorem), arguments.detail, own)
    if arguments.input is not None:
        return _page_of(arguments.input, arguments.detail, own)
    if _every_network(arguments):
        return typesetting.derive_everywhere(arguments.detail, own)
    arguments.by = None
    net = _network_or_letters(arguments)
    with Progress("proving"):
        return typesetting.derive_any(net, arguments.detail, own)


def _page_of(path: str, detail: str, own: Any) -> Any:
    """The page of a certificate or of a proof script."""
    from . import typesetting

    if path.endswith(".py"):
        from .scripts import check_scripts, derivations_of

        check_scripts([path])
        return typesetting.derive_script(derivations_of(path), detail, own)
    from .library import load

    return typesetting.derive_theorem(load(path), detail, own)


def run_command(arguments: argparse.Namespace) -> int:
    from .files import check_writable

    check_writable(arguments.output)
    net = _network(arguments)
    run_network(net, arguments)
    return DONE
