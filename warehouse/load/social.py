"""What a link says of the place it was posted in; the kind of that place out.

kinds: profile, group, group_city (about a place), group_topic (about a craft), post, friend (sent by one).
The site's own word in utm_content or utm_medium wins over the shape of the referrer. A group's name is read
for its kind and not stored. Which words are which is data: data/group_words.tsv.
"""

from __future__ import annotations

import re

from warehouse.load.tables import lines

WORDS = {word: f"group_{about}" for word, about in lines("group_words.tsv", 2)}
TOPICAL = frozenset({"reddit", "meetup", "stackoverflow"})  # a group there has a topic, if no place
# Links in these mostly come from one person to another; Discord, Slack and Teams are rooms.
PERSONAL = frozenset(
    {"whatsapp", "telegram", "messenger", "line", "viber", "signal", "wechat", "kakaotalk", "zalo", "imo"}
)
TAGS = {
    "group_city": "group_city", "city_group": "group_city",
    "group_topic": "group_topic", "topic_group": "group_topic",
    "group": "group", "community": "group",
    "profile": "profile", "bio": "profile", "link_in_bio": "profile", "linkinbio": "profile",
    "post": "post", "story": "post", "reel": "post",
    "friend": "friend", "share": "friend", "shared": "friend", "invite": "friend", "refer_a_friend": "friend",
}  # fmt: skip
BREAK = re.compile(r"[\W_]+")


def tagged_kind(*tags: str | None) -> str | None:
    """`group_city`, `friend`, `group-mumbai-foodies` ... of the first tag that says one."""
    for tag in tags:
        words = BREAK.split((tag or "").lower())
        if (kind := TAGS.get("_".join(words))) is not None:
            return kind
        if words[0] == "group":
            return group_kind("group", words[1:])
    return None


def referred_kind(network: str, kind: str | None, path: str) -> str | None:
    """The kind of a referrer's address (data/social_kinds.tsv), groups told apart by their name."""
    if kind != "group":
        return kind
    words = BREAK.split(path.lower())
    return group_kind("group_topic" if network in TOPICAL else "group", words)


def group_kind(otherwise: str, words: list[str]) -> str:
    """A place in the name says more than a craft: `berlin-runners` meet in Berlin."""
    found = {WORDS[word] for word in words if word in WORDS}
    return "group_city" if "group_city" in found else found.pop() if found else otherwise
