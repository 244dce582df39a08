/** One call's row: made once, then only what differs is touched. */
import { agentName, clock, direction, number } from "./format.js";
import { mark, othersState, ownState, whyNot } from "./words.js";

const template = document.getElementById("row");
const pool = document.getElementById("reasons");
const reasons = new Map(); // a sentence -> the id of the element that holds it, for every button it explains

function reasonId(sentence) {
  if (!reasons.has(sentence)) {
    const held = document.createElement("p");
    held.id = `reason-${reasons.size}`;
    held.textContent = sentence;
    pool.append(held);
    reasons.set(sentence, held.id);
  }
  return reasons.get(sentence);
}

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function toggle(node, name, on) {
  if (on) node.setAttribute(name, on === true ? "" : on);
  else node.removeAttribute(name);
}

/** A refused action keeps its place and its focus, and says why; `disabled` would hide it from the keyboard. */
function explain(button, reason) {
  if ((button.getAttribute("title") ?? "") === reason) return;
  toggle(button, "aria-disabled", reason && "true");
  toggle(button, "aria-describedby", reason && reasonId(reason));
  toggle(button, "title", reason);
}

export class Row {
  #view = null;
  #shown = "";
  #quiet = false; // nothing but the call itself decides what is shown

  constructor(confId) {
    this.confId = confId;
    this.element = template.content.firstElementChild.cloneNode(true);
    this.element.dataset.call = confId;
    const part = (name) => this.element.querySelector(name);
    this.name = part(".agent bdi");
    this.opener = part(".open");
    this.mark = part(".mark");
    this.direction = part(".direction");
    this.from = part(".from bdi");
    this.to = part(".to bdi");
    this.time = part(".time");
    this.supervised = part(".supervised");
    this.now = part(".now");
    this.said = part(".now p");
    this.leave = part(".leave");
    this.buttons = [...this.element.querySelectorAll(".actions button")];
  }

  get call() {
    return this.#view.call;
  }

  get ended() {
    return this.#view.ended;
  }

  /** Why `action` would be refused here; empty where it would not. */
  whyNot(action) {
    const { call, context, own, busy, ended, refusals } = this.#view;
    if (action === "leave") return own ? "" : "You are not on this call";
    if (busy) return "Wait for what you asked for";
    return whyNot(action, call, { ...context, own, ended }) || refusals?.[action] || "";
  }

  /** `view`: call, own supervision, note, busy, ended, open, refusals of the plan, context {phone, typed}. */
  update(view) {
    const { call, own, note, ended, open, busy, context } = view;
    const quiet = !own && !note && !ended && !open && !busy;
    if (quiet && this.#quiet && call === this.#view.call && context === this.#view.context) return;
    this.#view = view;
    this.#quiet = quiet;
    const whys = this.buttons.map((button) => this.whyNot(button.dataset.do));
    const others = (call.supervisors ?? []).filter((one) => one.id !== own?.id);
    const exposed = others.some((one) => one.exposed) || Boolean(own?.exposed);
    const said = own ? ownState(own) : ended ? "The call ended" : (note?.text ?? "");
    const shown = JSON.stringify([call, others, whys, said, note, own?.state, exposed, ended, open, Boolean(own)]);
    if (shown === this.#shown) return;
    this.#shown = shown;

    write(this.name, agentName(call));
    write(this.mark, mark(call));
    this.mark.hidden = !mark(call);
    write(this.direction, direction(call));
    toggle(this.direction, "data-direction", direction(call).toLowerCase());
    write(this.from, number(call.from) || "–");
    write(this.to, number(call.to) || "–");
    write(this.supervised, [own && "you", ...others.map(othersState)].filter(Boolean).join(" · "));
    this.buttons.forEach((button, index) => explain(button, whys[index]));

    const line = own && note?.problem ? `${said}. ${note.text}` : said;
    this.now.hidden = !line;
    write(this.said, line);
    this.leave.hidden = !own;
    toggle(this.leave, "aria-disabled", own?.leaving ? "true" : "");
    this.opener.setAttribute("aria-expanded", String(Boolean(open)));
    const { classList } = this.element;
    classList.toggle("mine", Boolean(own));
    classList.toggle("on", own?.state === "joined");
    classList.toggle("shared", others.length > 0);
    classList.toggle("exposed", exposed);
    classList.toggle("ended", ended);
    classList.toggle("opened", Boolean(open));
    classList.toggle("problem", Boolean(note?.problem));
    classList.toggle("unknown", !call.username);
  }

  tick(serverNow) {
    if (!this.ended) write(this.time, duration(this.call, serverNow));
  }
}

function duration(call, serverNow) {
  return call.createdTime ? clock(serverNow - call.createdTime) : "–";
}
