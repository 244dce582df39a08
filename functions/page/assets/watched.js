/** What a click may act on, as it is shown now. Looked for in its few places: the rows are thousands of elements. */

const PLACES = ["air", "exposure", "empty", "confirm", "help", "sheet"].map((id) => document.getElementById(id));
const AGENTS = document.getElementById("agents");

export function* watched({ list, detail, panels }) {
  yield* list.watched();
  for (const place of PLACES) yield* place.getElementsByTagName("button");
  if (detail.confId) yield* detail.element.getElementsByTagName("button");
  if (panels.shown === "agents") yield* AGENTS.getElementsByClassName("agent-line");
}
