"""The mailbox of the benchmarks is what it says: the same every time, well-formed, mixed as a real one."""

from __future__ import annotations

import email
import email.policy
import hashlib
import re
from itertools import pairwise
from pathlib import Path

import pytest

from tests.bench.mailbox import HIRING_SHARE, NEWEST, Mail, Mailbox, write

COUNT = 1_000


@pytest.fixture(scope="module")
def mails() -> list[Mail]:
    return list(Mailbox(COUNT, scale=0.05))


def digest(mails: list[Mail]) -> str:
    return hashlib.sha256(b"".join(mail.raw + str(mail.received).encode() for mail in mails)).hexdigest()


def test_the_same_seed_gives_the_same_mail_and_another_seed_another(mails: list[Mail]) -> None:
    assert digest(list(Mailbox(COUNT, scale=0.05))) == digest(mails)
    assert digest(list(Mailbox(COUNT, scale=0.05, seed=2))) != digest(mails)


def test_mail_comes_in_order_of_arrival_and_ends_before_the_newest_moment(mails: list[Mail]) -> None:
    assert len(mails) == COUNT
    assert all(one.received <= two.received for one, two in pairwise(mails))
    assert mails[-1].received <= NEWEST


def test_every_mail_is_well_formed_with_its_own_message_id(mails: list[Mail]) -> None:
    seen = set()
    for mail in mails:
        parsed = email.message_from_bytes(mail.raw, policy=email.policy.compat32)
        assert [part.defects for part in parsed.walk()] == [[] for _ in parsed.walk()]
        for name in ("Date", "From", "To", "Subject", "Message-ID", "Content-Type"):
            assert len(parsed.get_all(name, [])) == 1, (mail.kind, name)
        seen.add(parsed["Message-ID"])
        assert b"\r" not in mail.raw
        assert max(map(len, mail.raw.split(b"\n"))) <= 998, mail.kind
    assert len(seen) == COUNT


def test_header_blocks_are_as_long_as_real_ones(mails: list[Mail]) -> None:
    lengths = sorted(mail.raw.index(b"\n\n") for mail in mails if not mail.sent)
    assert 2_000 < lengths[len(lengths) // 2] < 5_000


def test_answers_refer_to_mail_that_came_before(mails: list[Mail]) -> None:
    known: set[str] = set()
    answers = 0
    for mail in mails:
        parsed = email.message_from_bytes(mail.raw)
        if parent := parsed["In-Reply-To"]:
            answers += 1
            assert parent in known
            assert parsed["References"].split()[-1] == parent
        known.add(parsed["Message-ID"])
    assert answers > COUNT // 10


def test_the_mix_is_that_of_a_real_mailbox(mails: list[Mail]) -> None:
    kinds = [mail.kind for mail in mails]
    assert abs(sum(kind.startswith("hiring") for kind in kinds) - HIRING_SHARE * COUNT) <= 8
    assert 0.28 < kinds.count("newsletter") / COUNT < 0.37
    assert {"alternative", "plain", "attachment", "html_only", "bounce", "auto_reply", "meeting"} < set(kinds)
    assert any(b"text/calendar" in mail.raw for mail in mails if mail.kind == "hiring_confirmation")
    assert 0.05 < sum(b"\nSubject: =?" in mail.raw or b"\nSubject: Re: =?" in mail.raw for mail in mails) / COUNT < 0.5
    assert sum(mail.sent for mail in mails) > COUNT // 20


def test_no_domain_can_be_anybodys(mails: list[Mail]) -> None:
    domains = {domain for mail in mails for domain in re.findall(rb"@([\w.-]+)", mail.raw.partition(b"\n\n")[0])}
    assert domains
    assert all(domain.endswith((b".example", b".test", b"example.com")) for domain in domains), domains


def test_it_lies_in_a_maildir_with_sizes_in_its_names(tmp_path: Path) -> None:
    summary = write(tmp_path / "box", 60, scale=0.05)
    files = [*(tmp_path / "box" / "cur").iterdir(), *(tmp_path / "box" / ".Sent" / "cur").iterdir()]
    assert len(files) == summary.count == sum(summary.kinds.values()) == 60
    total = 0
    for file in files:
        found = re.fullmatch(r"(\d+)\.M\d{6}P1\.bench,S=(\d+),W=(\d+):2,S?", file.name)
        assert found
        raw = file.read_bytes()
        assert file.stat().st_mtime == int(found[1])
        assert len(raw) == int(found[2])
        assert len(raw.replace(b"\n", b"\r\n")) == int(found[3])
        total += int(found[3])
    assert total == summary.octets
