/** One row of the list is in the tab order: the one that had the focus last, else the first. The arrows go to the others. */

const STOPS = ".line button, .now button, .extras button";

export class Roving {
  #box;
  #current = null;

  constructor(box) {
    this.#box = box;
    box.addEventListener("focusin", ({ target }) => this.#to(target.closest(".row")));
  }

  /** Rows came or went. */
  settle() {
    if (!this.#current || !this.#box.contains(this.#current)) this.#to(this.#box.querySelector(".row"));
  }

  #to(row) {
    if (!row || row === this.#current) return;
    set(this.#current, -1);
    set(row, 0);
    this.#current = row;
  }
}

function set(row, index) {
  for (const button of row?.querySelectorAll(STOPS) ?? []) button.tabIndex = index;
}
