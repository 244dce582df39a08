/** What the key may do: as the service says it; where it does not say, everything until it refuses. */
import { digits } from "./format.js";
import { DIALS, ON_A_CALL } from "./modes.js";
import { answerOf } from "./offered.js";

const ACTS = [...ON_A_CALL, "follow"];
const NEWER = ["takeover", "help", "follow"]; // an older service has no such action

export class Rights {
  #scopes = null;
  #refused = new Set();

  /** Its name, once the service has said it. */
  client = "";
  phones = null;

  /** Another key: nothing of it is known. */
  forget() {
    this.#refused.clear();
    [this.#scopes, this.client, this.phones] = [null, "", null];
  }

  /** Asks for the scopes of the key that `api` uses: whether the service says them, null where no answer came. */
  async ask(api) {
    const answer = await answerOf(api.get("me"));
    if (!answer) return answer;
    const { client, scopes, phones } = answer;
    if (!Array.isArray(scopes)) return false;
    [this.#scopes, this.client, this.phones] = [new Set(scopes), client ?? "", phones ?? null];
    return true;
  }

  get known() {
    return this.#scopes !== null;
  }

  may(action) {
    return !this.#refused.has(action) && (!this.#scopes || this.#scopes.has(`calls:${action}`));
  }

  /** Whether there is a button for it. Where the service does not say what the key may do, what is refused is disabled. */
  offers(action) {
    return this.known ? this.may(action) : !NEWER.includes(action);
  }

  /** Whether a phone can be asked in with it. */
  get dials() {
    return DIALS.some((action) => this.may(action));
  }

  /** The service refused it for want of a scope. */
  learn(action) {
    this.#refused.add(action);
  }

  /** Nothing but looking: a wall display. */
  get readOnly() {
    return this.known && !ACTS.some((action) => this.may(action));
  }

  /** The only phone that this key may ring, if it is bound to one. */
  get onlyPhone() {
    return this.phones?.length === 1 && digits(this.phones[0]) ? this.phones[0] : "";
  }
}
