/** How a CRM embeds the active calls: hand the key over once the page is ready, then listen. */
const given = new URLSearchParams(location.search);
const floor = new URL(given.get("floor"));
const frame = document.getElementById("floor");

window.addEventListener("message", ({ source, origin, data }) => {
  if (source !== frame.contentWindow || origin !== floor.origin) return;
  if (data.type === "call-floor:ready") {
    const message = { type: "call-floor:key", key: given.get("key"), phone: given.get("phone") ?? "" };
    frame.contentWindow.postMessage(message, floor.origin);
  }
  if (data.type === "call-selected") document.getElementById("contact").textContent = data.call.contactId;
  const line = document.createElement("li");
  line.textContent = data.type;
  document.getElementById("events").append(line);
});

frame.src = floor.href;
