"""Pictures and PDFs in posts."""

from flask import Flask, request


def register(app: Flask) -> None:
    from hub.forum import happenings
    from hub.mail import worker
    from hub.own_data import content
    from hub.uploads import listening, operations
    from hub.uploads.views import uploads

    app.register_blueprint(uploads)
    happenings.listen("uploads", listening.hear)
    if operations.sweep not in worker.HOURLY:
        worker.HOURLY.append(operations.sweep)
    leaving = content.Content(remove=operations.remove_all, keep=operations.leave_with_posts)
    content.register("uploads", leaving)

    @app.url_value_preprocessor
    def let_files_in(endpoint: str | None, _values: object) -> None:
        """Before anything reads the form; only for whoever is signed in."""
        from hub.accounts.visitor import visitor

        if endpoint == "uploads.add" and request.method == "POST" and visitor().is_signed_in:
            beside_the_file = int(app.config["MAX_CONTENT_LENGTH"])
            request.max_content_length = app.config["UPLOAD_SIZE"] + beside_the_file
