"""What waits for staff."""

from flask import Blueprint, render_template

from hub.accounts.models import Role
from hub.guards import only

desk = Blueprint("desk", __name__, url_prefix="/desk")


@desk.get("")
@only(Role.CURATOR, Role.MODERATOR, Role.ADMINISTRATOR)
def index() -> str:
    return render_template("desk/index.html")
