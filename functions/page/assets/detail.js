/** An opened call: its legs, and which of them would hear the supervisor under each action. */
import { agentName, number, timeOfDay } from "./format.js";
import { PROOF, VERBS, othersState } from "./words.js";

const ACTIONS = ["listen", "whisper", "barge"];

function make(tag, { text = "", name = "", ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text) element.textContent = text;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** `memberData` is a map of member id to JSON in a string; an entry that cannot be read is a leg without facts. */
function facts(conference, memberId) {
  try {
    return JSON.parse(conference.memberData[memberId]) ?? {};
  } catch {
    return {};
  }
}

/** Every leg as `{id, who, name, number, note}`, the agent's first. */
function legsOf(call, own) {
  const conference = call.userConference ?? {};
  const legs = [];
  const add = (id, who, name, numbered, note) => legs.push({ id, who, name, number: numbered, note });
  const supervisors = (call.supervisors ?? []).map((one) => ({ ...one, to: own.record(one.id)?.to, mine: own.get(one.id) }));
  const customer = call.inbound ? call.from : call.to;
  if (call.agentMemberId) add(call.agentMemberId, "Agent", agentName(call), call.agentNumber, PROOF[call.agentMatch] ?? "");
  if (call.contactMemberId) add(call.contactMemberId, "Customer", call.contact, facts(conference, call.contactMemberId).channelName ?? customer, "");
  const named = new Set([call.agentMemberId, call.contactMemberId, ...(call.otherMemberIds ?? [])]);
  for (const id of call.otherMemberIds ?? []) add(id, "Other", "", facts(conference, id).channelName, "");
  const rest = Object.keys(conference.memberData ?? {}).filter((id) => !named.has(id));
  for (const one of supervisors) {
    const at = rest.findIndex((id) => one.to && facts(conference, id).channelName === one.to);
    const id = at >= 0 ? rest.splice(at, 1)[0] : "";
    add(id, one.mine ? "You" : "Supervisor", "", one.to, othersState(one));
  }
  for (const id of rest) add(id, "Supervisor", "", facts(conference, id).channelName, "");
  return legs;
}

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
    this.element = make("div", { name: "detail", role: "cell", id: "detail" });
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
    const headings = make("div", { name: "plan-line headings", "aria-hidden": "true" }, make("span", { text: "On the call" }), ...ACTIONS.map((action) => make("span", { text: VERBS[action] })));
    const lines = legs.map((leg) => this.#line("", this.#leg(leg), (action) => this.#hears(action, leg)));
    if (!legs.length) lines.push(make("li", { name: "plan-line quiet", text: "Ytel does not say who is on this call." }));
    const words = this.#line("words", make("span", { text: "Would hear you" }), (action) => this.#inWords(action, legs));
    const list = make("ul", { name: "plan", role: "list", "aria-label": "Who is on the call, and who would hear you" }, ...lines, words);
    const started = call.createdTime ? `Started ${timeOfDay(call.createdTime)} · ` : "";
    const about = make("p", { name: "about quiet" }, started, "Call ", make("code", { text: call.confId }));
    this.element.replaceChildren(headings, list, about);
  }

  /** One leg and what each action would do to it. The headings are far off for a screen reader, so each cell names its own. */
  #line(name, head, cell) {
    const cells = ACTIONS.map((action) => make("span", { name: cell(action).name ?? "" }, make("span", { name: "sr", text: `${VERBS[action]}: ` }), cell(action).text));
    return make("li", { name: `plan-line ${name}` }, head, ...cells);
  }

  #leg({ id, who, name, number: raw, note }) {
    const cell = make("span", { name: "leg" }, make("span", { name: "who", text: who }));
    if (name) cell.append(" ", make("bdi", { text: name }));
    if (raw) cell.append(" ", make("bdi", { name: "number", text: number(raw) }));
    const small = [note, id && `leg ${id}`].filter(Boolean).join(" · ");
    if (small) cell.append(make("span", { name: "leg-note quiet", text: small }));
    return cell;
  }

  #hears(action, { id, who }) {
    const plan = this.#plans[action];
    if (who === "You" || !id || plan?.refused || plan?.problem) return { text: "–", name: "quiet" };
    if (!plan) return { text: "…", name: "quiet" };
    return plan.hears.includes(id) ? { text: "hears you", name: "hears" } : { text: "does not", name: "quiet" };
  }

  #inWords(action, legs) {
    const plan = this.#plans[action];
    if (!plan) return { text: "…", name: "quiet" };
    if (plan.refused) return { text: plan.refused.detail, name: "refused" };
    if (plan.problem) return { text: "Not known: Ytel is not answering.", name: "refused" };
    const hearers = plan.hears.filter((id) => legs.find((leg) => leg.id === id)?.who !== "You");
    if (!hearers.length) return { text: "Nobody" };
    if (!plan.noSpeakToList.length) return { text: "Everyone" };
    return { text: hearers.every((id) => id === this.#call.agentMemberId) ? "The agent alone" : "The agent and supervisors" };
  }
}
