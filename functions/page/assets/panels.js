/** The tabs: the calls, the agents, one's own supervisions. Arrows go from tab to tab; one of them is in the tab order. */

export class Panels {
  #tabs = [...document.querySelectorAll("#tabs [role=tab]")];
  #chosen;

  /** `chosen(name)` is called for each tab that is shown. */
  constructor(chosen) {
    this.#chosen = chosen;
    for (const tab of this.#tabs) {
      tab.addEventListener("click", () => this.show(tab.value));
      tab.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        const shown = this.#tabs.filter((one) => !one.hidden);
        const next = shown.at((shown.indexOf(tab) + step) % shown.length);
        next.focus();
        this.show(next.value);
      });
    }
    this.show("calls");
  }

  get shown() {
    return this.#tabs.find((tab) => tab.getAttribute("aria-selected") === "true").value;
  }

  /** A tab that this service or this key has nothing for is not offered. */
  offer(name, offered) {
    const tab = this.#tabs.find((one) => one.value === name);
    tab.hidden = !offered;
    if (!offered && this.shown === name) this.show("calls");
  }

  show(name) {
    for (const tab of this.#tabs) {
      const chosen = tab.value === name;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !chosen;
    }
    this.#chosen(name);
  }
}
