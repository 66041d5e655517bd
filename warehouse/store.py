"""A data directory in, an open DuckDB connection out. The only module of hetk that connects to a database.

`open_lake` is the lake itself, `open_native` a plain DuckDB file, `open_memory` an empty database.
"""

from __future__ import annotations

import errno
import importlib
import os
import re
import shutil
import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import duckdb

from collector.datadir import DataDir
from warehouse import catalog
from warehouse.errors import (
    DiskFull,
    ExtensionMissing,
    LakeBusy,
    LakeDamaged,
    LakeMissing,
    WarehouseError,
)
from warehouse.process import lives

EXTENSIONS = ("ducklake", "sqlite_scanner")
CATALOG_BUSY_TIMEOUT_MS = 20_000
COPY_TRIES = 5
SPILL, COPY = "spill-", "catalog-"  # folders of a process, by its pid
# Connections of this process that may write: beside one SQLite is opened in a child alone (catalog.py).
writers: weakref.WeakSet[duckdb.DuckDBPyConnection] = weakref.WeakSet()


def open_lake(
    data: DataDir, *, read_only: bool = False, memory_mb: int | None = None, threads: int | None = None
) -> duckdb.DuckDBPyConnection:
    """The lake attached AS lake and in USE; a writer makes the catalog when there is none. A reader sees the
    lake as it is now, until `renew`.

    Raises LakeMissing, LakeDamaged, LakeBusy or ExtensionMissing.
    """
    if not data.catalog.exists():
        if read_only:
            raise LakeMissing(
                f"there is no lake in {data.root} yet. Start it with: hetk serve --data {data.root}"
            )
        _create_catalog(data)
    con = _connect(data, memory_mb, threads)
    try:
        if not read_only:
            writers.add(con)
        _attach(con, data, read_only)
    except BaseException:
        con.close()
        raise
    return con


def renew(con: duckdb.DuckDBPyConnection, data: DataDir) -> None:
    """Shows a reader the lake as it is now; inside a transaction it keeps what it sees. For one that stays
    longer than removed files are kept. Raises LakeDamaged or LakeBusy.
    """
    if not _in_transaction(con):
        with translated(data.root):
            _copy_catalog(con, data)


def _in_transaction(con: duckdb.DuckDBPyConnection) -> bool:
    """DuckDB does not say; now() stands still in one, and asking with another BEGIN would end it."""
    now = "SELECT CAST(system.main.now() AS VARCHAR)"  # not looked for in the lake, whose copy may be gone
    try:
        return len({con.execute(now).fetchone() for _ in range(2)}) == 1
    except duckdb.TransactionException:  # it failed and waits for its ROLLBACK
        return True


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """What the block writes, all or nothing. A COMMIT that another process's lock made fail has ended the
    transaction: what then says "no transaction is active" must not hide why.
    """
    con.execute("BEGIN")
    try:
        yield
        con.execute("COMMIT")
    except BaseException:
        with suppress(duckdb.TransactionException):
            con.execute("ROLLBACK")
        raise


@contextmanager
def beside_lake(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """For statements over temp tables: names are not looked up in the lake, which would ask its catalog for
    the newest snapshot each time (1.3 ms a statement). Tables of the lake are called `lake.NAME` inside.
    """
    con.execute("USE memory")
    try:
        yield
    finally:
        con.execute("USE lake")


def open_native(path: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """One plain DuckDB file (a snapshot); any DuckDB opens it without an extension."""
    with translated():
        con = duckdb.connect(str(path), read_only=read_only)
        con.execute("SET TimeZone = 'UTC'")
        return con


def drop_leftovers(data: DataDir) -> None:
    """Removes what killed processes left: rows that they had spilled to disk, and copies of the catalog."""
    for folder in [*data.run.glob(f"{SPILL}*"), *data.run.glob(f"{COPY}*")]:
        if not lives(int(folder.name.split("-")[1])):
            shutil.rmtree(folder, ignore_errors=True)


def drop_copies(data: DataDir) -> None:
    """Removes every reader's copy of the catalog. A query that is being planned fails, a prompt goes on."""
    for folder in data.run.glob(f"{COPY}*"):
        shutil.rmtree(folder, ignore_errors=True)


def open_memory() -> duckdb.DuckDBPyConnection:
    """An empty database in memory, to read files with."""
    return duckdb.connect()


@contextmanager
def translated(root: Path | None = None) -> Iterator[None]:
    """Turns what DuckDB, SQLite and the disk raise inside the block into warehouse.errors."""
    try:
        yield
    except WarehouseError:
        raise
    except (duckdb.Error, sqlite3.Error, OSError) as error:
        raise translate(error, root) from error


def translate(error: Exception, root: Path | None = None) -> Exception:
    """The warehouse's name for a foreign error, or the error itself when the warehouse has none for it."""
    text = str(error)
    where = f" in {root}" if root else ""
    if (isinstance(error, OSError) and error.errno == errno.ENOSPC) or "No space left on device" in text:
        return DiskFull(f"the disk is full{where}: free some space, loading goes on by itself. ({text})")
    if "database is locked" in text:
        return LakeBusy(f"the catalog{where} stayed locked by another writer: try again. ({text})")
    damaged = re.search(
        r"malformed|not a database|disk image|No magic bytes|No files found|too small to be|No such file",
        text,
    )
    # A file that Python did not find need not be the lake's: the error names it.
    if damaged and not isinstance(error, duckdb.ParserException | OSError):
        return LakeDamaged(f"the lake{where} is damaged: restore its files from a backup. ({text})")
    return error


def _create_catalog(data: DataDir) -> None:
    data.create()
    with translated(data.root):
        with closing(sqlite3.connect(data.catalog)) as fresh:
            # WAL: commits and reads side by side; secure_delete: what is erased leaves no bytes.
            fresh.execute("PRAGMA journal_mode = wal")
            fresh.execute("PRAGMA secure_delete = on")
            fresh.commit()
        data.catalog.chmod(0o600)


def _connect(data: DataDir, memory_mb: int | None, threads: int | None) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    try:
        for name in EXTENSIONS:
            _load_extension(con, name)
        con.execute("SET TimeZone = 'UTC'")
        # Where Python has no main file (-c, embedded) DuckDB thinks somebody looks and draws into stdout.
        con.execute("SET enable_progress_bar = false")
        con.execute(f"SET temp_directory = {_quote(str(data.run / f'{SPILL}{os.getpid()}'))}")
        if memory_mb is not None:
            con.execute(f"SET memory_limit = '{int(memory_mb)}MiB'")
        if threads is not None:
            con.execute(f"SET threads = {int(threads)}")
    except BaseException:
        con.close()
        raise
    return con


def _attach(con: duckdb.DuckDBPyConnection, data: DataDir, read_only: bool) -> None:
    # The catalog remembers where its files were; the directory may have been moved or copied since.
    options = [
        f"DATA_PATH {_quote(str(data.lake.resolve()) + os.sep)}",
        "OVERRIDE_DATA_PATH true",
        f"META_BUSY_TIMEOUT {CATALOG_BUSY_TIMEOUT_MS}",
    ]
    # Inlined rows are slow on SQLite and survive an erase.
    options.append("READ_ONLY" if read_only else "DATA_INLINING_ROW_LIMIT 0")
    with translated(data.root):
        path = _copy_catalog(con, data) if read_only else data.catalog.resolve()
        con.execute(f"ATTACH {_quote(f'ducklake:sqlite:{path}')} AS lake ({', '.join(options)})")
        con.execute("USE lake")


def _copy_catalog(con: duckdb.DuckDBPyConnection, data: DataDir) -> Path:
    """A copy of the catalog for one reader, as it is at one instant; it goes with the connection.

    In the catalog itself a reader cannot hold on to an instant: DuckDB's SQLite scanner opens a connection
    for each scan, and reads up to the last row of a state that may be older (decision 006). So a query that
    ran while a merge put its files in the place of others missed a part of the rows.
    """
    folder = data.run.resolve() / f"{COPY}{os.getpid()}-{id(con):x}"
    path = folder / data.catalog.name
    fresh = path.with_suffix(".new")
    for tries_left in reversed(range(COPY_TRIES)):
        if not folder.exists():
            folder.mkdir(mode=0o700, parents=True)
            weakref.finalize(con, shutil.rmtree, folder, ignore_errors=True)
        try:
            copy_catalog(data, fresh)
            fresh.replace(path)  # DuckDB opens it anew for each transaction
            break
        except (sqlite3.Error, OSError):
            # Gone: somebody is erased just now, who may stand in the half of a copy (`drop_copies`).
            if fresh.exists() or not tries_left:
                raise
    return path


def copy_catalog(data: DataDir, target: Path) -> None:
    """One file with the catalog as it is at one instant. Raises sqlite3.Error and OSError."""
    if writers:
        catalog.run("copy", str(data.catalog), str(target))
    else:
        catalog.copy(str(data.catalog), str(target))


def _load_extension(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """From the wheel, else what DuckDB has installed, else DuckDB's own INSTALL."""
    tried = []
    path = _wheel_file(name)
    if path is not None:
        try:
            con.execute(f"LOAD {_quote(str(path))}")
            return
        except duckdb.Error as error:
            tried.append(f"{path}: {error}")
    try:
        con.execute(f"INSTALL {name}")
        con.execute(f"LOAD {name}")
    except duckdb.Error as error:
        tried.append(f"INSTALL {name}: {error}")
        package = f"duckdb-extension-{name.replace('_', '-')}=={duckdb.__version__}"
        raise ExtensionMissing(
            f"DuckDB {duckdb.__version__} cannot load its extension {name}. "
            f"Install it with: pip install {package}\n" + "\n".join(tried)
        ) from error


def _wheel_file(name: str) -> Path | None:
    try:
        package = importlib.import_module(f"duckdb_extension_{name}")
    except ImportError:
        return None
    folder = Path(str(package.__file__)).parent / "extensions" / f"v{duckdb.__version__}"
    path = folder / f"{name}.duckdb_extension"
    return path if path.exists() else None


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
