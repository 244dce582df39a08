/** The agents: who is on which call, who is on none, and whom one follows into the next call. */
import { freshKey, Problem } from "./api.js";
import { h } from "./elements.js";
import { clock, digits, number } from "./format.js";
import { MODES } from "./modes.js";
import { answerOf } from "./offered.js";
import { t } from "./text.js";
import { advice } from "./words.js";

const EVERY = 5_000;

export class Roster {
  #parts;
  #box = document.getElementById("agents");
  #agents = null;
  #follows = [];
  #notes = new Map(); // clientId -> sentence
  #ways = new Map(); // clientId -> the action that was chosen for following them
  #timer = 0;
  #signature = "";
  #running = false;

  /** `parts`: api, rights, phone(), now(), matches(agent), show(confId) opens that call. */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Whether this service has a list of agents, and this key may read it; null where no answer came. */
  async exists() {
    return answerOf(this.#read().then(() => true));
  }

  /** Read again and again while it is looked at. */
  async watch(shown) {
    this.#running = shown;
    clearTimeout(this.#timer);
    if (!shown) return;
    await this.#read().catch((problem) => {
      if (!(problem instanceof Problem)) throw problem; // the status line tells what is wrong
    });
    this.draw();
    if (this.#running) this.#timer = setTimeout(() => this.watch(true), EVERY);
  }

  async #read() {
    const { api } = this.#parts;
    this.#agents = (await api.get("agents")).agents;
    this.#follows = await api.get("follows").then((answer) => answer.follows ?? [], () => []);
  }

  #mine(agent) {
    const phone = digits(this.#parts.phone());
    return this.#follows.find((one) => one.clientId === agent.clientId && !one.endedAt && digits(one.to) === phone);
  }

  draw() {
    const { matches } = this.#parts;
    const shown = (this.#agents ?? []).filter(matches);
    const free = (agent) => (agent.confId ? 1 : 0);
    shown.sort((a, b) => free(a) - free(b) || (a.username ?? "").localeCompare(b.username ?? ""));
    const { rights, phone } = this.#parts;
    const signature = JSON.stringify([shown, this.#follows, [...this.#notes], phone(), rights.offers("follow"), Math.floor(this.#parts.now() / 15_000)]);
    if (signature === this.#signature || this.#box.contains(document.activeElement?.closest("select"))) return;
    this.#signature = signature;
    const focused = this.#box.contains(document.activeElement) ? document.activeElement.dataset.key : "";
    this.#box.replaceChildren(
      shown.length ? h("ul", { className: "agents-list", role: "list" }, shown.map((agent) => this.#line(agent))) : h("p", { className: "empty" }, t("agents.none")),
    );
    if (focused) [...this.#box.querySelectorAll("[data-key]")].find((one) => one.dataset.key === focused)?.focus();
  }

  #line(agent) {
    const name = agent.username || t("agent.unknown");
    const lasted = agent.since ? clock(this.#parts.now() - agent.since).replace(/:\d\d$/, " min") : "";
    const state = agent.confId ? t("agents.onCall", { time: lasted }) : t("agents.free");
    return h("li", { className: agent.confId ? "agent-line busy" : "agent-line", "data-moved": "yes" },
      h("span", { className: "agent-name" }, h("bdi", {}, name), h("span", { className: "quiet" }, number(agent.agentNumber))),
      h("span", { className: "agent-state" }, state),
      h("span", { className: "agent-acts" }, this.#acts(agent, name)),
      this.#notes.has(agent.clientId) ? h("span", { className: "agent-note", role: "status" }, this.#notes.get(agent.clientId)) : null);
  }

  #acts(agent, name) {
    const { rights, show } = this.#parts;
    const acts = [];
    if (agent.confId) acts.push(h("button", { type: "button", className: "plain", "data-key": `show ${agent.clientId}`, onclick: () => show(agent.confId) }, t("agents.show")));
    if (!rights.offers("follow")) return acts;
    const follow = this.#mine(agent);
    if (follow) {
      acts.push(h("span", { className: "quiet" }, t("agents.following", { action: t(follow.action).toLocaleLowerCase() })),
        h("button", { type: "button", className: "plain", "data-key": `un ${agent.clientId}`, onclick: () => this.#unfollow(agent, follow) }, t("agents.unfollow", { agent: name })));
      return acts;
    }
    const ways = MODES.filter((action) => rights.may(action));
    if (!ways.length) return acts;
    const way = ways.includes(this.#ways.get(agent.clientId)) ? this.#ways.get(agent.clientId) : ways[0];
    const label = (action) => t("agents.follow", { agent: name, action: t(action).toLocaleLowerCase() });
    const begin = h("button", { type: "button", className: "plain", "data-key": `on ${agent.clientId}`, "aria-label": label(way), onclick: () => this.#follow(agent, how.value) }, t("follow"));
    const chosen = () => {
      this.#ways.set(agent.clientId, how.value); // the list is drawn anew every now and then
      begin.setAttribute("aria-label", label(how.value));
    };
    const options = ways.map((action) => h("option", { value: action }, t(action)));
    const how = h("select", { "aria-label": t("agents.how"), onchange: chosen }, options);
    how.value = way;
    acts.push(how, begin);
    return acts;
  }

  async #follow(agent, action) {
    const { api, phone } = this.#parts;
    if (!phone()) return this.#say(agent, t("why.noPhone"));
    try {
      await api.post(`agents/${encodeURIComponent(agent.clientId)}/follow`, freshKey(), { to: phone(), action });
      this.#say(agent, t("agents.followed", { agent: agent.username || t("agent.unknown") }));
    } catch (problem) {
      this.#say(agent, advice(problem, "follow"));
    }
    this.watch(true);
  }

  async #unfollow(agent, follow) {
    try {
      await this.#parts.api.delete(`follows/${encodeURIComponent(follow.id)}`);
      this.#notes.delete(agent.clientId);
    } catch (problem) {
      this.#say(agent, advice(problem, "follow"));
    }
    this.watch(true);
  }

  #say(agent, sentence) {
    this.#notes.set(agent.clientId, sentence);
    this.draw();
  }
}
