/** An opened call: its legs, and which of them would hear the supervisor under each action. */
import { h } from "./elements.js";
import { number, timeOfDay } from "./format.js";
import { legsOf } from "./legs.js";
import { VERBS } from "./words.js";

const ACTIONS = ["listen", "whisper", "barge"];

export class Detail {
  #api;
  #own;
  #changed;
  #call = null;
  #signature = "";
  #plans = {};
  #turn = 0;

  /** `changed()` is called when what is known of the opened call has. */
  constructor(api, own, changed) {
    this.#api = api;
    this.#own = own;
    this.#changed = changed;
    this.element = h("div", { className: "detail", role: "cell" });
  }

  get confId() {
    return this.#call?.confId ?? null;
  }

  /** What the plan refuses, by action, in the service's words. */
  get refusals() {
    return Object.fromEntries(ACTIONS.map((action) => [action, this.#plans[action]?.refused?.detail ?? ""]));
  }

  open(call) {
    this.#plans = {};
    this.#signature = "";
    this.#call = call;
    this.see(call);
  }

  close() {
    this.#turn += 1;
    this.#call = null;
    this.element.remove();
  }

  /** The call as the list has it now: where its legs differ from what was planned on, everything is asked anew. */
  see(call) {
    const { agentMemberId, contactMemberId, otherMemberIds, agentMatch, supervisors } = call;
    const signature = JSON.stringify([agentMemberId, contactMemberId, otherMemberIds, agentMatch, supervisors]);
    if (signature === this.#signature) return;
    this.#signature = signature;
    this.#call = { ...call, userConference: this.#call?.userConference };
    this.#draw();
    this.#ask((this.#turn += 1));
  }

  async #ask(turn) {
    const path = `calls/${encodeURIComponent(this.#call.confId)}`;
    const settle = async (work, take) => {
      const answer = await work.catch((problem) => ({ problem }));
      if (turn !== this.#turn) return;
      take(answer);
      this.#draw();
    };
    await Promise.all([
      settle(this.#api.get(path), (answer) => {
        if (!answer.problem) this.#call = answer;
      }),
      ...ACTIONS.map((action) =>
        settle(this.#api.get(`${path}/plan?action=${action}`), (answer) => (this.#plans[action] = answer)),
      ),
    ]);
    if (turn === this.#turn) this.#changed();
  }

  #draw() {
    const call = this.#call;
    const legs = legsOf(call, this.#own);
    const headings = ["On the call", ...ACTIONS.map((action) => VERBS[action])].map((text) => h("span", {}, text));
    const lines = legs.map((leg) => this.#line("", headOf(leg), (action) => this.#hears(action, leg)));
    if (!legs.length) lines.push(h("li", { className: "quiet" }, "Ytel does not say who is on this call."));
    const words = this.#line("words", h("span", {}, "Would hear you"), (action) => this.#inWords(action, legs));
    const label = "Who is on the call, and who would hear you";
    const started = call.createdTime ? `Started ${timeOfDay(call.createdTime)} · ` : "";
    this.element.replaceChildren(
      h("div", { className: "plan-line headings", "aria-hidden": "true" }, headings),
      h("ul", { className: "plan", role: "list", "aria-label": label }, lines, words),
      h("p", { className: "about quiet" }, started, "Call ", h("code", {}, call.confId)),
    );
  }

  /** One leg and what each action would do to it; each cell says its heading, for a screen reader is far from it. */
  #line(name, head, cell) {
    const cells = ACTIONS.map((action) => {
      const { text, look = "" } = cell(action);
      return h("span", { className: look }, h("span", { className: "sr" }, `${VERBS[action]}: `), text);
    });
    return h("li", { className: `plan-line ${name}` }, head, cells);
  }

  #hears(action, { id, who }) {
    const plan = this.#plans[action];
    if (who === "You" || !id || plan?.refused || plan?.problem) return { text: "–", look: "quiet" };
    if (!plan) return { text: "…", look: "quiet" };
    return plan.hears.includes(id) ? { text: "hears you", look: "hears" } : { text: "does not", look: "quiet" };
  }

  #inWords(action, legs) {
    const plan = this.#plans[action];
    if (!plan) return { text: "…", look: "quiet" };
    if (plan.refused) return { text: plan.refused.detail, look: "refused" };
    if (plan.problem) return { text: "Not known: Ytel is not answering.", look: "refused" };
    const hearers = plan.hears.filter((id) => legs.find((leg) => leg.id === id)?.who !== "You");
    if (!hearers.length) return { text: "Nobody" };
    if (!plan.noSpeakToList.length) return { text: "Everyone" };
    const alone = hearers.every((id) => id === this.#call.agentMemberId);
    return { text: alone ? "The agent alone" : "The agent and supervisors" };
  }
}

function headOf({ id, who, name, number: raw, note }) {
  const small = [note, id && `leg ${id}`].filter(Boolean).join(" · ");
  return h(
    "span",
    { className: "leg" },
    h("span", { className: "who" }, who),
    name ? [" ", h("bdi", {}, name)] : null,
    raw ? [" ", h("bdi", { className: "number" }, number(raw))] : null,
    small ? h("span", { className: "leg-note quiet" }, small) : null,
  );
}
