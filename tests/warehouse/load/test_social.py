"""What kind of place a link was posted in: from the referrer's address, or from the site's own tags."""

from __future__ import annotations

import pytest

from warehouse.load.page import read_page
from warehouse.load.social import WORDS

SHOP = "https://shop.example/p/1"


@pytest.mark.parametrize(
    ("query", "ref", "network", "kind"),
    [
        ("", "https://www.facebook.com/groups/mumbai-foodies/", "facebook", "group_city"),
        ("", "https://www.facebook.com/groups/diy.home.repair/", "facebook", "group_topic"),
        ("", "https://www.facebook.com/groups/berlin-runners/", "facebook", "group_city"),
        ("", "https://www.facebook.com/groups/123456789/", "facebook", "group"),
        ("", "https://www.facebook.com/ourbrand", "facebook", "profile"),
        ("", "https://www.facebook.com/", "facebook", None),
        ("", "https://www.reddit.com/r/tallinn/", "reddit", "group_city"),
        ("", "https://www.reddit.com/r/mechanicalkeyboards/", "reddit", "group_topic"),
        ("", "https://www.reddit.com/r/tallinn/comments/1/x/", "reddit", "post"),
        ("", "https://www.meetup.com/pottery-evenings/", "meetup", "group_topic"),
        ("", "https://web.whatsapp.com/", "whatsapp", "friend"),
        ("", "android-app://com.facebook.orca/", "messenger", "friend"),
        ("", "https://t.me/ourshop", "telegram", "profile"),
        ("", "https://app.slack.com/", "slack", None),
        ("?utm_source=whatsapp&utm_medium=sms&utm_campaign=may", "", "whatsapp", None),
        ("?utm_source=facebook&utm_medium=social&utm_content=group_city", "", "facebook", "group_city"),
        ("?utm_source=facebook&utm_medium=social&utm_content=group:tartu-pood", "", "facebook", "group_city"),
        ("?utm_source=facebook&utm_medium=social&utm_content=group-knitting", "", "facebook", "group_topic"),
        ("?utm_source=instagram&utm_medium=social&utm_content=link_in_bio", "", "instagram", "profile"),
        ("?utm_source=whatsapp&utm_medium=share", "", "whatsapp", "friend"),
        ("?utm_medium=share", "", None, "friend"),
        ("?utm_source=facebook&utm_medium=cpc&utm_content=post", "", "facebook", "post"),
        ("?utm_source=google&utm_medium=cpc&utm_content=share", "", None, None),
        ("?utm_content=hero_banner_2", "https://www.facebook.com/groups/knitting", "facebook", "group_topic"),
        ("", "https://www.google.com/search?q=group", None, None),
        ("", SHOP, None, None),
        ("?utm_content=%00%ff", "https://www.facebook.com/groups/%F0%9F%8E%89/", "facebook", "group"),
    ],
)
def test_kind_of_the_place_a_link_was_posted_in(
    query: str, ref: str, network: str | None, kind: str | None
) -> None:
    page = read_page(SHOP + query, ref)
    assert (page.social_network, page.social_kind) == (network, kind)


def test_each_word_says_city_or_topic() -> None:
    assert set(WORDS.values()) == {"group_city", "group_topic"}
