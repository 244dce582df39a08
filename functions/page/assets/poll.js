/**
 * When to read the floor: every 2 s while it is looked at, every second while a phone rings, every 15 s while hidden,
 * further and further apart while it fails, and at once on coming back.
 */

const SEEN = 2_000;
const HURRIED = 1_000;
const STALE = 5_000;
const HIDDEN = 15_000;
const LONGEST = 30_000;

export class Poll {
  #timer = 0;
  #reading = false;
  #again = false;
  #running = false;
  #failures = 0;
  #hurried = () => false;
  #read;

  /** `read` resolves to whether what came is stale, or rejects. `hurried` says whether a phone rings. */
  constructor(read, hurried) {
    this.#read = read;
    this.#hurried = hurried;
    const back = () => document.visibilityState === "visible" && this.now();
    document.addEventListener("visibilitychange", back);
    window.addEventListener("online", back);
    window.addEventListener("pageshow", (event) => event.persisted && back());
  }

  start() {
    this.#running = true;
    this.#failures = 0;
    this.now();
  }

  stop() {
    this.#running = false;
    clearTimeout(this.#timer);
  }

  /** Reads at once; where a reading is under way, once more after it, for it may be older than what was just done. */
  now() {
    if (!this.#running) return;
    clearTimeout(this.#timer);
    if (this.#reading) this.#again = true;
    else this.#turn();
  }

  async #turn() {
    this.#reading = true;
    let pause = SEEN;
    try {
      const stale = await this.#read();
      this.#failures = 0;
      pause = stale ? STALE : this.#hurried() ? HURRIED : SEEN;
    } catch (problem) {
      this.#failures += 1;
      pause = Math.min(LONGEST, SEEN * 2 ** Math.min(this.#failures, 6));
      pause = Math.max(pause * (0.8 + Math.random() * 0.2), (problem.retryAfter ?? 0) * 1000);
    }
    this.#reading = false;
    if (document.visibilityState === "hidden") pause = Math.max(pause, HIDDEN);
    if (!this.#running) return;
    if (this.#again) {
      this.#again = false;
      this.#turn();
    } else {
      this.#timer = setTimeout(() => this.#turn(), pause);
    }
  }
}
