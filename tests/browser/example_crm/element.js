/** How a CRM embeds the active calls with the custom element. */
const given = new URLSearchParams(location.search);
const script = document.createElement("script");
script.src = new URL("embed.js", given.get("floor"));
await new Promise((done) => {
  script.onload = done;
  document.head.append(script);
});

const floor = document.createElement("call-floor");
const asked = [];
floor.getKey = async ({ refused }) => {
  asked.push(refused);
  return { key: refused || given.has("good") ? given.get("key") : "a-key-that-ran-out-yesterday", phone: given.get("phone") };
};
floor.getContacts = async (ids) => Object.fromEntries(ids.map((id) => [id, { name: "Maria Gomez", dnc: true }]));
for (const type of ["call-selected", "supervision-started", "supervision-joined", "agent-released", "supervision-ended"]) {
  floor.addEventListener(type, ({ detail }) => {
    const line = document.createElement("li");
    line.textContent = `${type} ${JSON.stringify(detail.supervision ?? detail.call)}`;
    document.getElementById("events").append(line);
  });
}
document.body.append(floor);
window.floor = floor;
window.asked = asked;
