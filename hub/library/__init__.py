"""The library: the list of documents, their pages and texts, and the originals."""

from flask import Flask


def register(app: Flask) -> None:
    from hub.library import audience_words
    from hub.library.audience_views import library_audience
    from hub.library.file_views import library_files
    from hub.library.views import library

    app.add_template_filter(audience_words.meaning, "mark_meaning")
    app.register_blueprint(library)
    app.register_blueprint(library_files)
    app.register_blueprint(library_audience)
