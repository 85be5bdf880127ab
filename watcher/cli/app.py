"""The commands, with what each takes. Each body imports what does the work: parsing and `--help` stay cheap."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from watcher.cli.config_app import config_app
from watcher.cli.group import Group
from watcher.cli.labels_app import labels
from watcher.cli.options import (
    ConfigOption,
    JsonOption,
    MessagesArgument,
    NowOption,
    ProcessArgument,
    config_path,
    is_named,
)
from watcher.cli.preparing import prepare
from watcher.cli.setup_app import check, login

__all__ = ["app"]

app = typer.Typer(
    cls=Group,
    callback=prepare,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Watches your mailbox after an interview and leaves ready-made follow-ups in your Drafts folder. It never sends.",
)

_WATCH = "Watching"
_LOOK = "Looking"
_TELL = "Telling it something"
_CORRECT = "Correcting it"
_SETUP = "Setting up"


@app.command(rich_help_panel=_WATCH)
def demo(
    path: Annotated[Path | None, typer.Argument(metavar="[FOLDER]", help="Where to put the mailbox; else a new one.")] = None,
    seed: Annotated[int, typer.Option(help="Another order of the mail that must not matter.")] = 0,
    pace: Annotated[float, typer.Option(min=0.0, max=10.0, help="Seconds to pause after each day.")] = 0.0,
    svg: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a picture of it there.")] = None,
) -> None:
    """Play ten weeks of a job search in time-lapse, on a mailbox made for it."""
    from watcher.cli.running import play_demo  # noqa: PLC0415

    play_demo(path, seed=seed, pace=pace, svg=svg)


@app.command(rich_help_panel=_WATCH)
def replay(  # noqa: PLR0917 - the options of the command
    ctx: typer.Context,
    mailbox: Annotated[Path, typer.Argument(metavar="MAILBOX", help="An mbox file, a Maildir, or a folder of .eml files.")],
    since: Annotated[str | None, typer.Option("--since", metavar="DAY", help="As if started on that day: 2026-03-10.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DAY", help="The last day; else that of the last mail.")] = None,
    own: Annotated[
        list[str] | None, typer.Option("--own", metavar="ADDRESS", help="An address of yours; may be repeated.")
    ] = None,
    zone: Annotated[str | None, typer.Option("--zone", metavar="ZONE", help="Your time zone: Europe/Berlin.")] = None,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Play the past of a mailbox: what would have been drafted on each day. Reads only."""
    from watcher.cli.replaying import Asked, replay_mailbox  # noqa: PLC0415

    path = config_path(ctx, config)
    asked = Asked(mailbox, path, is_named(ctx, config), tuple(own or ()), zone, since, until)
    replay_mailbox(asked, as_json=json, debug=ctx.obj.debug)


@app.command(rich_help_panel=_WATCH)
def run(ctx: typer.Context, config: ConfigOption = None) -> None:
    """Watch all mailboxes until told to end (Ctrl-C)."""
    from watcher.cli.running import run_forever  # noqa: PLC0415

    run_forever(config_path(ctx, config), debug=ctx.obj.debug)


@app.command(rich_help_panel=_WATCH)
def once(
    ctx: typer.Context,
    config: ConfigOption = None,
    now: NowOption = None,
    replay: Annotated[bool, typer.Option("--replay", help="Let --now go back behind the last pass.")] = False,
    json: JsonOption = False,
) -> None:
    """Look once at every mailbox and do what is due."""
    from watcher.cli.running import run_passes  # noqa: PLC0415

    run_passes(config_path(ctx, config), now, replay=replay, as_json=json, debug=ctx.obj.debug)


@app.command(rich_help_panel=_LOOK)
def status(ctx: typer.Context, config: ConfigOption = None, now: NowOption = None, json: JsonOption = False) -> None:
    """Show where every hiring process stands."""
    from watcher.cli.looking import show_status  # noqa: PLC0415

    show_status(config_path(ctx, config), now, as_json=json)


@app.command(rich_help_panel=_LOOK)
def why(  # noqa: PLR0917 - the options of the command
    ctx: typer.Context,
    process: ProcessArgument,
    key: Annotated[
        str | None,
        typer.Argument(metavar="[KEY]", help="With --draft: which one, by key, step or address; else those that stand."),
    ] = None,
    draft: Annotated[bool, typer.Option("--draft", help="Tell where each sentence of its drafts comes from.")] = False,
    config: ConfigOption = None,
    now: NowOption = None,
    json: JsonOption = False,
) -> None:
    """Explain one process, or with --draft its drafts: what it rests on, by which rules, and what would change it."""
    from watcher.cli.looking import show_origins, show_why  # noqa: PLC0415

    if draft or key is not None:
        show_origins(config_path(ctx, config), process, key, now, as_json=json)
    else:
        show_why(config_path(ctx, config), process, now, as_json=json)


@app.command(rich_help_panel=_LOOK)
def plan(
    ctx: typer.Context,
    ics: Annotated[
        Path | None, typer.Option("--ics", metavar="FILE", help="Write it to a calendar file; - for standard output.")
    ] = None,
    config: ConfigOption = None,
    now: NowOption = None,
    json: JsonOption = False,
) -> None:
    """Show what comes in the next 60 days if nothing happens: drafts, tasks, interviews, questions, promised days."""
    from watcher.cli.looking import show_plan  # noqa: PLC0415

    show_plan(config_path(ctx, config), now, ics, as_json=json)


@app.command(rich_help_panel=_LOOK)
def simulate(  # noqa: PLR0917 - the options of the command
    ctx: typer.Context,
    process: ProcessArgument,
    supposed: Annotated[
        list[str],
        typer.Option(
            "--if",
            metavar="WHAT",
            help="reply, rejection, offer, promise DAY, auto-reply until DAY, nothing; with `day 9` or `on DAY`; repeatable.",
        ),
    ],
    config: ConfigOption = None,
    now: NowOption = None,
    json: JsonOption = False,
) -> None:
    """Show how the plan of a process would change. Nothing is stored, and no mailbox is touched."""
    from watcher.cli.looking import show_simulation  # noqa: PLC0415

    show_simulation(config_path(ctx, config), process, supposed, now, as_json=json)


@app.command(rich_help_panel=_LOOK)
def drafts(ctx: typer.Context, config: ConfigOption = None, now: NowOption = None, json: JsonOption = False) -> None:
    """Show the drafts that stand in Drafts."""
    from watcher.cli.looking import show_drafts  # noqa: PLC0415

    show_drafts(config_path(ctx, config), now, as_json=json)


@app.command(rich_help_panel=_LOOK)
def classify(  # noqa: PLR0917 - the options of the command
    ctx: typer.Context,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE.eml …", help="One mail each, as saved from a client.")
    ] = None,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="Read one JSON object a line from standard input, print one for each.")
    ] = False,
    own: Annotated[
        list[str] | None, typer.Option("--own", metavar="ADDRESS", help="An address of yours; may be repeated.")
    ] = None,
    zone: Annotated[str | None, typer.Option("--zone", metavar="ZONE", help="Your time zone: Europe/Berlin.")] = None,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Say what kind of mail each file is, why, and what it says. Needs no configuration."""
    from watcher.cli.classifying import classify_files, classify_lines, reader_of  # noqa: PLC0415
    from watcher.cli.exits import UsageError  # noqa: PLC0415

    if jsonl == bool(files):
        raise UsageError("name the files to look at, or give --jsonl and the records on standard input (one of the two).")
    reader = reader_of(config_path(ctx, config), own or [], zone, named=is_named(ctx, config))
    if jsonl:
        classify_lines(reader)
    else:
        classify_files(files or [], reader, as_json=json)


@app.command(rich_help_panel=_LOOK)
def lint(  # noqa: PLR0917 - the options of the command
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A mail as saved from a client, or its text; -: standard input.")],
    process: Annotated[
        str | None, typer.Option("--process", metavar="PROCESS", help="Check it against what is known of this process.")
    ] = None,
    kind: Annotated[str | None, typer.Option("--kind", metavar="KIND", help="thank_you, status, …; else by its words.")] = None,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Check a draft before you send it. Ends with 8 when something should be put right first."""
    from watcher.cli.linting import lint_file  # noqa: PLC0415

    lint_file(file, config_path(ctx, config), process, kind, named=is_named(ctx, config), as_json=json)


@app.command(rich_help_panel=_TELL)
def pause(
    ctx: typer.Context,
    process: ProcessArgument,
    until: Annotated[
        str | None, typer.Option("--until", metavar="UNTIL", help="2026-03-10, a time with a zone, 3d or 2w.")
    ] = None,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Draft nothing for a process until it is resumed."""
    from watcher.cli.telling import tell  # noqa: PLC0415

    tell(config_path(ctx, config), "pause", process, until, as_json=json)


@app.command(rich_help_panel=_TELL)
def snooze(
    ctx: typer.Context,
    process: ProcessArgument,
    until: Annotated[str, typer.Argument(metavar="UNTIL", help="2026-03-10, a time with a zone, 3d or 2w.")],
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Draft nothing for a process until then."""
    from watcher.cli.telling import tell  # noqa: PLC0415

    tell(config_path(ctx, config), "pause", process, until, as_json=json)


@app.command(rich_help_panel=_TELL)
def resume(ctx: typer.Context, process: ProcessArgument, config: ConfigOption = None, json: JsonOption = False) -> None:
    """End a pause, or say that you have answered them elsewhere."""
    from watcher.cli.telling import tell  # noqa: PLC0415

    tell(config_path(ctx, config), "resume", process, None, as_json=json)


@app.command(rich_help_panel=_TELL)
def close(ctx: typer.Context, process: ProcessArgument, config: ConfigOption = None, json: JsonOption = False) -> None:
    """End a process: nothing is drafted for it any more."""
    from watcher.cli.telling import tell  # noqa: PLC0415

    tell(config_path(ctx, config), "close", process, None, as_json=json)


@app.command(rich_help_panel=_TELL)
def reopen(ctx: typer.Context, process: ProcessArgument, config: ConfigOption = None, json: JsonOption = False) -> None:
    """Take up a process that was closed."""
    from watcher.cli.telling import tell  # noqa: PLC0415

    tell(config_path(ctx, config), "reopen", process, None, as_json=json)


@app.command(rich_help_panel=_TELL)
def done(
    ctx: typer.Context,
    process: ProcessArgument,
    task: Annotated[
        str | None,
        typer.Argument(metavar="[TASK]", help="Its id as `status` prints it, the beginning of it, or whom it is for."),
    ] = None,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Say that you have done a task: a card, a call, what you owed them."""
    from watcher.cli.telling import tell_done  # noqa: PLC0415

    tell_done(config_path(ctx, config), process, task, as_json=json)


@app.command("no-show", rich_help_panel=_TELL)
def no_show(
    ctx: typer.Context,
    process: ProcessArgument,
    undo: Annotated[bool, typer.Option("--undo", help="They came after all.")] = False,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Say that they did not come to the last interview: a word that asks for another time is drafted."""
    from watcher.cli.telling import tell_no_show  # noqa: PLC0415

    tell_no_show(config_path(ctx, config), process, undo=undo, as_json=json)


@app.command(rich_help_panel=_TELL)
def accepted(
    ctx: typer.Context,
    process: ProcessArgument,
    starts: Annotated[
        str | None, typer.Option("--starts", metavar="DAY", help="Your first day there: from then on everything rests.")
    ] = None,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Say that you took this job. The other processes go on until your first day."""
    from watcher.cli.telling import tell_accepted  # noqa: PLC0415

    tell_accepted(config_path(ctx, config), process, starts, as_json=json)


@app.command(rich_help_panel=_TELL)
def country(
    ctx: typer.Context,
    process: ProcessArgument,
    code: Annotated[str, typer.Argument(metavar="COUNTRY", help="DE, or with a state, US-CA; auto takes it back.")],
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Say where they are, if their address does not tell: whose public holidays count."""
    from watcher.cli.telling import tell_country  # noqa: PLC0415

    tell_country(config_path(ctx, config), process, code, as_json=json)


@app.command(rich_help_panel=_TELL)
def note(  # noqa: PLR0917 - the options of the command
    ctx: typer.Context,
    process: ProcessArgument,
    text: Annotated[
        str | None, typer.Argument(metavar="[TEXT]", help="One point; without it the form opens in your editor.")
    ] = None,
    about: Annotated[
        str | None, typer.Option("--about", metavar="NAME", help="Whom it concerns: a name or a part of one.")
    ] = None,
    topic: Annotated[
        str | None, typer.Option("--topic", metavar="TOPIC", help="company, culture, challenge, personal, link or since.")
    ] = None,
    under: Annotated[
        str | None, typer.Option("--under", metavar="HEADING", help="well, badly, stood_out or forgot; else by the topic.")
    ] = None,
    number: Annotated[
        int | None, typer.Option("--round", metavar="N", min=0, max=99, help="Which interview; else the one that began last.")
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Print the form with what is known, and change nothing.")] = False,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Note what you remember of an interview: in your editor, from standard input, or one point at a time."""
    from watcher.cli.exits import UsageError  # noqa: PLC0415
    from watcher.cli.noting import Point  # noqa: PLC0415
    from watcher.cli.noting import note as take_note  # noqa: PLC0415

    if (text is None and (about or topic or under)) or (text is not None and show):
        raise UsageError("--about, --topic and --under belong to a TEXT, and --show to none.")
    point = Point(text or "", about or "", topic or "", under or "")
    if text is not None and not text.strip():
        raise UsageError("TEXT is empty.")
    take_note(config_path(ctx, config), process, point, number, only_show=show, as_json=json)


@app.command(rich_help_panel=_CORRECT)
def split(  # noqa: PLR0917 - the options of the command
    ctx: typer.Context,
    process: ProcessArgument,
    messages: MessagesArgument = None,
    from_here: Annotated[bool, typer.Option("--from-here", help="With all that came after it.")] = False,
    to: Annotated[str | None, typer.Option("--to", metavar="PROCESS", help="They belong to this process.")] = None,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Take messages out of a process: they are one of their own. Without MESSAGE: undo the last merge."""
    from watcher.cli.correcting import split as split_process  # noqa: PLC0415

    split_process(config_path(ctx, config), process, messages or (), to, from_here=from_here, as_json=json)


@app.command(rich_help_panel=_CORRECT)
def merge(
    ctx: typer.Context,
    process: ProcessArgument,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="The process that is part of it.")],
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Make two processes one; the first keeps its name. Undoes a split."""
    from watcher.cli.correcting import merge as merge_processes  # noqa: PLC0415

    merge_processes(config_path(ctx, config), process, other, as_json=json)


@app.command(rich_help_panel=_CORRECT)
def relabel(
    ctx: typer.Context,
    message: Annotated[str, typer.Argument(metavar="MESSAGE", help="Its id as `why` prints it, or its Message-ID.")],
    kind: Annotated[str, typer.Argument(metavar="KIND", help="rejection, human_reply, noise, …; auto takes it back.")],
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Say what kind of mail a message is."""
    from watcher.cli.correcting import relabel as relabel_message  # noqa: PLC0415

    relabel_message(config_path(ctx, config), message, kind, as_json=json)


app.command(rich_help_panel=_SETUP)(login)
app.command(rich_help_panel=_SETUP)(check)
app.command(rich_help_panel=_SETUP)(labels)
app.add_typer(config_app, name="config", rich_help_panel=_SETUP)
