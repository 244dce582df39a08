/**
 * The rows, in order. Nothing moves under a hand: while the pointer or the keyboard is at work in the table, new calls
 * are added at the end, ended ones stay where they were, and the order is made good once the hand rests.
 */
import { following, Groups, preceding } from "./groups.js";
import { Row } from "./rows.js";

const REST = 4_000; // a hand that has not moved for this long is at rest
const AT_ONCE = 60; // rows made in one frame
const MANY = 150; // from here on what is far from the screen is not drawn
const MARGIN = 100; // px: what is as near to the edge as this counts as in sight

export class List {
  #box;
  #scroller;
  #groups;
  #rows = new Map();
  #visible = new Set();
  #worked = -Infinity;
  #pointer = false;
  #wanted = [];
  #tick;
  #placed;
  #frame = 0;
  #moved = false;

  /** Whether the order still waits for the hand to rest. */
  unsettled = false;

  /** `tick(row)` puts its clock right; `placed(moved)` is called after each drawing: whether rows came, went or changed places. */
  constructor(box, tick, placed) {
    this.#box = box;
    this.#scroller = box.closest(".scroll");
    this.#groups = new Groups(box);
    this.#tick = tick;
    this.#placed = placed;
    const working = () => (this.#worked = performance.now());
    box.addEventListener("pointermove", () => {
      this.#pointer = true;
      working();
    }, { passive: true });
    box.addEventListener("pointerleave", () => (this.#pointer = false));
    box.addEventListener("keydown", working);
    box.addEventListener("focusin", working);
  }

  get size() {
    return this.#rows.size;
  }

  /** The first row's element, and the last's; null where there is none. */
  get first() {
    return this.#groups.first;
  }

  get last() {
    return this.#groups.last;
  }

  /** The elements that a click in the list may act on: the rows in sight, and what came into one's own. */
  *watched() {
    this.#look();
    for (const row of this.#visible) {
      yield row.element;
      if (row.mine) yield row.leave;
    }
  }

  row(confId) {
    return this.#rows.get(confId);
  }

  rowOf(node) {
    const element = node?.closest?.(".row");
    return element ? this.#rows.get(element.dataset.call) : undefined;
  }

  get #held() {
    const there = this.#pointer || this.#box.contains(document.activeElement);
    return there && performance.now() - this.#worked < REST;
  }

  /**
   * Shows these views, each `{call, ended, …}`, in this order. `gone(confId)` gives the view of a call that ended, or
   * null where it is merely filtered out. `asked`: the person asked for this order, so it is made at once.
   */
  show(views, { gone = () => null, asked = false } = {}) {
    cancelAnimationFrame(this.#frame);
    const held = !asked && this.#held;
    this.#wanted = views;
    const kept = [];
    if (held) {
      const wanted = new Map(views.map((view) => [view.call.confId, view]));
      for (const confId of this.#standing()) {
        const view = wanted.get(confId) ?? gone(confId);
        wanted.delete(confId);
        if (view) kept.push(view);
      }
      kept.push(...wanted.values());
    }
    this.unsettled = held;
    const complete = this.#place(held ? kept : views);
    this.#placed(this.#moved);
    if (!complete) this.#frame = requestAnimationFrame(() => this.show(this.#wanted, { gone, asked }));
    return complete;
  }

  #standing() {
    return [...this.#box.getElementsByClassName("row")].map((element) => element.dataset.call);
  }

  #place(views) {
    const focus = this.#box.contains(document.activeElement) ? document.activeElement : null;
    const focusRow = this.rowOf(focus);
    const wanted = new Set(views.map((view) => view.call.confId));
    const neighbour = focusRow && !wanted.has(focusRow.confId) ? this.#neighbour(focusRow, wanted) : null;
    this.#moved = false;
    for (const [confId, row] of this.#rows) if (!wanted.has(confId)) this.#drop(confId, row);
    let made = 0;
    let cursor = this.#groups.first;
    for (const view of views) {
      let row = this.#rows.get(view.call.confId);
      const isNew = !row;
      if (isNew) {
        if (made === AT_ONCE) break;
        made += 1;
        row = new Row(view.call.confId);
        row.element.dataset.moved = "yes"; // until it is seen to stand still
        this.#rows.set(row.confId, row);
      }
      row.update(view);
      if (isNew) this.#tick(row);
      if (row.element === cursor) cursor = following(cursor);
      else {
        this.#groups.insert(row.element, cursor);
        this.#moved = true;
      }
    }
    if (this.#moved) this.#groups.settle();
    this.#groups.draw([...this.#rows.values()].filter((row) => row.tall).map((row) => row.element));
    this.#box.classList.toggle("many", this.#rows.size > MANY);
    if (focus && document.activeElement !== focus) (neighbour?.opener ?? focus).focus({ preventScroll: !neighbour });
    return views.length === this.#rows.size;
  }

  #drop(confId, row) {
    this.#moved = true;
    this.#visible.delete(row);
    this.#rows.delete(confId);
    row.element.remove();
  }

  /** Where the focus goes when its row is taken away: the next that stays, or the one before. */
  #neighbour(row, wanted) {
    for (const step of [following, preceding]) {
      for (let other = step(row.element); other; other = step(other)) {
        if (wanted.has(other.dataset.call)) return this.rowOf(other);
      }
    }
    return null;
  }

  /** Which rows are in sight. All places are read before anything is written: what is written has them computed anew. */
  #look() {
    const { top, bottom } = this.#scroller.getBoundingClientRect();
    const seen = new Set();
    for (const element of this.#groups.between(top - MARGIN, bottom + MARGIN)) seen.add(this.#rows.get(element.dataset.call));
    const plain = [...seen].find((row) => !row.tall);
    if (plain) this.#groups.measure(plain.element);
    const before = this.#visible;
    this.#visible = seen;
    for (const row of seen) if (!before.has(row)) this.#tick(row);
  }

  /** Clocks run where they can be seen. */
  tick() {
    for (const row of this.#visible) this.#tick(row);
  }
}
