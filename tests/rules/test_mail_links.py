"""Which links of a page are kept beside its text, and what structured data is collected from it."""

from __future__ import annotations

import pytest

from rules.mail.html import MAX_LINKS, RECORD, links_of, render
from tests.rules.mails import mail

HTML = {"Content-Type": "text/html; charset=utf-8"}


def test_links_are_kept_with_their_words_in_order_and_each_address_once() -> None:
    page = (
        '<p><a href="https://a.example/1"><img src="x.png"></a> <a href="https://a.example/1">First <b>page</b></a>'
        '<a href=" HTTP://b.example/2 ">Second</a></p>'
    )
    assert render(page).links == (("First page", "https://a.example/1"), ("Second", "HTTP://b.example/2"))
    assert mail(page, headers=HTML).links == render(page).links == links_of(page)


@pytest.mark.parametrize(
    "href",
    ["mailto:a@b.example", "tel:+4930", "javascript:alert(1)", "data:text/html,x", "/relative", "", "#top", "httpx://a", "https"],
)
def test_what_leads_to_no_page_is_no_link(href: str) -> None:
    assert render(f'<a href="{href}">words</a>').links == ()


@pytest.mark.parametrize("quote", ["<blockquote>{}</blockquote>", '<div class="gmail_quote">{}</div>'])
def test_a_quoted_link_is_none_of_this_mail(quote: str) -> None:
    page = '<p>New <a href="https://a.example/new">here</a></p>' + quote.format('<a href="https://a.example/old">there</a>')
    assert render(page).links == (("here", "https://a.example/new"),)


def test_links_are_few_and_short() -> None:
    page = "".join(f'<a href="https://a.example/{number}/{"x" * 2500}">{"word " * 100}</a>' for number in range(60))
    found = render(page).links
    assert len(found) == MAX_LINKS
    assert all(len(label) <= 200 and len(address) <= 2000 for label, address in found)


def test_a_plain_text_that_names_its_links_needs_none_of_the_html() -> None:
    text = "See https://a.example/1 for all that you need to know about your day with us. " * 8
    page = '<a href="https://a.example/2">x</a>'
    body = f"--b\r\nContent-Type: text/plain\r\n\r\n{text}\r\n--b\r\nContent-Type: text/html\r\n\r\n{page}\r\n--b--\r\n"
    assert mail(body, headers={"Content-Type": 'multipart/alternative; boundary="b"'}).links == ()


def test_blocks_of_json_and_items_of_attributes_stand_apart() -> None:
    page = (
        '<script type="application/ld+json">{"@type": "A"}</script><script type="application/ld+json">{"@type": "B"}</script>'
        '<div itemscope itemtype="https://schema.org/Event"><span itemprop="name">Talk</span></div>'
    )
    assert render(page).markup.split(RECORD) == ['{"@type": "A"}', '{"@type": "B"}', '{"@type": "Event", "name": "Talk"}']


def test_properties_of_several_values_and_inner_items_keep_their_places() -> None:
    page = (
        '<div itemscope itemtype="https://schema.org/Event"><meta itemprop="attendee" content="Ada">'
        '<meta itemprop="attendee" content="Max"><meta itemprop="attendee" content="Zoe"><div itemprop="location" itemscope itemtype="https://schema.org/Place">'
        '<a itemprop="url" href="https://a.example">x</a></div></div>'
    )
    assert render(page).markup == (
        '{"@type": "Event", "attendee": ["Ada", "Max", "Zoe"], "location": {"@type": "Place", "url": "https://a.example"}}'
    )


def test_many_nested_items_take_no_time_and_stay_small() -> None:
    deep = '<div itemscope itemtype="https://schema.org/Event" itemprop="x"><b itemprop="name">n</b>' * 2000
    assert len(render(deep).markup) <= 16 * 1024


def test_what_a_page_strikes_out_is_marked() -> None:
    assert render("<p>When: <s>Monday</s> Tuesday</p>").text == "When: ~~Monday~~ Tuesday"
