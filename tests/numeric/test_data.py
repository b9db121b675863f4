"""The digits against the counts that their authors publish; CSV files, good and bad."""

from __future__ import annotations

import hashlib
import os
from importlib.resources import files

import numpy as np
import pytest

from symbackprop.errors import InputError
from symbackprop.numeric.datasets import read_csv, split
from symbackprop.numeric.digits import load_digits


def test_digits():
    X, labels = load_digits()
    assert X.shape == (1797, 64)
    assert (X.min(), X.max()) == (0, 1)
    # Source: optdigits.names, the class distribution of the test set.
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    # Source: sklearn.datasets.load_digits(), its sum and its first image.
    assert (16 * X).sum() == 561718
    assert (16 * X[0, :16]).tolist() == [0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0]
    rows = np.column_stack([16 * X, labels]).astype(np.uint8)
    assert hashlib.sha256(rows.tobytes()).hexdigest().startswith("68aea062d35a127749050fa0e52dca09")


def test_the_licence_comes_with_the_digits():
    text = (files("symbackprop") / "data" / "LICENSE-digits.txt").read_text(encoding="utf-8")
    for fact in (
        "Alpaydin",
        "Kaynak",
        "UCI Machine Learning Repository",
        "CC BY 4.0",
        "scikit-learn",
        "BSD 3-Clause",
    ):
        assert fact in text


def test_split():
    learn, held = split(101, seed=5)
    assert (len(learn), len(held)) == (81, 20)
    assert sorted([*learn, *held]) == list(range(101))
    assert np.array_equal(split(101, seed=5)[1], held)
    assert not np.array_equal(split(101, seed=6)[1], held)
    assert [len(part) for part in split(2, seed=0)] == [1, 1]
    with pytest.raises(InputError, match="expected at least 2 examples, to hold one out, got 1"):
        split(1, seed=0)


# --- files -----------------------------------------------------------------------------------------------------


@pytest.fixture
def read(tmp_path):
    def reading(text, inputs=2, outputs=3, codes=None):
        path = tmp_path / "data.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_csv(path, inputs, outputs, codes)

    return reading


def test_class_numbers(read):
    found = read("1,2,0\n3,4,2\n5,6.5,1.0\n")
    assert found.X.tolist() == [[1, 2], [3, 4], [5, 6.5]]
    assert found.labels.tolist() == [0, 2, 1]
    assert found.Y.tolist() == [[1, 0, 0], [0, 0, 1], [0, 1, 0]]
    assert read("1,2,2\n", codes=(-1, 1)).Y.tolist() == [[-1, -1, 1]]


def test_targets(read):
    found = read("1,2,.5,-1e-2,3\n")
    assert found.Y.tolist() == [[0.5, -0.01, 3]]
    assert found.labels is None


def test_targets_that_are_classes(read):
    assert read("1,2,0,1,0\n1,2,0,0,1\n").labels.tolist() == [1, 2]
    assert read("1,2,0,1,1\n").labels is None
    found = read("1,2,-1,1,-1\n")
    assert (found.labels.tolist(), found.Y.tolist()) == ([1], [[-1, 1, -1]])


@pytest.mark.parametrize(
    ("text", "codes", "Y", "labels", "used"),
    [
        ("1,0\n1,1\n", None, [[0], [1]], [0, 1], (0, 1)),
        ("1,-1\n1,1\n", None, [[-1], [1]], [0, 1], (-1, 1)),
        ("1,0\n1,1\n", (-1, 1), [[-1], [1]], [0, 1], (-1, 1)),
        ("1,-1\n1,1\n", (0, 1), [[0], [1]], [0, 1], (0, 1)),
    ],
)
def test_one_output_of_two_values(read, text, codes, Y, labels, used):
    found = read(text, inputs=1, outputs=1, codes=codes)
    assert found.Y.tolist() == Y
    assert found.labels.tolist() == labels
    assert found.codes == used


def test_one_output_of_other_values(read):
    found = read("1,0\n1,2\n", inputs=1, outputs=1, codes=(-1, 1))
    assert found.Y.tolist() == [[0], [2]]
    assert found.labels is None


@pytest.mark.parametrize(
    "text",
    [
        "a,b,class\n1,2,0\n",
        "\ufeff1,2,0\n",
        "1,2,0\r\n\r\n",
        '"1","2","0"',
        " 1 , 2 , 0 \n\n",
        "\n\na,b,c\n+1,2.,0e5\n",
    ],
)
def test_forms_of_one_row(read, text):
    found = read(text)
    assert (found.X.tolist(), found.labels.tolist()) == ([[1, 2]], [0])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1,2,0\n1,2\n", "line 2: expected 3 columns as in line 1, got 2"),
        ("1,2,0\n\n1,2,0,4\n", "line 3: expected 3 columns as in line 1, got 4"),
        ("a,b,c,d\n1,2,0\n", "line 2: expected 4 columns as in the header, got 3"),
        (
            "1,2\n",
            r"line 1: expected 3 columns \(2 inputs, a class\) or 5 columns \(2 inputs, 3 targets\), got 2",
        ),
        ("1;2;0\n1;2;1\n", "line 2: expected 3 columns .* got 1"),
        ("1,2,0\n1,two,0\n", "line 2, column 2: expected a number, got 'two'"),
        ("1,2,0\n1,,0\n", "line 2, column 2: expected a number, got ''"),
        ("a,2,0\n", "line 1, column 1: expected a number, got 'a'"),
        ("1,2,0\n1_0,2,0\n", "line 2, column 1: expected a number, got '1_0'"),
        ("1,2,0\nnan,2,0\n", "line 2, column 1: expected a finite number, got 'nan'"),
        ("1,-inf,0\n", "line 1, column 2: expected a finite number, got '-inf'"),
        ("1,1e999,0\n", "line 1, column 2: expected a finite number, got '1e999'"),
        ("1,2,0\n1,2,3\n", "line 2: expected a class number from 0 to 2, got '3'"),
        ("1,2,-1\n", "line 1: expected a class number from 0 to 2, got '-1'"),
        ("1,2,0.5\n", "line 1: expected a class number from 0 to 2, got '0.5'"),
        ("", "expected rows of numbers, got none"),
        ("a,b,c\n", "expected rows of numbers, got none"),
        (b"\xff\xfe1,2", "expected a CSV file in UTF-8, but"),
        (b"1,2,\x000\n", "(line 1, column 3: expected a number|expected a CSV file)"),
    ],
)
def test_bad_files(read, text, message):
    with pytest.raises(InputError, match=rf"data\.csv(, |: ){message}") as caught:
        read(text)
    assert "\n" not in str(caught.value)


def test_files_that_are_none(tmp_path):
    for path in (tmp_path, tmp_path / "missing.csv"):
        with pytest.raises(
            InputError, match=r": (Is a directory|No such file or directory|Permission denied)$"
        ):
            read_csv(path, 1, 1)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything"
)
def test_a_file_that_may_not_be_read(tmp_path):
    path = tmp_path / "secret.csv"
    path.write_text("1,1\n")
    path.chmod(0)
    with pytest.raises(InputError, match="Permission denied"):
        read_csv(path, 1, 1)
