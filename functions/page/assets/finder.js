/** Finding a call: opened, in sight and with the focus, whatever was filtered; asked for here, by a link or by a CRM. */

export class Finder {
  #parts;
  #link; // what the address asks to see, until it is shown

  /**
   * `parts`: callOf(confId), view, panels, list, detail, render() draws now, open(row). `address`: the page's query.
   */
  constructor(parts, address) {
    this.#parts = parts;
    this.#link = { call: address.get("call"), agent: address.get("agent") };
  }

  /** Opens that call and brings it into sight; gives whether it is there. */
  show(confId) {
    const { callOf, panels, view, render, list, detail, open } = this.#parts;
    const call = callOf(confId);
    if (!call) return false;
    panels.show("calls");
    if (!view.of([call]).length) view.ask({ search: "", direction: "", chips: [] });
    render();
    const row = list.row(confId);
    if (!row) return false;
    if (detail.confId !== confId) open(row);
    row.element.scrollIntoView({ block: "nearest" });
    row.opener.focus({ preventScroll: true });
    return true;
  }

  /** `?agent=` narrows the list, `?call=` opens that call once it is there. */
  followLink() {
    const { view, callOf } = this.#parts;
    const { agent, call } = this.#link;
    if (agent) {
      this.#link.agent = null;
      view.ask({ search: agent });
    }
    if (call && callOf(call)) {
      this.#link.call = null;
      this.show(call);
    }
  }
}
