"""What IAM decides: whether policy documents allow a request. Pure, and as much of IAM as the template uses."""

import fnmatch
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.harness.cloudformation import ACCOUNT, REGION

type Document = Mapping[str, Any]

_ITEM_ACTIONS = {
    "Put": "PutItem",
    "Delete": "DeleteItem",
    "Update": "UpdateItem",
    "ConditionCheck": "ConditionCheckItem",
}
_PARTITION = re.compile(r"\(?\s*(#?\w+)\s*=\s*(:\w+)")


@dataclass(frozen=True)
class Asked:
    """One action on one resource; `context` are condition keys, each with all its values."""

    action: str
    resource: str
    context: Mapping[str, Sequence[str]] = field(default_factory=dict)


def allowed(documents: Iterable[Document], asked: Asked) -> bool:
    """Whether some statement allows it and none denies it."""
    effects = {
        statement["Effect"]
        for document in documents
        for statement in _list(document["Statement"])
        if _applies(statement, asked)
    }
    return effects == {"Allow"}


def asked_by(service: str, operation: str, body: Mapping[str, Any]) -> Iterator[Asked]:
    """What a request of an AWS API asks IAM for, one or several things."""
    match service, operation:
        case "dynamodb", "TransactWriteItems" | "TransactGetItems":
            # Whether AWS looks at each item's key, or at the keys of all, is not documented: both must be allowed.
            items = [(kind, one) for item in body["TransactItems"] for kind, one in item.items()]
            all_keys = [_partition_of(one) for _, one in items]
            for kind, one in items:
                for keys in ([_partition_of(one)], all_keys):
                    asked = _on_table(_ITEM_ACTIONS.get(kind, "GetItem"), one, keys)
                    yield replace(asked, context={**asked.context, "dynamodb:EnclosingOperation": [operation]})
        case "dynamodb", "BatchGetItem" | "BatchWriteItem":
            for table, one in body["RequestItems"].items():
                yield _on_table(operation, {"TableName": table}, list(_batched(one)))
        case "dynamodb", "Query":
            yield _on_table(operation, body, [_queried(body)])
        case "dynamodb", _:
            yield _on_table(operation, body, [_partition_of(body)] if {"Key", "Item"} & body.keys() else None)
        case "events", "PutEvents":
            for entry in body["Entries"]:
                bus = entry.get("EventBusName", "default").rsplit("/", 1)[-1]
                arn = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{bus}"
                yield Asked("events:PutEvents", arn, {"events:source": [entry["Source"]]})
        case "sqs", _ if "QueueUrl" in body:
            name = body["QueueUrl"].rsplit("/", 1)[-1]
            yield Asked(f"sqs:{operation}", f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
        case "secretsmanager", _:
            yield Asked(f"secretsmanager:{operation}", body.get("SecretId", "*"))
        case _:
            yield Asked(f"{service}:{operation}", "*")


def _on_table(action: str, body: Mapping[str, Any], partitions: list[str] | None) -> Asked:
    arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{body.get('TableName', '*')}"
    if "IndexName" in body:
        arn += f"/index/{body['IndexName']}"
    return Asked(f"dynamodb:{action}", arn, {} if partitions is None else {"dynamodb:LeadingKeys": partitions})


def _partition_of(one: Mapping[str, Any]) -> str:
    item = one["Item"] if "Item" in one else one["Key"]
    return str(item["pk"]["S"])


def _batched(one: Any) -> Iterator[str]:
    if isinstance(one, list):
        for request in one:
            yield from map(_partition_of, request.values())
    else:
        for key in one["Keys"]:
            yield str(key["pk"]["S"])


def _queried(body: Mapping[str, Any]) -> str:
    found = _PARTITION.search(body["KeyConditionExpression"])
    value = body["ExpressionAttributeValues"][found[2]] if found else {}
    return str(next(iter(value.values()), ""))


def _applies(statement: Mapping[str, Any], asked: Asked) -> bool:
    if unknown := statement.keys() - {"Sid", "Effect", "Action", "Resource", "Condition"}:
        raise NotImplementedError(f"a policy says {', '.join(unknown)}, which is not known here")
    return (
        any(_like(asked.action.lower(), action.lower()) for action in _list(statement["Action"]))
        and any(_like(asked.resource, resource) for resource in _list(statement["Resource"]))
        and all(_holds(name, keys, asked.context) for name, keys in statement.get("Condition", {}).items())
    )


def _holds(operator: str, keys: Mapping[str, Any], context: Mapping[str, Sequence[str]]) -> bool:
    if operator == "Null":
        return all((key not in context) is (str(absent).lower() == "true") for key, absent in keys.items())
    of_all, _, name = operator.rpartition(":")
    if of_all not in ("", "ForAllValues") or name not in ("StringEquals", "StringLike"):
        raise NotImplementedError(f"a policy uses {operator}, which is not known here")
    for key, wanted in keys.items():
        values = context.get(key)
        if values is None and of_all:
            continue  # nothing is there that is not among them: IAM says yes
        same = _like if name == "StringLike" else str.__eq__
        if not values or not all(any(same(value, one) for one in _list(wanted)) for value in values):
            return False
    return True


def _like(value: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(value, pattern.replace("[", "[[]"))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
