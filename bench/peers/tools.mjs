// A hundred tools with five inputs each: what a broad server declares.
const verbs = ["get", "list", "create", "update", "delete", "start", "stop", "move", "copy", "check"];
const nouns = ["guest", "node", "storage", "task", "pool", "user", "backup", "snapshot", "network", "firewall"];

export const names = nouns.flatMap((noun) => verbs.map((verb) => `pve_${noun}_${verb}`));

export const describe = (name) => `Does what ${name} says, waits for the task and reports how it ended.`;

export const schema = {
  type: "object",
  properties: {
    guest: { type: "string", description: "Guest: id, name or node/id" },
    action: { type: "string", enum: ["start", "stop", "reboot"], description: "What to do" },
    timeout: { type: "string", default: "60s", description: "How long to wait, such as 90s or 5m" },
    limit: { type: "integer", minimum: 1, maximum: 1000, default: 100, description: "How many rows at most" },
    fields: { type: "array", items: { type: "string" }, description: "Which columns to show" },
  },
  required: ["guest"],
  additionalProperties: false,
};
