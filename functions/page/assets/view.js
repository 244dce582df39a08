/** Search, filter and sort, as the supervisor left them. */
import { agentName, digits, direction } from "./format.js";
import { lasting } from "./store.js";

const collator = new Intl.Collator(undefined, { sensitivity: "base", numeric: true });
const text = (of) => (a, b) => collator.compare(of(a), of(b));

const ORDERS = {
  agent: text(agentName),
  direction: text(direction),
  from: text((call) => call.from ?? ""),
  to: text((call) => call.to ?? ""),
  time: (a, b) => (b.createdTime ?? 0) - (a.createdTime ?? 0), // ascending: the shortest call first
  supervised: (a, b) => (a.supervisors?.length ?? 0) - (b.supervisors?.length ?? 0),
};

export class View {
  #search = document.getElementById("search");
  #direction = document.getElementById("direction");
  #headings = [...document.querySelectorAll("#headings [data-sort]")];
  #sort = "time";
  #down = true;

  /** `changed` is called for everything the supervisor asks for here. */
  constructor(changed) {
    this.#search.value = lasting.get("search");
    this.#direction.value = lasting.get("direction");
    const [sort, down] = lasting.get("sort").split(" ");
    if (ORDERS[sort]) [this.#sort, this.#down] = [sort, down === "down"];
    this.#mark();
    for (const field of [this.#search, this.#direction]) {
      field.addEventListener("input", () => {
        lasting.set("search", this.#search.value);
        lasting.set("direction", this.#direction.value);
        changed();
      });
    }
    for (const heading of this.#headings) {
      heading.addEventListener("click", () => {
        const again = heading.dataset.sort === this.#sort;
        this.#down = again ? !this.#down : heading.dataset.sort === "supervised" || heading.dataset.sort === "time";
        this.#sort = heading.dataset.sort;
        lasting.set("sort", `${this.#sort} ${this.#down ? "down" : "up"}`);
        this.#mark();
        changed();
      });
    }
  }

  #mark() {
    for (const heading of this.#headings) {
      const order = this.#down ? "descending" : "ascending";
      heading.parentElement.setAttribute("aria-sort", heading.dataset.sort === this.#sort ? order : "none");
    }
  }

  get narrowed() {
    return Boolean(this.#search.value.trim() || this.#direction.value);
  }

  /** Shows everything again. */
  clear() {
    this.#search.value = "";
    this.#direction.value = "";
    this.#search.dispatchEvent(new Event("input"));
    this.#search.focus();
  }

  /** The calls that match, in order; the same order for the same calls. */
  of(calls) {
    const order = ORDERS[this.#sort];
    const sign = this.#down ? -1 : 1;
    const age = (a, b) => (a.createdTime ?? 0) - (b.createdTime ?? 0) || (a.confId < b.confId ? -1 : 1);
    return calls.filter((call) => this.#matches(call)).sort((a, b) => sign * order(a, b) || age(a, b));
  }

  #matches(call) {
    const wanted = this.#direction.value;
    if (wanted && call.inbound !== (wanted === "inbound")) return false;
    const search = this.#search.value.trim().toLocaleLowerCase();
    if (!search) return true;
    if (agentName(call).toLocaleLowerCase().includes(search) || call.clientId?.toLowerCase() === search) return true;
    const number = /^[\d\s()+.-]+$/.test(search) ? digits(search) : "";
    return Boolean(number) && [call.from, call.to, call.agentNumber].some((one) => digits(one).includes(number));
  }
}
