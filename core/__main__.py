"""The command line: python -m core COMMAND."""

from __future__ import annotations

import sys

import click

from core.commands import COMMANDS


@click.group(commands=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Measure how many people of a company could be named from its leaked face embeddings."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; bad input gives one sentence on standard error and exit code 2."""
    try:
        cli.main(args=arguments, prog_name="python -m core", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.ClickException as error:
        click.echo(_sentence(error.format_message()), err=True)
        return 2
    except (ValueError, OSError) as error:
        click.echo(_sentence(str(error)), err=True)
        return 2
    except click.Abort:
        click.echo("Interrupted.", err=True)
        return 130
    return 0


def _sentence(message: str) -> str:
    text = " ".join(message.split())
    return text if text.endswith(".") else f"{text}."


if __name__ == "__main__":
    sys.exit(main())
