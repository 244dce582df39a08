// The documented rule in JavaScript, bytes to bytes: `node mapping.mjs map|scan CONFERENCES USERS RUNS` prints the
// milliseconds of each run. `map` finds a call's agent in a Map; `scan` walks the users for every call, as the
// article's code does.
import { readFileSync } from "node:fs";

const [form, conferencesFile, usersFile, runs] = process.argv.slice(2);
const conferencesBytes = readFileSync(conferencesFile);
const usersBytes = readFileSync(usersFile);

function row(conference, user) {
  const { details } = conference;
  const legs = Object.entries(conference.memberData ?? {}).map(([id, text]) => [id, JSON.parse(text)]);
  const [a, b] = [legs.at(-1), legs.at(-2)];
  const proven = a?.[1].channelName === user?.webrtcNumber;
  const [agent, contact] = proven ? [a, b] : [b, a];
  return {
    confId: conference.confId,
    status: conference.status,
    createdTime: conference.createdTime,
    from: details.caller_number,
    to: details.called_number,
    inbound: user ? user.webrtcNumber === details.called_number : null,
    clientId: details.client_id,
    username: user ? `${user.firstName} ${user.lastName}` : null,
    agentNumber: user?.webrtcNumber ?? null,
    contact: null,
    contactId: details.contact_id,
    agentMemberId: agent?.[0] ?? null,
    contactMemberId: contact?.[0] ?? null,
    agentMatch: proven || b?.[1].channelName === user?.webrtcNumber ? "channelName" : "elimination",
    otherMemberIds: legs.slice(0, -2).map(([id]) => id),
    supervisors: [],
  };
}

function withMap(conferences, users) {
  const byId = new Map(users.map((user) => [user.clientId, user]));
  return conferences.map((conference) => row(conference, byId.get(conference.details.client_id)));
}

function withScan(conferences, users) {
  return conferences.map((conference) => {
    let agent;
    users.forEach((user) => {
      if (user.clientId === conference.details.client_id) agent = user;
    });
    return row(conference, agent);
  });
}

const rule = { map: withMap, scan: withScan }[form];
for (let run = 0; run < Number(runs); run += 1) {
  const began = performance.now();
  const conferences = JSON.parse(conferencesBytes.toString()).payload.filter(({ status }) => status === "active");
  const users = JSON.parse(usersBytes.toString()).payload;
  const calls = rule(conferences, users).sort((one, other) => one.createdTime - other.createdTime);
  const out = Buffer.from(JSON.stringify({ calls, count: calls.length, asOf: 0, stale: false, next: null }));
  console.log(performance.now() - began, out.length);
}
