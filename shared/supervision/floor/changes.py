"""What changed in the list since a version of it: from what is held with the list, whoever asks. Pure."""

import json
from hashlib import blake2b

from supervision.base.fast_json import dumps, loads
from supervision.floor.content import Content
from supervision.floor.history import Fact, came, fact_of, went
from supervision.floor.pages import LARGEST_BODY, Matching, Page, answer_size, page_of
from supervision.floor.queries import CallQuery
from supervision.floor.versions import version
from supervision.rules.calls import order


def changes_since(content: Content, query: CallQuery, matching: Matching) -> Page:
    """The rows that match and are new or changed since `query.since`, and the ids of those that went.

    A row that changed and changed back is sent too: who read a list page by page may have seen it in between. All rows
    that match where the version is not known, or where there is more than one answer may hold; then over several
    pages, each after a cursor.
    """
    found = None if query.after or query.since is None else _found(content, query, matching)
    if found is None:
        whole = page_of(content, query._replace(limit=len(content.lines) + 1), matching)
        return whole._replace(gone=b"[]", full=True, digest=f"f{whole.digest}")
    calls, gone = b",".join(found[0]), dumps(found[1])
    complete = content.complete
    digest = blake2b(b"%d %b%b" % (len(calls), calls, gone), digest_size=12)
    digest.update(json.dumps([matching.version, len(matching.places), complete]).encode())
    return Page(calls, len(matching.places), complete, matching.version, None, digest.hexdigest(), gone, False)


def _found(content: Content, query: CallQuery, matching: Matching) -> tuple[list[bytes], list[str]] | None:
    try:
        touched = _touched_since(content, query, matching.version)
    except (LookupError, TypeError, ValueError):
        touched = None  # steps of another version of this code
    if touched is None:
        return None
    lines = {conf_id: line for conf_id in touched if (line := content.line_of(conf_id)) is not None}
    rows = {conf_id: row for conf_id, line in lines.items() if query.matches(row := loads(line))}
    gone = [conf_id for conf_id, matched in touched.items() if matched and conf_id not in rows]
    calls = [lines[conf_id] for conf_id in sorted(rows, key=lambda conf_id: order(rows[conf_id]))]
    if sum(answer_size(line) + 1 for line in [*calls, dumps(gone)]) > LARGEST_BODY:
        return None
    return calls, gone


def _touched_since(content: Content, query: CallQuery, now: str) -> dict[str, bool] | None:
    """The ids of the rows that came, changed or went since the version, and whether each matched in it.

    None where the walk back does not meet the version.
    """
    touched: dict[str, bool] = {}
    if query.since == now:
        return touched
    total = int(now, 16)
    known: dict[str, Fact | None] = {}
    for step in reversed(content.history):
        before = {fact.conf_id: fact for fact in went(step)}
        for conf_id in {**before, **dict.fromkeys(came(step))}:
            after = known[conf_id] if conf_id in known else _fact_now(content, conf_id)
            if after is not None and query.matches(after.fields):
                total -= after.digest
            was = before.get(conf_id)
            matched = was is not None and query.matches(was.fields)
            if was is not None and matched:
                total += was.digest
            known[conf_id] = was
            touched[conf_id] = matched
        if version(total) == query.since:
            return touched
    return None


def _fact_now(content: Content, conf_id: str) -> Fact | None:
    line = content.line_of(conf_id)
    return None if line is None else fact_of(line)
