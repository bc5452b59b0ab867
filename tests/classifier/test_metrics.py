import numpy as np
import pytest

from classifier import metrics


def test_macro_recall_is_the_mean_over_classes():
    assert metrics.recall_macro([0, 0, 0, 0, 1, 2], [0, 0, 0, 1, 1, 0], 3) == pytest.approx(100 * (0.75 + 1 + 0) / 3)


def test_macro_f1_leaves_out_what_never_occurs():
    assert metrics.f1_macro([0, 0, 1], [0, 1, 1], 5) == pytest.approx(200 / 3)


def test_f1():
    assert metrics.f1([1, 1, 0, 0], [1, 0, 1, 0]) == pytest.approx(50)
    assert metrics.f1([0, 0], [0, 0]) == 0


def test_calibration_error():
    assert metrics.calibration_error([0.9] * 10, [1] * 9 + [0]) == pytest.approx(0)
    assert metrics.calibration_error([1.0] * 10, [1] * 5 + [0] * 5) == pytest.approx(0.5)
    assert metrics.calibration_error(np.array([0.0, 1.0]), [0, 1]) == 0
