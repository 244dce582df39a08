"""Requests put on the bus by tests, and what comes of them."""

import uuid

from tests.harness.waiting import wait_until


def request(action, **named):
    """The detail of a request of its own; what is None is left out."""
    detail = {"action": action, "requestId": uuid.uuid4().hex, **named}
    return {name: value for name, value in detail.items() if value is not None}


def started(scene, detail):
    """The supervisions that began with this request, once there are any and nothing is on its way any more."""
    told = wait_until(
        lambda: scene.told("Supervision Started", lambda data: data["to"] == detail["to"]), what="the dial"
    )
    scene.system.deliveries.settle()
    assert told == scene.told("Supervision Started", lambda data: data["to"] == detail["to"])
    return [event["data"] for event in told]


def refused(scene, detail):
    """The problem by which this request failed; that it was told once, and that no function failed."""

    def told():
        return scene.told("Supervision Failed", lambda data: data["request"] == detail)

    before = len(scene.system.failures)
    wait_until(told, what="the refusal")
    scene.system.deliveries.settle()
    [event] = told()
    assert event["metadata"]["requestedBy"] == "source:crm.automation"
    assert event["data"].keys() == {"request", "problem"}
    assert len(scene.system.failures) == before
    return event["data"]["problem"]
