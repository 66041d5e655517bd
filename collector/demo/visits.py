"""A random generator in; one believable visit out, as timed events the way the shop's pages send them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from random import Random
from typing import Any, NamedTuple, TypeVar

from collector.demo.catalog import LANGUAGES, Product, catalog, words

T = TypeVar("T")
Props = dict[str, Any]
Step = tuple[float, str, str, str, Props]  # seconds (of the quick), path, page type, event, props

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
        "buy": ["सस्ती केतली", "कुल्हड़ सेट खरीदें", "dargeeling chai kharidna hai", "masala chai sasta"],
        "miss": ["कॉफ़ी मशीन", "टोस्टर"],
    },
    "bn": {
        "know": ["গ্রিন টি তে কত ক্যাফিন", "দার্জিলিং চা কেন দামি"],
        "go": ["কাছের চায়ের দোকান", "ঢাকা শাখা কোথায়"],
        "do": ["মসলা চা বানানোর নিয়ম", "আদা চা কীভাবে বানাব"],
        "buy": ["কেটলি কিনতে চাই", "মাটির ভাঁড় কিনব", "দার্জিলিং চা অর্ডার"],
        "miss": ["কফি মেশিন", "ব্লেন্ডার"],
    },
    "et": {
        "know": ["kui palju kofeiini on rohelises tees", "mis on põdrakanep"],
        "go": ["teetuba lähedal", "tartu teetuba lahtiolekuajad"],
        "do": ["kuidas teha masala chaid", "malmist kannu puhastamine juhend"],
        "buy": ["veekeetja hind", "osta saaremaa põdrakanep", "teekann soodsalt"],
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


class Arrival(NamedTuple):
    """A way to the shop: how many of a hundred come by it, the first time and again, and how many want to buy."""

    referrer: str
    landing: str
    first: int
    again: int
    buyers: int


DIRECT = Arrival("", "", 29, 48, 38)
INSTAGRAM = Arrival(
    "https://l.instagram.com/", "?utm_source=instagram&utm_medium=social&utm_campaign=autumn-glow", 12, 5, 15
)
ARRIVALS = [
    DIRECT,
    INSTAGRAM,
    Arrival("https://www.google.com/", "", 22, 14, 30),
    Arrival("https://duckduckgo.com/", "", 4, 2, 30),
    Arrival(
        "https://www.google.com/",
        "?utm_source=google&utm_medium=cpc&utm_campaign=kettles&gclid=demo",
        8,
        3,
        56,
    ),
    Arrival("https://www.facebook.com/groups/tealovers/posts/77", "?fbclid=demo", 8, 5, 16),
    Arrival("https://t.co/tea", "", 3, 1, 10),
    Arrival("https://www.reddit.com/r/tea/comments/1/which_kettle/", "", 5, 1, 28),
    Arrival("https://chatgpt.com/", "", 3, 1, 44),
    Arrival("https://www.perplexity.ai/", "", 1, 0, 40),
    Arrival("https://claude.ai/", "", 1, 0, 40),
    Arrival("", "?utm_source=newsletter&utm_medium=email&utm_campaign=first-flush", 4, 20, 64),
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
    arrival: Arrival
    place: tuple[str, str, str]
    screen: tuple[int, int]
    agreed: bool
    is_bot: bool = False
    steps: list[Step] = field(default_factory=list)


def make_visit(random: Random, arrival: Arrival | None = None) -> Visit:
    """A visit with up to two wants, in one of four languages; one in fifteen is a robot."""
    language = random.choices(LANGUAGES, (40, 25, 20, 15))[0]
    agent, screen = device(random)
    visit = Visit(
        language=language,
        agent=agent,
        arrival=arrival or random.choices(ARRIVALS, [way.first for way in ARRIVALS])[0],
        place=random.choice(PLACES[language]),
        screen=screen,
        agreed=random.random() < 0.6,
    )
    if random.random() < 1 / 15:
        visit.is_bot, visit.agreed, visit.agent = True, False, random.choice(BOTS)
        visit.arrival, visit.steps = DIRECT, list(_crawl(random))
        return visit
    visit.steps = list(_walk(random, visit, 1.0))
    return visit


def come_again(random: Random, before: Visit) -> Visit:
    """The same person some days later: mostly by name or by the newsletter, and more often to buy."""
    [arrival] = random.choices(ARRIVALS, [way.again for way in ARRIVALS])
    visit = replace(before, arrival=arrival)
    visit.steps = list(_walk(random, visit, 1.7))
    return visit


def walk_seconds(random: Random, quick: float) -> float:
    """How long a step takes somebody: most are slower than the quick, some by far."""
    return quick * random.lognormvariate(0.8, 0.6)


def device(random: Random) -> tuple[str, tuple[int, int]]:
    """A user agent and the screen that goes with it."""
    mobile = random.random() < 0.62
    return _agent(random, mobile), SCREENS[mobile]


def _agent(random: Random, mobile: bool) -> str:
    version, build = random.randint(128, 142), random.randint(1000, 9999)
    if mobile:
        form = random.choice((PHONE, IPHONE))
        return form.format(v=version, m=random.randint(0, 6), b=build)
    form = random.choice((DESKTOP, DESKTOP, FIREFOX))
    return form.format(os=random.choice(SYSTEMS), v=version, b=build)


def _walk(random: Random, visit: Visit, eager: float) -> Iterator[Step]:
    """`eager`: how many times more want to buy than of all who come by this way, on a phone."""
    yield 0.0, "", "home", "page_view", {}
    buyers = visit.arrival.buyers * eager * (1.0 if visit.screen == SCREENS[True] else 1.5)
    wants = {"know": 25.0, "go": 18.0, "do": 22.0, "buy": buyers}
    for _ in range(random.choice((0, 0, 1, 1, 1, 2, 2, 3))):
        [want] = random.choices(list(wants), list(wants.values()))
        del wants[want]  # what is answered is not asked again
        yield from WANTS[want](random, visit.language)


def _first_ones_more(random: Random, choices: Sequence[T], count: int = 1) -> list[T]:
    """Different ones: what stands in front is asked for more often, as in any shop."""
    left, chosen = list(choices), list[T]()
    for _ in range(min(count, len(left))):
        [one] = random.choices(left, [1 / (3 + n) for n in range(len(left))])
        left.remove(one)
        chosen.append(one)
    return chosen


def _crawl(random: Random) -> Iterator[Step]:
    for product in random.sample(catalog().products, 5):
        yield 0.4, f"p/{product.id}", "product", "page_view", {}


def _search(random: Random, language: str, want: str) -> Generator[Step, None, list[Product] | None]:
    """Returns what the shop has for it; None when that is nothing anybody came for."""
    missed = random.random() < 0.12
    [asked] = _first_ones_more(random, QUERIES[language]["miss" if missed else want])
    found = _found(asked)
    yield 6.0, "search", "search", "page_view", {}
    yield 0.1, "search", "search", "search", {"query": asked, "results": len(found)}
    return None if missed else found


@cache  # a handful of texts, and the shop looks at every word it has
def _found(asked: str) -> list[Product]:
    return catalog().search(asked)


def _know(random: Random, language: str) -> Iterator[Step]:
    found = yield from _search(random, language, "know")
    if found is None:
        return
    if found and random.random() < 0.4:
        yield from _look(random, language, "search", found[0])
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
    if random.random() < 0.7 and (yield from _search(random, language, "go")) is None:
        return
    store = random.choice(catalog().stores)
    yield 3.0, "stores", "store_locator", "page_view", {}
    yield 0.2, "stores", "store_locator", "store_locator", {"stores": len(catalog().stores)}
    if random.random() < 0.6:
        yield 8.0, "stores", "store_locator", random.choice(("get_directions", "call")), {"store": store.id}


def _do(random: Random, language: str) -> Iterator[Step]:
    if (yield from _search(random, language, "do")) is None:
        return
    yield 4.0, "how-to", "howto", "page_view", {}
    for percent in range(25, random.choice((25, 75, 125)), 25):
        yield 6.0, "how-to", "howto", "video_progress", {"video": "masala-chai", "percent": percent}
    if random.random() < 0.3:
        yield 3.0, "how-to", "howto", "download", {"file": "masala-chai.txt"}


def _buy(random: Random, language: str) -> Iterator[Step]:
    found: list[Product] | None = []
    if random.random() < 0.6:
        found = yield from _search(random, language, "buy")
    if found is None:
        return
    looked = _first_ones_more(random, found or catalog().products, random.choice((1, 2, 3)))
    for product in looked:
        yield from _look(random, language, "search" if found else f"c/{product.category}", product)
    if len(looked) > 1 and random.random() < 0.4:
        items = [product.item(words(language)["currency"]) for product in looked]
        yield 5.0, "compare", "compare", "compare_items", {"items": items}
    if random.random() < 0.5:
        yield from _cart(random, words(language)["currency"], looked)


def _look(random: Random, language: str, list_path: str, product: Product) -> Iterator[Step]:
    path = f"p/{product.id}"
    currency = words(language)["currency"]
    item = product.item(currency)
    kind = "search" if list_path == "search" else "category"
    yield 5.0, list_path, kind, "select_item", {"items": [item], "position": random.randint(1, 6)}
    yield 0.8, path, "product", "page_view", {}
    yield 0.1, path, "product", "view_item", {"items": [item], "currency": currency, "value": item["price"]}


def _cart(random: Random, currency: str, looked: list[Product]) -> Iterator[Step]:
    cart = f"c-{random.getrandbits(40):x}"
    items: list[dict[str, Any]] = []
    for product in looked[: random.choice((1, 2))]:
        item = product.item(currency) | {"quantity": random.choice((1, 1, 1, 2, 3))}
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
    if random.random() < 0.65:
        yield 4.0, "checkout", "checkout", "begin_checkout", about
        if random.random() < 0.65:
            order = f"T-{random.getrandbits(36):X}"
            yield 12.0, "checkout", "checkout", "purchase", {**about, "order_id": order}
            yield 0.5, "thanks", "confirmation", "page_view", {}


WANTS: dict[str, Callable[[Random, str], Iterator[Step]]] = {"know": _know, "go": _go, "do": _do, "buy": _buy}
