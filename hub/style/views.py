"""The style page."""

from flask import Blueprint, render_template

from hub.guards import public
from hub.style.forms import ExampleForm

style = Blueprint("style", __name__)


@style.get("/style")
@public
def index() -> str:
    form = ExampleForm()
    form.validate()
    return render_template("style/page.html", form=form)
