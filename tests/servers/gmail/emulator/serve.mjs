// Runs the emulator of one provider's services on 127.0.0.1:
//
//     node serve.mjs PORT < CONFIGURATION
//
// The first line of the input is JSON: {"addresses": [...], "scope": "...", "service": "google", "more": {...}}. Each address is a user,
// who can also be asked for with the bearer token `world:ADDRESS`; `more` is what else there is in the beginning. One line is written when it answers; it ends when its input ends, so that it never outlives a test.
import net from "node:net";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { join } from "node:path";

// Identifiers of its history are the millisecond and something random: two of one millisecond would stand in any order.
const now = Date.now;
let last = 0;
Date.now = () => (last = Math.max(last + 1, now()));

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...given) {
  // The emulator has no option for the address it binds to, and would bind to all of them.
  if (typeof given[0] === "number" && typeof given[1] !== "string") given.splice(1, 0, "127.0.0.1");
  else if (given[0] && typeof given[0] === "object" && given[0].port !== undefined) given[0] = { ...given[0], host: "127.0.0.1" };
  this.once("listening", () => console.log(`listening on ${this.address().address}:${this.address().port}`));
  return listen.apply(this, given);
};

const installed = join(process.cwd(), "node_modules", "@inbox-zero", "emulate", "dist", "api.js");
const { createEmulator } = await import(pathToFileURL(installed).href);
const lines = createInterface({ input: process.stdin });
lines.once("line", async (line) => {
  const { addresses, scope, service, more } = JSON.parse(line);
  const tokens = Object.fromEntries(addresses.map((email) => [`world:${email}`, { login: email, scopes: [scope] }]));
  const users = addresses.map((email) => ({ email, name: "Sam Reed" }));
  await createEmulator({ service, port: Number(process.argv[2]), seed: { tokens, [service]: { users, ...more } } });
});
lines.once("close", () => process.exit(0));
