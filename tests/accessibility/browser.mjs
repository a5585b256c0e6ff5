// A headless Chromium, spoken to over a pipe in its own DevTools protocol: no port, no further package.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const FLAGS = [
  "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-quic",
  "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
  "--disable-extensions", "--hide-scrollbars",
];

/** Starts the browser `command` and gives one page of it. */
export async function open(command) {
  const profile = mkdtempSync(join(tmpdir(), "early-help-chromium-"));
  const chromium = spawn(command, [...FLAGS, `--user-data-dir=${profile}`, "about:blank"], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const [to, from] = [chromium.stdio[3], chromium.stdio[4]];
  const waiting = new Map();
  const listeners = new Map();
  let number = 0;
  let rest = Buffer.alloc(0);
  const fail = (error) => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  chromium.on("error", fail);
  chromium.on("exit", () => fail(new Error("the browser has ended")));
  to.on("error", fail);
  from.on("data", (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
      const message = JSON.parse(rest.subarray(0, end).toString());
      rest = rest.subarray(end + 1);
      const asked = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error) asked?.reject(new Error(message.error.message));
      else if (asked) asked.resolve(message.result);
      else listeners.get(message.method)?.(message.params);
    }
  });
  const send = (method, params = {}, sessionId = undefined) =>
    new Promise((resolve, reject) => {
      number += 1;
      waiting.set(number, { resolve, reject });
      to.write(`${JSON.stringify({ id: number, method, params, sessionId })}\0`);
    });
  const { targetInfos } = await send("Target.getTargets");
  const { targetId } = targetInfos.find((target) => target.type === "page");
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const ask = (method, params) => send(method, params, sessionId);
  await ask("Page.enable");
  return {
    ask,
    /** Loads an address and waits until all of it is there. */
    async go(url) {
      const loaded = new Promise((resolve) => listeners.set("Page.loadEventFired", resolve));
      await ask("Page.navigate", { url });
      await loaded;
    },
    /** What an expression gives, promises awaited. */
    async evaluate(expression) {
      const { result, exceptionDetails } = await ask("Runtime.evaluate", {
        expression, awaitPromise: true, returnByValue: true,
      });
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    },
    async close() {
      const ended = new Promise((resolve) => chromium.on("exit", resolve));
      await send("Browser.close").catch(() => chromium.kill());
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
