"""The state machine of sending, in short. ``make prove`` runs it long."""

from hypothesis import HealthCheck, settings

from tests.crash.machine import Sending

TestSending = Sending.TestCase
TestSending.settings = settings(
    max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
