"""Which folder is which: by the user's word, by the server's marks, by the usual names; never by a guess."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from imapclient.imap_utf7 import encode as encode_utf7

from connectors.errors import Misconfigured
from connectors.imap import ImapConnector, ImapSettings, Security
from connectors.imap.folders import choose_folders, read_listed
from rules.mail import Role
from tests.connectors.imap_harness import fresh_user
from tests.connectors.letters import draft, draft_bytes
from tests.servers.dovecot import PASSWORD, Dovecot


def chosen(*names: str, wanted: dict[Role, str] | None = None, delimiter: str = "/") -> dict[Role, str]:
    lines = [b'() "%s" "%s"' % (delimiter.encode(), encode_utf7(name).replace(b"\\", b"\\\\")) for name in names]
    folders = choose_folders(read_listed([[b"* LIST " + line] for line in lines]), wanted or {}, "server")
    return {role: folder.name for role, folder in folders.items()}


@pytest.mark.parametrize(
    ("drafts", "sent"),
    [
        ("Drafts", "Sent"),
        ("Entwürfe", "Gesendet"),
        ("Brouillons", "Envoyés"),
        ("Borradores", "Enviados"),
        ("Rascunhos", "Itens enviados"),
        ("Bozze", "Posta inviata"),
        ("Concepten", "Verzonden items"),
        ("Utkast", "Skickat"),
        ("Kladder", "Sendt post"),
        ("Luonnokset", "Lähetetyt"),
        ("Kopie robocze", "Wysłane"),
        ("Koncepty", "Odeslaná pošta"),
        ("Piszkozatok", "Elküldött elemek"),
        ("Taslaklar", "Gönderilmiş Öğeler"),
        ("Πρόχειρα", "Απεσταλμένα"),
        ("Черновики", "Отправленные"),
        ("Чернетки", "Надіслані"),
        ("下書き", "送信済みアイテム"),
        ("草稿", "已发送"),
        ("임시 보관함", "보낸 편지함"),
        ("טיוטות", "דואר שנשלח"),
        ("DRAFTS", "sent items"),
    ],
)
@pytest.mark.parametrize("prefix", ["", "INBOX."])
def test_folders_are_found_by_their_usual_names(drafts: str, sent: str, prefix: str) -> None:
    found = chosen("INBOX", prefix + drafts, prefix + sent, prefix + "Work", delimiter=".")

    assert (found[Role.DRAFTS], found[Role.SENT]) == (prefix + drafts, prefix + sent)


def test_marks_of_the_server_count_before_names_and_in_any_case() -> None:
    folders = choose_folders(
        read_listed(
            [
                [rb'* LIST (\HasNoChildren) "/" "Drafts"'],
                [rb'* LIST (\HasNoChildren \DRAFTS) "/" "Notes to send"'],
                [rb'* list (\sent) "/" Out'],
                [rb'* XLIST (\AllMail) "/" Everything'],
            ]
        ),
        {},
        "server",
    )

    assert {role: folder.name for role, folder in folders.items()} == {
        Role.INBOX: "INBOX",
        Role.DRAFTS: "Notes to send",
        Role.SENT: "Out",
        Role.ALL: "Everything",
    }


def test_folders_that_cannot_be_opened_are_no_candidates() -> None:
    found = choose_folders(
        read_listed(
            [
                [rb'* LIST (\Noselect) "/" "Drafts"'],
                [rb'* LIST (\NonExistent \Drafts) "/" "Old"'],
                [rb'* LIST () "/" "Mail/Drafts"'],
                [rb'* LIST () "/" "Sent"'],
            ]
        ),
        {},
        "server",
    )

    assert found[Role.DRAFTS].name == "Mail/Drafts"


def test_gmail_in_another_language_is_found_by_its_marks() -> None:
    found = choose_folders(
        read_listed(
            [
                [rb'* LIST (\HasNoChildren) "/" "INBOX"'],
                [rb'* LIST (\HasChildren \Noselect) "/" "[Gmail]"'],
                [rb'* LIST (\All \HasNoChildren) "/" "[Gmail]/Alle Nachrichten"'],
                [rb'* LIST (\Drafts \HasNoChildren) "/" "[Gmail]/Entw&APw-rfe"'],
                [rb'* LIST (\HasNoChildren \Sent) "/" "[Gmail]/Gesendet"'],
                [rb'* LIST (\HasNoChildren \Trash) "/" "[Gmail]/Papierkorb"'],
                [rb'* LIST (\HasNoChildren) "/" "Entw&APw-rfe"'],
            ]
        ),
        {},
        "server",
    )

    assert found[Role.DRAFTS].name == "[Gmail]/Entwürfe"
    assert found[Role.ALL].name == "[Gmail]/Alle Nachrichten"
    assert found[Role.TRASH].wire == b"[Gmail]/Papierkorb"


def test_no_drafts_folder_is_told_with_what_was_seen_and_the_key_to_set() -> None:
    with pytest.raises(Misconfigured, match=r"folders\.drafts") as caught:
        chosen("INBOX", "Stuff", "Sent")
    assert "'Stuff'" in str(caught.value)


def test_two_drafts_folders_of_one_rank_are_never_guessed_between() -> None:
    with pytest.raises(Misconfigured, match=r"folders\.drafts") as caught:
        chosen("INBOX", "Drafts", "Entwürfe", "Sent")
    assert "'Drafts'" in str(caught.value)
    assert "'Entwürfe'" in str(caught.value)


def test_a_folder_of_the_users_deep_below_another_is_no_rival() -> None:
    assert chosen("INBOX", "Drafts", "Projects/Drafts", "Sent")[Role.DRAFTS] == "Drafts"


def test_a_missing_sent_folder_is_accepted_only_where_nothing_could_be_it() -> None:
    assert Role.SENT not in chosen("INBOX", "Drafts", "Trash")
    with pytest.raises(Misconfigured, match=r"folders\.sent"):
        chosen("INBOX", "Drafts", "Verschickt von mir")


def test_the_users_word_counts_before_all_else_and_must_be_true() -> None:
    assert chosen("INBOX", "Drafts", "Entwürfe", "Sent", wanted={Role.DRAFTS: "Entwürfe"})[Role.DRAFTS] == "Entwürfe"
    with pytest.raises(Misconfigured, match="Draughts"):
        chosen("INBOX", "Drafts", "Sent", wanted={Role.DRAFTS: "Draughts"})


@pytest.mark.parametrize(
    ("pieces", "name"),
    [
        ([rb'* LIST () "/" "a \"quoted\" name"'], 'a "quoted" name'),
        ([rb'* LIST () "/" "back\\slash"'], "back\\slash"),
        ([b'* LIST () "/" {4}', b"12+&", b""], "12+&"),
        ([rb'* LIST () "/" 2024'], "2024"),
        ([rb"* LIST () NIL INBOX"], "INBOX"),
        ([b'* LIST () "/" "Entw\xc3\xbcrfe"'], "Entwürfe"),
        ([rb'* LIST () "/" "Tom &- Jerry"'], "Tom & Jerry"),
        ([rb'* LIST () "/" "a+b"'], "a+b"),
        ([rb'* LIST () "/" "broken &xyz"'], "broken &xyz"),
        ([rb'* LIST () "/" "Old" ("CHILDINFO" ("SUBSCRIBED"))'], "Old"),
    ],
)
def test_names_are_read_however_they_are_written(pieces: list[bytes], name: str) -> None:
    assert [folder.name for folder in read_listed([pieces])] == [name]


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=5))
def test_no_listing_can_break_the_reader(lines: list[bytes]) -> None:
    read_listed([[b"* LIST " + line] for line in lines])


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters='/%*~"'), min_size=1, max_size=12).filter(
    lambda name: name == name.strip() and not name.startswith((".", "&", "#")) and "." not in name and name.isprintable()
)


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=NAMES)
def test_a_drafts_folder_of_any_name_serves_on_a_real_server(bare_dovecot: Dovecot, name: str) -> None:
    user = fresh_user()
    client = bare_dovecot.client(user)
    wire = encode_utf7(name).decode().replace("\\", "\\\\")
    made, _ = client.create(f'"{wire}"')
    client.logout()
    if made != "OK":  # not every name can be a directory; what the server takes, we must be able to use
        return
    connector = ImapConnector(
        ImapSettings(
            host="127.0.0.1",
            port=bare_dovecot.imap,
            security=Security.PLAIN,
            username=user,
            secret=lambda: PASSWORD,
            folders={Role.DRAFTS: name, Role.SENT: "INBOX"},
        )
    )
    try:
        connector.open()
        ref = connector.put_draft(draft(), draft_bytes(draft()))
        assert connector.read_draft(ref) == draft_bytes(draft())
    finally:
        connector.close()


def test_a_missing_folder_is_never_created(bare_dovecot: Dovecot) -> None:
    user = fresh_user()
    connector = ImapConnector(
        ImapSettings(host="127.0.0.1", port=bare_dovecot.imap, security=Security.PLAIN, username=user, secret=lambda: PASSWORD)
    )
    with pytest.raises(Misconfigured, match=r"folders\.drafts"):
        connector.open()
    client = bare_dovecot.client(user)
    assert client.list()[1] == [b'(\\HasNoChildren) "/" INBOX']
    client.logout()
