/** An example of an operation's answer, and how it is asked for by curl, in Python and in JavaScript. */
import { example } from "./docs-try.js";
import { h } from "./elements.js";

/** The first answer that is no refusal, as an example. */
export function answerOf(operation, api) {
  const [status, answer] = Object.entries(operation.responses).find(([, { content }]) => content?.["application/json"]) ?? [];
  if (!status?.startsWith("2")) return null;
  const value = JSON.stringify(example(answer.content["application/json"].schema, api), null, 2);
  return folded("Example of the answer", h("pre", { tabIndex: 0, className: "example" }, value));
}

/** The same request three times: as a shell, Python and JavaScript make it. The key is in the variable KEY. */
export function samplesOf(operation, api) {
  const one = requestOf(operation, api);
  const all = { curl: curl(one), Python: python(one), JavaScript: javascript(one) };
  return folded("curl, Python, JavaScript", Object.entries(all).map(([language, text]) =>
    [h("h4", {}, language), h("pre", { tabIndex: 0, "data-language": language, "data-operation": operation.operationId }, text)]));
}

function folded(title, ...inside) {
  return h("details", {}, h("summary", {}, title), ...inside);
}

function requestOf({ path, method, parameters, requestBody, security }, api) {
  const places = { confId: "5555776a-564f-4805-ada6-e770c66d7368", clientId: "c91f9b77-ce9d-4207-98e4-229b76a6555", id: "7b0f6a52-2f0e-4f5d-9f57-0c2f4f0d8a11" };
  const query = parameters.filter(({ in: place, required }) => place === "query" && required).map(({ name, schema }) => `${name}=${example(schema, api)}`);
  const where = path.slice(1).replace(/{(\w+)}/g, (_, name) => places[name]) + (query.length ? `?${query.join("&")}` : "");
  const body = requestBody && example(requestBody.content["application/json"].schema, api);
  return { url: new URL(`./${where}`, location.href).href.replace(/#.*/, ""), method, body, secured: security.length > 0 };
}

export function curl({ url, method, body, secured }) {
  const parts = [method === "GET" ? "" : `-X ${method}`, `'${url}'`];
  if (secured) parts.push('-H "Authorization: Bearer $KEY"');
  if (body) parts.push("-H 'Content-Type: application/json'", `-d '${JSON.stringify(body)}'`);
  return `curl -sS --fail-with-body ${parts.filter(Boolean).join(" \\\n  ")}`;
}

export function python({ url, method, body, secured }) {
  const more = [];
  if (secured) more.push('    headers={"Authorization": f"Bearer {os.environ[\'KEY\']}"},');
  if (body) more.push(`    json=${JSON.stringify(body).replaceAll("true", "True").replaceAll("null", "None")},`);
  const call = `requests.request(\n    "${method}",\n    "${url}",\n${[...more, "    timeout=30,"].join("\n")}\n)`;
  return `${secured ? "import os\n\n" : ""}import requests\n\nanswer = ${call}\nanswer.raise_for_status()\nprint(answer.text)`;
}

export function javascript({ url, method, body, secured }) {
  const headers = [secured && "Authorization: `Bearer ${process.env.KEY}`", body && '"Content-Type": "application/json"'].filter(Boolean);
  const options = [`  method: "${method}",`, headers.length && `  headers: { ${headers.join(", ")} },`, body && `  body: JSON.stringify(${JSON.stringify(body)}),`];
  return `const answer = await fetch("${url}", {\n${options.filter(Boolean).join("\n")}\n});\nif (!answer.ok) throw new Error(await answer.text());\nconsole.log(await answer.text());`;
}
