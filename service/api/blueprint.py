"""Where the API hangs: its blueprint, and the list of its operations that every module of this folder adds to."""

from flask import Blueprint

from service.api.operation import Operations

ID = "int(max=2147483647)"  # how a path takes a number of the store

api = Blueprint("api", __name__, url_prefix="/api/v1")
operations = Operations(api, [])
