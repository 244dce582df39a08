/** One call's row: made once, then only what differs is touched. */
import { ageOf, agentName, clock, customerNumber, directionOf, number, timeOfDay } from "./format.js";
import { t } from "./text.js";
import { mark, othersState, whyNot } from "./words.js";

export const LONG = 1000 * (Number(document.querySelector("meta[name=long-call-seconds]")?.content) || 1200);
const AGES_FROM = 5_000; // a claim younger than this says no age in the row; the bar always does

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

  /** Whether it may be higher than a row that has its one line. */
  tall = false;

  constructor(confId) {
    this.confId = confId;
    this.element = template.content.firstElementChild.cloneNode(true);
    this.element.dataset.call = confId;
    const part = (name) => this.element.querySelector(name);
    this.name = part(".agent bdi");
    this.opener = part(".open");
    this.mark = part(".mark");
    this.way = part(".way");
    this.direction = part(".direction");
    this.who = part(".customer .who");
    this.dnc = part(".dnc");
    this.customer = part(".customer .number");
    this.time = part(".time");
    this.supervised = part(".supervised");
    this.now = part(".now");
    this.said = part(".now p");
    this.age = part(".now .age");
    this.leave = part(".leave");
    this.extras = part(".extras");
    this.buttons = [...this.element.querySelectorAll(".actions button, .extras button")];
    this.helps = this.buttons.filter((button) => button.dataset.do === "help");
  }

  get call() {
    return this.#view.call;
  }

  get ended() {
    return this.#view.ended;
  }

  get mine() {
    return Boolean(this.#view.own);
  }

  /** Why `action` would be refused here; empty where it would not. */
  whyNot(action) {
    const { call, context, own, busy, ended, refusals } = this.#view;
    if (action === "leave") return own ? "" : t("why.notOn");
    if (busy) return t("why.wait");
    return whyNot(action, call, { ...context, own, ended }) || refusals?.[action] || "";
  }

  /**
   * `view`: call, own supervision, heard (who hears it), note, busy, ended, open, pinned, refusals of the plan, since(id)
   * of another's supervision, context {phone, typed, may, offers(action, in the line)}.
   */
  update(view) {
    const { call, own, heard, note, ended, open, busy, context, pinned, since } = view;
    const quiet = !own && !note && !ended && !open && !busy && !call.supervisors?.length;
    const same = quiet && this.#quiet && call === this.#view.call && context === this.#view.context;
    if (same && pinned === this.#view.pinned) return;
    this.#view = view;
    this.#quiet = quiet;
    const whys = this.buttons.map((button) => this.whyNot(button.dataset.do));
    const others = (call.supervisors ?? []).filter((one) => one.id !== own?.id);
    const exposed = others.some((one) => one.exposed) || Boolean(own?.exposed);
    const doing = others.map((one) => othersState(one, since(one.id) ? timeOfDay(since(one.id), { second: false }) : ""));
    const said = own ? ownState(own, heard) : ended ? note?.text || t("call.ended") : (note?.text ?? "");
    const shown = JSON.stringify([call, doing, whys, said, note, own?.state, own?.leaving, exposed, ended, open, pinned, Boolean(own)]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#facts(call, ended, pinned);
    write(this.supervised, ended ? "" : [own && t("you"), ...doing].filter(Boolean).join(" · "));
    this.supervised.title = this.supervised.textContent;
    this.buttons.forEach((button, index) => {
      const offered = context.offers(button.dataset.do, button.parentElement !== this.extras);
      if (button.hidden === offered) button.hidden = !offered;
      explain(button, whys[index]);
    });

    for (const button of this.helps) write(button, t(call.help ? "help.standing" : "help.ask"));
    this.extras.hidden = !open || ended || [...this.extras.children].every((button) => button.hidden);
    const line = own && note?.problem ? `${said}. ${note.text}` : said;
    this.now.hidden = !line;
    this.tall = Boolean(line || open || call.help);
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
    classList.toggle("help", Boolean(call.help) && !ended);
    classList.toggle("pinned", Boolean(pinned));
  }

  #facts(call, ended, pinned) {
    write(this.name, agentName(call));
    const help = call.help && !ended && (call.help.reason ? t("help.reason", { reason: call.help.reason }) : t("help.badge"));
    write(this.mark, help || mark(call) || number(call.agentNumber));
    this.mark.title = this.mark.textContent;
    const direction = directionOf(call);
    toggle(this.way, "data-direction", direction);
    write(this.direction, direction && t(direction));
    const [name, line] = [call.contact?.name ?? "", number(customerNumber(call)) || "–"];
    write(this.who, name || line);
    write(this.customer, name ? line : "");
    this.dnc.hidden = !call.contact?.dnc;
    toggle(this.element, "data-pinned", pinned ? "yes" : "");
  }

  /** `now` is the service's clock; `age` how old the list is, null where it is not read; `stale` stops the clocks. */
  tick(now, age, stale) {
    if (this.ended) return;
    const lasted = this.call.createdTime ? now - this.call.createdTime : null;
    const long = lasted !== null && lasted >= LONG;
    write(this.time, lasted === null ? "–" : `${stale ? "≥ " : ""}${clock(lasted)}`);
    if (this.time.classList.contains("long") !== long) {
      this.time.classList.toggle("long", long);
      this.time.title = long ? t("call.long") : "";
    }
    if (this.mine) write(this.age, age === null || age < AGES_FROM ? "" : t("seen", { age: ageOf(age) }));
  }
}

/** A supervision's state in words, for its own supervisor. */
function ownState(own, heard) {
  if (own.leaving) return t("leaving");
  if (own.switching) return t("switching");
  return heard.sentence;
}
