/** What the key may do: as the service says it; where it does not say, everything until it refuses. */
import { Problem } from "./api.js";
import { digits } from "./format.js";

const ACTIONS = ["listen", "whisper", "barge", "takeover", "hangup"];

export class Rights {
  #scopes = null;
  #refused = new Set();

  /** Its name, once the service has said it. */
  client = "";
  phones = null;

  /** Asks for the scopes of the key that `api` uses. */
  async ask(api) {
    this.#refused.clear();
    [this.#scopes, this.client, this.phones] = [null, "", null];
    try {
      const { client, scopes, phones } = await api.get("me");
      if (!Array.isArray(scopes)) return;
      [this.#scopes, this.client, this.phones] = [new Set(scopes), client ?? "", phones ?? null];
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem; // an older service does not say; a refused key is told by the list
    }
  }

  get known() {
    return this.#scopes !== null;
  }

  may(action) {
    return !this.#refused.has(action) && (!this.#scopes || this.#scopes.has(`calls:${action}`));
  }

  /** Offered only where the service says so: an older one has no such action. */
  surely(action) {
    return this.known && this.may(action);
  }

  /** The service refused it for want of a scope. */
  learn(action) {
    this.#refused.add(action);
  }

  /** Nothing but looking: a wall display. */
  get readOnly() {
    return this.known && !ACTIONS.some((action) => this.may(action));
  }

  /** The only phone that this key may ring, if it is bound to one. */
  get onlyPhone() {
    return this.phones?.length === 1 && digits(this.phones[0]) ? this.phones[0] : "";
  }
}
