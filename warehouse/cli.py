"""`hetk`: a command line in, an exit code out (0 done, 1 failed, 2 wrong usage).

Each command lives in a module of its own, imported only when it is called, so that `hetk --help` is instant.
To add one, write a click command and add its line to SECTIONS.
"""

from __future__ import annotations

import errno
from importlib import import_module
from typing import Any

import click

from collector import __version__
from collector.errors import HetkError
from warehouse.errors import WarehouseError

# section -> command -> (where its click command is, what it does in one line)
SECTIONS: dict[str, dict[str, tuple[str, str]]] = {
    "Run": {
        "serve": ("warehouse.serve:serve", "Run the collector and the warehouse together."),
        "collect": ("warehouse.serve:collect", "Run the collector alone."),
        "warehouse": ("warehouse.serve:warehouse", "Run the warehouse alone."),
    },
    "Sites": {
        "site": ("warehouse.site:site", "Add sites; change their origins and keys."),
        "snippet": ("warehouse.site:snippet", "Print the script tag of a site."),
    },
    "Act": {
        "campaign": ("warehouse.act.command:campaign", "Write, check, publish and stop campaigns."),
    },
    "People": {
        "user": ("warehouse.people.command:user", "Say who may see the console: roles, one-time links."),
    },
    "Ask": {
        "ask": ("warehouse.ask:ask", "Answer a named question, with bars and sparklines."),
        "story": ("warehouse.story:story", "Tell what a visitor or session did, moment by moment."),
        "sql": ("warehouse.sql:sql", "Query the lake in SQL, read-only."),
        "intent": ("warehouse.intent.cli:intent", "Say what a search wants, word by word."),
        "moments": (
            "warehouse.moments:moments",
            "Write or fit the rules of moments of a site; list and switch them.",
        ),
        "describe": ("warehouse.describe:describe", "Say what a table's rows and columns are."),
        "models": ("warehouse.models.command:models", "List, build, test and draw the models."),
        "export": ("warehouse.export:export", "Write a table as Parquet, or as CSV for spreadsheets."),
        "mcp": ("warehouse.mcp:mcp", "Let a language model ask the lake: an MCP server."),
        "snapshot": ("warehouse.snapshot:snapshot", "Write everything into one plain DuckDB file."),
    },
    "Bring data in": {
        "replay": (
            "warehouse.replay.command:replay",
            "Send a file of past events through the real protocol.",
        ),
    },
    "Protect": {
        "identity": (
            "warehouse.identity:identity",
            "Say who is who: merge, split, and take it back.",
        ),
        "export-person": (
            "warehouse.privacy.export:export_person",
            "Hand out everything kept about a visitor or user.",
        ),
        "forget": ("warehouse.privacy.command:forget", "Erase a visitor or user everywhere, with proof."),
        "backup": ("warehouse.keep.backup:backup", "Copy everything into a folder, while serving too."),
        "restore": ("warehouse.keep.restore:restore", "Make the data directory again from a backup."),
        "rebuild": ("warehouse.keep.rebuild:rebuild", "Make the lake again from the archived journal."),
    },
    "Check": {
        "rejected": (
            "warehouse.rejected:rejected",
            "List the events that were refused; let repaired ones in.",
        ),
        "verify": (
            "warehouse.keep.verify:verify",
            "Read every file of lake and journal; name what is broken.",
        ),
        "status": ("warehouse.status:status", "Show lag, sizes, jobs and last errors."),
        "doctor": ("warehouse.doctor:doctor", "Check the installation and say how to fix it."),
        "config": ("warehouse.settings:config", "Print the settings in effect and where each comes from."),
    },
}
COMMANDS = {name: entry for section in SECTIONS.values() for name, entry in section.items()}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for; their one-line help needs no import."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name][0].split(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)  # noqa: S101 - the table above is ours, a test walks it
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for section, commands in SECTIONS.items():
            with formatter.section(section):
                formatter.write_dl([(name, line) for name, (_, line) in commands.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (HetkError, WarehouseError) as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            if (
                error.errno == errno.EPIPE or error.strerror is None
            ):  # click ends quietly when nobody reads on
                raise
            raise click.ClickException(f"{error.filename or 'the system says'}: {error.strerror}") from error
        except RuntimeError as error:
            if str(error) != "Query interrupted":  # DuckDB's word for Ctrl-C
                raise
            raise click.Abort from error


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="hetk %(version)s")
def main() -> None:
    """Self-hosted micro-moment tracker: script tag to SQL, nothing acknowledged is lost.

    \b
    Start:
      hetk serve --demo                                  a shop with traffic, on this machine
      hetk site add shop --origin https://shop.example   a site; prints its write key
      hetk snippet shop --url https://collect.example    the script tag for its pages
      hetk sql "SELECT event, count(*) FROM events GROUP BY event"

    Every command has --help with examples.
    """


if __name__ == "__main__":
    main(prog_name="hetk")
