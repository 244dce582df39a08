/**
 * When to read the floor: every 2 s while it is looked at or one is on a call, every second while a phone rings, every
 * 15 s while hidden, further and further apart while it fails, and at once on coming back.
 */

const SEEN = 2_000;
const HURRIED = 1_000;
const STALE = 5_000;
const HIDDEN = 15_000;
const LONGEST = 30_000;

export class Poll {
  #timer = 0;
  #due = Infinity;
  #reading = false;
  #again = false;
  #running = false;
  #failures = 0;
  #read;
  #ringing;
  #onAir;
  #ticker = null;

  /** `read` resolves to whether what came is stale, or rejects. `ringing` and `onAir`: whether one's own phone is. */
  constructor(read, { ringing, onAir }) {
    this.#read = read;
    this.#ringing = ringing;
    this.#onAir = onAir;
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
    this.#hurry(false);
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
      pause = stale ? STALE : this.#ringing() ? HURRIED : SEEN;
    } catch (problem) {
      this.#failures += 1;
      const longest = this.#onAir() ? STALE : LONGEST;
      pause = Math.min(longest, SEEN * 2 ** Math.min(this.#failures, 6));
      pause = Math.max(pause * (0.8 + Math.random() * 0.2), (problem.retryAfter ?? 0) * 1000);
    }
    this.#reading = false;
    const hidden = document.visibilityState === "hidden";
    if (hidden && !this.#onAir()) pause = Math.max(pause, HIDDEN);
    if (!this.#running) return;
    this.#hurry(hidden && this.#onAir());
    if (this.#again) {
      this.#again = false;
      this.#turn();
    } else {
      this.#due = performance.now() + pause;
      this.#timer = setTimeout(() => this.#turn(), pause);
    }
  }

  /** A hidden page on a call is woken by a worker: its own timers come once a minute at worst. */
  #hurry(wanted) {
    if (!wanted) {
      this.#ticker?.terminate();
      this.#ticker = null;
    } else if (!this.#ticker && "Worker" in window) {
      this.#ticker = new Worker(new URL("./ticker.js", import.meta.url));
      this.#ticker.onmessage = () => !this.#reading && performance.now() >= this.#due && this.now();
    }
  }
}
