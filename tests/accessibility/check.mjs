// Looks at finished pages as a browser shows them, and fails when somebody could not read or use one:
//
//   axe-core, WCAG 2.2 A and AA: on a desk, on a phone and with forced colours, with everything unfolded
//   400% zoom: 1280 by 1024 at 400% is 320 by 256; the page must not have to be moved sideways
//   forced colours, light and dark: every word stands out from what is behind it
//   the keyboard alone: everything is reached in the order of the page, seen when it is, and left again
//
//   node check.mjs PAGE.html…        CHROMIUM names the browser, if it is not `chromium`
//   node check.mjs --itself          whether each check notices a page that is full of barriers
//
// A machine finds a part of all barriers only: what a person has to try stands in CONTRIBUTING.md.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { open } from "./browser.mjs";
import { focused, lostInForcedColours, overflow, reachable, unfold, violations } from "./in_page.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const page = await open(process.env.CHROMIUM ?? "chromium");
const call = (asked) => page.evaluate(`(${asked})()`);
const wrong = [];

async function shown(file, width, height, features) {
  await page.ask("Emulation.setEmulatedMedia", {
    features: [{ name: "prefers-reduced-motion", value: "reduce" }, ...features],
  });
  await page.ask("Emulation.setDeviceMetricsOverride", {
    width, height, deviceScaleFactor: 1, mobile: false,
  });
  await page.go(pathToFileURL(file).href);
}

async function judge(file, where) {
  await call(unfold);
  await page.evaluate(axe);
  const found = await call(violations);
  if (found.passes === 0) wrong.push(`${file}, ${where}: axe looked at nothing`);
  for (const { what, places } of found.violations) {
    wrong.push(`${file}, ${where}: ${what}\n    ${places.slice(0, 3).join("\n    ")} (${places.length})`);
  }
}

async function withTheKeyboard(file) {
  const expected = await call(reachable);
  const press = async (key, code) => {
    const text = key === "Enter" ? "\r" : undefined;
    await page.ask("Input.dispatchKeyEvent", { type: "keyDown", key, code: key, windowsVirtualKeyCode: code, text });
    await page.ask("Input.dispatchKeyEvent", { type: "keyUp", key, code: key, windowsVirtualKeyCode: code });
  };
  const say = (what) => wrong.push(`${file}, keyboard: ${what}`);
  const reached = [];
  while (reached.length <= expected) {
    await press("Tab", 9);
    const now = await call(focused);
    if (now === null || reached.includes(now.order)) break;
    const { place, kind } = now;
    if (now.order < (reached.at(-1) ?? 0)) say(`${kind} “${place}” is reached out of turn`);
    if (!now.seen) say(`one cannot see that ${kind} “${place}” has the focus`);
    if (!now.inView || now.covered) say(`${kind} “${place}” has the focus out of sight`);
    reached.push(now.order);
  }
  if (reached.length !== expected) say(`${reached.length} of ${expected} places are reached`);
  await page.go(pathToFileURL(file).href);
  await press("Tab", 9);
  await press("Enter", 13);
  const main = await page.evaluate("document.activeElement.localName");
  if (main !== "main") say(`the first link does not lead past the head of the page, but to ${main}`);
  await page.evaluate("document.querySelector('summary').focus()");
  await press("Enter", 13);
  const unfolded = await page.evaluate("document.querySelector('details').open");
  if (!unfolded) say("what is folded away is not unfolded by Enter");
  return reached.length;
}

const itself = process.argv[2] === "--itself";
const files = itself ? [fileURLToPath(new URL("barriers.html", import.meta.url))] : process.argv.slice(2);
try {
  for (const file of files) {
    await shown(file, 1280, 1024, []);
    const stops = await withTheKeyboard(file);
    await shown(file, 1280, 1024, []);
    await judge(file, "on a desk");
    await shown(file, 320, 256, []);
    await judge(file, "at 400%");
    const { beyond, first } = await call(overflow);
    if (beyond > 0) wrong.push(`${file}, at 400%: reaches ${beyond} pixels beyond the window: ${first}`);
    for (const scheme of ["light", "dark"]) {
      await shown(file, 1280, 1024, [
        { name: "forced-colors", value: "active" },
        { name: "prefers-color-scheme", value: scheme },
      ]);
      await call(unfold);
      const lost = await call(lostInForcedColours);
      for (const words of lost.slice(0, 5)) wrong.push(`${file}, forced colours (${scheme}): “${words}” cannot be read`);
    }
    console.log(`${file}: ${stops} stops of the keyboard`);
  }
} finally {
  await page.close();
}
if (itself) {
  const each = [
    "on a desk: image-alt", "at 400%: image-alt", "at 400%: reaches", "forced colours (light): “Grey words”",
    "forced colours (dark): “Black words”", "that a “#nowhere” has the focus", "has the focus out of sight",
    "is reached out of turn", "places are reached", "does not lead past the head", "not unfolded by Enter",
  ];
  const unnoticed = each.filter((barrier) => !wrong.some((found) => found.includes(barrier)));
  if (unnoticed.length > 0) console.log(`${wrong.join("\n")}\nNot noticed: ${unnoticed.join("; ")}`);
  else console.log(`each of ${each.length} kinds of barrier is noticed`);
  process.exitCode = unnoticed.length > 0 ? 1 : 0;
} else {
  if (wrong.length > 0) console.log(wrong.join("\n"));
  console.log(`${files.length} pages, ${wrong.length} barriers`);
  process.exitCode = wrong.length > 0 || files.length === 0 ? 1 : 0;
}
