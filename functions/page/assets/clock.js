/** The service's time, by our own monotonic clock; and how old a list of its is. */

export class ServiceClock {
  #ahead = -Infinity; // the service's clock less ours; `asOf` is never later than its now, so the largest is nearest

  /** A list that was made at `asOf` (the service's time) has just come. */
  hear(asOf) {
    this.#ahead = Math.max(this.#ahead, asOf - performance.now());
  }

  get now() {
    return this.#ahead === -Infinity ? Date.now() : performance.now() + this.#ahead;
  }
}
