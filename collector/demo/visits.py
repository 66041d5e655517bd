"""A random generator in; one believable visit out, as timed events the way the shop's pages send them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from collector.demo.catalog import LANGUAGES, Product, catalog, words

Props = dict[str, Any]
Step = tuple[float, str, str, str, Props]  # seconds since the step before, path, page type, event, props

# What people type, by language and by what they want; the last list finds nothing in this shop.
QUERIES: dict[str, dict[str, list[str]]] = {
    "en": {
        "know": [
            "how much caffeine in green tea",
            "what is first flush",
            "difference between assam and darjeeling",
        ],
        "go": ["tea room near me", "teehetk store opening hours", "tea shop tallinn"],
        "do": ["how to make masala chai", "clean cast iron teapot steps", "recipe iced tea"],
        "buy": [
            "gooseneck kettle price",
            "buy darjeeling first flush",
            "best teapot under 50",
            "kettle discount",
        ],
        "miss": ["coffee machine", "matcha whisk", "oat milk"],
    },
    "hi": {
        "know": ["ग्रीन टी में कितना कैफ़ीन होता है", "फ़र्स्ट फ़्लश क्या है"],
        "go": ["पास में चाय की दुकान", "दिल्ली टी रूम का समय"],
        "do": ["मसाला चाय कैसे बनाएँ", "अदरक वाली चाय बनाने का तरीका"],
        "buy": ["केतली का दाम", "कुल्हड़ सेट खरीदें", "dargeeling chai kharidna hai", "masala chai sasta"],
        "miss": ["कॉफ़ी मशीन", "टोस्टर"],
    },
    "bn": {
        "know": ["সবুজ চায়ে কতটা ক্যাফেইন", "দার্জিলিং চা কেন দামি"],
        "go": ["কাছের চায়ের দোকান", "ঢাকা শাখা কোথায়"],
        "do": ["মসলা চা বানানোর নিয়ম", "আদা চা কীভাবে বানাব"],
        "buy": ["কেটলি দাম", "মাটির ভাঁড় কিনব", "দার্জিলিং চা অর্ডার"],
        "miss": ["কফি মেশিন", "ব্লেন্ডার"],
    },
    "et": {
        "know": ["kui palju kofeiini on rohelises tees", "mis on põdrakanep"],
        "go": ["teetuba lähedal", "tartu teetuba lahtiolekuajad"],
        "do": ["kuidas teha masala chaid", "malmist kannu puhastamine juhend"],
        "buy": ["veekeetja hind", "osta põdrakanepi tee", "teekann soodsalt"],
        "miss": ["kohvimasin", "röster"],
    },
}
PLACES = {
    "en": [
        ("GB", "London", "Europe/London"),
        ("EE", "Tallinn", "Europe/Tallinn"),
        ("US", "Boston", "America/New_York"),
    ],
    "hi": [("IN", "New Delhi", "Asia/Kolkata"), ("IN", "Jaipur", "Asia/Kolkata")],
    "bn": [("IN", "Kolkata", "Asia/Kolkata"), ("BD", "Dhaka", "Asia/Dhaka")],
    "et": [("EE", "Tallinn", "Europe/Tallinn"), ("EE", "Tartu", "Europe/Tallinn")],
}
ARRIVALS = [
    ("", "", 30),
    ("https://www.google.com/", "", 22),
    ("https://duckduckgo.com/", "", 4),
    ("https://www.google.com/", "?utm_source=google&utm_medium=cpc&utm_campaign=kettles&gclid=demo", 8),
    ("https://l.instagram.com/", "?utm_source=instagram&utm_medium=social&utm_campaign=autumn-glow", 12),
    ("https://www.facebook.com/groups/tealovers/posts/77", "?fbclid=demo", 8),
    ("https://t.co/tea", "", 4),
    ("https://www.reddit.com/r/tea/comments/1/which_kettle/", "", 5),
    ("https://chatgpt.com/", "", 3),
    ("", "?utm_source=newsletter&utm_medium=email&utm_campaign=first-flush", 4),
]
# All of them come from this machine: without an id of their own the build {b} alone tells them apart.
PHONE = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/{v}.0.{b}.0 Mobile Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_{m} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.{m} Mobile/15E{b} Safari/604.1"
)
DESKTOP = "Mozilla/5.0 ({os}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.{b}.0 Safari/537.36"
FIREFOX = "Mozilla/5.0 ({os}; rv:{v}.0) Gecko/20100101 Firefox/{v}.0.{b}"
BOTS = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "python-requests/2.32",
]
SYSTEMS = ["Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64"]
SCREENS = {True: (390, 844), False: (1440, 900)}


@dataclass
class Visit:
    """One person, or one robot, on the way through the shop."""

    language: str
    agent: str
    referrer: str
    landing: str
    place: tuple[str, str, str]
    screen: tuple[int, int]
    agreed: bool
    is_bot: bool = False
    steps: list[Step] = field(default_factory=list)


def make_visit(random: Random) -> Visit:
    """A visit with one or two wants, in one of four languages; one in fifteen is a robot."""
    language = random.choices(LANGUAGES, (40, 25, 20, 15))[0]
    mobile = random.random() < 0.62
    referrer, landing, _ = random.choices(ARRIVALS, [weight for *_, weight in ARRIVALS])[0]
    visit = Visit(
        language=language,
        agent=_agent(random, mobile),
        referrer=referrer,
        landing=landing,
        place=random.choice(PLACES[language]),
        screen=SCREENS[mobile],
        agreed=random.random() < 0.6,
    )
    if random.random() < 1 / 15:
        visit.is_bot, visit.agreed, visit.agent = True, False, random.choice(BOTS)
        visit.steps = list(_crawl(random))
        return visit
    visit.steps = [(0.0, "", "home", "page_view", {})]
    for _ in range(random.choice((1, 1, 2))):
        want = random.choices(list(WANTS), (25, 18, 22, 35))[0]
        visit.steps += WANTS[want](random, language)
    return visit


def _agent(random: Random, mobile: bool) -> str:
    version, build = random.randint(128, 142), random.randint(1000, 9999)
    if mobile:
        form = random.choice((PHONE, IPHONE))
        return form.format(v=version, m=random.randint(0, 6), b=build)
    form = random.choice((DESKTOP, DESKTOP, FIREFOX))
    return form.format(os=random.choice(SYSTEMS), v=version, b=build)


def _crawl(random: Random) -> Iterator[Step]:
    for product in random.sample(catalog().products, 5):
        yield 0.4, f"p/{product.id}", "product", "page_view", {}


def _search(random: Random, language: str, want: str) -> Iterator[Step]:
    asked = random.choice(QUERIES[language]["miss" if random.random() < 0.12 else want])
    results = len(catalog().search(asked))
    yield 6.0, "search", "search", "page_view", {}
    yield 0.1, "search", "search", "search", {"query": asked, "results": results}


def _know(random: Random, language: str) -> Iterator[Step]:
    yield from _search(random, language, "know")
    yield 4.0, "learn", "article", "page_view", {}
    yield (
        random.uniform(15, 70),
        "learn",
        "article",
        "engagement",
        {"visible_ms": 30_000, "scroll_pct": random.choice((40, 80, 100))},
    )
    if random.random() < 0.5:
        yield 2.0, "learn", "article", "helpful_click", {"answer": random.choice(("yes", "yes", "yes", "no"))}


def _go(random: Random, language: str) -> Iterator[Step]:
    if random.random() < 0.7:
        yield from _search(random, language, "go")
    store = random.choice(catalog().stores)
    yield 3.0, "stores", "store_locator", "page_view", {}
    yield 0.2, "stores", "store_locator", "store_locator", {"stores": len(catalog().stores)}
    if random.random() < 0.6:
        yield 8.0, "stores", "store_locator", random.choice(("get_directions", "call")), {"store": store.id}


def _do(random: Random, language: str) -> Iterator[Step]:
    yield from _search(random, language, "do")
    yield 4.0, "how-to", "howto", "page_view", {}
    for percent in range(25, random.choice((25, 75, 125)), 25):
        yield 6.0, "how-to", "howto", "video_progress", {"video": "masala-chai", "percent": percent}
    if random.random() < 0.3:
        yield 3.0, "how-to", "howto", "download", {"file": "masala-chai.txt"}


def _buy(random: Random, language: str) -> Iterator[Step]:
    if random.random() < 0.6:
        yield from _search(random, language, "buy")
    currency = words(language)["currency"]
    looked = random.sample(catalog().products, random.choice((1, 2, 3)))
    for product in looked:
        yield from _look(random, language, currency, product)
    if len(looked) > 1 and random.random() < 0.4:
        items = [product.item(language, currency) for product in looked]
        yield 5.0, "compare", "compare", "compare_items", {"items": items}
    if random.random() < 0.55:
        yield from _cart(random, language, currency, looked)


def _look(random: Random, language: str, currency: str, product: Product) -> Iterator[Step]:
    path = f"p/{product.id}"
    item = product.item(language, currency)
    yield (
        5.0,
        f"c/{product.category}",
        "category",
        "select_item",
        {"items": [item], "position": random.randint(1, 6)},
    )
    yield 0.8, path, "product", "page_view", {}
    yield 0.1, path, "product", "view_item", {"items": [item], "currency": currency, "value": item["price"]}


def _cart(random: Random, language: str, currency: str, looked: list[Product]) -> Iterator[Step]:
    cart = f"c-{random.getrandbits(40):x}"
    items: list[dict[str, Any]] = []
    for product in looked[: random.choice((1, 2))]:
        item = product.item(language, currency) | {"quantity": random.choice((1, 1, 1, 2, 3))}
        items.append(item)
        value = round(item["price"] * item["quantity"], 2)
        props = {"items": [item], "currency": currency, "value": value, "cart_id": cart}
        yield 7.0, f"p/{product.id}", "product", "add_to_cart", props
    total = round(sum(item["price"] * item["quantity"] for item in items), 2)
    about = {"items": items, "currency": currency, "value": total, "cart_id": cart}
    yield 3.0, "cart", "cart", "view_cart", about
    if random.random() < 0.25:
        yield 4.0, "cart", "cart", "remove_from_cart", {**about, "items": items[:1]}
        return
    if random.random() < 0.75:
        yield 4.0, "checkout", "checkout", "begin_checkout", about
        if random.random() < 0.75:
            order = f"T-{random.getrandbits(36):X}"
            yield 12.0, "checkout", "checkout", "purchase", {**about, "order_id": order}
            yield 0.5, "thanks", "confirmation", "page_view", {}


WANTS: dict[str, Callable[[Random, str], Iterator[Step]]] = {"know": _know, "go": _go, "do": _do, "buy": _buy}
