/** The actions: asked for once, told in words. */
import { freshKey } from "./api.js";
import { agentName, digits } from "./format.js";
import { callFacts, tell } from "./embed.js";
import { toOtherTabs, unlessElsewhere } from "./tabs.js";
import { advice } from "./words.js";

export class Actions {
  #busy = new Set(); // "action confId" under way
  #parts;

  /**
   * `parts`: api, own, notes, phone() as dialled, confirm(question) → yes or no, after() once something was done
   * here, changed() when what is shown of a call may differ.
   */
  constructor(parts) {
    this.#parts = parts;
  }

  busy(confId) {
    return this.#busy.has(confId);
  }

  /** One action at a time on a call, in one tab: a double click, a second key and a second tab add nothing. */
  async #once(confId, work, doing) {
    if (this.#busy.has(confId)) return;
    const { notes, changed, phone } = this.#parts;
    this.#busy.add(confId);
    notes.say(confId, doing, { lasting: true });
    changed();
    try {
      const ran = await unlessElsewhere(`${confId} ${digits(phone())}`, work);
      if (!ran) notes.say(confId, "Another tab is doing this");
    } finally {
      this.#busy.delete(confId);
      changed();
    }
  }

  async supervise(call, action) {
    const { api, own, notes, phone, after } = this.#parts;
    await this.#once(
      call.confId,
      async () => {
        try {
          const path = `calls/${encodeURIComponent(call.confId)}/${action}`;
          const supervision = await api.post(path, freshKey(), { to: phone() });
          own.add(supervision);
          toOtherTabs({ supervision });
          notes.clear(call.confId);
          tell("supervision-started", { supervision, call: callFacts(call) });
        } catch (problem) {
          this.#failed(call, action, problem);
        }
        after();
      },
      "Asking…",
    );
  }

  async leave(call, supervision) {
    const { api, notes, after, changed } = this.#parts;
    if (supervision.leaving) return;
    supervision.leaving = performance.now();
    changed();
    try {
      await api.delete(`supervisions/${encodeURIComponent(supervision.id)}`);
      notes.clear(call.confId);
    } catch (problem) {
      supervision.leaving = 0;
      if (problem.code !== "supervision_not_found") this.#failed(call, "leave", problem);
    }
    after();
  }

  async hangup(call) {
    const { api, notes, confirm, after } = this.#parts;
    if (this.#busy.has(call.confId)) return;
    const sure = await confirm({
      title: `Hang up ${agentName(call)}’s call?`,
      text: "Everyone on it is disconnected: the agent, the customer and supervisors.",
      yes: "Hang up",
    });
    if (!sure) return;
    await this.#once(
      call.confId,
      async () => {
        try {
          const { hungUp } = await api.post(`calls/${encodeURIComponent(call.confId)}/hangup`, freshKey());
          notes.say(call.confId, "Hung up");
          tell("call-hung-up", { call: callFacts(call), hungUp });
        } catch (problem) {
          this.#failed(call, "hangup", problem);
        }
        after();
      },
      "Hanging up…",
    );
  }

  #failed(call, action, problem) {
    this.#parts.notes.say(call.confId, advice(problem, action), { problem: true });
    tell("action-refused", { action, call: callFacts(call), code: problem.code, status: problem.status });
  }
}
