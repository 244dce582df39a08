from concurrent.futures import ThreadPoolExecutor

import pytest

from supervision.base import aws
from supervision.base.problems import TooManyDials
from supervision.table.gateway import Gateway
from supervision.table.rate_limit import count as count_one
from supervision.table.rate_limit import one_dial
from tests.integration.tables import make_table

MINUTE = 1_709_849_220_000


def count(table, client, limit, now):
    count_one(Gateway(table), one_dial(client, limit, now))


@pytest.fixture
def table(made_up_aws):
    return make_table()


def test_a_client_dials_as_often_as_it_may_in_a_minute(table):
    for second in (0, 10, 20):
        count(table, "crm", 3, MINUTE + second * 1000)
    with pytest.raises(TooManyDials) as refused:
        count(table, "crm", 3, MINUTE + 20_500)
    assert refused.value.retry_after == 40
    assert refused.value.status == 429
    count(table, "crm", 3, MINUTE + 60_000)


def test_clients_are_counted_apart(table):
    count(table, "crm", 1, MINUTE)
    count(table, "wall", 1, MINUTE)
    for client in ("crm", "wall"):
        with pytest.raises(TooManyDials):
            count(table, client, 1, MINUTE)


def test_what_is_refused_is_not_counted(table):
    count(table, "crm", 1, MINUTE)
    for _ in range(3):
        with pytest.raises(TooManyDials):
            count(table, "crm", 1, MINUTE)
    count(table, "crm", 2, MINUTE)


def test_the_wait_is_never_none(table):
    count(table, "crm", 1, MINUTE + 59_999)
    with pytest.raises(TooManyDials) as refused:
        count(table, "crm", 1, MINUTE + 59_999)
    assert refused.value.retry_after == 1


def test_of_many_at_once_just_as_many_get_through(table):
    def dial(_):
        try:
            count(table, "crm", 5, MINUTE)
        except TooManyDials:
            return False
        return True

    aws.client("dynamodb")
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(dial, range(24))) == 5


def test_a_counter_is_gone_some_time_after_its_minute(table):
    count(table, "crm", 1, MINUTE)
    [item] = aws.client("dynamodb").scan(TableName=table)["Items"]
    assert MINUTE // 1000 + 60 < int(item["expiration"]["N"]) <= MINUTE // 1000 + 3600


def test_what_cannot_be_counted_is_not_dialled(made_up_aws):
    with pytest.raises(Exception, match="ResourceNotFound"):
        count("no-such-table", "crm", 1, MINUTE)
