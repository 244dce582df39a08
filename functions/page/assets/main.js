/** The active calls page: what is read, what is shown, what is done. */
import { Actions } from "./actions.js";
import { Air } from "./air.js";
import { Api, Problem } from "./api.js";
import { asides } from "./asides.js";
import { ServiceClock } from "./clock.js";
import { confirm } from "./confirm.js";
import { Contacts } from "./contacts.js";
import { Detail } from "./detail.js";
import { sized, tell } from "./embed.js";
import { Exposures } from "./exposures.js";
import { Feed } from "./feed.js";
import { Finder } from "./finder.js";
import { onHands } from "./hands.js";
import { heardBy } from "./heard.js";
import { askForHelp } from "./help.js";
import { findKey, refused } from "./key.js";
import { List } from "./list.js";
import { Mine } from "./mine.js";
import { Notes } from "./notes.js";
import { Notices } from "./notices.js";
import { untilSaid } from "./offered.js";
import { takeOrders } from "./orders.js";
import { Own } from "./own.js";
import { Panels } from "./panels.js";
import { Phone } from "./phone.js";
import { Poll } from "./poll.js";
import { Rights } from "./rights.js";
import { Roster } from "./roster.js";
import { Roving } from "./roving.js";
import { Signals } from "./signals.js";
import { Steady } from "./steady.js";
import { fromOtherTabs } from "./tabs.js";
import { speak, t } from "./text.js";
import { Told } from "./told.js";
import { View } from "./view.js";
import { Views } from "./views.js";
import { fitWall } from "./wall.js";
import { watched } from "./watched.js";
import { unread, whyNot } from "./words.js";

const asked = new URLSearchParams(location.search);
speak([asked.get("lang"), ...navigator.languages].filter(Boolean));
if (asked.get("theme")) document.documentElement.dataset.theme = asked.get("theme");

const element = (id) => document.getElementById(id);
const box = element("rows");
const scroller = document.querySelector(".scroll");
let floor = null; // {calls, asOf, stale, complete, knownAt}
let live = new Map(); // confId -> call
let trouble = "";
let lost = false; // the key, while one's phone may be on a call
let old = false; // whether the clocks stand
let due = 0; // the frame, or timer, in which what changed is drawn
let keys = 0; // how many there were
let exposed = []; // what is told of exposures now

const clock = new ServiceClock();
const api = new Api(new URL("../", import.meta.url));
const feed = new Feed(api);
const rights = new Rights();
const notices = new Notices();
const notes = new Notes(changed);
const exposures = new Exposures();
const contacts = new Contacts();
const signals = new Signals();
const own = new Own(api, () => phone.dialled, (what, supervision) => {
  told.happened(what, supervision);
  mine.changed();
});
const phone = new Phone(() => {
  own.reconsider();
  changed();
});
const callOf = (one) => live.get(one.confId) ?? null;
const heard = (one) => heardBy(one, callOf(one), age());
const told = new Told({ notices, notes, signals, exposures, heard, changed });
const actions = new Actions({
  api, own, notes, rights, confirm, changed, askForHelp,
  phone: () => phone.dialled,
  after: () => poll.now(),
  heard: (one) => heard(one).sentence,
});
const detail = new Detail(api, own, changed, (call) => asides(call, { view, rights, actions, redraw: () => detail.redraw() }));
const roving = new Roving(box);
const list = new List(box, tick, (moved) => {
  if (!moved) return;
  steady.placed();
  roving.settle();
});
const view = new View(() => render(true), () => clock.now);
const views = new Views({ rights, phone, own, detail, notes, actions, view, heard });
const steady = new Steady(scroller, () => watched({ list, detail, panels }));
const roster = new Roster({ api, rights, phone: () => phone.dialled, now: () => clock.now, matches: (agent) => view.matchesAgent(agent), show: (confId) => finder.show(confId) });
const mine = new Mine(api, () => phone.dialled);
const panels = new Panels((name) => {
  roster.watch(name === "agents");
  mine.watch(name === "mine");
});
const air = new Air({
  own, signals, steady, rights, callOf, age,
  lost: () => lost,
  exposed: () => exposed.length > 0,
  now: () => clock.now,
  act: (one, action) => act(callOf(one), action),
  leave: (one) => actions.leave(callOf(one) ?? one.call ?? { confId: one.confId }, one),
  why: (one, action) => (callOf(one) ? whyNot(action, callOf(one), { ...views.context, own: one }) : t("why.ended")),
  find: ({ confId }) => finder.show(confId),
});
const finder = new Finder({ callOf: (confId) => live.get(confId), view, panels, list, detail, render: () => render(true), open: toggleOpen }, asked);
const poll = new Poll(read, { ringing: () => own.ringing, onAir: () => own.all.length > 0 });

/** How old the list is, in ms; null where there is none. */
function age() {
  return floor ? Math.max(0, performance.now() - floor.knownAt) : null;
}

async function read() {
  try {
    const next = await feed.read();
    lost = false;
    trouble = next.stale ? t("unread.ytel") : next.complete ? "" : t("trouble.incomplete");
    take(next);
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
  clock.hear(next.asOf);
  next.knownAt ??= performance.now() - (clock.now - next.asOf);
  if (next.stale && floor) next.knownAt = Math.min(next.knownAt, performance.now() - (clock.now - next.asOf));
  const before = floor;
  const same = before?.calls === next.calls;
  floor = next;
  if (!same) {
    const gone = new Map(live);
    live = new Map(next.calls.map((call) => [call.confId, call]));
    for (const confId of live.keys()) gone.delete(confId);
    for (const call of gone.values()) mine.ended(call, clock.now);
    mine.know(next.calls);
    contacts.ask(next.calls);
    if (before) told.news(before.calls, next.calls);
  }
  own.see(next.calls, next.asOf);
  const opened = detail.confId && live.get(detail.confId);
  if (opened) detail.see(contacts.of(opened));
}

/** Draws what changed, once per frame; a hidden page has no frames, but its title and its alert still count. */
function changed() {
  due ||= document.hidden ? setTimeout(render, 50) : requestAnimationFrame(() => render());
}

function render(atOnce = false) {
  due = 0;
  exposed = exposures.of(floor?.calls ?? [], own, (one) => one && actions.leave(one.call, one), changed);
  air.show();
  notices.freshness(trouble, floor?.asOf ?? 0, age());
  notices.expose(exposed);
  document.body.classList.toggle("wall", rights.readOnly);
  document.body.classList.toggle("phoneless", !rights.dials);
  if (!floor) return notices.empty(trouble ? t("list.unread") : t("list.reading"));
  views.renew();
  const shown = view.of(floor.calls.map((call) => contacts.of(call)));
  const gone = (confId) => (live.has(confId) ? null : views.of(list.row(confId).call, true));
  list.show(shown.map((call) => views.of(call, false)), { gone, asked: atOnce });
  if (old !== isOld()) {
    old = isOld();
    list.tick();
  }
  placeDetail();
  fitWall(scroller, box, rights.readOnly);
  notices.count(shown.length, floor.calls.length, view.narrowed);
  if (list.size) notices.empty("");
  else if (view.narrowed && floor.calls.length) notices.empty(t("list.noMatch"), t("list.showAll"), () => view.clear());
  else notices.empty(t("list.empty"));
  if (panels.shown === "agents") roster.draw();
  steady.look();
  finder.followLink();
}

function isOld() {
  return Boolean(floor.stale || trouble);
}

function tick(row) {
  row.tick(isOld() ? floor.asOf : clock.now, age(), isOld());
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
    tell("call-selected", { call: row.call });
  }
  render();
}

function act(call, action) {
  const row = call && list.row(call.confId);
  const mineHere = call && own.of(call.confId);
  if (!call) return;
  const reason = row ? row.whyNot(action) : whyNot(action, call, { ...views.context, own: mineHere });
  if (reason) {
    if (!actions.busy(call.confId)) notes.say(call.confId, reason);
    notices.announce(reason);
  } else if (action === "leave") actions.leave(call, mineHere);
  else if (action === "hangup") actions.hangup(call);
  else if (action === "help") actions.help(call);
  else actions.supervise(call, action);
}

onHands({ box, list, detail, rights, own, finder, act, open: toggleOpen });
fromOtherTabs(({ supervision }) => {
  if (supervision) own.add(supervision, live.get(supervision.confId));
  poll.now();
});
setInterval(() => {
  if (floor) list.tick();
  air.show();
  notices.freshness(trouble, floor?.asOf ?? 0, age());
  if (list.unsettled || own.all.length) changed(); // once the hand rests; and what is said of who hears one has aged
}, 1_000);

function showFloor(shown) {
  element("floor").hidden = !shown;
  element("phone-box").hidden = !shown || !rights.dials;
  element("tabs").hidden = !shown;
  element("count").hidden = !shown;
  element("freshness").hidden = !shown;
}

function keyRefused() {
  poll.stop();
  lost = own.all.length > 0;
  [floor, live, trouble] = [null, new Map(), ""];
  feed.forget();
  list.show([], { asked: true });
  detail.close();
  showFloor(false);
  refused();
}

async function start(key, handedPhone) {
  if (handedPhone) phone.set(handedPhone);
  api.use(key);
  feed.forget();
  rights.forget();
  showFloor(true);
  changed();
  poll.start();
  const nth = (keys += 1);
  const wanted = () => nth === keys;
  await untilSaid(() => rights.ask(api), wanted);
  if (!wanted()) return;
  if (rights.onlyPhone && !phone.typed) phone.set(rights.onlyPhone);
  showFloor(!element("floor").hidden);
  changed();
  panels.offer("mine", rights.dials);
  panels.offer("agents", Boolean(rights.known && (await untilSaid(() => roster.exists(), wanted)) && wanted()));
}

const useKey = findKey(start);
takeOrders({
  useKey, phone, view, contacts, finder, changed,
  calls: () => floor?.calls ?? [],
  act: (confId, action) => act(live.get(confId), action),
});
new ResizeObserver(() => fitWall(scroller, box, rights.readOnly)).observe(scroller);
new ResizeObserver(() => {
  const above = scroller.getBoundingClientRect().top;
  sized(above + element("table").scrollHeight + 4);
}).observe(element("table"));
