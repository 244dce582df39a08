"""Which scope each action and each route takes: the authorizer's table, the doors', and the API description's."""

SCOPE_OF = {action: f"calls:{action}" for action in ("listen", "whisper", "barge", "hangup")}
READ = "calls:read"
SCOPES = frozenset({READ, *SCOPE_OF.values()})

# Any one of a route's scopes opens it. A route that is not here opens to nobody.
ROUTES = {
    "GET /calls": {READ},
    "GET /calls/{confId}": {READ},
    "GET /calls/{confId}/plan": {READ},
    **{f"POST /calls/{{confId}}/{action}": {scope} for action, scope in SCOPE_OF.items()},
    "GET /supervisions": {READ},
    # Leaving takes the scope of the supervision's own action, which its door reads from the record.
    "DELETE /supervisions/{id}": set(SCOPE_OF.values()),
}
