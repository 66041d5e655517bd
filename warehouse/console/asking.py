"""The doors of the SQL and questions pages: run, download, save; the schema; the named questions."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import msgspec
import orjson
from aiohttp import web

from collector.datadir import DataDir
from collector.files import replace_file
from warehouse.console import hidden
from warehouse.console.answers import ANSWER_S, Answers
from warehouse.console.callers import WHO, Callers
from warehouse.console.child import ChildFailed
from warehouse.console.replies import Failed, answered, failed, read
from warehouse.console.strangers import Strangers
from warehouse.people import log
from warehouse.people.log import By
from warehouse.queries import BadParam, Question, questions

SQL_CHARS_MAX = 100_000
SAVED_MAX = 500
QUESTION_S = 60.0
KINDS = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}


class Run(msgspec.Struct):
    """A query to run."""

    sql: str
    format: str = "rows"


class Saved(msgspec.Struct):
    """A query to keep under a name; without SQL, to forget."""

    name: str
    sql: str = ""


class Asking:
    """Of one data directory."""

    def __init__(self, data: DataDir, answers: Answers, callers: Callers) -> None:
        self.strangers = Strangers(data)
        self._callers = callers
        self._data = data
        self._answers = answers
        self._path = data.root / "console" / "saved.json"

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/schema", self.schema),
            web.get("/api/questions", self.questions),
            web.get("/api/ask/{name}", self.ask),
            web.post("/api/sql", self.run),
            web.get("/api/saved", self.saved),
            web.post("/api/saved", self.save),
        ]

    async def schema(self, _: web.Request) -> web.Response:
        """Every table with its columns, for completion; a query can follow soon."""
        self.strangers.prepare()
        try:
            return answered(orjson.loads(await self._answers.reader.ask({"op": "schema"}, ANSWER_S)))
        except ChildFailed as error:
            return failed(str(error), 503)

    async def questions(self, _: web.Request) -> web.Response:
        self.strangers.prepare()
        return answered({"questions": [_described(question) for question in questions().values()]})

    async def ask(self, request: web.Request) -> web.Response:
        """A named question; its parameters are those of the address."""
        question = questions().get(request.match_info["name"])
        if question is None:
            return failed("there is no such question: /console/api/questions lists them", 404)
        names = {param.name for param in question.params}
        sees = hidden.sees_visitors(request[WHO])
        if not sees and any(request.query.get(name) for name in names & hidden.PARAMS):
            raise Failed(403, "a viewer does not see visitors one by one: ask an analyst")
        try:
            variables = question.variables(
                {name: value for name, value in request.query.items() if value and name in names}
            )
        except BadParam as error:
            return failed(str(error), 400)
        message = {"sql": question.sql, "format": "rows", "variables": variables}
        return await self._run(message, QUESTION_S, sees=sees)

    async def run(self, request: web.Request) -> web.Response:
        """{"sql", "format": rows, csv or parquet}"""
        asked = await read(request, Run, '{"sql": "...", "format": "rows"}')
        if asked.format not in {"rows", *KINDS} or not asked.sql.strip() or len(asked.sql) > SQL_CHARS_MAX:
            return failed("sql is a query of up to 100,000 characters, format is rows, csv or parquet", 400)
        await asyncio.to_thread(self._note, self._callers.by(request), asked.format)
        return await self._run({"sql": asked.sql, "format": asked.format})

    def _note(self, by: By, form: str) -> None:
        """Without the query: it may name a visitor, who may be forgotten later."""
        with self._callers.people.change() as con:
            log.note(con, self._callers.people.now_ms(), by, "queried", form)

    async def _run(
        self, message: dict[str, Any], timeout_s: float = 10.0, *, sees: bool = True
    ) -> web.Response:
        began = time.monotonic()
        try:
            answer, file = await self.strangers.ask(message, timeout_s)
        except ChildFailed as error:
            return failed(str(error), 503)
        if "error" in answer:
            return failed(answer["error"], 400)
        if message["format"] == "rows":
            answer = answer if sees else hidden.table(answer)
            return answered(answer | {"ms": round((time.monotonic() - began) * 1000)})
        form = message["format"]
        headers = {
            "Content-Type": KINDS[form],
            "Content-Disposition": f'attachment; filename="answer.{form}"',
        }
        return web.Response(body=file or answer["text"].encode(), headers=headers)

    async def saved(self, _: web.Request) -> web.Response:
        return answered({"saved": await asyncio.to_thread(self._read)})

    async def save(self, request: web.Request) -> web.Response:
        """{"name", "sql"}; an empty sql forgets the name."""
        one = await read(request, Saved, '{"name": "...", "sql": "..."}')
        if not 0 < len(one.name.strip()) <= 100 or len(one.sql) > SQL_CHARS_MAX:
            return failed("a name has 1 to 100 characters", 400)
        return answered({"saved": await asyncio.to_thread(self._change, one)})

    def _read(self) -> dict[str, str]:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, str])
        except FileNotFoundError:
            return {}

    def _change(self, one: Saved) -> dict[str, str]:
        known = self._read()
        known.pop(one.name, None)
        if one.sql:
            known = dict(list(known.items())[-SAVED_MAX + 1 :]) | {one.name: one.sql}
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        replace_file(self._path, msgspec.json.encode(known))
        return known


def _described(question: Question) -> dict[str, Any]:
    params = [
        {"name": p.name, "default": p.default, "kind": p.kind, "choices": p.choices} for p in question.params
    ]
    return {
        "name": question.name,
        "ask": question.ask,
        "chart": question.chart,
        "sql": question.sql,
        "params": params,
    }
