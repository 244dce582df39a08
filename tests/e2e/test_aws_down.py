"""DynamoDB, the bus or Secrets Manager failing: documented answers, nothing dialled by accident, and it comes back."""

import pytest

THROTTLED = ("ProvisionedThroughputExceededException", 400)
DOWN = ("InternalServerError", 500)
REFUSED = "AccessDeniedException"  # not tried again by the client
DYNAMODB = "GetItem|PutItem|UpdateItem|DeleteItem|Query|TransactWriteItems|Batch(Get|Write)Item"


@pytest.fixture
def faults(scene):
    return scene.system.aws.faults


def failed(answer):
    """An answer that says no more than that something is wrong, as it is documented."""
    assert answer.status_code in (500, 503), answer.text
    document = answer.json()
    if "code" in document:
        assert document["code"] in ("internal_error", "ytel_unavailable")
    else:
        assert document == {"message": "Internal Server Error"}
    assert "Traceback" not in answer.text
    return True


def test_the_list_is_served_from_memory_and_then_not_at_all(scene, faults):
    call = scene.call()
    scene.system.move_clock(3)
    assert scene.get("/calls").json()["calls"][0]["confId"] == call
    faults.fail(DYNAMODB, THROTTLED[0], times=None)
    held = scene.get("/calls").json()
    assert [one["confId"] for one in held["calls"]] == [call]
    scene.system.move_clock(60)
    assert failed(scene.get("/calls"))
    faults.clear()
    scene.system.move_clock(10)
    assert scene.get("/calls").json()["stale"] is False


@pytest.mark.parametrize(
    ("action", "key", "fault"),
    [("whisper", "aws-key", THROTTLED), ("whisper", None, DOWN), ("hangup", None, THROTTLED)],
)
def test_while_the_table_fails_nothing_is_done(scene, faults, action, key, fault):
    call, phone = scene.call(), scene.phone()
    key = key and f"{key} {call}"
    faults.fail(DYNAMODB, fault[0], status=fault[1], times=None)
    answer = scene.ask(action, call, phone, key)
    assert failed(answer)
    assert scene.dials(call) == 0
    faults.clear()
    scene.system.move_clock(10)
    assert scene.ask(action, call, phone, key).status_code in (200, 202)
    assert scene.dials(call) == (action == "whisper")


@pytest.mark.parametrize("operation", ["Query", "TransactWriteItems", "PutItem"])
def test_a_table_that_fails_for_a_moment_is_not_noticed(scene, faults, operation):
    call = scene.call()
    faults.fail(operation, *THROTTLED[:1])
    assert scene.ask("whisper", call, scene.phone(), f"moment {call}").status_code == 202
    assert scene.dials(call) == 1


def test_a_dial_that_was_made_is_answered_though_it_cannot_be_recorded(scene, faults, watch):
    call, phone = scene.call(), scene.phone()
    faults.fail("TransactWriteItems", REFUSED, text="Supervision Started", times=None)
    answer = scene.ask("whisper", call, phone, f"recorded {call}")
    assert answer.status_code == 202
    assert scene.ask("whisper", call, phone, f"recorded {call}").json() == answer.json()
    faults.clear()
    scene.floor.answer(call, phone)
    watch()
    assert scene.supervision(answer.json()["id"])["state"] == "joined"
    assert scene.dials(call) == 1


def test_an_answer_that_cannot_be_kept_is_given_all_the_same(scene, faults):
    call, phone = scene.call(), scene.phone()
    faults.fail("TransactWriteItems", REFUSED, text="keptUntil", times=None)
    faults.fail("PutItem", REFUSED, text='"answer"', times=None)
    answer = scene.ask("whisper", call, phone, f"kept {call}")
    assert answer.status_code == 202
    faults.clear()
    assert scene.ask("whisper", call, phone, f"kept {call}").json()["code"] == "in_progress"
    scene.floor.answer(call, phone)
    scene.system.move_clock(30)
    again = scene.ask("whisper", call, phone, f"kept {call}")
    assert (again.status_code, again.json()["id"]) == (202, answer.json()["id"])
    assert scene.dials(call) == 1


def test_what_the_bus_does_not_take_is_told_later(scene, faults, watch):
    call, phone = scene.call(), scene.phone()
    faults.fail("PutEvents", REFUSED, times=None)
    one = scene.ask("whisper", call, phone).json()
    scene.floor.answer(call, phone)
    watch()
    assert scene.told("Supervision Started", lambda data: data["id"] == one["id"]) == []
    faults.clear()
    scene.system.move_clock(10)
    watch()
    for kind in ("Supervision Started", "Supervision Joined"):
        assert len(scene.told(kind, lambda data: data["id"] == one["id"])) == 1


@pytest.mark.parametrize("function", ["whisper", "hangup"])
def test_without_ytels_token_nothing_is_sent(scene, faults, function):
    call, phone = scene.call(), scene.phone()
    scene.system.restart(function)
    faults.fail("GetSecretValue", REFUSED, text=token(scene), times=None)
    answer = scene.ask(function, call, phone)
    assert (answer.status_code, answer.json()["code"]) == (503, "ytel_unavailable")
    assert scene.dials(call) == 0
    assert scene.floor.is_active(call)
    faults.clear()
    scene.system.move_clock(11)
    assert scene.ask(function, call, phone).status_code in (200, 202)


def test_a_token_that_was_read_serves_while_secrets_manager_is_down(scene, faults):
    call = scene.call()
    assert scene.ask("listen", call, scene.phone()).status_code == 202
    faults.fail("GetSecretValue", REFUSED, text=token(scene), times=None)
    scene.system.move_clock(3600)
    assert scene.ask("listen", call, scene.phone()).status_code == 202


def token(scene):
    return scene.system.template.functions["Whisper"].environment["YTEL_TOKEN_SECRET"]


def test_without_the_clients_nobody_is_let_in(scene, faults):
    call = scene.call()
    scene.system.restart("authorize")
    scene.system.move_clock(61)
    faults.fail("GetSecretValue", REFUSED, times=None)
    answer = scene.ask("hangup", call)
    assert (answer.status_code, answer.json()) == (500, {"message": "Internal Server Error"})
    assert scene.floor.is_active(call)
    faults.clear()
    scene.system.move_clock(11)
    assert scene.ask("hangup", call).status_code == 200
