/** What this service has for this key: asked until it says so. One answer that fails must not cost a tab for the day. */
import { Problem } from "./api.js";

const SAID = [401, 403, 404, 405]; // an older service has no such thing; a refused key is told by the list
const FIRST = 2_000;
const LONGEST = 30_000;

/** What `asking` resolves to; false where the service says that it has no such thing, null where it says nothing of it. */
export async function answerOf(asking) {
  try {
    return await asking;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    return SAID.includes(problem.status) ? false : null;
  }
}

/** The first answer of `ask()` that is not null, asked further and further apart; null once `wanted()` is false. */
export async function untilSaid(ask, wanted) {
  for (let pause = FIRST; wanted(); pause = Math.min(2 * pause, LONGEST)) {
    const answer = await ask();
    if (answer !== null) return answer;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return null;
}
