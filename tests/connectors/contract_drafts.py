"""What the verbs on drafts promise."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from connectors.base import Connector, DraftRef, FoundState, Withdrawal
from connectors.errors import Conflict, ConnectorError, NotFound
from rules.drafts.mime import draft_bytes as made
from rules.drafts.types import Draft
from rules.mail import Role
from tests.connectors.contract_changes import opened
from tests.connectors.harness import Harness
from tests.connectors.letters import ADDRESS, NOW, draft, draft_bytes, letter

__all__ = ["DraftClauses"]

OTHER = "lee.park@orchard.example"
EDITED = "I enjoyed our talk very much, and here is a word of my own."
CLIENT = "made-by-the-client@mail.example"


def _put(connector: Connector, one: Draft) -> DraftRef:
    return connector.put_draft(one, draft_bytes(one))


def _standing(harness: Harness) -> list[bytes]:
    return _essences(harness, *harness.raws(Role.DRAFTS))


def _essences(harness: Harness, *raws: bytes) -> list[bytes]:
    return [harness.essence(raw) for raw in raws]


def _is_as_written(harness: Harness, read: bytes, written: bytes) -> bool:
    """Say whether a draft was read back as it was written: the same bytes, where the mailbox keeps them."""
    return read == written if harness.keeps_bytes else harness.essence(read) == harness.essence(written)


class DraftClauses:
    """One draft stands where it was put, is found whatever the user does, and is taken back only while it is ours."""

    # --- putting ------------------------------------------------------------------------------------------------------

    def test_a_draft_stands_in_drafts_as_it_was_written(self, harness: Harness) -> None:
        with opened(harness) as connector:
            assert connector.open().keeps_bytes is harness.keeps_bytes
            _put(connector, draft())

        assert _standing(harness) == _essences(harness, draft_bytes(draft()))
        assert harness.raws(Role.SENT) == harness.raws(Role.INBOX) == [] or not (
            *harness.raws(Role.SENT),
            *harness.raws(Role.INBOX),
        )

    def test_a_draft_is_flagged_a_draft_and_seen(self, harness: Harness) -> None:
        with opened(harness) as connector:
            _put(connector, draft())

        assert {"\\draft", "\\seen"} <= harness.flags(Role.DRAFTS, draft().message_id)

    def test_a_draft_can_be_read_back_and_its_digest_is_that_of_what_was_written(self, harness: Harness) -> None:
        with opened(harness) as connector:
            ref = _put(connector, draft())
            proof = sha256(draft_bytes(draft())).hexdigest()

            assert _is_as_written(harness, connector.read_draft(ref), draft_bytes(draft()))
            assert connector.digest_of(ref) == proof
            assert ref.digest in {"", proof}

    def test_a_draft_that_was_changed_has_another_digest(self, harness: Harness) -> None:
        with opened(harness) as connector:
            ref = _put(connector, draft())
            harness.user_edits(draft().message_id, draft_bytes(draft(), text=EDITED))
            found = connector.find_draft(draft(), ref)

            assert found.ref is not None
            assert connector.digest_of(found.ref) != sha256(draft_bytes(draft())).hexdigest()

    def test_words_in_any_script_and_a_long_thread_are_kept(self, harness: Harness) -> None:
        one = draft(
            subject="Re: Gespräch am Dienstag, 東京",
            text="Schöne Grüße 🙂\n\nüber zwei Absätze",
            references=tuple(f"{number:040}.of-a-long-thread@orchard.example" for number in range(60)),
        )
        with opened(harness) as connector:
            ref = _put(connector, one)

            assert _is_as_written(harness, connector.read_draft(ref), draft_bytes(one))
            assert connector.find_draft(one, ref).state is FoundState.UNTOUCHED
            assert connector.list_drafts()[0][0] == one.message_id

    def test_a_draft_in_two_parts_is_kept_found_and_known_when_it_was_edited(self, harness: Harness) -> None:
        """As the product writes them: a text and an HTML part that say the same."""
        one = replace(
            draft(text="Dear Zoë,\n\nI enjoyed our talk.\n\nBest regards,\nSam Reed\n"), links=("https://example.org/a",)
        )
        raw = made(one)
        with opened(harness) as connector:
            ref = connector.put_draft(one, raw)

            assert _is_as_written(harness, connector.read_draft(ref), raw)
            assert connector.find_draft(one, ref).state is FoundState.UNTOUCHED
            assert connector.find_draft(one, None).state is FoundState.UNTOUCHED, "its bytes were lost with their process"
            again = connector.put_draft(one, raw)
            assert again.ref == ref.ref
            harness.user_edits(one.message_id, made(replace(one, text=one.text.replace("talk", "walk"))))
            assert connector.find_draft(one, None).state is FoundState.EDITED

    def test_putting_a_draft_twice_leaves_one(self, harness: Harness) -> None:
        with opened(harness) as connector:
            first = _put(connector, draft())
            second = _put(connector, draft())

            assert (second.ref, second.revision) == (first.ref, first.revision)
            assert len(connector.list_drafts()) == 1
        assert len(_standing(harness)) == 1

    def test_another_connection_finds_the_draft_that_a_dead_one_put(self, harness: Harness) -> None:
        with opened(harness) as connector:
            first = _put(connector, draft())
        with opened(harness) as connector:
            second = _put(connector, draft())

            assert (second.ref, second.revision) == (first.ref, first.revision)
        assert len(_standing(harness)) == 1

    def test_twins_of_two_connections_at_once_can_be_told_and_all_but_one_withdrawn(self, harness: Harness) -> None:
        gate = threading.Barrier(2)
        failures: list[Exception] = []

        def put() -> None:
            try:
                with opened(harness) as connector:
                    gate.wait(30)
                    _put(connector, draft())
            except (ConnectorError, threading.BrokenBarrierError) as error:
                failures.append(error)

        threads = [threading.Thread(target=put) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert failures == []
        with opened(harness) as connector:
            twins = [ref for message_id, ref in connector.list_drafts() if message_id == draft().message_id]

            assert 1 <= len(twins) <= 2
            for twin in twins[1:]:
                proven = replace(twin, digest=connector.digest_of(twin))
                assert connector.withdraw_draft(draft(), proven) is Withdrawal.WITHDRAWN
            assert connector.find_draft(draft(), twins[0]).state is FoundState.UNTOUCHED
        assert len(_standing(harness)) == 1

    def test_drafts_of_the_user_are_left_alone_by_putting(self, harness: Harness) -> None:
        own = letter("own", sender=ADDRESS, subject=draft().subject)
        harness.deliver(own, Role.DRAFTS, NOW)
        with opened(harness) as connector:
            _put(connector, draft())

        assert sorted(_standing(harness)) == sorted(_essences(harness, own, draft_bytes(draft())))

    def test_all_drafts_are_listed_oldest_first(self, harness: Harness) -> None:
        harness.deliver(letter("first", sender=ADDRESS), Role.DRAFTS, NOW - timedelta(days=2))
        harness.deliver(letter("second", sender=ADDRESS), Role.DRAFTS, NOW - timedelta(days=1))
        with opened(harness) as connector:
            _put(connector, draft())
            listed = connector.list_drafts()

            assert [message_id for message_id, _ in listed] == [
                "first@orchard.example",
                "second@orchard.example",
                draft().message_id,
            ]
            assert _essences(harness, *(connector.read_draft(ref) for _, ref in listed)) == _standing(harness)

    def test_a_draft_that_is_not_there_cannot_be_read(self, harness: Harness) -> None:
        with opened(harness) as connector:
            ref = _put(connector, draft())
            harness.user_deletes(draft().message_id)
            with pytest.raises(NotFound):
                connector.read_draft(ref)

    # --- replacing ----------------------------------------------------------------------------------------------------

    def test_replacing_leaves_the_new_draft_alone(self, harness: Harness) -> None:
        with opened(harness) as connector:
            old = _put(connector, draft(1))
            new = connector.put_draft(draft(2), draft_bytes(draft(2)), old)

            assert connector.find_draft(draft(2), new).state is FoundState.UNTOUCHED
        assert _standing(harness) == _essences(harness, draft_bytes(draft(2)))

    def test_replacing_again_after_a_crash_finds_it_done(self, harness: Harness) -> None:
        with opened(harness) as connector:
            old = _put(connector, draft(1))
            new = connector.put_draft(draft(2), draft_bytes(draft(2)), old)
        with opened(harness) as connector:
            again = connector.put_draft(draft(2), draft_bytes(draft(2)), old)

            assert (again.ref, again.revision) == (new.ref, new.revision)
        assert _standing(harness) == _essences(harness, draft_bytes(draft(2)))

    def test_replacing_is_finished_when_a_crash_left_both(self, harness: Harness) -> None:
        with opened(harness) as connector:
            old = _put(connector, draft(1))
            _put(connector, draft(2))
        with opened(harness) as connector:
            connector.put_draft(draft(2), draft_bytes(draft(2)), old)

        assert _standing(harness) == _essences(harness, draft_bytes(draft(2)))

    def test_replacing_an_edited_draft_is_a_conflict_and_writes_nothing(self, harness: Harness) -> None:
        mine = draft_bytes(draft(1), text=EDITED)
        with opened(harness) as connector:
            old = _put(connector, draft(1))
            harness.user_edits(draft(1).message_id, mine)
            with pytest.raises(Conflict):
                connector.put_draft(draft(2), draft_bytes(draft(2)), old)

        assert _standing(harness) == _essences(harness, mine)

    def test_replacing_a_draft_that_was_edited_under_another_message_id_is_a_conflict(self, harness: Harness) -> None:
        mine = draft_bytes(draft(1), text=EDITED, message_id=CLIENT)
        with opened(harness) as connector:
            old = _put(connector, draft(1))
            harness.user_edits(draft(1).message_id, mine)
            with pytest.raises(Conflict):
                connector.put_draft(draft(2), draft_bytes(draft(2)), old)

        assert _standing(harness) == _essences(harness, mine)

    def test_replacing_a_draft_that_is_gone_is_a_conflict_and_writes_nothing(self, harness: Harness) -> None:
        with opened(harness) as connector:
            old = _put(connector, draft(1))
            harness.user_deletes(draft(1).message_id)
            with pytest.raises(Conflict):
                connector.put_draft(draft(2), draft_bytes(draft(2)), old)

        assert _standing(harness) == []

    def test_replacing_leaves_other_drafts_alone(self, harness: Harness) -> None:
        own = letter("own", sender=ADDRESS, subject=draft().subject)
        harness.deliver(own, Role.DRAFTS, NOW)
        with opened(harness) as connector:
            _put(connector, draft(3))
            old = _put(connector, draft(1))
            connector.put_draft(draft(2), draft_bytes(draft(2)), old)

        assert sorted(_standing(harness)) == sorted(_essences(harness, own, draft_bytes(draft(2)), draft_bytes(draft(3))))

    # --- finding ------------------------------------------------------------------------------------------------------

    def test_an_untouched_draft_is_found(self, harness: Harness) -> None:
        with opened(harness) as connector:
            ref = _put(connector, draft())
            found = connector.find_draft(draft(), ref)

            assert found.state is FoundState.UNTOUCHED
            assert found.ref is not None
            assert (found.ref.ref, found.ref.revision) == (ref.ref, ref.revision)

    def test_an_untouched_draft_is_found_by_another_connection_without_a_reference(self, harness: Harness) -> None:
        with opened(harness) as connector:
            ref = _put(connector, draft())
        with opened(harness) as connector:
            found = connector.find_draft(draft(), None)

            assert found.state is FoundState.UNTOUCHED
            assert found.ref is not None
            assert (found.ref.ref, found.ref.revision) == (ref.ref, ref.revision)

    def test_an_untouched_draft_is_found_by_its_digest_alone(self, harness: Harness) -> None:
        with opened(harness) as connector:
            _put(connector, draft())
            proof = sha256(draft_bytes(draft())).hexdigest()

            assert connector.find_draft(draft(), DraftRef("", "", proof)).state is FoundState.UNTOUCHED
            assert connector.find_draft(draft(), DraftRef("", "", "0" * 64)).state is FoundState.EDITED

    def test_a_draft_that_was_never_written_is_absent(self, harness: Harness) -> None:
        with opened(harness) as connector:
            assert connector.find_draft(draft(), None).state is FoundState.ABSENT

    def test_a_deleted_draft_is_absent(self, harness: Harness) -> None:
        with opened(harness) as connector:
            ref = _put(connector, draft())
            harness.user_deletes(draft().message_id)

            assert connector.find_draft(draft(), ref).state is FoundState.ABSENT

    @pytest.mark.parametrize("message_id", [None, CLIENT])
    def test_an_edited_draft_is_found_under_its_own_message_id_and_under_another(
        self, harness: Harness, message_id: str | None
    ) -> None:
        with opened(harness) as connector:
            ref = _put(connector, draft())
            harness.user_edits(draft().message_id, draft_bytes(draft(), text=EDITED, message_id=message_id))
            found = connector.find_draft(draft(), ref)

            assert found.state is FoundState.EDITED
            assert found.ref is not None
            assert EDITED.encode() in harness.essence(connector.read_draft(found.ref))

    def test_a_draft_that_the_user_changed_in_one_letter_is_edited_even_without_a_reference(self, harness: Harness) -> None:
        with opened(harness) as connector:
            _put(connector, draft())
            harness.user_edits(draft().message_id, draft_bytes(draft(), text=draft().text.replace("talk", "walk")))

            assert connector.find_draft(draft(), None).state is FoundState.EDITED

    @pytest.mark.parametrize("message_id", [None, CLIENT])
    @pytest.mark.parametrize("text", [None, EDITED])
    def test_a_sent_draft_is_found_in_sent(self, harness: Harness, message_id: str | None, text: str | None) -> None:
        sent = draft_bytes(draft(), text=text, message_id=message_id)
        with opened(harness) as connector:
            ref = _put(connector, draft())
            harness.user_sends(draft().message_id, sent if message_id or text else None)
            found = connector.find_draft(draft(), ref)

            assert found.state is FoundState.SENT
            assert found.sent is not None
            assert (found.sent.role, found.sent.message_id) == (Role.SENT, message_id or draft().message_id)

    def test_a_draft_that_opens_a_thread_is_found_in_sent_by_its_subject(self, harness: Harness) -> None:
        one = draft(in_reply_to="", references=(), subject="Following Up - Sam Reed - Orchardist")
        with opened(harness) as connector:
            ref = _put(connector, one)
            harness.user_sends(one.message_id, draft_bytes(one, text=EDITED, message_id=CLIENT))

            assert connector.find_draft(one, ref).state is FoundState.SENT

    def test_what_the_user_sent_before_the_draft_was_made_is_not_the_draft(self, harness: Harness) -> None:
        harness.deliver(draft_bytes(draft(), message_id=CLIENT), Role.SENT, NOW - timedelta(days=1))
        with opened(harness) as connector:
            ref = _put(connector, draft())
            harness.user_deletes(draft().message_id)

            assert connector.find_draft(draft(), ref).state is FoundState.ABSENT

    def test_what_the_user_sent_to_somebody_else_is_not_the_draft(self, harness: Harness) -> None:
        with opened(harness) as connector:
            ref = _put(connector, draft())
            harness.user_deletes(draft().message_id)
            harness.deliver(draft_bytes(draft(to=OTHER), message_id=CLIENT), Role.SENT)

            assert connector.find_draft(draft(), ref).state is FoundState.ABSENT

    def test_what_the_user_sent_in_another_thread_is_not_the_draft(self, harness: Harness) -> None:
        other = draft(in_reply_to="another@orchard.example", references=("another@orchard.example",))
        with opened(harness) as connector:
            ref = _put(connector, draft())
            harness.user_deletes(draft().message_id)
            harness.deliver(draft_bytes(other, message_id=CLIENT), Role.SENT)

            assert connector.find_draft(draft(), ref).state is FoundState.ABSENT

    def test_a_draft_of_the_users_to_somebody_else_is_not_the_draft(self, harness: Harness) -> None:
        with opened(harness) as connector:
            ref = _put(connector, draft())
            harness.user_edits(draft().message_id, draft_bytes(draft(to=OTHER), message_id=CLIENT))

            assert connector.find_draft(draft(), ref).state is FoundState.ABSENT

    def test_the_draft_of_another_step_to_the_same_person_is_not_taken_for_this_one(self, harness: Harness) -> None:
        with opened(harness) as connector:
            other = _put(connector, draft(1))
            ref = _put(connector, draft(2))
            harness.user_deletes(draft(2).message_id)

            assert connector.find_draft(draft(2), ref, frozenset({other.ref})).state is FoundState.ABSENT
            assert connector.find_draft(draft(1), other, frozenset({ref.ref})).state is FoundState.UNTOUCHED

    # --- withdrawing --------------------------------------------------------------------------------------------------

    def test_an_untouched_draft_is_withdrawn_and_then_gone(self, harness: Harness) -> None:
        with opened(harness) as connector:
            ref = _put(connector, draft())

            assert connector.withdraw_draft(draft(), ref) is Withdrawal.WITHDRAWN
            assert connector.withdraw_draft(draft(), ref) is Withdrawal.GONE
            assert connector.find_draft(draft(), ref).state is FoundState.ABSENT
            assert list(connector.list_drafts()) == []
        assert _standing(harness) == []

    def test_a_draft_can_be_withdrawn_by_another_connection(self, harness: Harness) -> None:
        with opened(harness) as connector:
            ref = _put(connector, draft())
        with opened(harness) as connector:
            assert connector.withdraw_draft(draft(), ref) is Withdrawal.WITHDRAWN
        assert _standing(harness) == []

    def test_an_edited_draft_is_not_withdrawn(self, harness: Harness) -> None:
        mine = draft_bytes(draft(), text=EDITED)
        with opened(harness) as connector:
            ref = _put(connector, draft())
            harness.user_edits(draft().message_id, mine)

            assert connector.withdraw_draft(draft(), ref) is Withdrawal.EDITED
        assert _standing(harness) == _essences(harness, mine)

    def test_a_draft_that_was_edited_under_another_message_id_is_not_withdrawn(self, harness: Harness) -> None:
        mine = draft_bytes(draft(), text=EDITED, message_id=CLIENT)
        with opened(harness) as connector:
            ref = _put(connector, draft())
            harness.user_edits(draft().message_id, mine)

            assert connector.withdraw_draft(draft(), ref) in {Withdrawal.GONE, Withdrawal.EDITED}
        assert _standing(harness) == _essences(harness, mine)

    def test_a_draft_that_was_deleted_is_gone(self, harness: Harness) -> None:
        with opened(harness) as connector:
            ref = _put(connector, draft())
            harness.user_deletes(draft().message_id)

            assert connector.withdraw_draft(draft(), ref) is Withdrawal.GONE

    @pytest.mark.parametrize("message_id", [None, CLIENT])
    def test_a_draft_that_was_sent_is_gone_and_the_sent_copy_stays(self, harness: Harness, message_id: str | None) -> None:
        with opened(harness) as connector:
            ref = _put(connector, draft())
            harness.user_sends(draft().message_id, draft_bytes(draft(), message_id=message_id) if message_id else None)

            assert connector.withdraw_draft(draft(), ref) is Withdrawal.GONE
        assert len(harness.raws(Role.SENT)) == 1

    def test_withdrawing_leaves_everything_that_looks_alike(self, harness: Harness) -> None:
        alike = draft_bytes(draft(), message_id=CLIENT)
        harness.deliver(alike, Role.DRAFTS, NOW)
        harness.deliver(alike, Role.SENT, NOW)
        harness.deliver(letter("in", subject=draft().subject), Role.INBOX, NOW)
        with opened(harness) as connector:
            _put(connector, draft(2))
            ref = _put(connector, draft(1))

            assert connector.withdraw_draft(draft(1), ref) is Withdrawal.WITHDRAWN
        assert sorted(_standing(harness)) == sorted(_essences(harness, alike, draft_bytes(draft(2))))
        assert (len(harness.raws(Role.SENT)), len(harness.raws(Role.INBOX))) == (1, 1)

    def test_a_reference_and_a_draft_that_do_not_belong_together_remove_nothing(self, harness: Harness) -> None:
        with opened(harness) as connector:
            first = _put(connector, draft(1))
            second = _put(connector, draft(2))

            assert connector.withdraw_draft(draft(1), second) is not Withdrawal.WITHDRAWN
            assert connector.withdraw_draft(draft(2), first) is not Withdrawal.WITHDRAWN
        assert len(_standing(harness)) == 2

    def test_what_the_user_wrote_at_the_place_of_our_draft_is_left_alone(self, harness: Harness) -> None:
        with opened(harness) as connector:
            ref = _put(connector, draft())
            harness.user_deletes(draft().message_id)
            own = letter("own", sender=ADDRESS)
            harness.deliver(own, Role.DRAFTS, NOW)

            assert connector.withdraw_draft(draft(), ref) is Withdrawal.GONE
        assert _standing(harness) == _essences(harness, own)

    def test_a_draft_is_found_and_withdrawn_after_the_mailbox_was_renumbered(self, harness: Harness) -> None:
        with opened(harness) as connector:
            ref = _put(connector, draft())
        harness.expire_cursor()
        with opened(harness) as connector:
            found = connector.find_draft(draft(), ref)

            assert found.state is FoundState.UNTOUCHED
            assert connector.withdraw_draft(draft(), ref) is Withdrawal.WITHDRAWN
        assert _standing(harness) == []

    def test_an_edited_draft_is_not_withdrawn_after_the_mailbox_was_renumbered(self, harness: Harness) -> None:
        mine = draft_bytes(draft(), text=EDITED)
        with opened(harness) as connector:
            ref = _put(connector, draft())
        harness.user_edits(draft().message_id, mine)
        harness.expire_cursor()
        with opened(harness) as connector:
            assert connector.find_draft(draft(), ref).state is FoundState.EDITED
            assert connector.withdraw_draft(draft(), ref) is Withdrawal.EDITED
        assert _standing(harness) == _essences(harness, mine)
