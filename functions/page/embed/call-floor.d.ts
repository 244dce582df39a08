/** Types of `<call-floor>`, the active calls within a CRM. The records are those of the API (`/docs`). */

export interface Contact {
  name: string;
  dnc?: boolean;
}

export interface Supervisor {
  id: string;
  action: "listen" | "whisper" | "barge" | "takeover";
  state: "dialing" | "joined" | "ended" | "failed";
  exposed: boolean;
  requestedBy?: string;
}

export interface Call {
  confId: string;
  createdTime: number | null;
  from: string | null;
  to: string | null;
  inbound: boolean | null;
  clientId: string | null;
  username: string | null;
  agentNumber: string | null;
  contactId: string | null;
  contact: Contact | null;
  agentMatch: "channelName" | "callerId" | "elimination" | null;
  help: { reason: string | null; askedAt: number; askedBy: string } | null;
  supervisors: Supervisor[];
}

export interface Supervision {
  id: string;
  action: "listen" | "whisper" | "barge" | "takeover";
  confId: string;
  clientId: string;
  to: string;
  state: "dialing" | "joined" | "ended" | "failed";
  exposed: boolean;
  requestedBy: string;
  requestedAt: number;
  joinedAt: number | null;
  endedAt: number | null;
  how: string | null;
  agentReleasedAt: number | null;
}

export interface CallFloorEvents {
  ready: CustomEvent<Record<string, never>>;
  "key-refused": CustomEvent<Record<string, never>>;
  "call-selected": CustomEvent<{ call: Call }>;
  "supervision-started": CustomEvent<{ supervision: Supervision; call: Call }>;
  "supervision-joined": CustomEvent<{ supervision: Supervision; call: Call }>;
  "supervision-exposed": CustomEvent<{ supervision: Supervision; call: Call }>;
  "agent-released": CustomEvent<{ supervision: Supervision; call: Call }>;
  "supervision-ended": CustomEvent<{ supervision: Supervision; call: Call }>;
  "call-hung-up": CustomEvent<{ call: Call; hungUp: string[] }>;
  "action-refused": CustomEvent<{ action: string; call: Call; code: string; status: number }>;
}

/** Attributes: src, phone, agent, call, lang, theme ("light" or "dark"), label, fill. */
export interface CallFloorElement extends HTMLElement {
  getKey: ((asked: { refused: boolean }) => Promise<string | { key: string; phone?: string } | null>) | null;
  getContacts: ((contactIds: string[]) => Promise<Record<string, Contact>>) | null;
  select(confId: string): void;
  filter(wanted: { search?: string; direction?: "" | "inbound" | "outbound"; chips?: string[] }): void;
  supervise(confId: string, action: "listen" | "whisper" | "barge"): void;
  setKey(key: string, phone?: string): void;
  addEventListener<K extends keyof CallFloorEvents>(type: K, listener: (event: CallFloorEvents[K]) => void): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "call-floor": CallFloorElement;
  }
}
