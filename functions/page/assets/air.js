/**
 * The bar under the header: one's own phone, whatever the list shows. Whose call, how long, who hears, another mode,
 * the way out. It has one place and one height, in every state.
 */
import { ageOf, agentName, clock, number } from "./format.js";
import { heardBy, worst } from "./heard.js";
import { MODES } from "./modes.js";
import { listed, t } from "./text.js";

const TWICE = 1_500; // two Escapes within this are one wish
const RING = 1000 * (Number(document.querySelector("meta[name=ring-seconds]")?.content) || 90);

const part = (id) => document.getElementById(id);

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export class Air {
  #parts;
  #escaped = -Infinity;
  #shown = "";
  #modes = [...document.querySelectorAll("#air-modes button")];
  #acts = [...document.querySelectorAll(".air-acts button")];

  /**
   * `parts`: own, signals, steady, rights, callOf(own) as listed now or null, age() of the list in ms or null, lost() whether
   * the key is, exposed() whether anything is told of an exposure, now() the service's clock, act(own, action), leave(own), why(own, action) why not, find(own).
   */
  constructor(parts) {
    this.#parts = parts;
    part("air-leave").addEventListener("click", () => this.leave());
    part("air-whose").addEventListener("click", () => this.#main && parts.find(this.#main));
    for (const button of this.#modes) {
      button.addEventListener("click", () => this.#choose(button));
      button.addEventListener("keydown", (event) => this.#step(event, button));
    }
    for (const button of this.#acts) button.addEventListener("click", () => this.#main && parts.act(this.#main, button.value));
    window.addEventListener("keydown", (event) => this.#escape(event), { capture: true });
  }

  get #all() {
    return this.#parts.own.all;
  }

  /** What the bar is about: of several, what is worst to be wrong about; else the newest. */
  get #main() {
    const joined = this.#all.filter((one) => one.state === "joined").reverse();
    if (!joined.length) return this.#all.at(-1) ?? null;
    const heard = joined.map((one) => this.#heard(one));
    return joined[heard.indexOf(worst(heard))];
  }

  /** Leaves everything that one's phone is on. */
  leave() {
    for (const one of this.#all) this.#parts.leave(one);
  }

  #choose(button) {
    const one = this.#main;
    if (one && one.action !== button.value) this.#parts.act(one, button.value);
  }

  #step(event, button) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const shown = this.#modes.filter((one) => !one.hidden);
    shown.at((shown.indexOf(button) + step) % shown.length).focus();
  }

  #escape({ key, repeat }) {
    if (key !== "Escape" || repeat || !this.#all.length) return;
    const now = performance.now();
    if (now - this.#escaped < TWICE) {
      this.#escaped = -Infinity;
      this.leave();
    } else {
      this.#escaped = now;
      setTimeout(() => this.show(), TWICE + 50);
    }
    this.show();
  }

  /** Draws what is so now; called for every change, and every second. */
  show() {
    const { own, signals, steady, lost, rights, exposed } = this.#parts;
    const all = own.all;
    const main = this.#main;
    const bar = part("air");
    part("air-on").hidden = !main;
    part("air-none").hidden = Boolean(main);
    const asking = Boolean(main) && !exposed() && signals.unasked;
    part("signals-ask").hidden = !asking;
    document.body.classList.toggle("asking", asking);
    part("air-none-hint").hidden = !rights.dials;
    if (!main) {
      bar.dataset.heard = "none";
      this.#shown = "";
      return signals.state(exposed() ? "exposed" : "", "", "");
    }
    const heard = lost() ? lostOf(main) : worst(all.map((one) => this.#heard(one)));
    const agent = agentName(this.#parts.callOf(main) ?? main.call);
    const signature = `${main.id} ${all.length}`;
    if (signature !== this.#shown) for (const button of bar.querySelectorAll("button")) steady.renew(button);
    this.#shown = signature;
    bar.dataset.heard = heard.kind;
    write(part("air-whose"), this.#whose(main, agent));
    const since = this.#time(main);
    write(part("air-since"), since);
    write(part("air-phone"), [since && " · ", number(main.to)].join(""));
    const escaping = performance.now() - this.#escaped < TWICE;
    write(part("air-heard"), heard.kind === "lost" ? t("air.lost") : heard.by);
    write(part("air-more"), escaping ? t("air.escape") : this.#more(heard, all, main));
    this.#modesOf(main);
    this.#actsOf(main);
    const leave = part("air-leave");
    write(leave, main.state === "joined" ? t("leave") : t("leave.giveUp"));
    leave.toggleAttribute("aria-disabled", all.every((one) => one.leaving));
    signals.state(exposed() ? "exposed" : heard.kind, main.action, agent);
  }

  #heard(one) {
    return heardBy(one, this.#parts.callOf(one), this.#parts.age());
  }

  #whose(main, agent) {
    if (main.leaving) return t("air.leaving", { agent });
    if (main.switching) return t("air.switching", { agent, action: t(main.switching).toLocaleLowerCase() });
    if (main.agentReleasedAt) return t("air.tookOver", { agent });
    return t(main.state === "joined" ? `air.${main.action}` : "air.ringing", { agent });
  }

  /** How long: on the call, or how long it may still ring. */
  #time(main) {
    const now = this.#parts.now();
    if (main.state === "joined") {
      const since = main.joinedAt ?? main.joinedHere;
      return since ? clock(now - since) : "";
    }
    const left = RING - (now - main.requestedAt);
    return left > 0 ? t("air.ringLeft", { time: clock(left + 999) }) : t("air.ringing.late", { time: clock(now - main.requestedAt) });
  }

  /** Beside who hears: how old that is; who does not; what else the phone is on. */
  #more(heard, all, main) {
    const rest = all.filter((one) => one !== main).map((one) => t("air.also", { agent: agentName(this.#parts.callOf(one) ?? one.call) }));
    const age = heard.age === null || heard.age === undefined ? "" : ageOf(heard.age);
    if (heard.then) return [t("air.unknown.then", { age, then: heard.then }), ...rest].join(" · ");
    return [rest.length ? listed(rest) : "", heard.not, age && t("seen", { age })].filter(Boolean).join(" · ");
  }

  #modesOf(main) {
    const { why, rights } = this.#parts;
    for (const button of this.#modes) {
      const chosen = button.value === (main.switching || main.action);
      const reason = chosen ? "" : why(main, button.value);
      button.hidden = !chosen && !rights.may(button.value);
      button.setAttribute("aria-checked", String(chosen));
      button.tabIndex = chosen || (!MODES.includes(main.action) && button === this.#modes[0]) ? 0 : -1;
      disable(button, reason);
    }
  }

  /** What is no mode: taking the call over, and the agent's call for a supervisor. */
  #actsOf(main) {
    const { why, rights, callOf } = this.#parts;
    for (const button of this.#acts) {
      button.hidden = !rights.offers(button.value) || (button.value === "takeover" && main.action === "takeover");
      disable(button, why(main, button.value));
    }
    write(part("air-help"), t(callOf(main)?.help ? "help.standing" : "help.ask"));
  }
}

function disable(button, reason) {
  if (reason) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
  if (button.title !== reason) button.title = reason;
}

function lostOf() {
  return { kind: "lost", by: t("air.lost"), not: "", then: "", age: null };
}
