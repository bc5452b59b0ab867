"""The state machine of sending, in short, always on the same walks. ``make prove`` runs it long and at random."""

from hypothesis import HealthCheck, Phase, settings

from tests.crash.machine import Sending

TestSending = Sending.TestCase
TestSending.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # to shrink a failing walk takes minutes
    suppress_health_check=list(HealthCheck),
    database=None,
)
