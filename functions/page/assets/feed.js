/**
 * The active calls, held here and brought up to date: by what changed since, where the service tells it, else by the
 * whole list. Whenever the two might not agree, the whole list is read.
 */
import { Problem } from "./api.js";

const MAX_AGE = 2_000; // an answer without its own time may be of a list this old
const WHOLE = "calls?limit=1000";

export class Feed {
  #api;
  #rows = new Map(); // confId -> call
  #version = "";
  #calls = null;

  constructor(api) {
    this.#api = api;
  }

  forget() {
    [this.#rows, this.#version, this.#calls] = [new Map(), "", null];
  }

  /**
   * `{calls, asOf, stale, complete, knownAt}`; `calls` is the very same array where nothing changed. `asOf` is the
   * service's time of the list, `knownAt` ours (`performance.now()`) from which on its age is counted.
   */
  async read() {
    const sent = performance.now();
    const answer = (await this.#changes()) ?? (await this.#whole());
    const { asOf, stale = false, complete = true, confirmed } = answer;
    return { calls: this.#calls, asOf, stale, complete, knownAt: confirmed ? sent - MAX_AGE : null };
  }

  /** Null where there is nothing to build on, or what came does not add up. */
  async #changes() {
    if (!this.#version) return null;
    let answer;
    try {
      answer = await this.#api.get(`${WHOLE}&since=${encodeURIComponent(this.#version)}`);
    } catch (problem) {
      if (!(problem instanceof Problem) || ![400, 404, 422].includes(problem.status)) throw problem;
      this.#version = "";
      return null;
    }
    const { full, calls, gone = [], version, count, next } = answer;
    if (typeof full !== "boolean" || !version || next) return this.#unsure();
    const rows = full ? new Map() : new Map(this.#rows);
    for (const confId of gone) rows.delete(confId);
    for (const call of calls) rows.set(call.confId, call);
    if (rows.size !== count) return this.#unsure();
    if (full || calls.length || gone.length) this.#take(rows);
    this.#version = version;
    return answer;
  }

  #unsure() {
    this.#version = "";
    return null;
  }

  /** Over as many pages as there are. What changed between two of them is in the next answer: the first's version counts. */
  async #whole() {
    const { pages, changed } = await this.#api.pages(WHOLE);
    const [first] = pages;
    if (changed || !this.#calls) this.#take(new Map(pages.flatMap((page) => page.calls).map((call) => [call.confId, call])));
    this.#version = first.version ?? "";
    return {
      asOf: first.asOf,
      stale: pages.some((page) => page.stale),
      complete: pages.every((page) => page.complete !== false),
      confirmed: !changed,
    };
  }

  /** A call that is as it was stays the very object it was: its row need not look at it. */
  #take(rows) {
    for (const [confId, call] of rows) if (same(this.#rows.get(confId), call)) rows.set(confId, this.#rows.get(confId));
    this.#rows = rows;
    this.#calls = [...rows.values()];
  }
}

function same(before, now) {
  if (!before) return false;
  for (const field in now) {
    const [a, b] = [before[field], now[field]];
    if (a !== b && !(a && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b))) return false;
  }
  return true;
}
