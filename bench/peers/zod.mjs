// The SDK's McpServer with zod shapes: how its documentation writes a server.
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { z } from "zod";
import { describe, names } from "./tools.mjs";

const server = new McpServer({ name: "zod", version: "1.0.0" });
for (const name of names) {
  const inputSchema = {
    guest: z.string().describe("Guest: id, name or node/id"),
    action: z.enum(["start", "stop", "reboot"]).optional().describe("What to do"),
    timeout: z.string().default("60s").describe("How long to wait, such as 90s or 5m"),
    limit: z.number().int().min(1).max(1000).default(100).describe("How many rows at most"),
    fields: z.array(z.string()).optional().describe("Which columns to show"),
  };
  server.registerTool(name, { description: describe(name), inputSchema }, async () => ({
    content: [{ type: "text", text: "done" }],
  }));
}
await server.connect(new StdioServerTransport());
