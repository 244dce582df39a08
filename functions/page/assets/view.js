/** Search, filters and order, as the supervisor left them. */
import { agentName, customerNumber, digits } from "./format.js";
import { LONG } from "./rows.js";
import { lasting } from "./store.js";
import { counted, t } from "./text.js";
import { proven } from "./words.js";

const collator = new Intl.Collator(undefined, { sensitivity: "base", numeric: true });
const text = (of) => (a, b) => collator.compare(of(a), of(b));

const ORDERS = {
  agent: text(agentName),
  customer: text((call) => call.contact?.name || customerNumber(call)),
  time: (a, b) => (b.createdTime ?? 0) - (a.createdTime ?? 0), // ascending: the shortest call first
  supervised: (a, b) => (a.supervisors?.length ?? 0) - (b.supervisors?.length ?? 0),
};
const FALLING_FIRST = ["supervised", "time"];

export class View {
  #search = document.getElementById("search");
  #direction = document.getElementById("direction");
  #headings = [...document.querySelectorAll("#headings [data-sort]")];
  #chips = [...document.querySelectorAll("#chips button")];
  #sort = "time";
  #down = true;
  #pins = new Set(lasting.get("pins").split(" ").filter(Boolean));
  #now;
  #changed;

  /** `changed` is called for everything the supervisor asks for here; `now()` is the service's clock. */
  constructor(changed, now) {
    [this.#changed, this.#now] = [changed, now];
    this.#search.value = lasting.get("search");
    this.#direction.value = lasting.get("direction");
    const [sort, down] = lasting.get("sort").split(" ");
    if (ORDERS[sort]) [this.#sort, this.#down] = [sort, down === "down"];
    this.#mark();
    const chosen = lasting.get("chips").split(" ");
    for (const chip of this.#chips) {
      chip.setAttribute("aria-pressed", String(chosen.includes(chip.value)));
      chip.addEventListener("click", () => this.#toggle(chip));
    }
    for (const field of [this.#search, this.#direction]) field.addEventListener("input", () => this.#keep());
    for (const heading of this.#headings) heading.addEventListener("click", () => this.#order(heading.dataset.sort));
  }

  #keep() {
    lasting.set("search", this.#search.value);
    lasting.set("direction", this.#direction.value);
    lasting.set("chips", this.#chosen.join(" "));
    this.#changed();
  }

  #toggle(chip) {
    chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
    this.#keep();
  }

  get #chosen() {
    return this.#chips.filter((chip) => chip.getAttribute("aria-pressed") === "true").map((chip) => chip.value);
  }

  #order(sort) {
    this.#down = sort === this.#sort ? !this.#down : FALLING_FIRST.includes(sort);
    this.#sort = sort;
    lasting.set("sort", `${this.#sort} ${this.#down ? "down" : "up"}`);
    this.#mark();
    this.#changed();
  }

  #mark() {
    for (const heading of this.#headings) {
      const order = this.#down ? "descending" : "ascending";
      heading.parentElement.setAttribute("aria-sort", heading.dataset.sort === this.#sort ? order : "none");
    }
  }

  get narrowed() {
    return Boolean(this.#search.value.trim() || this.#direction.value || this.#chosen.length);
  }

  /** Whether what is searched for is of this agent of the roster. */
  matchesAgent({ username, clientId, agentNumber }) {
    const search = this.#search.value.trim().toLocaleLowerCase();
    return !search || [username, clientId, agentNumber].some((one) => one?.toLocaleLowerCase().includes(search));
  }

  /** What an address, or an embedding page, asks to see: any of search, direction, chips. */
  ask({ search, direction, chips }) {
    if (typeof search === "string") this.#search.value = search;
    if (["", "inbound", "outbound"].includes(direction)) this.#direction.value = direction;
    if (Array.isArray(chips)) for (const chip of this.#chips) chip.setAttribute("aria-pressed", String(chips.includes(chip.value)));
    this.#keep();
  }

  /** Shows everything again. */
  clear() {
    this.ask({ search: "", direction: "", chips: [] });
    this.#search.focus();
  }

  pinned(clientId) {
    return this.#pins.has(clientId);
  }

  pin(clientId) {
    if (!this.#pins.delete(clientId)) this.#pins.add(clientId);
    lasting.set("pins", [...this.#pins].join(" "));
    this.#changed();
  }

  #tests() {
    const now = this.#now();
    return {
      help: (call) => Boolean(call.help),
      long: (call) => Boolean(call.createdTime) && now - call.createdTime >= LONG,
      supervised: (call) => (call.supervisors?.length ?? 0) > 0,
      unproven: (call) => !proven(call),
      pinned: (call) => this.#pins.has(call.clientId),
    };
  }

  /** The calls that match, in order: who asks for help first, then the pinned; the same order for the same calls. */
  of(calls) {
    const order = ORDERS[this.#sort];
    const sign = this.#down ? -1 : 1;
    const first = (call) => (call.help ? 2 : 0) + (this.#pins.has(call.clientId) ? 1 : 0);
    const age = (a, b) => (a.createdTime ?? 0) - (b.createdTime ?? 0) || (a.confId < b.confId ? -1 : 1);
    const tests = this.#tests();
    this.#count(calls, tests);
    const chosen = this.#chosen.map((name) => tests[name]);
    const matches = this.#matcher();
    const shown = calls.filter((call) => chosen.every((test) => test(call)) && matches(call));
    shown.sort((a, b) => sign * order(a, b) || age(a, b));
    const ahead = shown.filter(first).sort((a, b) => first(b) - first(a)); // in the same order otherwise
    return ahead.length ? [...ahead, ...shown.filter((call) => !first(call))] : shown;
  }

  /** How many each filter would show; one that would show none, and is not chosen, is out of the way but in its place. */
  #count(calls, tests) {
    for (const chip of this.#chips) {
      const count = calls.reduce((sum, call) => sum + (tests[chip.value](call) ? 1 : 0), 0);
      const label = `${t(`chip.${chip.value}`)} ${counted(count)}`;
      if (chip.textContent !== label) chip.textContent = label;
      chip.classList.toggle("none", !count);
    }
  }

  #matcher() {
    const wanted = this.#direction.value;
    const search = this.#search.value.trim().toLocaleLowerCase();
    const numeric = /^[\d\s()+.-]+$/.test(search) ? digits(search) : "";
    return (call) => {
      if (wanted && call.inbound !== (wanted === "inbound")) return false;
      if (!search) return true;
      if (agentName(call).toLocaleLowerCase().includes(search) || call.clientId?.toLowerCase() === search) return true;
      if (call.contact?.name?.toLocaleLowerCase().includes(search)) return true;
      return Boolean(numeric) && [call.from, call.to, call.agentNumber].some((one) => digits(one).includes(numeric));
    };
  }
}
