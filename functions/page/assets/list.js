/**
 * The rows, in order. Nothing moves under a hand: while the pointer or the keyboard is at work in the table, new calls
 * are added at the end, ended ones stay where they were, and the order is made good once the hand rests.
 */
import { Row } from "./rows.js";

const REST = 4_000; // a hand that has not moved for this long is at rest
const GUARD = 500; // a click this soon after the row under the pointer changed was meant for another row
const AT_ONCE = 60; // rows made in one frame
const MANY = 150; // from here on rows out of sight are not laid out

export class List {
  #box;
  #rows = new Map();
  #visible = new Set();
  #watch;
  #worked = -Infinity;
  #pointer = null;
  #guard = null;
  #wanted = [];
  #serverNow;
  #frame = 0;

  /** Whether the order still waits for the hand to rest. */
  unsettled = false;

  constructor(box, serverNow) {
    this.#box = box;
    this.#serverNow = serverNow;
    this.#watch = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const row = this.#rows.get(target.dataset.call);
        if (!row || !isIntersecting) this.#visible.delete(row);
        else {
          this.#visible.add(row);
          row.tick(this.#serverNow());
        }
      }
    }, { rootMargin: "200px" });
    const working = () => (this.#worked = performance.now());
    box.addEventListener("pointermove", (event) => {
      const { clientX: x, clientY: y } = event;
      if (this.#guard && Math.hypot(x - this.#guard.x, y - this.#guard.y) > 8) this.#guard = null;
      this.#pointer = { x, y };
      working();
    });
    box.addEventListener("pointerleave", () => (this.#pointer = null));
    box.addEventListener("keydown", working);
    box.addEventListener("focusin", working);
  }

  get size() {
    return this.#rows.size;
  }

  row(confId) {
    return this.#rows.get(confId);
  }

  rowOf(node) {
    const element = node?.closest?.(".row");
    return element ? this.#rows.get(element.dataset.call) : undefined;
  }

  /** Whether a click may be meant for the row that was here a moment ago. */
  get shifted() {
    return this.#guard !== null && performance.now() < this.#guard.until;
  }

  get #held() {
    const there = this.#pointer || this.#box.contains(document.activeElement);
    return Boolean(there) && performance.now() - this.#worked < REST;
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
    const before = !asked && this.#underPointer();
    this.unsettled = held;
    const complete = this.#place(held ? kept : views);
    if (before && this.#underPointer() !== before) this.#guard = { ...this.#pointer, until: performance.now() + GUARD };
    if (!complete) this.#frame = requestAnimationFrame(() => this.show(this.#wanted, { gone, asked }));
    return complete;
  }

  #standing() {
    return [...this.#box.children].map((element) => element.dataset.call);
  }

  #underPointer() {
    return this.#pointer && document.elementFromPoint(this.#pointer.x, this.#pointer.y)?.closest(".row");
  }

  #place(views) {
    const focus = this.#box.contains(document.activeElement) ? document.activeElement : null;
    const focusRow = this.rowOf(focus);
    const wanted = new Set(views.map((view) => view.call.confId));
    const neighbour = focusRow && !wanted.has(focusRow.confId) ? this.#neighbour(focusRow, wanted) : null;
    for (const [confId, row] of this.#rows) if (!wanted.has(confId)) this.#drop(confId, row);
    const now = this.#serverNow();
    let made = 0;
    let cursor = this.#box.firstElementChild;
    for (const view of views) {
      let row = this.#rows.get(view.call.confId);
      const isNew = !row;
      if (isNew) {
        if (made === AT_ONCE) break;
        made += 1;
        row = new Row(view.call.confId);
        this.#rows.set(row.confId, row);
        this.#watch.observe(row.element);
      }
      row.update(view);
      if (isNew) row.tick(now);
      if (row.element === cursor) cursor = cursor.nextElementSibling;
      else this.#box.insertBefore(row.element, cursor);
    }
    this.#box.classList.toggle("many", this.#rows.size > MANY);
    if (focus && document.activeElement !== focus) (neighbour?.opener ?? focus).focus({ preventScroll: !neighbour });
    return views.length === this.#rows.size;
  }

  #drop(confId, row) {
    this.#watch.unobserve(row.element);
    this.#visible.delete(row);
    this.#rows.delete(confId);
    row.element.remove();
  }

  /** Where the focus goes when its row is taken away: the next that stays, or the one before. */
  #neighbour(row, wanted) {
    for (const step of ["nextElementSibling", "previousElementSibling"]) {
      for (let other = row.element[step]; other; other = other[step]) {
        if (wanted.has(other.dataset.call)) return this.rowOf(other);
      }
    }
    return null;
  }

  /** Clocks run where they can be seen. */
  tick() {
    const now = this.#serverNow();
    for (const row of this.#visible) row.tick(now);
  }
}
