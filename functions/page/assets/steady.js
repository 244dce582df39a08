/**
 * A click never acts on what was not under it half a second before. What a click may act on is watched: where it
 * comes to stand somewhere else, however that came about, it takes no pointer until it has stood still for half a
 * second. Scrolling by hand moves rows too: there a pointer that has rested since clicks nothing.
 */

const STILL = 500;
const LOOK = 100;
const SLACK = 2; // px: less than this is no move

export class Steady {
  #seen = new Map(); // element -> {x, y, content, since}
  #scroller;
  #watched;
  #scrolled = -Infinity;
  #placed = -Infinity;
  #telling = 0;
  #touched = false; // a pointer was moved or pressed here
  #pointer = null;
  #restedSince = null; // where the pointer was when the rows were scrolled

  /** `watched()` gives the elements that are shown now; those in `scroller` move with it. */
  constructor(scroller, watched) {
    this.#scroller = scroller;
    this.#watched = watched;
    setInterval(() => document.hidden || this.look(), LOOK);
    const scrolled = () => {
      this.#scrolled = performance.now();
      this.#restedSince = this.#pointer;
    };
    scroller.addEventListener("scroll", scrolled, { passive: true });
    document.addEventListener("scroll", scrolled, { passive: true });
    window.addEventListener("pointermove", ({ clientX: x, clientY: y }) => {
      this.#pointer = { x, y };
      this.#touched = true;
    }, { passive: true, capture: true });
    window.addEventListener("pointerdown", () => (this.#touched = true), { passive: true, capture: true });
    window.addEventListener("click", (event) => this.#judge(event), { capture: true });
  }

  /** What this element does is another thing from now on, though it stands where it was. */
  renew(element) {
    const held = this.#seen.get(element);
    if (held) this.#stir(element, held);
    else element.dataset.moved = "yes"; // until it is seen to stand still
  }

  /** Rows came, went or changed places; where they stand is looked at once everything is drawn. */
  placed() {
    this.#placed = performance.now();
  }

  /** Looks where everything is. Cheap where the layout is made; called once more after each change of the list. */
  look() {
    const now = performance.now();
    const top = this.#scroller.scrollTop;
    const there = new Set();
    for (const element of this.#watched()) {
      const { x, y, width } = element.getBoundingClientRect();
      if (!width) continue;
      there.add(element);
      const content = y + window.scrollY + (this.#scroller.contains(element) ? top : 0);
      const held = this.#seen.get(element);
      if (!held) {
        const made = { x, y, content, since: -Infinity };
        this.#seen.set(element, made);
        // A row that scrolled into sight stood in its place before, and before the first touch nobody has aimed at
        // anything; else it has only just appeared.
        const isRow = element.classList.contains("row");
        if (this.#touched && (!isRow || now - this.#placed < STILL)) this.#stir(element, made);
        else delete element.dataset.moved;
        continue;
      }
      const moved = Math.abs(x - held.x) > SLACK || (Math.abs(y - held.y) > SLACK && Math.abs(content - held.content) > SLACK);
      if (moved) this.#stir(element, held);
      else if (element.dataset.moved && now - held.since >= STILL) delete element.dataset.moved;
      Object.assign(held, { x, y, content });
    }
    for (const element of this.#seen.keys()) {
      if (there.has(element)) continue;
      delete element.dataset.moved;
      this.#seen.delete(element);
    }
  }

  /** A click is judged by `since` at once; the browser is told after it has painted. */
  #stir(element, held) {
    held.since = performance.now();
    this.#telling ||= setTimeout(() => this.#tell());
  }

  #tell() {
    this.#telling = 0;
    const now = performance.now();
    for (const [element, { since }] of this.#seen) {
      if (now - since < STILL && !element.dataset.moved) element.dataset.moved = "yes";
    }
  }

  #unsettled(node) {
    const since = this.#seen.get(node)?.since ?? -Infinity;
    return Boolean(node.dataset.moved) || performance.now() - since < STILL;
  }

  #judge(event) {
    if (!event.detail) return; // by key: the focus stays on its element wherever that goes
    this.look();
    let unsettled = false;
    for (let node = event.target; node instanceof Element; node = node.parentElement) unsettled ||= this.#unsettled(node);
    const { x, y } = this.#restedSince ?? {};
    const rested = this.#restedSince && Math.hypot(event.clientX - x, event.clientY - y) < 4;
    unsettled ||= Boolean(rested && performance.now() - this.#scrolled < STILL && this.#scroller.contains(event.target));
    if (!unsettled) return;
    event.preventDefault();
    event.stopPropagation();
  }
}
