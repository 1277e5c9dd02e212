// The line protocol of tests/interop/README.md on standard input and output, for drivers of npm
// packages.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

export const hex = (bytes) => Buffer.from(bytes).toString("hex");
export const bytes = (text) => new Uint8Array(Buffer.from(text ?? "", "hex"));
export const ids = (table) => Object.keys(table).map(Number);

// The version in the manifest of a package, above the file that it exports.
export function versionOf(name) {
  const file = createRequire(import.meta.url).resolve(name);
  const folder = file.slice(0, file.lastIndexOf(`/node_modules/${name}/`));
  return JSON.parse(readFileSync(`${folder}/node_modules/${name}/package.json`)).version;
}

// An exception of the peer itself is a refusal. All others are the driver's own failures.
class Refused extends Error {}
export async function peer(run) {
  try {
    return await run();
  } catch (error) {
    throw new Refused(`${error.name}: ${error.message}`);
  }
}

// Runs `text` over a request's messages, and `exported` over its exports.
export async function run(request, text, exported) {
  const answer = { messages: [], exports: [] };
  for (const message of request.messages ?? []) {
    const out = peer(() => text(bytes(message.text), bytes(message.aad)));
    answer.messages.push(message.fails ? await out.then(hex, () => "") : hex(await out));
  }
  for (const { context, length } of request.exports ?? []) {
    answer.exports.push(hex(await peer(() => exported(bytes(context), length))));
  }
  return answer;
}

async function answer(operations, line) {
  try {
    const request = JSON.parse(line);
    const operation = operations[request.op];
    if (!operation) return { ok: false, error: `no such operation: ${request.op}` };
    return { ok: true, ...(await operation(request)) };
  } catch (error) {
    return { ok: false, [error instanceof Refused ? "refused" : "error"]: error.message };
  }
}

// Answers requests until the input ends.
export async function serve(operations) {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(JSON.stringify(await answer(operations, line)) + "\n");
  }
}
