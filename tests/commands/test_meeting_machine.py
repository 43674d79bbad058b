"""The meeting as a state machine, in memory: 200 meetings of up to 60 steps."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from tests.commands.meeting_machine import MeetingMachine

TestMeeting = MeetingMachine.TestCase
TestMeeting.settings = settings(
    max_examples=200,
    stateful_step_count=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
