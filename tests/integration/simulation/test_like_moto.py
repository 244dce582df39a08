"""The tables of the simulation answer as moto's do, to the same random sequences of calls."""

from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from supervision.base import aws
from tests.harness.simulation.dynamodb import DynamoDB
from tests.harness.simulation.table import Table
from tests.integration.tables import as_the_template_says

PARTITIONS, ORDERS = st.sampled_from(["OPEN", "OUTBOX"]), st.sampled_from(["a", "a#1", "a#2", "b"])
NUMBERS = st.sampled_from([-1, 0, 1, 2, 10]).map(lambda number: {"N": str(number)})
TEXTS = st.sampled_from(["", "x", "xy", "é"]).map(lambda text: {"S": text})
BYTES = st.sampled_from([b"", b"\x00\xff"]).map(lambda data: {"B": data})
FLAGS = st.booleans().map(lambda flag: {"BOOL": flag})
KEYS = st.fixed_dictionaries(
    {"pk": PARTITIONS.map(lambda text: {"S": text}), "sk": ORDERS.map(lambda text: {"S": text})}
)
ATTRIBUTES = st.fixed_dictionaries(
    {},
    optional={
        "n": NUMBERS,
        "t": TEXTS,
        "b": BYTES,
        "f": FLAGS,
        "confId": st.sampled_from([{"S": "c1"}, {"S": "c2"}]),
        "requestedAt": NUMBERS,
    },
)
ITEMS = st.builds(lambda key, more: {**more, **key}, KEYS, ATTRIBUTES)

CONDITIONS = st.sampled_from(
    [
        ("attribute_not_exists(pk)", ()),
        ("attribute_exists(pk)", ()),
        ("attribute_not_exists(n) OR n < :n", (":n",)),
        ("n = :n AND t = :t", (":n", ":t")),
        ("(attribute_not_exists(n) OR n <= :n) AND (attribute_not_exists(t) OR NOT t = :t)", (":n", ":t")),
        ("n <> :n", (":n",)),
        ("n > :n AND begins_with(t, :t)", (":n", ":t")),
        ("n BETWEEN :n AND :m", (":n", ":m")),
        ("#n IN (:n, :m)", (":n", ":m", "#n")),
        ("f = :f", (":f",)),
        ("contains(t, :t)", (":t",)),
    ]
)
UPDATES = st.sampled_from(
    [
        ("SET n = :n", (":n",)),
        ("SET n = :n, t = :t REMOVE f", (":n", ":t")),
        ("ADD n :n SET t = :t", (":n", ":t")),
        ("SET n = if_not_exists(n, :n) + :m", (":n", ":m")),
        ("REMOVE t, #n", ("#n",)),
    ]
)
WRITES = st.sampled_from(["put_item", "update_item", "delete_item"])
RETURNS = st.sampled_from(["NONE", "ALL_OLD", "ALL_NEW"])


def _stated(draw: Any, *texts: tuple[str, tuple[str, ...]]) -> dict[str, Any]:
    """What the placeholders of these texts stand for."""
    wanted = sorted({name for _, names in texts for name in names})
    kinds = {":n": NUMBERS, ":m": NUMBERS, ":t": TEXTS, ":f": FLAGS}
    values = {name: draw(kinds[name]) for name in wanted if name in kinds}
    stated: dict[str, Any] = {"ExpressionAttributeValues": values} if values else {}
    return stated | ({"ExpressionAttributeNames": {"#n": "n"}} if "#n" in wanted else {})


@st.composite
def writes(draw: Any, *, transacted: bool = False) -> tuple[str, dict[str, Any]]:
    """One put, update or delete, most often under a condition."""
    kind, condition, update = draw(WRITES), draw(st.one_of(st.none(), CONDITIONS)), draw(UPDATES)
    body: dict[str, Any] = {"Item": draw(ITEMS)} if kind == "put_item" else {"Key": draw(KEYS)}
    texts = [condition] if condition else []
    if condition:
        body["ConditionExpression"] = condition[0]
        body["ReturnValuesOnConditionCheckFailure"] = draw(st.sampled_from(["NONE", "ALL_OLD"]))
    if kind == "update_item":
        body["UpdateExpression"] = update[0]
        texts.append(update)
    if transacted:
        body.pop("ReturnValuesOnConditionCheckFailure", None)
    else:
        returned = draw(RETURNS)
        body["ReturnValues"] = returned if kind == "update_item" or returned != "ALL_NEW" else "ALL_OLD"
    return kind, {**body, **_stated(draw, *texts)}


@st.composite
def transactions(draw: Any) -> tuple[str, dict[str, Any]]:
    """Several writes at once, now and then two of one item."""
    made = draw(st.lists(writes(transacted=True), min_size=1, max_size=4))
    kinds = {"put_item": "Put", "update_item": "Update", "delete_item": "Delete"}
    return "transact_write_items", {"TransactItems": [{kinds[kind]: body} for kind, body in made]}


@st.composite
def queries(draw: Any) -> tuple[str, dict[str, Any]]:
    """Every page of a partition, of the table or of an index."""
    asked: dict[str, Any] = {"ScanIndexForward": draw(st.booleans()), "Limit": draw(st.integers(1, 4))}
    if draw(st.booleans()):
        asked["KeyConditionExpression"] = "#key = :key"
        asked |= {"IndexName": "by_call", "ExpressionAttributeNames": {"#key": "confId"}}
        values: dict[str, Any] = {":key": {"S": draw(st.sampled_from(["c1", "c2", "c3"]))}}
    else:
        start = draw(st.sampled_from(["", " AND begins_with(sk, :start)", " AND sk > :start"]))
        asked["KeyConditionExpression"] = "pk = :pk" + start
        values = {":pk": {"S": draw(PARTITIONS)}, **({":start": {"S": "a#"}} if start else {})}
    if draw(st.booleans()):
        asked["FilterExpression"] = "n > :n"
        values[":n"] = draw(NUMBERS)
    return "query", {**asked, "ExpressionAttributeValues": values}


@st.composite
def batches(draw: Any) -> tuple[str, dict[str, Any]]:
    """Puts and deletes, or readings, of several items."""
    keys = draw(st.lists(KEYS, min_size=1, max_size=5, unique_by=lambda key: (key["pk"]["S"], key["sk"]["S"])))
    if draw(st.booleans()):
        return "batch_get_item", {"Keys": keys}
    attributes = draw(st.lists(st.one_of(st.none(), ATTRIBUTES), min_size=len(keys), max_size=len(keys)))
    requests = [
        {"DeleteRequest": {"Key": key}} if more is None else {"PutRequest": {"Item": {**more, **key}}}
        for key, more in zip(keys, attributes, strict=True)
    ]
    return "batch_write_item", {"Requests": requests}


READINGS = st.builds(lambda key: ("get_item", {"Key": key, "ConsistentRead": True}), KEYS)
CALLS = st.one_of(writes(), writes(), transactions(), queries(), batches(), READINGS)


def _answers(client: Any, table: str, name: str, asked: dict[str, Any]) -> list[Any]:
    """What a call answers, or the error's code and what comes with it."""
    try:
        match name:
            case "transact_write_items":
                for one in asked["TransactItems"]:
                    next(iter(one.values()))["TableName"] = table
                return [_kept(client.transact_write_items(**asked))]
            case "batch_get_item":
                answer = client.batch_get_item(RequestItems={table: {"Keys": asked["Keys"], "ConsistentRead": True}})
                return sorted(answer["Responses"][table], key=lambda item: (item["pk"]["S"], item["sk"]["S"]))
            case "batch_write_item":
                return [_kept(client.batch_write_item(RequestItems={table: asked["Requests"]}))]
            case "query":
                # Whether a full page says that more may follow is not the same in moto and in DynamoDB.
                return [item for page in _pages(client, TableName=table, **asked) for item in page["Items"]]
        return [_kept(getattr(client, name)(TableName=table, **asked))]
    except ClientError as error:
        said = error.response
        reasons = [reason["Code"] for reason in said.get("CancellationReasons", [])]
        return [type(error).__name__, said["Error"]["Code"], reasons, said.get("Item")]


def _pages(client: Any, **asked: Any) -> list[dict[str, Any]]:
    pages = [client.query(**asked)]
    while "LastEvaluatedKey" in pages[-1] and len(pages) < 20:
        pages.append(client.query(**asked, ExclusiveStartKey=pages[-1]["LastEvaluatedKey"]))
    return pages


def _kept(answer: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in answer.items()
        if name not in ("ResponseMetadata", "ConsumedCapacity", "ItemCollectionMetrics")
    }


@pytest.mark.usefixtures("made_up_aws")
def test_the_tables_answer_as_motos_do() -> None:
    moto: Any = aws.client("dynamodb")
    nth = count()
    _, properties = as_the_template_says()

    @settings(max_examples=50, deadline=None, database=None, derandomize=True)
    @given(st.lists(CALLS, min_size=8, max_size=20))
    def play(calls: list[tuple[str, dict[str, Any]]]) -> None:
        name = f"t{next(nth)}"
        moto.create_table(TableName=name, **properties)
        ours = DynamoDB(Table(name, properties, now=lambda: 0))
        for number, (call, asked) in enumerate(calls):
            wanted, got = _answers(moto, name, call, asked), _answers(ours, name, call, asked)
            assert got == wanted, f"call {number}: {call} {asked}"
        moto.delete_table(TableName=name)

    play()


def test_what_is_too_large_is_refused_as_by_moto(made_up_aws: None) -> None:
    moto: Any = aws.client("dynamodb")
    _, properties = as_the_template_says()
    moto.create_table(TableName="t", **properties)
    ours = DynamoDB(Table("t", properties, now=lambda: 0))
    key = {"pk": {"S": "p"}, "sk": {"S": "s"}}
    for size in (400_000, 410_000):
        item = {**key, "data": {"S": "x" * size}}
        wanted, got = (_answers(client, "t", "put_item", {"Item": item}) for client in (moto, ours))
        assert got == wanted
    many = [{"Put": {"Item": {"pk": {"S": "p"}, "sk": {"S": str(n)}}}} for n in range(101)]
    for items in (many[:100], many):
        wanted, got = (
            _answers(client, "t", "transact_write_items", {"TransactItems": items}) for client in (moto, ours)
        )
        assert got == wanted
    full = [{"Put": {"Item": {"pk": {"S": "q"}, "sk": {"S": str(n)}, "data": {"S": "x" * 300_000}}}} for n in range(9)]
    for start in range(0, 9, 3):
        for client in (moto, ours):
            _answers(client, "t", "transact_write_items", {"TransactItems": full[start : start + 3]})
    asked = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "q"}}}
    counts = [[page["Count"] for page in _pages(client, TableName="t", **asked)] for client in (moto, ours)]
    assert counts == [[3, 3, 3]] * 2


TESTS = ("v = :v", "v <> :v", "v < :v", "v <= :v", "v > :v", "v >= :v", "v IN (:v)", "v BETWEEN :v AND :v")


@pytest.mark.parametrize(
    "values",
    [
        [{"N": "9"}, {"N": "10"}, {"N": "10.0"}, {"N": "-1"}],
        [{"S": "9"}, {"S": "10"}, {"S": ""}, {"S": "é"}],
        [{"B": b"9"}, {"B": b"10"}],
    ],
    ids=["numbers", "texts", "bytes"],
)
def test_values_compare_as_in_moto(made_up_aws: None, values: list[dict[str, Any]]) -> None:
    moto: Any = aws.client("dynamodb")
    _, properties = as_the_template_says()
    moto.create_table(TableName="t", **properties)
    ours = DynamoDB(Table("t", properties, now=lambda: 0))
    for number, value in enumerate([*values, None]):
        item = {"pk": {"S": "p"}, "sk": {"S": str(number)}, **({"v": value} if value else {})}
        for client in (moto, ours):
            client.put_item(TableName="t", Item=item)
    for test in TESTS:
        for value in values:
            asked = {
                "KeyConditionExpression": "pk = :p",
                "FilterExpression": test,
                "ExpressionAttributeValues": {":p": {"S": "p"}, ":v": value},
            }
            wanted, got = (
                [item["sk"]["S"] for item in client.query(TableName="t", **asked)["Items"]] for client in (moto, ours)
            )
            assert got == wanted, (test, value)
