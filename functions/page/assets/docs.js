/** The API's description as a page to read, and to try. */
import { h, link, prose, row, table } from "./elements.js";
import { answerOf, samplesOf } from "./docs-samples.js";
import { Form } from "./docs-try.js";
import { aroundThePage, limits, start, versions } from "./docs-words.js";
import { session } from "./store.js";

const contents = document.getElementById("contents");
const reference = document.getElementById("reference");
const key = document.getElementById("key");

key.value = session.get("key");
key.addEventListener("input", () => session.set("key", key.value.trim()));
window.addEventListener("hashchange", show);

try {
  const answer = await fetch("./openapi.json");
  if (!answer.ok) throw new Error(`it was answered with ${answer.status}`);
  const events = await fetch("./asyncapi.json");
  render(await answer.json(), await events.json());
  reachable();
  show();
} catch (error) {
  reference.replaceChildren(h("p", { role: "alert" }, `The description cannot be read: ${error.message}. Reload to try again.`));
}

function render(api, events) {
  const operations = Object.entries(api.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
  );
  const groups = api.tags.map(({ name }) => [name, operations.filter(({ tags }) => tags.includes(name))]);
  contents.replaceChildren(
    h("ul", {}, h("li", {}, link("start", "Getting started")), groups.map(([name, members]) => h("li", {}, name, h("ul", {}, members.map(entry)))),
      [["events", "Events"], ["page-messages", "In a page of yours"], ["problems", "Problems"], ["limits", "Limits"], ["versions", "Versions"], ["shapes", "Shapes"]].map(([id, text]) => h("li", {}, link(id, text)))),
  );
  reference.replaceChildren(
    h("p", {}, prose(api.info.description)),
    start(),
    ...groups.map(([name, members]) => h("section", {}, h("h2", {}, name), members.map((one) => operation(one, api)))),
    h("section", {}, h("h2", { id: "events" }, "Events"),
      h("p", {}, prose(events.info.description), " ", h("a", { href: "./asyncapi.json" }, "asyncapi.json"), " has their schemas."),
      table(["Event", "Way", "What it means", "Data"], Object.values(events.components.messages).map((one) => event(one, events)))),
    aroundThePage(),
    h("section", {}, h("h2", { id: "problems" }, "Problems"),
      h("p", {}, "What is refused or goes wrong is answered as ", h("code", {}, "application/problem+json"),
        " (RFC 9457). Tell problems apart by ", h("code", {}, "code"), "; ", h("code", {}, "detail"), " is for people."),
      table(["Code", "Status", "What it means", "What to do"], api["x-problems"].map(problem))),
    limits(api["x-limits"]), versions(api.info, events.info),
    h("section", {}, h("h2", { id: "shapes" }, "Shapes"), Object.entries(api.components.schemas).map(shape)),
  );
}

/** A table that is wider than its place is scrolled by keyboard too, and is in the tab order then alone. */
function reachable() {
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });
  for (const one of reference.querySelectorAll(".wide")) sizes.observe(one);
}

function entry({ operationId, summary }) {
  return h("li", {}, link(`op-${operationId}`, summary));
}

function operation(one, api) {
  const scopes = one.security.flatMap((requirement) => Object.values(requirement).flat());
  const body = one.requestBody?.content["application/json"].schema;
  return h("article", { id: `op-${one.operationId}` },
    h("h3", {}, one.summary),
    h("p", { className: "route" }, h("b", {}, one.method), " ", h("code", {}, one.path)),
    h("p", {}, prose(one.description)),
    h("p", { className: "quiet" }, scopes.length ? ["Takes ", scopes.map((scope, nth) => [nth ? " or " : "", h("code", {}, scope)]), "."] : "Takes no key."),
    table(["Parameter", "In", "Type", "About"], one.parameters.map(parameter)),
    body && h("p", {}, "Body: ", type(body)),
    table(["Status", "Answer", "About"], Object.entries(one.responses).map(response)),
    answerOf(one, api), samplesOf(one, api),
    new Form(one, api, () => session.get("key") || key.value.trim()).element,
  );
}

function parameter(one) {
  return row("", [h("code", {}, one.name), one.required ? " (required)" : ""], one.in, type(one.schema), prose(one.description));
}

function response([status, { description, content = {} }]) {
  const kinds = Object.entries(content).map(([media, { schema, examples = {} }]) => {
    const codes = Object.keys(examples);
    return h("div", {}, codes.length ? codes.map((code, nth) => [nth ? " · " : "", link(code)]) : schema.$ref || schema.anyOf ? type(schema) : media);
  });
  return row("", status, kinds, prose(Object.values(content).some(({ examples }) => examples) ? "" : description));
}

function problem({ code, status, title, description, remedy }) {
  return row(code, h("code", {}, code), String(status), [h("b", {}, title), ". ", prose(description)], prose(remedy));
}

function event({ name, summary, payload }, events) {
  const asked = events.operations.ask.messages.some(({ $ref }) => $ref.endsWith(`/${name.replaceAll(" ", "")}`));
  const { detail } = payload.properties;
  const data = detail.properties.data ?? detail;
  const members = data.properties ?? events.components.schemas[data.$ref.split("/").at(-1)].properties;
  return row("", h("code", {}, name), asked ? "you ask" : "is told", prose(summary), Object.keys(members).map((member, nth) => [nth ? " · " : "", h("code", {}, member)]));
}

function shape([name, schema]) {
  const required = new Set(schema.required);
  const members = Object.entries(schema.properties ?? {}).map(([member, one]) =>
    row("", [h("code", {}, member), required.has(member) ? "" : " (may be absent)"], type(one), prose(one.description)));
  return h("article", { id: `shape-${name}` },
    h("h3", {}, name), h("p", {}, prose(schema.description)), schema.enum && h("p", {}, type(schema)), table(["Member", "Type", "About"], members));
}

/** A schema in words. */
function type(schema) {
  if (schema.$ref) {
    const name = schema.$ref.split("/").at(-1);
    return link(`shape-${name}`, name);
  }
  if (schema.anyOf) return schema.anyOf.map((one, nth) => [nth ? " or " : "", type(one)]);
  if (schema.const !== undefined) return h("code", {}, String(schema.const));
  if (schema.enum) return schema.enum.map((value, nth) => [nth ? " · " : "", h("code", {}, String(value))]);
  if (schema.type === "array") return ["list of ", type(schema.items)];
  const range = schema.minimum !== undefined && schema.maximum !== undefined ? ` ${schema.minimum} to ${schema.maximum}` : "";
  return [schema.type].flat().join(" or ") + range;
}

/** What the address names: it was not there yet when the browser looked for it. */
function show() {
  reference.querySelector(".named")?.classList.remove("named");
  const named = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!named) return;
  named.classList.add("named");
  named.scrollIntoView();
}
