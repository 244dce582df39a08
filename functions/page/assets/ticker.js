/** Counts seconds where the page itself may not: a hidden page's own timers come seldom. */
setInterval(() => postMessage(0), 1000);
