/** The actions: asked for once, told in words. */
import { freshKey, Problem } from "./api.js";
import { agentName, digits } from "./format.js";
import { tell } from "./embed.js";
import { ON_A_CALL } from "./modes.js";
import { hangingUp, leavesAlone, leavingAlone, moving, takingOver } from "./sure.js";
import { t } from "./text.js";
import { toOtherTabs, unlessElsewhere } from "./tabs.js";
import { advice } from "./words.js";

const GONE = 20_000; // how long a leg that is dropped is waited for before its phone is dialled again

export class Actions {
  #busy = new Set(); // confId of what is under way
  #parts;
  #planned = new Set(); // confId of a call that a take-over is being thought about for
  #switches = true; // until the service turns out to know no change of mode

  /**
   * `parts`: api, own, notes, rights, phone() as dialled, confirm(question) → yes or no, askForHelp(call) → what is
   * wished, after() once something was done here, changed() when what is shown of a call may differ, heard(own) the
   * sentence about who hears one.
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
      if (!ran) notes.say(confId, t("elsewhere"));
    } finally {
      this.#busy.delete(confId);
      changed();
    }
  }

  /** Asks the phone in; where it is on this call, changes the mode; where on another, offers to leave that first. */
  async supervise(call, action) {
    const { own, confirm } = this.#parts;
    const elsewhere = () => own.all.filter((one) => one.confId !== call.confId);
    if (action === "takeover") {
      if (!(await this.#mayTakeOver(call, elsewhere))) return;
    } else if (!own.of(call.confId) && elsewhere().length && !(await confirm(moving(elsewhere(), call, action)))) return;
    const here = own.of(call.confId); // as it is after the question
    if (here) return this.switch(call, here, action);
    await this.#once(call.confId, () => this.#dial(call, action, elsewhere()), t("asking"));
  }

  /** Asked only where the service would do it now: its plan is read first, on the call as Ytel shows it. */
  async #mayTakeOver(call, elsewhere) {
    const { api, confirm, own, phone } = this.#parts;
    if (this.#planned.has(call.confId)) return false;
    this.#planned.add(call.confId);
    try {
      const plan = await api.get(`calls/${encodeURIComponent(call.confId)}/plan?action=takeover`);
      if (plan.refused) throw new Problem({ status: 409, ...plan.refused });
    } catch (problem) {
      this.#failed(call, "takeover", problem);
      return false;
    } finally {
      this.#planned.delete(call.confId);
    }
    return confirm(takingOver(call, own.of(call.confId)?.to || phone(), elsewhere()));
  }

  async #dial(call, action, elsewhere = []) {
    const { api, own, notes, phone, after } = this.#parts;
    if (elsewhere.length && !(await this.#left(call, elsewhere))) return;
    try {
      const path = `calls/${encodeURIComponent(call.confId)}/${action}`;
      const supervision = await api.post(path, freshKey(), { to: phone() });
      own.add(supervision, call);
      toOtherTabs({ supervision });
      notes.clear(call.confId);
      tell("supervision-started", { supervision, call });
    } catch (problem) {
      this.#failed(call, action, problem);
    }
    after();
  }

  /** Whether the phone has left those calls; where not, says so, and nothing is dialled. */
  async #left(call, supervisions) {
    const { api, own, notes, after } = this.#parts;
    const agent = agentName(supervisions[0].call);
    notes.say(call.confId, t("move.leaving", { agent }), { lasting: true });
    try {
      for (const one of supervisions) {
        one.leaving = performance.now();
        await api.delete(`supervisions/${encodeURIComponent(one.id)}`).catch(alreadyGone);
      }
      after();
      if (await own.gone(supervisions.map((one) => one.id), GONE)) return true;
      notes.say(call.confId, t("move.notLeft", { agent }), { problem: true });
    } catch (problem) {
      this.#failed(call, "leave", problem);
    }
    for (const one of supervisions) one.leaving = 0;
    return false;
  }

  /** Another mode on the same call. The service decides the new audience first; a refusal changes nothing. */
  async switch(call, supervision, action) {
    const { api, own, notes, after, changed, heard } = this.#parts;
    const before = heard(supervision);
    await this.#once(
      call.confId,
      async () => {
        supervision.switching = action;
        changed();
        try {
          const next = this.#switches ? await this.#patched(supervision, action) : null;
          if (!next) return await this.#redialled(call, supervision, action);
          own.add({ ...next, replaces: next.replaces ?? supervision.id }, call);
          toOtherTabs({ supervision: next });
          notes.clear(call.confId);
          tell("supervision-started", { supervision: next, call });
        } catch (problem) {
          supervision.switching = "";
          this.#failed(call, "switch", problem, before);
        }
        after();
      },
      t("switching"),
    );
  }

  /** Null where the service knows no such thing. */
  async #patched({ id }, action) {
    try {
      return await this.#parts.api.patch(`supervisions/${encodeURIComponent(id)}`, { action });
    } catch (problem) {
      if (![404, 405].includes(problem.status) || problem.code) throw problem;
      this.#switches = false;
      return null;
    }
  }

  /** What a change of mode is on Ytel: the audience decided first, then the phone off the call and dialled again. */
  async #redialled(call, supervision, action) {
    const plan = await this.#parts.api.get(`calls/${encodeURIComponent(call.confId)}/plan?action=${action}`);
    if (plan.refused) throw new Problem({ status: 409, ...plan.refused });
    await this.#dial(call, action, [supervision]);
    supervision.switching = "";
  }

  async leave(call, supervision) {
    const { api, notes, after, changed, confirm } = this.#parts;
    if (supervision.leaving) return;
    if (leavesAlone(supervision, call) && !(await confirm(leavingAlone(call)))) return;
    supervision.leaving = performance.now();
    changed();
    try {
      await api.delete(`supervisions/${encodeURIComponent(supervision.id)}`);
      notes.clear(supervision.confId);
    } catch (problem) {
      supervision.leaving = 0;
      if (problem.code !== "supervision_not_found") this.#failed(call, "leave", problem);
    }
    after();
  }

  async hangup(call) {
    const { api, notes, confirm, after } = this.#parts;
    if (this.#busy.has(call.confId)) return;
    if (!(await confirm(hangingUp(call)))) return;
    await this.#once(
      call.confId,
      async () => {
        try {
          const { hungUp } = await api.post(`calls/${encodeURIComponent(call.confId)}/hangup`, freshKey());
          notes.say(call.confId, t("hangup.done"));
          tell("call-hung-up", { call, hungUp });
        } catch (problem) {
          this.#failed(call, "hangup", problem);
        }
        after();
      },
      t("hangup.doing"),
    );
  }

  /** The agent's call for a supervisor: asked for, with another reason, or taken back. */
  async help(call) {
    const { api, notes, askForHelp, after } = this.#parts;
    const wish = await askForHelp(call);
    if (!wish) return;
    if (wish.withdraw) return this.helped(call);
    try {
      await api.put(`calls/${encodeURIComponent(call.confId)}/help`, wish.reason ? { reason: wish.reason } : undefined);
      notes.say(call.confId, t("help.asked"));
    } catch (problem) {
      this.#failed(call, "help", problem);
    }
    after();
  }

  /** The agent has the help that was asked for. */
  async helped(call) {
    try {
      await this.#parts.api.delete(`calls/${encodeURIComponent(call.confId)}/help`);
    } catch (problem) {
      this.#failed(call, "help", problem);
    }
    this.#parts.after();
  }

  #failed(call, action, problem, heard = "") {
    const { notes, rights } = this.#parts;
    if (!(problem instanceof Problem)) console.error(problem);
    if (problem.code === "forbidden" && ON_A_CALL.includes(action)) rights.learn(action);
    notes.say(call.confId, advice(problem, action, heard), { problem: true });
    tell("action-refused", { action, call, code: problem.code, status: problem.status });
  }
}

function alreadyGone(problem) {
  if (problem.code !== "supervision_not_found") throw problem;
}
