/** One's own supervisions, the newest first, and the calls that ended a moment ago. */
import { Problem } from "./api.js";
import { h } from "./elements.js";
import { agentName, clock, customerNumber, digits, number, timeOfDay } from "./format.js";
import { said, t } from "./text.js";

const KEPT = 20;
const EVERY = 5_000;

export class Mine {
  #box = document.getElementById("mine");
  #api;
  #phone;
  #ended = []; // {call, at}
  #names = new Map(); // confId -> the agent's name
  #running = false;
  #timer = 0;
  #known = null; // what the service said last, and nothing before that

  constructor(api, phone) {
    [this.#api, this.#phone] = [api, phone];
  }

  /** A call that the list shows no more. */
  ended(call, at) {
    this.#ended = [{ call, at }, ...this.#ended].slice(0, KEPT);
  }

  know(calls) {
    for (const call of calls) this.#names.set(call.confId, agentName(call));
  }

  /** Read again and again while it is looked at, and at once when something became of one's own. */
  async watch(shown) {
    this.#running = shown;
    clearTimeout(this.#timer);
    if (!shown) return;
    await this.#show();
    if (!this.#running) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.watch(true), EVERY);
  }

  /** Something became of one's own supervision. */
  changed() {
    if (this.#running) this.watch(true);
  }

  async #show() {
    const phone = digits(this.#phone());
    try {
      this.#known = (await this.#api.get("supervisions?limit=200")).supervisions;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem; // the status line tells what is wrong
    }
    const mine = this.#known?.filter((one) => phone && digits(one.to) === phone).slice(0, 50);
    const ended = this.#ended.map(({ call, at }) => line(agentName(call), number(customerNumber(call)), timeOfDay(at)));
    this.#box.replaceChildren(
      mine?.length ? h("ul", { className: "agents-list", role: "list" }, mine.map((one) => this.#line(one))) : h("p", { className: "empty" }, mine ? t("mine.none") : t("mine.reading")),
      ended.length ? h("h2", {}, t("mine.ended")) : "",
      ended.length ? h("ul", { className: "agents-list", role: "list" }, ended) : "",
    );
  }

  #line({ action, confId, clientId, state, how, requestedAt, joinedAt, endedAt }) {
    const agent = this.#names.get(confId) ?? agentName({ clientId });
    const end = said(`how.${how}`) ? t(`how.${how}`) : t(`state.${state}`);
    const lasted = joinedAt ? clock((endedAt ?? Date.now()) - joinedAt) : "";
    return line(t("mine.what", { action: t(action), agent }), [end, lasted].filter(Boolean).join(" · "), timeOfDay(requestedAt));
  }
}

function line(what, how, when) {
  return h("li", { className: "agent-line" }, h("span", { className: "agent-name" }, h("bdi", {}, what)),
    h("span", { className: "agent-state" }, how), h("span", { className: "agent-acts quiet" }, when));
}
