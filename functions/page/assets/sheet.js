/** The sheet of keys: `?`. */
import { h } from "./elements.js";
import { t } from "./text.js";

const dialog = document.getElementById("sheet");

/** Rows of [keys, name of what they do]; `may(action)` leaves out what the key may not do. */
function rows(may) {
  const acts = [["L", "listen"], ["W", "whisper"], ["B", "barge"], ["T", "takeover"], ["H", "hangup"], ["A", "help.ask"]].filter(([, action]) => may(action.split(".")[0]));
  return [
    ["sheet.row", [...acts, ["X", "sheet.leave"], ["↑ ↓", "sheet.move"], ["Home End", "sheet.ends"], ["Enter", "sheet.open"]]],
    ["sheet.anywhere", [["/", "sheet.search"], [".", "sheet.own"], ["Esc", "sheet.escape"], ["?", "sheet.sheet"]]],
  ];
}

export function openSheet(may) {
  if (dialog.open) return dialog.close();
  dialog.querySelector("#sheet-keys").replaceChildren(
    ...rows(may).map(([title, keys]) =>
      h("section", {}, h("h3", {}, t(title)), h("dl", {}, keys.map(([key, what]) =>
        h("div", {}, h("dt", {}, key.split(" ").map((one) => h("kbd", {}, one))), h("dd", {}, t(what)))))),
    ),
  );
  dialog.showModal();
}

dialog.querySelector("button").addEventListener("click", () => dialog.close());
