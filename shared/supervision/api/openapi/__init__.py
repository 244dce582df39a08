"""What the API's description says of each route, as plain data: the doors carry it, and import nothing heavy for it.

The shapes that it names (`Call`, `Supervision`, …) are those of `models` and `call_models`. What the gateway does
before every door, and which scope a route takes, is added where the description is put together.
"""
