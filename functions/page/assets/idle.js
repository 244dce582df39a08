import { Problem } from "./api.js";

/** Runs `work` unless the same is under way. A problem ends it quietly: the next list brings it up again. */
export async function whileIdle(busy, name, work) {
  if (busy.has(name)) return;
  busy.add(name);
  try {
    await work();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
  } finally {
    busy.delete(name);
  }
}
