/** One key an action, on the row that has the focus and nowhere else; the arrows go from row to row. */
import { following, preceding } from "./groups.js";

const ACTIONS = { l: "listen", w: "whisper", b: "barge", h: "hangup", t: "takeover", a: "help", x: "leave" };
const TYPED_INTO = "input, textarea, select, [contenteditable]";
const STEPS = { ArrowDown: following, ArrowUp: preceding };

/** `act(row, action)` for a key of an action; `close()` for Escape; gives true where there was something to close. */
export function onKeys(box, list, act, close) {
  box.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || target.matches(TYPED_INTO)) return;
    const row = list.rowOf(target);
    if (!row) return;
    const action = ACTIONS[key.toLowerCase()];
    if (action && !event.repeat) act(row, action);
    else if (STEPS[key]) step(row.element, STEPS[key], target);
    else if (key === "Home") focusIn(list.first, target);
    else if (key === "End") focusIn(list.last, target);
    else if (key === "Escape") close();
    else return;
    event.preventDefault();
  });
}

/** Keys that work everywhere but where one types: `ways` has a function for each of them. */
export function onKeysAnywhere(ways) {
  window.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || target.matches?.(TYPED_INTO) || !Object.hasOwn(ways, key)) return;
    event.preventDefault();
    ways[key]();
  });
}

function step(row, way, target) {
  const to = way(row);
  if (to) focusIn(to, target);
}

/** To the same control of another row, where it has it. */
function focusIn(row, target) {
  const action = target.dataset.do;
  const same = action && action !== "leave" && row.querySelector(`[data-do=${action}]:not([hidden])`);
  const to = same || row.querySelector(".open");
  to.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" }); // the whole row: its buttons, and what is said of it
  to.scrollIntoView({ block: "nearest" }); // an opened one may be higher than the page
}
