"""Everything that is said about time in words, in the seven languages. Pure; all of it linear in the length of the text."""

from rules.dates.clocks import times
from rules.dates.named import ambiguous_days, days
from rules.dates.pairing import ambiguous_moments, moments
from rules.dates.reckoning import end_of_month, end_of_week, weekday_after
from rules.dates.spans import periods
from rules.dates.types import Ambiguous, Clock, Day, Moment, Period
from rules.dates.zones import zone_of

__all__ = [
    "Ambiguous",
    "Clock",
    "Day",
    "Moment",
    "Period",
    "ambiguous_days",
    "ambiguous_moments",
    "days",
    "end_of_month",
    "end_of_week",
    "moments",
    "periods",
    "times",
    "weekday_after",
    "zone_of",
]
