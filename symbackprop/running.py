"""What `symbackprop run` takes and does: the options of a training, and its progress.

Nothing heavy is imported before it is needed, so help and usage errors come at once.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from .terminal import Progress

if TYPE_CHECKING:
    from .networks import Network

NUMBERS: tuple[tuple[str, type, Any, str, str], ...] = (
    ("--epochs", int, None, "N", "passes over the data; default: 40"),
    (
        "--rate",
        float,
        None,
        "R",
        "the learning rate; default: 0.05 for sgd, 0.005 for momentum and nesterov, 0.001 for adam",
    ),
    ("--seed", int, 0, "S", "of the split, the weights and the order; default: 0"),
    ("--batch", int, 1, "N", "examples a step; default: 1"),
    (
        "--decay",
        float,
        0.0,
        "λ",
        "weight decay: w ← w - rate·λ·w at each step, the biases not; default: 0",
    ),
    (
        "--patience",
        int,
        None,
        "N",
        "stop after N epochs without a lower error on a fifth of the examples, set apart for that, and keep the best weights",
    ),
)
"""Option, type, what it is where it is not given, the word for its value, help."""


def training_arguments(command: Any) -> None:
    """Adds the options of a training to a command of the command line."""
    command.add_argument(
        "--data",
        metavar="FILE.csv",
        help="rows of inputs, then targets or one class number; a header is optional",
    )
    for option, type_, usual, word, text in NUMBERS:
        command.add_argument(option, type=type_, default=usual, metavar=word, help=text)
    command.add_argument(
        "--optimizer",
        default="sgd",
        metavar="NAME[,KEY=VALUE…]",
        help="sgd, momentum, nesterov (momentum=0.9), adam (beta1=0.9, beta2=0.999, epsilon=1e-8); default: sgd",
    )
    command.add_argument(
        "--checkpoint",
        metavar="FILE",
        help="save the state of the training to FILE (.npz), about once a second and at every end, Ctrl-C included",
    )
    command.add_argument(
        "--resume",
        nargs="?",
        const=True,
        default=False,
        metavar="FILE",
        help="go on from FILE, or from that of --checkpoint, as if nothing had happened; --epochs may be more than before",
    )
    command.add_argument(
        "--plot", metavar="FILE", help="draw the errors by epoch to FILE (.png, .svg, .pdf)"
    )


def run_network(net: Network, arguments: argparse.Namespace) -> None:
    """Trains a network as the arguments say."""
    from .numeric.experiment import run_experiment

    with Progress("training") as progress:
        run_experiment(
            net,
            arguments.data,
            arguments.output,
            report=progress.line,
            progress=lambda epoch, epochs, error: progress(epoch, epochs, f"error {error:.4g}"),
            checkpoint=arguments.checkpoint,
            resume=arguments.resume,
            plot=arguments.plot,
            optimizer=arguments.optimizer,
            **{name: getattr(arguments, name) for name in map(_key, NUMBERS)},
        )


def _key(row: tuple[str, type, Any, str, str]) -> str:
    return row[0].removeprefix("--")
