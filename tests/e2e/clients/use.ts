/** Does every operation by the types that openapi-typescript made: `node use.ts <URL> <KEY> <what there is, as JSON>`; see use.py. */
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, operations, paths } from "./api.ts";

type Shapes = components["schemas"];
type Name = keyof operations;
type There = {
  call: string; agent: string; unproven: string; joined: string; calls: string[]; gateway: string; phone: string;
  failing: Record<string, [string, Shapes["ProblemCode"]]>;
};

const [url, key, what] = process.argv.slice(2) as [string, string, string];
const there: There = JSON.parse(what);
const by = (baseUrl: string, token: string) => createClient<paths>({ baseUrl, headers: token ? { Authorization: `Bearer ${token}` } : {} });
const api = by(url, key);
const done = new Set<Name>();
const { call, agent } = there;
const to = "+12125550142";
const on = (confId: string) => ({ path: { confId } });

/** What was answered, where it is no error. */
function good<Data>(name: Name, status: number, { data, response }: { data?: Data; response: Response }): NonNullable<Data> {
  assert.equal(response.status, status, name);
  done.add(name);
  assert.ok(data !== undefined && data !== null, name);
  return data;
}

/** It was refused with that code. The type says that the gateway may have answered. */
function refused(status: number, code: Shapes["ProblemCode"], { error, response }: { error?: Shapes["Problem"] | Shapes["Message"]; response: Response }) {
  assert.equal(response.status, status);
  assert.ok(error && "code" in error, JSON.stringify(error));
  assert.equal(error.code, code);
}

/** The gateway answered by itself. */
function byTheGateway(status: number, text: string, { error, response }: { error?: Shapes["Problem"] | Shapes["Message"]; response: Response }) {
  assert.equal(response.status, status);
  assert.ok(error && "message" in error, JSON.stringify(error));
  assert.equal(error.message, text);
}

// ---------------------------------------------------------------- reading
const held = good("listCalls", 200, await api.GET("/calls", { params: { query: { direction: "inbound" } } }));
assert.ok(!("full" in held));
const row = held.calls.find(({ confId }) => confId === call);
assert.equal(row?.agentMatch satisfies Shapes["AgentMatch"] | null | undefined, "channelName");
const changes = good("listCalls", 200, await api.GET("/calls", { params: { query: { since: held.version } } }));
assert.ok("full" in changes && Array.isArray(changes.gone));
assert.equal(good("getCall", 200, await api.GET("/calls/{confId}", { params: on(call) })).confId, call);
const plan = good("planAction", 200, await api.GET("/calls/{confId}/plan", { params: { ...on(there.unproven), query: { action: "whisper" } } }));
assert.equal(plan.refused?.code satisfies Shapes["ProblemCode"] | undefined, "agent_not_proven");
assert.ok(good("listAgents", 200, await api.GET("/agents")).agents.some(({ clientId }) => clientId === agent));
assert.equal(good("me", 200, await api.GET("/me")).client, "supervisor");

// ---------------------------------------------------------------- acting
const asked = good("askForHelp", 200, await api.PUT("/calls/{confId}/help", { params: on(call), body: { reason: "a manager, please" } }));
assert.equal(asked.help?.reason, "a manager, please");
assert.equal(good("withdrawHelp", 200, await api.DELETE("/calls/{confId}/help", { params: on(call) })).help, null);
const named = { ...on(call), header: { "Idempotency-Key": `whisper in TypeScript ${call}` } };
const begun = good("whisper", 202, await api.POST("/calls/{confId}/whisper", { params: named, body: { to } }));
assert.equal(begun.action satisfies Shapes["Action"], "whisper");
assert.equal(begun.state satisfies Shapes["SupervisionState"], "dialing");
const one = { params: { path: { id: begun.id } } };
good("getSupervision", 200, await api.GET("/supervisions/{id}", one));
good("leave", 202, await api.DELETE("/supervisions/{id}", one));
const [first = "", second = "", third = ""] = there.calls;
good("listen", 202, await api.POST("/calls/{confId}/listen", { params: on(first), body: { to: "+12125550150", maxSeconds: 600 } }));
good("barge", 202, await api.POST("/calls/{confId}/barge", { params: on(second), body: { to: "+12125550151" } }));
good("takeover", 202, await api.POST("/calls/{confId}/takeover", { params: on(third), body: { to: "+12125550152" } }));
good("switch", 202, await api.PATCH("/supervisions/{id}", { params: { path: { id: there.joined } }, body: { action: "barge" } }));
const listed = good("listSupervisions", 200, await api.GET("/supervisions", { params: { query: { confId: call } } }));
assert.ok(typeof listed !== "string"); // as CSV it is text
assert.ok(listed.supervisions.some(({ id }) => id === begun.id));
const follow = good("follow", 201, await api.POST("/agents/{clientId}/follow", { params: { path: { clientId: agent } }, body: { to, action: "listen", calls: 5 } }));
assert.ok(good("listFollows", 200, await api.GET("/follows")).follows.some(({ id }) => id === follow.id));
assert.equal(good("withdrawFollow", 200, await api.DELETE("/follows/{id}", { params: { path: { id: follow.id } } })).how, "withdrawn");
assert.ok(good("hangup", 200, await api.POST("/calls/{confId}/hangup", { params: on(call) })).hungUp.length >= 2);

// ---------------------------------------------------------------- what needs no key
good("page", 200, await api.GET("/", { parseAs: "text" }));
good("docs", 200, await api.GET("/docs", { parseAs: "text" }));
good("openapi", 200, await api.GET("/openapi.json"));
good("asyncapi", 200, await api.GET("/asyncapi.json"));

// ---------------------------------------------------------------- what goes wrong
refused(404, "call_not_found", await api.GET("/calls/{confId}", { params: on("nobody") }));
refused(409, "agent_not_proven", await api.POST("/calls/{confId}/whisper", { params: on(there.unproven), body: { to } }));
refused(422, "number_not_allowed", await api.POST("/calls/{confId}/whisper", { params: on(first), body: { to: "+18095550100" } }));
for (const [status, [confId, code]] of Object.entries(there.failing)) {
  refused(Number(status), code, await api.POST("/calls/{confId}/barge", { params: on(confId), body: { to: there.phone } }));
}
byTheGateway(401, "Unauthorized", await by(url, "").GET("/calls"));
byTheGateway(403, "Forbidden", await by(url, "a-key-that-nobody-has").GET("/calls"));
for (const status of [401, 403, 404, 413, 429, 500, 503, 504]) {
  byTheGateway(status, `as ${status}`, await by(`${there.gateway}/${status}`, key).POST("/calls/{confId}/whisper", { params: on(call), body: { to } }));
}
console.log(JSON.stringify([...done].sort()));
