"""A list that shows what a follow waits for has the watcher dial before its next look."""

import pytest

from supervision.actions.nudge import FOLLOW_NOW
from supervision.base import aws
from tests.integration.looks_queue import LooksQueue
from tests.integration.test_follow import Following


@pytest.fixture
def queue(table):
    return LooksQueue()


@pytest.fixture
def following(make_desk, queue):
    return Following(make_desk(follow_queue_url=queue.url))


def listed(following):
    """A list that a page has read, a moment later."""
    following.desk.services.floor.held()
    following.desk.move(3)


def test_a_new_call_of_a_followed_agent_is_told_once(following, queue):
    following.ask()
    listed(following)
    assert queue.bodies() == []
    following.call()
    listed(following)
    assert queue.bodies() == [FOLLOW_NOW]
    listed(following)
    assert queue.bodies() == []


def test_a_call_is_told_once_the_action_may_be(following, queue):
    following.ask("whisper")
    listed(following)
    call = following.call(legs=("agent",))
    listed(following)
    assert queue.bodies() == []
    following.desk.floor.join(call, "contact")
    listed(following)
    assert queue.bodies() == [FOLLOW_NOW]


def test_what_nobody_follows_is_not_told(following, queue):
    listed(following)
    following.call()
    listed(following)
    assert queue.bodies() == []
    following.ask()
    following.desk.floor.add_call()  # of somebody else
    listed(following)
    assert queue.bodies() == []


def test_a_function_without_the_queue_tells_nothing(desk, queue):
    following = Following(desk)
    following.ask()
    listed(following)
    following.call()
    listed(following)
    assert queue.bodies() == []


def test_a_queue_that_fails_holds_no_list_up(following):
    following.ask()
    listed(following)
    aws.client("sqs").delete_queue(QueueUrl=following.desk.settings.follow_queue_url)
    call = following.call()
    assert [row["confId"] for row in following.desk.services.floor.held().rows] == [call]


def test_the_message_has_the_watcher_dial(following):
    following.ask()
    following.look()
    call = following.call()
    following.watcher().follow()
    assert following.rung == [call]
    following.watcher().follow()
    following.look()
    assert following.rung == [call]
