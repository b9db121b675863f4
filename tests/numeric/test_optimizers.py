"""Each row of the table against its published recursion, exactly or in fifty digits; what it refuses."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest

from symbackprop.errors import InputError
from symbackprop.network.architecture import Architecture
from symbackprop.numeric.optimizers import OPTIMIZERS, optimizer
from symbackprop.numeric.training import train

SLOPE, LOWEST, START, RATE, STEPS = Fraction(3, 2), Fraction(1, 4), Fraction(2), Fraction(1, 8), 12
"""The error is SLOPE (w - LOWEST)²/2, so its gradient is SLOPE (w - LOWEST)."""


def slope(w):
    return SLOPE * (w - LOWEST)


def by_the_row(text):
    row = optimizer(text)
    w, memory, path = np.array([float(START)]), np.zeros((row.vectors, 1)), []
    for t in range(1, STEPS + 1):
        g = float(SLOPE) * (w - float(LOWEST))
        w = w - row.change(g, memory, t, float(RATE), **row.settings)
        path.append(w[0])
    return path


def plain():
    w = START
    for _ in range(STEPS):
        w -= RATE * slope(w)
        yield w


def heavy_ball(mu=Fraction(3, 4)):
    """Polyak's: w_(t+1) = w_t - η g + μ (w_t - w_(t-1)), with no velocity in it."""
    before, w = START, START
    for _ in range(STEPS):
        before, w = w, w - RATE * slope(w) + mu * (w - before)
        yield w


def looking_ahead(mu=Fraction(3, 4)):
    """Sutskever's form: v ← μ v - η g(θ + μ v), θ ← θ + v; the row has the points ahead, θ + μ v."""
    theta, v = START, Fraction(0)
    for _ in range(STEPS):
        v = mu * v - RATE * slope(theta + mu * v)
        theta += v
        yield theta + mu * v


def kingma_and_ba(beta1="0.8", beta2="0.95", epsilon="1e-3"):
    """Algorithm 1, its moments as the weighted sums over all gradients that section 3 unrolls them to."""
    with mpmath.workdps(50):
        b1, b2, small = map(mpmath.mpf, (beta1, beta2, epsilon))
        w, gradients = mpmath.mpf(2), []
        for t in range(1, STEPS + 1):
            gradients.append(mpmath.mpf(3) / 2 * (w - mpmath.mpf(1) / 4))
            m = (1 - b1) * mpmath.fsum(b1 ** (t - i) * g for i, g in enumerate(gradients, 1))
            v = (1 - b2) * mpmath.fsum(b2 ** (t - i) * g**2 for i, g in enumerate(gradients, 1))
            w -= m / (1 - b1**t) / (mpmath.sqrt(v / (1 - b2**t)) + small) / 8
            yield w


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("sgd", plain),
        ("momentum,momentum=0.75", heavy_ball),
        ("nesterov,momentum=0.75", looking_ahead),
        ("adam,beta1=0.8,beta2=0.95,epsilon=1e-3", kingma_and_ba),
    ],
)
def test_each_row_is_its_recursion(text, reference):
    assert by_the_row(text) == pytest.approx([float(w) for w in reference()], rel=1e-13)
    assert len(by_the_row(text)) == STEPS


def test_every_row_is_tested():
    assert set(OPTIMIZERS) == {"sgd", "momentum", "nesterov", "adam"}


def test_the_first_step_of_adam_is_the_rate_whatever_the_scale():
    """(Source: Kingma & Ba, 2.1: the corrected step is about η.)  Without the correction it would be 3.2 η."""
    change = OPTIMIZERS["adam"].change
    for g in (1e-3, 1.0, 1e6):
        d = change(np.array([g]), np.zeros((2, 1)), 1, 0.5, 0.9, 0.999, 0.0)
        assert d == pytest.approx(0.5)


def test_decay_is_of_weights_and_apart_from_the_gradient():
    """One example, x = w_0 + 2 w_1, y = 0, w = (1, 3): e' = 7 (1, 2).  Then w_0 ← 1 - η 7, w_1 ← 3 (1 - η λ) - η 14."""
    start = [np.array([[1.0], [3.0]])]
    arguments = {"rate": 0.125, "epochs": 1, "W": start, "decay": 0.5}
    done = train(Architecture([1, 1], "identity"), [[2.0]], [[0.0]], **arguments)
    assert done.weights[0].ravel().tolist() == [1 - 7 / 8, 3 * (1 - 1 / 16) - 14 / 8]


def test_decay_of_adam_is_not_scaled_by_its_moments():
    """Where the gradient is 0, w_l ← (1 - η λ) w_l each step, the biases stay: a penalty in the error would not do that."""
    net = Architecture([1, 1], "identity", lambda x, y: 0 * x)
    start = [np.array([[1.0], [3.0]])]
    arguments = {"rate": 0.25, "epochs": 2, "W": start, "decay": 0.5, "optimizer": "adam"}
    done = train(net, [[2.0]], [[0.0]], **arguments)
    assert done.weights[0].ravel().tolist() == [1.0, 3 * (7 / 8) ** 2]


def test_settings_are_read_as_they_are_printed():
    for name, row in OPTIMIZERS.items():
        assert optimizer(str(row)) == row
        assert optimizer(name.upper()) is not None
    assert optimizer("adam, beta1 = 0.5").settings == {
        "beta1": 0.5,
        "beta2": 0.999,
        "epsilon": 1e-8,
    }
    assert OPTIMIZERS["adam"].settings["beta1"] == 0.9


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("adm", "unknown optimizer 'adm': did you mean 'adam'"),
        ("", "unknown optimizer ''"),
        ("adam,beta=1", r"optimizer adam, setting 'beta=1': expected beta1=…, beta2=…, epsilon=…"),
        ("adam,beta1", "optimizer adam, beta1: expected a number from 0 to below 1, got ''"),
        ("adam,beta2=1", "beta2: expected a number from 0 to below 1, got '1'"),
        ("adam,epsilon=0", "epsilon: expected a finite number above 0, got '0'"),
        ("adam,epsilon=nan", "epsilon: expected a finite number above 0, got 'nan'"),
        ("momentum,momentum=-1", "momentum: expected a number from 0 to below 1, got '-1'"),
        ("sgd,momentum=0.9", "optimizer sgd, setting 'momentum=0.9': it has none"),
        (3, "optimizer: expected one of sgd, momentum, nesterov, adam, got 3"),
    ],
)
def test_bad_optimizers(text, message):
    with pytest.raises(InputError, match=message):
        optimizer(text)
