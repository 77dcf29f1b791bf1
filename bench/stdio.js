"use strict";
// A client of one server on stdio: small enough that what is measured is the server.
const { spawn } = require("node:child_process");
const fs = require("node:fs");

/** What this machine's owner gives every program of a runtime, some of it at a price: certificates cost Node 35 ms. */
const HOUSE = ["NODE_EXTRA_CA_CERTS", "NODE_OPTIONS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"];

const surroundings = Object.fromEntries(Object.entries(process.env).filter(([name]) => !HOUSE.includes(name)));

class Session {
  constructor(command, args, env = {}) {
    this.started = process.hrtime.bigint();
    this.child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], env: { ...surroundings, ...env } });
    this.waiting = new Map();
    this.next = 1;
    this.errors = "";
    let buffered = "";
    this.child.stdout.setEncoding("utf8");
    this.child.stdout.on("data", (chunk) => {
      buffered += chunk;
      for (let end; (end = buffered.indexOf("\n")) >= 0; buffered = buffered.slice(end + 1)) {
        const message = JSON.parse(buffered.slice(0, end));
        const waiter = message.method === undefined && this.waiting.get(message.id);
        if (!waiter) continue;
        this.waiting.delete(message.id);
        if (message.error) waiter.reject(new Error(JSON.stringify(message.error)));
        else waiter.resolve(message.result);
      }
    });
    this.child.stderr.setEncoding("utf8");
    this.child.stderr.on("data", (text) => (this.errors += text));
    this.child.stdin.on("error", () => {});
    this.ended = new Promise((resolve) => this.child.on("close", resolve));
    this.ended.then(() => {
      for (const { reject } of this.waiting.values()) reject(new Error(`the server ended: ${this.errors}`));
    });
  }

  send(message) {
    this.child.stdin.write(JSON.stringify({ jsonrpc: "2.0", ...message }) + "\n");
  }

  request(method, params = {}) {
    const id = this.next++;
    const answer = new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    this.send({ id, method, params });
    return answer;
  }

  async initialize() {
    const clientInfo = { name: "bench", version: "1.0.0" };
    const result = await this.request("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo });
    this.send({ method: "notifications/initialized" });
    return result;
  }

  /** All pages of the list. */
  async tools() {
    const tools = [];
    for (let cursor; ; ) {
      const page = await this.request("tools/list", cursor === undefined ? {} : { cursor });
      tools.push(...page.tools);
      if ((cursor = page.nextCursor) === undefined) return tools;
    }
  }

  call(name, args = {}) {
    return this.request("tools/call", { name, arguments: args });
  }

  elapsed() {
    return Number(process.hrtime.bigint() - this.started) / 1e6;
  }

  /** The most memory the process ever held, in MiB; 0 where there is no /proc. */
  peak() {
    try {
      return Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${this.child.pid}/status`, "utf8"))[1]) / 1024;
    } catch {
      return 0;
    }
  }

  async close() {
    this.child.stdin.end();
    const late = setTimeout(() => this.child.kill("SIGKILL"), 5000);
    await this.ended;
    clearTimeout(late);
  }
}

module.exports = { Session };
