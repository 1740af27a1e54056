"""The command line: nouns and verbs under ``flask``."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.cli import (
        assistant,
        audit,
        benchmark,
        demo,
        index,
        library,
        live_speed,
        mail,
        moderation,
        people,
        retrieval,
        serve,
        setup,
        web_speed,
        work,
    )

    app.cli.add_command(library.library)
    app.cli.add_command(index.index)
    app.cli.add_command(retrieval.retrieval)
    app.cli.add_command(assistant.commands)
    app.cli.add_command(benchmark.benchmark)
    benchmark.benchmark.add_command(web_speed.web)
    benchmark.benchmark.add_command(live_speed.live)
    app.cli.add_command(serve.serve)
    app.cli.add_command(setup.setup)
    app.cli.add_command(mail.mail)
    app.cli.add_command(work.work)
    app.cli.add_command(people.people)
    app.cli.add_command(audit.audit)
    app.cli.add_command(demo.demo)
    app.cli.add_command(moderation.moderation)
