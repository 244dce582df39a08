/** The API as the page uses it: one key, a limit on every wait, problems with their code, lists that answer 304. */
import { t } from "./text.js";

export class Problem extends Error {
  constructor({ status = 0, code = "", title = "", detail = "", retryAfter = 0, body = {} }) {
    super(detail || title || code);
    Object.assign(this, { status, code, title, detail, retryAfter, body });
  }
}

/** The gateway's own refusals carry no code. */
const GATEWAY = { 401: "unauthorized", 403: "forbidden" };

async function problemOf(response) {
  let body = {};
  try {
    body = await response.json();
  } catch {
    /* a gateway's bare answer */
  }
  return new Problem({
    status: response.status,
    code: body.code ?? GATEWAY[response.status] ?? "",
    title: body.title ?? t("service.answered", { status: response.status }),
    detail: body.detail ?? "",
    retryAfter: Number(response.headers.get("Retry-After")) || 0,
    body,
  });
}

export class Api {
  #key = "";
  #held = new Map(); // path of a page of a list -> {tag, body}

  /** `root` is where the page itself stands, so that a stage in front of the path does no harm. */
  constructor(root) {
    this.root = root;
  }

  use(key) {
    this.#held.clear();
    this.#key = key;
  }

  async #fetch(method, path, { body, headers = {}, seconds = 10 } = {}) {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), seconds * 1000);
    try {
      const response = await fetch(new URL(path, this.root), {
        method,
        headers: { Authorization: `Bearer ${this.#key}`, Accept: "application/json", ...headers },
        body,
        signal: limit.signal,
        cache: "no-store", // the tags are ours
        credentials: "omit",
      });
      if (response.status === 304) return { response };
      if (response.status === 204) return { response, answer: {} };
      if (!response.ok) throw await problemOf(response);
      return { response, answer: await response.json() };
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw new Problem({ code: limit.signal.aborted ? "timeout" : "offline", detail: "" });
    } finally {
      clearTimeout(timer);
    }
  }

  async get(path) {
    return (await this.#fetch("GET", path)).answer;
  }

  /** Sent once more with the same key where no answer came: the service then replays its first one. */
  async post(path, key, body) {
    const options = {
      headers: { "Idempotency-Key": key, ...(body && { "Content-Type": "application/json" }) },
      body: body && JSON.stringify(body),
      seconds: 30,
    };
    try {
      return (await this.#fetch("POST", path, options)).answer;
    } catch (problem) {
      if (problem.code !== "offline") throw problem;
      return (await this.#fetch("POST", path, options)).answer;
    }
  }

  /** What may be put twice: it then stands as it stood. */
  async put(path, body) {
    const headers = body && { "Content-Type": "application/json" };
    return (await this.#fetch("PUT", path, { headers, body: body && JSON.stringify(body), seconds: 30 })).answer;
  }

  async delete(path) {
    return (await this.#fetch("DELETE", path, { seconds: 30 })).answer;
  }

  async patch(path, body) {
    const headers = { "Content-Type": "application/json" };
    return (await this.#fetch("PATCH", path, { headers, body: JSON.stringify(body), seconds: 30 })).answer;
  }

  /**
   * A list over as many pages as there are: `{pages, changed}`. `changed` is false where each was answered with 304,
   * and the pages are the ones held.
   */
  async pages(first) {
    const pages = [];
    const asked = new Map();
    let changed = false;
    for (let path = first; path && !asked.has(path); ) {
      const held = this.#held.get(path);
      const headers = held ? { "If-None-Match": held.tag } : {};
      const { response, answer } = await this.#fetch("GET", path, { headers });
      changed ||= !held || Boolean(answer);
      const page = answer ? { tag: response.headers.get("ETag") ?? "", body: answer } : held;
      asked.set(path, page);
      pages.push(page.body);
      path = page.body.next && `${first}&cursor=${encodeURIComponent(page.body.next)}`;
    }
    changed ||= asked.size !== this.#held.size;
    this.#held = asked;
    return { pages, changed };
  }
}

/** A fresh key for one click. `randomUUID` is missing where the page is not served securely. */
export function freshKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
