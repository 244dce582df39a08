/** The active calls page: what is read, what is shown, what is done. */
import { Actions } from "./actions.js";
import { Api, Problem } from "./api.js";
import { confirm } from "./confirm.js";
import { Detail } from "./detail.js";
import { callFacts, tell } from "./embed.js";
import { plural } from "./format.js";
import { findKey, refused } from "./key.js";
import { onKeys } from "./keys.js";
import { List } from "./list.js";
import { Notes } from "./notes.js";
import { Notices } from "./notices.js";
import { Own } from "./own.js";
import { Phone } from "./phone.js";
import { Poll } from "./poll.js";
import { fromOtherTabs } from "./tabs.js";
import { View } from "./view.js";
import { ending, exposure, newCall, unread } from "./words.js";

const box = document.getElementById("rows");
let floor = null; // {calls, asOf, stale}
let live = new Map(); // confId -> call
let trouble = "";
let ahead = -Infinity; // the service's clock less ours; `asOf` is never later than its now, so the largest is nearest
let context = {}; // the phone, as dialled and as typed; another object when it is another
let due = 0; // the frame, or timer, in which what changed is drawn
const dropped = new Map(); // supervision id -> the sentence about an exposure that is over, until it is understood

const api = new Api(new URL("../", import.meta.url));
const notices = new Notices();
const notes = new Notes(changed);
const own = new Own(api, () => phone.dialled, happened);
const phone = new Phone(() => {
  own.reconsider();
  changed();
});
const actions = new Actions({ api, own, notes, phone: () => phone.dialled, confirm, after: () => poll.now(), changed });
const detail = new Detail(api, own, changed);
const list = new List(box, serverNow);
const view = new View(() => render(true));
const poll = new Poll(read, () => own.ringing);

function serverNow() {
  return performance.now() + ahead;
}

async function read() {
  try {
    const next = await api.calls();
    trouble = next.stale ? "Ytel is not answering." : "";
    if (next !== floor) take(next);
    else own.see(floor.calls);
    return next.stale;
  } catch (problem) {
    if (problem.status === 401 || problem.status === 403) {
      keyRefused();
      return false;
    }
    if (!(problem instanceof Problem)) console.error(problem);
    trouble = unread(problem);
    throw problem;
  } finally {
    changed();
  }
}

function take(next) {
  const before = floor && live;
  floor = next;
  // A call that is as it was stays the very object it was: its row need not look at it.
  next.calls = next.calls.map((call) => (same(live.get(call.confId), call) ? live.get(call.confId) : call));
  live = new Map(next.calls.map((call) => [call.confId, call]));
  ahead = Math.max(ahead, next.asOf - performance.now());
  own.see(next.calls);
  if (before) announceNew(next.calls.filter((call) => !before.has(call.confId)));
  const opened = detail.confId && live.get(detail.confId);
  if (opened) detail.see(opened);
}

function same(before, now) {
  if (!before) return false;
  for (const field in now) {
    const [a, b] = [before[field], now[field]];
    if (a !== b && !(a && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b))) return false;
  }
  return true;
}

function announceNew(calls) {
  if (calls.length > 3) notices.announce(plural(calls.length, "new call"));
  else if (calls.length) notices.announce(calls.map(newCall).join(". "));
}

/** Something became of one's own supervision. */
function happened(what, supervision) {
  if (what === "known") return changed();
  const { id, confId, state } = supervision;
  const call = live.get(confId);
  if (what === "ended") {
    if (supervision.exposed) dropped.set(id, exposure({ call, own: true, joined: false }));
    notes.say(confId, ending(supervision), { problem: state === "failed" });
  }
  const { leaving, asked, seen, ...shared } = supervision;
  tell(`supervision-${what}`, { supervision: shared, call: call && callFacts(call) });
  changed();
}

function exposures() {
  const all = [];
  for (const call of floor?.calls ?? []) {
    for (const one of call.supervisors ?? []) {
      if (!one.exposed) continue;
      const mine = own.get(one.id);
      const press = () => act(list.row(call.confId), "leave");
      const text = exposure({ call, own: mine, joined: true });
      all.push({ id: one.id, text, button: mine ? "Leave now" : "", press });
    }
  }
  for (const [id, text] of dropped) {
    const press = () => {
      dropped.delete(id);
      changed();
    };
    all.push({ id, text, button: "Understood", press });
  }
  return all;
}

/** Draws what changed, once per frame; a hidden page has no frames, but its title and its alert still count. */
function changed() {
  due ||= document.hidden ? setTimeout(render, 50) : requestAnimationFrame(() => render());
}

function render(asked = false) {
  due = 0;
  notices.freshness(trouble, floor?.asOf ?? 0);
  if (!floor) return notices.empty(trouble ? "The calls cannot be read yet." : "Reading the calls…");
  const { dialled, typed } = phone;
  if (context.phone !== dialled || context.typed !== typed) context = { phone: dialled, typed };
  const viewOf = (call, ended) => ({
    call,
    ended,
    context,
    own: own.of(call.confId),
    note: notes.of(call.confId),
    busy: actions.busy(call.confId),
    open: detail.confId === call.confId,
    refusals: detail.confId === call.confId ? detail.refusals : null,
  });
  const shown = view.of(floor.calls);
  const gone = (confId) => (live.has(confId) ? null : viewOf(list.row(confId).call, true));
  list.show(shown.map((call) => viewOf(call, false)), { gone, asked });
  placeDetail();
  notices.count(shown.length, floor.calls.length, view.narrowed);
  notices.expose(exposures());
  if (list.size) notices.empty("");
  else if (view.narrowed && floor.calls.length) notices.empty("No call matches.", "Show all calls", () => view.clear());
  else notices.empty("No calls right now. New ones appear here by themselves.");
}

function placeDetail() {
  if (!detail.confId) return;
  const row = list.row(detail.confId);
  if (!row) detail.close();
  else if (detail.element.parentElement !== row.element) row.element.append(detail.element);
}

function toggleOpen(row) {
  const again = detail.confId === row.confId;
  detail.close();
  if (!again) {
    detail.open(row.call);
    tell("call-selected", { call: callFacts(row.call) });
  }
  render();
}

function act(row, action) {
  if (!row) return;
  const reason = row.whyNot(action);
  if (reason) {
    if (!actions.busy(row.confId)) notes.say(row.confId, reason);
  } else if (action === "leave") actions.leave(row.call, own.of(row.confId));
  else if (action === "hangup") actions.hangup(row.call);
  else actions.supervise(row.call, action);
}

const NOT_THE_ROW = ".detail, .now, .actions";

box.addEventListener("click", (event) => {
  const row = list.rowOf(event.target);
  const button = event.target.closest("button");
  if (!row || (event.detail && list.shifted)) return;
  if (button?.dataset.do) act(row, button.dataset.do);
  else if (button || (getSelection().isCollapsed && !event.target.closest(NOT_THE_ROW))) toggleOpen(row);
});
onKeys(box, list, act, () => {
  const row = detail.confId && list.row(detail.confId);
  if (row) toggleOpen(row);
});
fromOtherTabs(({ supervision }) => {
  if (supervision) own.add(supervision);
  poll.now();
});
setInterval(() => {
  list.tick();
  if (list.unsettled) changed(); // once the hand rests
}, 1_000);

function showFloor(shown) {
  document.getElementById("floor").hidden = !shown;
  document.getElementById("phone-box").hidden = !shown;
  document.getElementById("freshness").hidden = !shown;
}

function keyRefused() {
  poll.stop();
  [floor, live, trouble] = [null, new Map(), ""];
  showFloor(false);
  refused();
}

findKey((key, handedPhone) => {
  if (handedPhone) phone.set(handedPhone);
  api.use(key);
  showFloor(true);
  changed();
  poll.start();
});
