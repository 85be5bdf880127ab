"""The transition table, and the diagram that is drawn from it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rules.process import TABLE, UNDER, IllegalTransition, Signal, State, Verb, allowed, demand_allowed, fold, step
from rules.process.diagram import mermaid
from tests.rules.timing import POLICY, PROFILE, confirmed, mark, meeting, ny, theirs

README = Path(__file__).parents[2] / "rules" / "README.md"
BEGIN, END = "<!-- states: made from rules/process/table.py -->\n", "<!-- end of states -->\n"


def test_a_pair_that_is_not_in_the_table_raises_and_names_the_pair() -> None:
    missing = [(state, signal) for state in State for signal in Signal if (state, signal) not in TABLE]
    assert missing
    for state, signal in missing:
        with pytest.raises(IllegalTransition, match=f"{signal} is not possible in {state}"):
            step(state, signal)


def test_every_pair_of_the_table_leads_to_a_state() -> None:
    for (state, signal), target in TABLE.items():
        expected = State.DORMANT if target == UNDER else target
        assert step(state, signal, under=State.DORMANT) is expected


def test_every_state_can_be_reached_and_left() -> None:
    reached = {target for (state, _), target in TABLE.items() if target != state}
    left = {state for (state, _), target in TABLE.items() if target != state}
    assert reached >= set(State)
    assert left == set(State)


@pytest.mark.parametrize("state", [state for state in State if state is not State.CLOSED])
def test_a_rejection_and_an_offer_close_every_open_state(state: State) -> None:
    assert step(state, Signal.REJECTED) is State.CLOSED
    assert step(state, Signal.OFFERED) is State.CLOSED


@pytest.mark.parametrize("state", [State.SCHEDULED, State.THEIR_TURN, State.DRAFTED, State.OUR_TURN, State.DORMANT])
def test_a_human_mail_makes_it_our_turn_in_every_state_that_no_overlay_covers(state: State) -> None:
    assert step(state, Signal.REPLIED) is State.OUR_TURN


def test_the_diagram_in_the_readme_is_the_one_of_the_table() -> None:
    """HEARBACK_UPDATE_GOLDEN=1 writes it anew."""
    text = README.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    block, _, after = rest.partition(END)
    drawn = f"```mermaid\n{mermaid()}\n```\n"
    if os.environ.get("HEARBACK_UPDATE_GOLDEN"):
        README.write_text(before + BEGIN + drawn + END + after, "utf-8")
        block = drawn
    assert block == drawn


def test_what_the_user_may_say_depends_on_the_state() -> None:
    reports = [Verb.DONE, Verb.NO_SHOW, Verb.ACCEPTED, Verb.COUNTRY]  # they are heard in every state
    interview = meeting(ny(3, 2, 10))
    events = [confirmed("m1", ny(2, 25), interview)]
    scheduled = fold("p", events, now=ny(2, 26), policy=POLICY, profile=PROFILE)
    assert [verb for verb in Verb if allowed(scheduled, verb)] == [Verb.PAUSE, Verb.CLOSE, *reports]
    ours = fold("p", [*events, theirs("m2", ny(2, 26))], now=ny(2, 27), policy=POLICY, profile=PROFILE)
    assert [verb for verb in Verb if allowed(ours, verb)] == [Verb.PAUSE, Verb.RESUME, Verb.CLOSE, *reports]
    closed = fold("p", [*events, mark(Verb.CLOSE, ny(2, 26))], now=ny(2, 27), policy=POLICY, profile=PROFILE)
    assert [verb for verb in Verb if allowed(closed, verb)] == [Verb.REOPEN, *reports]
    demand_allowed(closed, Verb.REOPEN)
    with pytest.raises(IllegalTransition, match="`pause` does nothing here: it is closed; `reopen` it first"):
        demand_allowed(closed, Verb.PAUSE)
