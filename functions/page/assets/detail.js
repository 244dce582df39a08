/** An opened call: its legs, and which of them would hear the supervisor under each action. */
import { h } from "./elements.js";
import { number, timeOfDay } from "./format.js";
import { legsOf } from "./legs.js";
import { MODES } from "./modes.js";
import { t } from "./text.js";

export class Detail {
  #api;
  #own;
  #changed;
  #asides;
  #call = null;
  #signature = "";
  #plans = {};
  #turn = 0;

  /** `changed()` is called when what is known of the opened call has; `asides(call)` gives buttons beside its facts. */
  constructor(api, own, changed, asides) {
    this.#api = api;
    this.#own = own;
    this.#changed = changed;
    this.#asides = asides;
    this.element = h("div", { className: "detail", role: "cell" });
  }

  get confId() {
    return this.#call?.confId ?? null;
  }

  /** What the plan refuses, by action, in the service's words. */
  get refusals() {
    return Object.fromEntries(MODES.map((action) => [action, this.#plans[action]?.refused?.detail ?? ""]));
  }

  /** The same call, drawn anew: one of its buttons says something else. */
  redraw() {
    if (this.#call) this.#draw();
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
    const { agentMemberId, contactMemberId, otherMemberIds, agentMatch, supervisors, help, contact } = call;
    const facts = [agentMemberId, contactMemberId, otherMemberIds, agentMatch, supervisors, help, contact];
    const signature = JSON.stringify(facts);
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
      ...MODES.map((action) =>
        settle(this.#api.get(`${path}/plan?action=${action}`), (answer) => (this.#plans[action] = answer)),
      ),
    ]);
    if (turn === this.#turn) this.#changed();
  }

  #draw() {
    const call = this.#call;
    const legs = legsOf(call, this.#own);
    const headings = [t("detail.onCall"), ...MODES.map((action) => t(action))].map((text) => h("span", {}, text));
    const lines = legs.map((leg) => this.#line("", headOf(leg), (action) => this.#hears(action, leg)));
    if (!legs.length) lines.push(h("li", { className: "quiet" }, t("detail.noLegs")));
    const words = this.#line("words", h("span", {}, t("detail.wouldHear")), (action) => this.#inWords(action, legs));
    const label = t("detail.label");
    const started = call.createdTime ? t("detail.started", { time: timeOfDay(call.createdTime) }) : "";
    this.element.replaceChildren(
      h("div", { className: "plan-line headings", "aria-hidden": "true" }, headings),
      h("ul", { className: "plan", role: "list", "aria-label": label }, lines, words),
      h("p", { className: "about quiet" }, started, t("detail.call"), h("code", {}, call.confId)),
      h("p", { className: "asides" }, this.#asides(call)),
    );
  }

  /** One leg and what each action would do to it; each cell says its heading, for a screen reader is far from it. */
  #line(name, head, cell) {
    const cells = MODES.map((action) => {
      const { text, look = "" } = cell(action);
      return h("span", { className: look }, h("span", { className: "sr" }, `${t(action)}: `), text);
    });
    return h("li", { className: `plan-line ${name}` }, head, cells);
  }

  #hears(action, { id, own }) {
    const plan = this.#plans[action];
    if (own || !id || plan?.refused || plan?.problem) return { text: "–", look: "quiet" };
    if (!plan) return { text: "…", look: "quiet" };
    return plan.hears.includes(id) ? { text: t("detail.hears"), look: "hears" } : { text: t("detail.doesNot"), look: "quiet" };
  }

  #inWords(action, legs) {
    const plan = this.#plans[action];
    if (!plan) return { text: "…", look: "quiet" };
    if (plan.refused) return { text: plan.refused.detail, look: "refused" };
    if (plan.problem) return { text: t("detail.unknown"), look: "refused" };
    const hearers = plan.hears.filter((id) => !legs.find((leg) => leg.id === id)?.own);
    if (!hearers.length) return { text: t("detail.nobody") };
    if (!plan.noSpeakToList.length) return { text: t("detail.everyone") };
    const alone = hearers.every((id) => id === this.#call.agentMemberId);
    return { text: t(alone ? "detail.agentAlone" : "detail.agentAndSupervisors") };
  }
}

function headOf({ id, who, name, number: raw, note }) {
  const small = [note, id && t("detail.leg", { id })].filter(Boolean).join(" · ");
  return h(
    "span",
    { className: "leg" },
    h("span", { className: "who" }, who),
    name ? [" ", h("bdi", {}, name)] : null,
    raw ? [" ", h("bdi", { className: "number" }, number(raw))] : null,
    small ? h("span", { className: "leg-note quiet" }, small) : null,
  );
}
