"""Real histories through the real protocol: what is in the lake equals what is in the files."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.e2e.books import loaded
from tests.e2e.server import Server, environment, hetk, real_files, wait_until

REES46 = [
    "--map", "event_time=ts,event_type=event,user_id=visitor,user_session=session",
    "--map", "product_id=product_id,category_code=category,brand=brand,price=price",
    "--map-value", "event:view=view_item,cart=add_to_cart",
]  # fmt: skip
YOOCHOOSE = ["--map", "Time=ts,SessionId=session,ItemId=product_id", "--set", "event=view_item"]
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148"
)
TABLET = "Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148"
DESKTOP = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/124.0.0.0 Safari/537.36"
RETENTIONEERING = [
    "--map", "timestamp=ts,event=event,user_id=visitor,session_id=session",
    "--map", "platform=user_agent,acquisition_channel=utm_medium",
    "--map-value", "event:product_view=view_item,catalog=view_item_list,cart=view_cart",
    "--map-value", "event:wishlist_add=add_to_wishlist,compare=compare_items",
    "--map-value", "event:shipping_details=add_shipping_info,payment_details=add_payment_info",
    "--map-value", f"user_agent:mobile={PHONE} Safari/604.1",
    "--map-value", f"user_agent:tablet={TABLET} Safari/604.1",
    "--map-value", f"user_agent:desktop={DESKTOP}",
]  # fmt: skip
# Sessions, written independently of the warehouse's model: 30 minutes since the visitor's last event.
SESSIONS = """
  SELECT count(*) FROM (
    SELECT t - lag(t) OVER (PARTITION BY visitor ORDER BY t) AS gap FROM ({rows}))
  WHERE gap IS NULL OR gap > 30 * 60 * 1000"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("replay") / "data") as running:
        yield running


def replay(server: Server, site: str, file: Path, options: list[str]) -> dict[str, int]:
    done = hetk("replay", file, "--to", server.url, "--key", server.server_key(site), *options)
    words = re.findall(r"(\w+) (\d+)", done.stdout.splitlines()[0])
    return {name: int(number) for name, number in words}


def one(query: str) -> Any:
    row = duckdb.sql(query).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize("rows", [2_000, pytest.param(None, marks=pytest.mark.long)])
def test_rees46_is_in_the_lake_to_the_cent_and_a_second_replay_changes_nothing(
    tmp_path: Path, rows: int | None
) -> None:
    [file] = real_files("clickstream/rees46_half.parquet")
    if rows:
        part = tmp_path / "part.parquet"
        duckdb.sql(f"COPY (FROM '{file}' LIMIT {rows}) TO '{part}'")
        file = part
    with Server(tmp_path / "data") as server:
        replay_rees46_twice(server, file)


def replay_rees46_twice(server: Server, file: Path) -> None:
    server.add_site("rees46")
    total = one(f"SELECT count(*) FROM '{file}'")
    sent = {"rows": total, "sent": total, "accepted": total, "rejected": 0}
    assert replay(server, "rees46", file, REES46) == sent
    assert loaded(server, "rees46", total)["stored"] == total
    check_rees46(server, file)
    assert replay(server, "rees46", file, REES46) == sent
    assert loaded(server, "rees46", 2 * total) == {
        "received": 2 * total, "stored": total, "duplicate": total, "rejected": 0,
    }  # fmt: skip
    check_rees46(server, file)


def check_rees46(server: Server, file: Path) -> None:
    kinds = server.rows("SELECT event, count(*) AS n FROM events WHERE site_id = 'rees46' GROUP BY event")
    names = {"view": "view_item", "cart": "add_to_cart", "purchase": "purchase"}
    truth = duckdb.sql(f"SELECT event_type, count(*) FROM '{file}' GROUP BY event_type").fetchall()
    assert {row["event"]: row["n"] for row in kinds} == {names[kind]: n for kind, n in truth}
    columns = "sum({price})::VARCHAR AS p, count(DISTINCT {product}) AS products, count({category}) AS c"
    [ours] = server.rows(
        f"SELECT {columns.format(price='price', product='product_id', category='category')},"
        " sum(epoch_ms(ts))::VARCHAR AS time, count(DISTINCT visitor_id) AS visitors,"
        " count(DISTINCT client_session_id) AS client_sessions FROM events WHERE site_id = 'rees46'"
    )
    file_columns = columns.format(
        price="price::DECIMAL(18,4)", product="product_id", category="category_code"
    )
    truth_row = duckdb.sql(
        f"SELECT {file_columns}, sum(epoch_ms(event_time))::VARCHAR, count(DISTINCT user_id),"
        f" count(DISTINCT user_session) FROM '{file}'"
    ).fetchone()
    assert tuple(ours.values()) == truth_row
    sessions = one(
        SESSIONS.format(rows=f"SELECT user_id AS visitor, epoch_ms(event_time) AS t FROM '{file}'")
    )
    assert server.rows("SELECT count(*) AS n FROM sessions WHERE site_id = 'rees46'") == [{"n": sessions}]


@pytest.mark.long
def test_yoochoose_is_in_the_lake_to_the_millisecond(server: Server) -> None:
    [file] = real_files("clickstream/yoochoose100k_train.parquet")
    server.add_site("yoochoose")
    total = one(f"SELECT count(*) FROM '{file}'")
    assert replay(server, "yoochoose", file, YOOCHOOSE)["accepted"] == total
    assert loaded(server, "yoochoose", total)["stored"] == total
    rows = f"SELECT SessionId AS visitor, round(Time * 1000)::BIGINT AS t, ItemId AS item FROM '{file}'"
    [ours] = server.rows(
        "SELECT count(DISTINCT visitor_id) AS visitors, count(DISTINCT product_id) AS items,"
        " sum(epoch_ms(ts))::VARCHAR AS time, sum(product_id::BIGINT)::VARCHAR AS item_sum"
        " FROM events WHERE site_id = 'yoochoose' AND event = 'view_item'"
    )
    truth = duckdb.sql(
        "SELECT count(DISTINCT visitor), count(DISTINCT item), sum(t)::VARCHAR, sum(item)::VARCHAR"
        f" FROM ({rows})"
    ).fetchone()
    assert tuple(ours.values()) == truth
    sessions = one(SESSIONS.format(rows=rows))
    assert server.rows("SELECT count(*) AS n FROM sessions WHERE site_id = 'yoochoose'") == [{"n": sessions}]


@pytest.mark.long
def test_a_web_log_becomes_rows_with_bots_and_search_terms_and_without_addresses(server: Server) -> None:
    [file] = real_files("weblog/apache_logs.gz")
    server.add_site("weblog")
    assert replay(server, "weblog", file, ["--format", "combined"])["accepted"] == 10_000
    assert loaded(server, "weblog", 10_000)["stored"] == 10_000
    options = "columns={'line': 'VARCHAR'}, delim='\x01', quote='', header=false"
    lines = f"SELECT * FROM read_csv('{file}', {options})"
    [ours] = server.rows(
        "SELECT count(*) FILTER (is_bot) AS bots, count(search_query) AS searches,"
        " count(DISTINCT browser) AS browsers, count(*) FILTER (event = 'page_view') AS views,"
        " count(*) FILTER (event = 'error') AS errors"
        " FROM events WHERE site_id = 'weblog'"
    )
    assert ours["bots"] >= one(f"SELECT count(*) FROM ({lines}) WHERE line ILIKE '%Googlebot/%'") > 0
    assert ours["errors"] == one(
        f"""SELECT count(*) FROM ({lines}) WHERE regexp_matches(line, '" [45]\\d\\d ')"""
    )
    assert ours["searches"] > 50
    assert ours["browsers"] > 5
    assert ours["views"] > 1_000
    for path in server.data.rglob("*.hj"):
        assert b"83.149.9.216" not in path.read_bytes()
        assert b"Mozilla/" not in path.read_bytes()


@pytest.mark.long
def test_the_stories_planted_in_a_shop_are_found_by_named_questions(server: Server) -> None:
    """Half a year of a synthetic shop: a checkout bug on phones in April, a payment incident in May."""
    [file] = real_files("clickstream/retentioneering_ecom.parquet")
    server.add_site("shop")
    total = one(f"SELECT count(*) FROM '{file}'")
    assert replay(server, "shop", file, RETENTIONEERING)["accepted"] == total
    assert loaded(server, "shop", total)["stored"] == total

    def ask(name: str) -> list[dict[str, Any]]:
        answer = json.loads(hetk("ask", name, "--data", server.data, "--json").stdout)
        return [row for row in answer if row.get("site_id", "shop") == "shop"]

    bursts = ask("events_bursting")
    bug = [row for row in bursts if row["event"] == "checkout_bug"]
    assert {row["device_type"] for row in bug} == {"mobile"}
    assert {row["week"][:10] for row in bug} == {"2024-04-08", "2024-04-15", "2024-04-22", "2024-04-29"}
    incident = {row["week"][:10] for row in bursts if row["event"] == "payment_error"}
    assert incident == {"2024-05-20", "2024-05-27", "2024-06-03"}
    assert {row["week"][:10] for row in bursts if row["event"] == "support_chat"} == {
        "2024-05-20",
        "2024-05-27",
    }

    weeks = {row["week"][:10]: row["deviation"] for row in ask("orders_unusual")}
    assert min(weeks, key=lambda week: weeks[week]) == "2024-05-20"
    assert max(weeks, key=lambda week: weeks[week]) == "2024-06-17"
    starts = {(row["first_event"], row["channel"]): row["share"] for row in ask("orders_by_first_event")}
    assert (
        starts["add_to_cart", "email"] > 3 * starts["view_item", "email"]
    )  # who is reminded of the cart buys

    # The viral article, 29 February to 3 March: its readers look, meet errors, ask, and take nothing.
    assert ask("visits_empty_handed")[0]["week"][:10] == "2024-02-26"
    # Newcomers look and seldom buy; half a year later the first ones buy twice as often.
    ages = {(row["cohort"], row["months"]): row["share"] for row in ask("orders_by_age")}
    for cohort, months in {("2024-01", 5), ("2024-02", 4), ("2024-03", 3)}:
        assert ages[cohort, months] > 1.5 * ages[cohort, 0]

    given_up = {row["last_event"] for row in ask("moments_given_up") if row["intent"] == "buy"}
    assert {"payment_error", "checkout_bug", "view_cart", "add_payment_info"} <= given_up
    told = hetk("story", "--site", "shop", "--count", "20", "--data", server.data).stdout
    assert len(re.findall(r"^shop · ", told, re.M)) == 20
    assert "converted by purchase" in told


@pytest.mark.long
def test_a_stopped_replay_resumes_where_it_was(server: Server, tmp_path: Path) -> None:
    server.add_site("resumed")
    file = tmp_path / "events.csv"
    count = 60_000
    lines = (f"{1_700_000_000 + i},click,v{i % 100},{i}" for i in range(count))
    file.write_text("ts,event,visitor_id,n\n" + "\n".join(lines) + "\n")
    state = tmp_path / "state.json"
    options = [
        "--map",
        "n=n",
        "--state",
        str(state),
        "--to",
        server.url,
        "--key",
        server.server_key("resumed"),
    ]
    command = [sys.executable, "-m", "warehouse.cli", "replay", str(file), *options]
    first = subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until(lambda: state.exists() and json.loads(state.read_text())["row"] > 0, 30, 0.01)
    first.kill()
    first.wait()
    done = hetk("replay", file, *options)
    assert "resuming at row" in done.stderr
    assert not state.exists()
    wait_until(
        lambda: server.rows("SELECT count(*) AS n FROM events WHERE site_id = 'resumed'") == [{"n": count}],
        60,
    )
    [row] = server.rows("SELECT count(DISTINCT props.n) AS n FROM events WHERE site_id = 'resumed'")
    assert row == {"n": count}


@pytest.mark.long
def test_rows_that_are_no_events_are_counted_by_reason_and_stop_nothing(
    server: Server, tmp_path: Path
) -> None:
    server.add_site("mixed")
    file = tmp_path / "mixed.ndjson"
    rows = ['{"ts": 1700000000, "event": "ok", "visitor": "v"}'] * 3
    rows += [
        '{"ts": "soon", "event": "a"}',
        '{"ts": 1700000000}',
        '{"ts": 1700000000, "event": "%s"}' % ("x" * 300),
    ]
    file.write_text("\n".join(rows))
    done = hetk("replay", file, "--to", server.url, "--key", server.server_key("mixed"))
    assert "accepted 3  rejected 3" in done.stdout
    for reason in ("not sent: bad_time: 1", "not sent: event_missing: 1", "bad_event: 1"):
        assert reason in done.stdout
    assert "row 4: not a time: 'soon'" in done.stderr
    assert loaded(server, "mixed", 4) == {"received": 4, "stored": 3, "duplicate": 0, "rejected": 1}


@pytest.mark.parametrize(
    ("key", "file", "says"),
    [
        ("sk_unknown", "a.ndjson", "hetk site key NAME --server"),
        ("write", "a.ndjson", "server key"),
        ("write", "a.xyz", "--format"),
    ],
)
def test_errors_say_what_to_do(server: Server, tmp_path: Path, key: str, file: str, says: str) -> None:
    (tmp_path / file).write_text('{"ts": 1, "event": "a"}\n')
    if key == "write":
        key = server.add_site(f"site-{time.time_ns()}")
    done = hetk("replay", tmp_path / file, "--to", server.url, "--key", key, check=False)
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr
