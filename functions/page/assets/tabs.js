/** Several tabs of one browser: the same thing is not done twice, and each knows what another began. */

const channel = "BroadcastChannel" in window ? new BroadcastChannel("call-floor") : null;

export function toOtherTabs(message) {
  channel?.postMessage(message);
}

export function fromOtherTabs(listener) {
  channel?.addEventListener("message", (event) => listener(event.data));
}

/** Runs `work` unless a tab does the same; resolves to false then. Without locks (an insecure page) it just runs. */
export async function unlessElsewhere(name, work) {
  if (!navigator.locks) {
    await work();
    return true;
  }
  return navigator.locks.request(`call-floor ${name}`, { ifAvailable: true }, async (lock) => {
    if (lock) await work();
    return Boolean(lock);
  });
}
