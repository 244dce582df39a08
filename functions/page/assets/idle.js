/** Runs `work` unless the same is under way. A problem ends it quietly: what it was for is asked again by the next list. */
export async function whileIdle(busy, name, work) {
  if (busy.has(name)) return;
  busy.add(name);
  try {
    await work();
  } catch (problem) {
    if (problem.name !== "Error") throw problem;
  } finally {
    busy.delete(name);
  }
}
