"""Clients that others' generators make of the description do every operation of the running system, errors included."""

import json
import os
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.harness.fake_ytel.faults import Reset, Status
from tests.harness.system import LOCAL_KEY
from tests.harness.template import ROOT

TOOLS = ROOT / ".venv-clients" / "bin"
SOURCES = Path(__file__).with_name("clients")
DESCRIPTION = ROOT / "functions/page/openapi.json"
ENVIRONMENT = {**os.environ, "PATH": f"{TOOLS}:{os.environ['PATH']}"}
FAILING = {
    429: ("ytel_rate_limited", Status(429, retry_after=7)),
    502: ("ytel_rejected", Status(400)),
    503: ("ytel_unavailable", Status(503)),
    504: ("outcome_unknown", Reset(processed=True)),
}

pytestmark = pytest.mark.skipif(not TOOLS.exists(), reason="their tools are not here: `make test` brings them")


class Gateway(BaseHTTPRequestHandler):
    """Answers every request with the status that its path begins with, as API Gateway does by itself."""

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status = int(self.path.split("/")[1])
        body = json.dumps({"message": f"as {status}"}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def gateway():
    with ThreadingHTTPServer(("127.0.0.1", 0), Gateway) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def there(scene, gateway):
    """What a client finds: calls, one of whose agents is not proven, some whose dials Ytel fails, a supervision."""
    agent = scene.agent()
    joined = scene.joined("listen", scene.call())["id"]
    scene.floor.auto_answer_after = 0
    failing = {}
    for status, (code, fault) in FAILING.items():
        call = scene.call()
        scene.ytel.faults.add("POST", f"/conference/{call}/participant$", fault)
        failing[status] = (call, code)
    found = {
        "call": scene.call(agent=agent),
        "agent": agent.client_id,
        "unproven": scene.call(proof=None),
        "joined": joined,
        "calls": [scene.call() for _ in range(3)],
        "failing": failing,
        "phone": scene.phone(),
        "gateway": gateway,
    }
    scene.system.move_clock(3)  # no list that is still held is from before these calls
    yield found
    scene.floor.auto_answer_after = None


def run(command, folder, **environment):
    """What it printed."""
    done = subprocess.run(
        [str(one) for one in command], cwd=folder, env={**ENVIRONMENT, **environment}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def does_everything(printed, document):
    named = {one["operationId"] for item in document["paths"].values() for one in item.values()}
    return {one.replace("_", "").lower() for one in json.loads(printed)} == {one.lower() for one in named}


@pytest.fixture(scope="module")
def document():
    return json.loads(DESCRIPTION.read_text("utf-8"))


def test_a_generated_python_client_does_everything(scene, there, document, tmp_path):
    generate = [TOOLS / "openapi-python-client", "generate", "--path", DESCRIPTION, "--meta", "none"]
    said = run([*generate, "--output-path", tmp_path / "call_floor", "--fail-on-warning"], tmp_path)
    assert "pieces may be missing" not in said
    command = [TOOLS / "python", SOURCES / "use.py", scene.system.url, LOCAL_KEY, json.dumps(there)]
    assert does_everything(run(command, tmp_path, PYTHONPATH=str(tmp_path)), document)


def test_each_set_of_values_is_one_enum_by_its_name(document):
    """What is left beside the named ones has one value, or is the null of a named one."""
    named = {name for name, shape in document["components"]["schemas"].items() if "enum" in shape}
    of_supervisions = {"Action", "PlannedAction", "SupervisionState", "SupervisionEnd"}
    assert named == {*of_supervisions, "FollowEnd", "AgentMatch", "Direction", "ProblemCode", "Scope"}
    shapes = {name: one for name, one in document["components"]["schemas"].items() if name not in named}

    def enums(node):
        if isinstance(node, list):
            return [found for one in node for found in enums(one)]
        if not isinstance(node, dict):
            return []
        return ([node["enum"]] if "enum" in node else []) + [found for one in node.values() for found in enums(one)]

    assert enums(shapes) + enums(document["paths"]) == []


def test_generated_typescript_types_do_everything(scene, there, document, tmp_path):
    for name in ("package.json", "package-lock.json", "use.ts"):
        shutil.copy(SOURCES / name, tmp_path)
    run([TOOLS / "npm", "ci", "--no-audit", "--no-fund"], tmp_path)
    modules = tmp_path / "node_modules"
    run([TOOLS / "node", modules / "openapi-typescript/bin/cli.js", DESCRIPTION, "-o", "api.ts"], tmp_path)
    strict = ["--noEmit", "--strict", "--noUncheckedIndexedAccess", "--allowImportingTsExtensions"]
    modern = ["--target", "esnext", "--module", "nodenext", "--skipLibCheck", "--types", "node"]
    run([TOOLS / "node", modules / "typescript/bin/tsc", *strict, *modern, "use.ts"], tmp_path)
    command = [TOOLS / "node", "use.ts", scene.system.url, LOCAL_KEY, json.dumps(there)]
    assert does_everything(run(command, tmp_path), document)
