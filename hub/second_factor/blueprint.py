"""Where all pages of the second factor stand."""

from flask import Blueprint

second_factor = Blueprint("second_factor", __name__)
