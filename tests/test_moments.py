"""Picked times, around the hours in which clocks change."""

from datetime import datetime

import pytest
from django import forms
from django.utils import timezone

from inbox.forms.moments import MomentField


@pytest.mark.parametrize(
    ("zone", "picked", "offset"),
    [
        ("Europe/Berlin", "2027-10-31T02:30", "+02:00"),
        ("America/New_York", "2027-11-07T01:15", "-04:00"),
        ("Europe/Berlin", "2027-10-31T03:00", "+01:00"),
        ("Asia/Tokyo", "2027-03-28T02:30", "+09:00"),
    ],
)
def test_the_first_of_two_is_taken(zone: str, picked: str, offset: str) -> None:
    with timezone.override(zone):
        moment = MomentField().clean(picked)

    assert moment == datetime.fromisoformat(f"{picked}:00{offset}")


@pytest.mark.parametrize(
    ("zone", "picked", "jump"),
    [
        ("Europe/Berlin", "2027-03-28T02:30", "2027-03-28T01:00:00+00:00"),
        ("America/New_York", "2027-03-14T02:00", "2027-03-14T07:00:00+00:00"),
    ],
)
def test_an_hour_that_is_left_out_ends_as_clocks_jump(zone: str, picked: str, jump: str) -> None:
    with timezone.override(zone):
        moment = MomentField().clean(picked)

    assert moment == datetime.fromisoformat(jump)


@pytest.mark.parametrize("picked", ["0001-01-01T00:00", "2027-02-30T10:00"])
def test_what_is_outside_the_calendar_is_refused(picked: str) -> None:
    field = MomentField(error_messages={"invalid": "Choose a time."})

    with timezone.override("Asia/Tokyo"), pytest.raises(forms.ValidationError):
        field.clean(picked)


def test_what_is_no_moment_is_refused_as_before() -> None:
    field = MomentField(error_messages={"invalid": "Choose a time."})

    with pytest.raises(forms.ValidationError, match=r"Choose a time\."):
        field.clean("soon")
