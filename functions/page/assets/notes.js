/** The line under a call that says what was just done there; it goes by itself. */

const SHORT = 12_000;
const LONG = 45_000; // a problem is read, and thought about

export class Notes {
  #notes = new Map(); // confId -> {text, problem, timer}
  #changed;

  constructor(changed) {
    this.#changed = changed;
  }

  say(confId, text, { problem = false, lasting = false } = {}) {
    this.clear(confId);
    const timer = lasting ? 0 : setTimeout(() => this.clear(confId), problem ? LONG : SHORT);
    this.#notes.set(confId, { text, problem, timer });
    this.#changed();
  }

  clear(confId) {
    const note = this.#notes.get(confId);
    if (!note) return;
    clearTimeout(note.timer);
    this.#notes.delete(confId);
    this.#changed();
  }

  of(confId) {
    return this.#notes.get(confId) ?? null;
  }
}
