/** One operation, tried: a form of its parameters and body, the request as curl, and the answer. */
import { h } from "./elements.js";

const LONGEST_SHOWN = 200_000;
const SHOWN_HEADERS = ["content-type", "etag", "retry-after", "idempotent-replayed", "x-correlation-id"];

export class Form {
  #fields = [];
  #body = null;

  /** `key` gives the API key there is now. */
  constructor(operation, api, key) {
    this.operation = operation;
    this.key = key;
    const id = (name) => `${operation.operationId}-${name}`;
    for (const parameter of operation.parameters) {
      const values = (parameter.schema.$ref ? named(parameter.schema, api) : parameter.schema).enum;
      const field = h(values ? "select" : "input", { id: id(parameter.name), autocomplete: "off", spellcheck: false, required: parameter.required });
      if (values) field.append(...(parameter.required ? [] : [h("option", { value: "" }, "")]), ...values.map((value) => h("option", { value }, value)));
      this.#fields.push([parameter, field]);
    }
    const schema = operation.requestBody?.content["application/json"].schema;
    if (schema) this.#body = h("textarea", { id: id("body"), rows: 3, spellcheck: false, value: JSON.stringify(example(schema, api), null, 2) });
    this.answer = h("div", { className: "answer", role: "status" });
    const lines = [...this.#fields.map(([{ name }, field]) => [name, field]), ...(this.#body ? [["Body", this.#body]] : [])];
    const form = h("form", { onsubmit: (event) => this.#send(event) },
      lines.map(([name, field]) => h("div", { className: "field" }, h("label", { htmlFor: field.id }, name), field)),
      h("p", {}, h("button", { className: "primary" }, "Send"), operation.method === "GET" ? null : h("span", { className: "quiet" }, " This is done for real.")),
      this.answer);
    this.element = h("details", { className: "try" }, h("summary", {}, "Try it"), form);
  }

  #request() {
    let path = this.operation.path.slice(1);
    const query = new URLSearchParams();
    const headers = {};
    for (const [{ name, in: place }, { value }] of this.#fields) {
      if (place === "path") path = path.replace(`{${name}}`, encodeURIComponent(value));
      else if (value && place === "query") query.set(name, value);
      else if (value) headers[name] = value;
    }
    if (this.#body) headers["Content-Type"] = "application/json";
    // the page's own address, so that a stage in front of the path does no harm
    const url = new URL(`./${path}${query.size ? `?${query}` : ""}`, location.href);
    return { url, method: this.operation.method, headers, body: this.#body?.value };
  }

  async #send(event) {
    event.preventDefault();
    const { url, method, headers, body } = this.#request();
    const curl = h("pre", { tabIndex: 0 }, curlOf({ url, method, headers, body }, this.operation.security.length > 0));
    const button = event.submitter;
    if (button) button.disabled = true;
    this.answer.replaceChildren(curl, h("p", { className: "quiet" }, "Waiting for the answer…"));
    try {
      const key = this.operation.security.length ? this.key() : "";
      const authorization = key ? { Authorization: `Bearer ${key}` } : {};
      const began = performance.now();
      const response = await fetch(url, { method, headers: { ...authorization, ...headers }, body, cache: "no-store", credentials: "omit" });
      const text = await response.text();
      const took = Math.round(performance.now() - began);
      const shown = SHOWN_HEADERS.filter((name) => response.headers.has(name)).map((name) => `${name}: ${response.headers.get(name)}\n`);
      this.answer.replaceChildren(curl,
        h("p", {}, h("b", {}, String(response.status)), ` ${response.statusText} in ${took} ms`),
        h("pre", { tabIndex: 0 }, shown.join(""), text && "\n", pretty(text).slice(0, LONGEST_SHOWN)));
    } catch (error) {
      this.answer.replaceChildren(curl, h("p", { role: "alert" }, `No answer: ${error.message}`));
    } finally {
      if (button) button.disabled = false;
    }
  }
}

function curlOf({ url, method, headers, body }, secured) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const all = { ...(secured && { Authorization: "Bearer $KEY" }), ...headers };
  const parts = Object.entries(all).map(([name, value]) => `-H ${value.includes("$KEY") ? `"${name}: ${value}"` : quoted(`${name}: ${value}`)}`);
  if (body) parts.push(`-d ${quoted(body)}`);
  return ["curl", method === "GET" ? "" : `-X ${method}`, quoted(url.href), ...parts].filter(Boolean).join(" \\\n  ").replace("curl \\\n  ", "curl ");
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** The shape that is referred to. */
export function named(schema, api) {
  return api.components.schemas[schema.$ref.split("/").at(-1)];
}

/** A value of a shape, from the examples of its members; what may be left out is left out where it has none. */
export function example(schema, api) {
  if (schema.examples) return schema.examples[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.$ref) return example(named(schema, api), api);
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return example(schema.anyOf[0], api);
  const plain = { string: "…", integer: 1, boolean: true, null: null }[[schema.type].flat()[0]];
  if (plain !== undefined) return plain;
  if (schema.type === "array") return [example(schema.items, api)];
  const members = Object.entries(schema.properties ?? {}).filter(([name, one]) => schema.required?.includes(name) || one.examples);
  return Object.fromEntries(members.map(([name, one]) => [name, example(one, api)]));
}
