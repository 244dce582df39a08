/**
 * The rows stand in groups of some eight, and a browser lays out and paints no group that is far from the screen: a
 * thousand calls cost a frame what a screenful does. All rows are there for a search in the page and for a screen reader.
 */
import { h } from "./elements.js";

const SIZE = 8;

/** The row after this one, of whatever group; null after the last. */
export function following(row) {
  return row.nextElementSibling ?? edge(row, "nextElementSibling", "firstElementChild");
}

/** The row before this one. */
export function preceding(row) {
  return row.previousElementSibling ?? edge(row, "previousElementSibling", "lastElementChild");
}

function edge(row, side, end) {
  let group = row.parentElement[side];
  while (group && !group[end]) group = group[side];
  return group?.[end] ?? null;
}

export class Groups {
  #box;
  #drawn = new Set();

  constructor(box) {
    this.#box = box;
  }

  /** The first row; null where there is none. */
  get first() {
    return this.#box.querySelector(".row");
  }

  get last() {
    return [...this.#box.children].findLast((group) => group.lastElementChild)?.lastElementChild ?? null;
  }

  /** Puts a row before another; at the end, where there is no other. */
  insert(row, before) {
    if (before) return before.parentElement.insertBefore(row, before);
    const last = this.#box.lastElementChild;
    const group = last && last.childElementCount < SIZE ? last : this.#box.appendChild(made());
    return group.append(row);
  }

  /** Rows came or went: no group stays empty or large, and each tells the browser how high it is while it is not drawn. */
  settle() {
    for (const group of [...this.#box.children]) if (!group.firstElementChild) group.remove();
    for (let group = this.#box.firstElementChild; group; group = group.nextElementSibling) {
      const next = group.nextElementSibling;
      if (group.childElementCount > 2 * SIZE) {
        const rest = made();
        group.after(rest);
        rest.append(...[...group.children].slice(SIZE));
      } else if (next && group.childElementCount + next.childElementCount <= SIZE) {
        next.prepend(...group.children);
        group.remove();
        group = next;
      }
    }
    for (const group of this.#box.children) {
      const rows = String(group.childElementCount);
      if (group.style.getPropertyValue("--count") !== rows) group.style.setProperty("--count", rows);
    }
  }

  /** These rows may be higher than the others: their groups are drawn wherever they are. */
  draw(rows) {
    const drawn = new Set(rows.map((row) => row.parentElement));
    for (const group of this.#drawn) if (!drawn.has(group)) group.classList.remove("drawn");
    for (const group of drawn) group.classList.add("drawn");
    this.#drawn = drawn;
  }

  /** The rows of the groups between these two heights of the window; a group that is no box, on a wall, counts as there. */
  *between(top, bottom) {
    const groups = this.#box.children;
    let [first, rest] = [0, groups.length];
    while (first < rest) {
      const middle = (first + rest) >> 1;
      const { height, bottom: end } = groups[middle].getBoundingClientRect();
      if (height && end < top) first = middle + 1;
      else rest = middle;
    }
    for (let group = groups[first]; group; group = group.nextElementSibling) {
      if (group.getBoundingClientRect().top > bottom) return;
      yield* group.children;
    }
  }

  /** How high a row is that is drawn: so high the others are taken to be. */
  measure(row) {
    const height = `${row.getBoundingClientRect().height}px`;
    if (this.#box.style.getPropertyValue("--row") !== height) this.#box.style.setProperty("--row", height);
  }
}

function made() {
  return h("div", { className: "batch", role: "rowgroup" });
}
