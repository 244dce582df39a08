/** The supervisor's hands: what a click and a key do in the rows, and anywhere. */
import { onKeys, onKeysAnywhere } from "./keys.js";
import { openSheet } from "./sheet.js";

const NOT_THE_ROW = ".detail, .now, .actions";

/** `parts`: box of the rows, list, detail, rights, own, finder, act(call, action), open(row) opens or closes it. */
export function onHands({ box, list, detail, rights, own, finder, act, open }) {
  box.addEventListener("click", (event) => {
    const row = list.rowOf(event.target);
    const button = event.target.closest("button");
    if (!row || button?.closest(".detail")) return;
    if (button?.dataset.do) act(row.call, button.dataset.do);
    else if (button || (getSelection().isCollapsed && !event.target.closest(NOT_THE_ROW))) open(row);
  });
  onKeys(box, list, (row, action) => act(row.call, action), () => {
    const row = detail.confId && list.row(detail.confId);
    if (row) open(row);
  });
  const sheet = () => openSheet((action) => rights.offers(action));
  document.getElementById("sheet-open").addEventListener("click", sheet);
  onKeysAnywhere({
    "?": sheet,
    "/": () => !document.getElementById("floor").hidden && document.getElementById("search").focus(),
    ".": () => own.all.length && finder.show(own.all.at(-1).confId),
  });
}
