// What is asked of a page from within. Each function is sent to the browser as text, so it may use nothing
// of this file but itself.

/** Opens everything that is folded away, so that it is looked at too. */
export function unfold() {
  for (const folded of document.querySelectorAll("details")) folded.open = true;
}

/** What axe finds against WCAG 2.2 A and AA: rule, why, and the first places. */
export async function violations() {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const found = await axe.run(document, {
    runOnly: { type: "tag", values: tags },
    resultTypes: ["violations"],
  });
  return {
    passes: found.passes.length,
    violations: found.violations.map((violation) => ({
      what: `${violation.id}: ${violation.help}`,
      places: violation.nodes.map((node) => node.target.join(" ")),
    })),
  };
}

/** How far the page reaches beyond the width of the window, in CSS pixels, and what reaches furthest. */
export function overflow() {
  const beyond = document.documentElement.scrollWidth - innerWidth;
  const reaching = [...document.querySelectorAll("body *")].filter((element) => {
    const inScroller = element.closest(".scroll");
    return !inScroller && element.getBoundingClientRect().right > innerWidth + 1;
  });
  return { beyond, first: reaching[0]?.outerHTML.slice(0, 120) ?? "" };
}

/** Words in charts that do not stand out from what is behind them by 4.5 to 1, or other words in colours that
 * were not given up to the reader's own. */
export function lostInForcedColours() {
  const channels = (colour) => colour.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];
  const light = (colour) => {
    const [r, g, b] = channels(colour).slice(0, 3).map((c) => {
      const share = c / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.backgroundColor = "Canvas";
  const canvas = getComputedStyle(probe).backgroundColor;
  probe.remove();
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if ((channels(colour)[3] ?? 1) > 0) return colour;
    }
    return canvas;
  };
  const contrast = (one, other) => {
    const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  const lost = [];
  for (const words of document.querySelectorAll("svg text, h1, h2, h3, p, li, dt, dd, th, td, a, summary, caption")) {
    if (!words.checkVisibility() || !words.textContent.trim()) continue;
    const style = getComputedStyle(words);
    const colour = words instanceof SVGElement ? style.fill : style.color;
    // Words on a mark of their own, as in a heat table, are judged where the chart is drawn.
    if (words instanceof SVGElement && light(colour) > 0.9) continue;
    if (contrast(colour, behind(words)) < 4.5) lost.push(words.textContent.trim().slice(0, 60));
  }
  return lost;
}

/** What can be reached by the keyboard, in the order of the page. */
export function reachable() {
  const all = document.querySelectorAll("a[href], summary, [tabindex='0'], button, input, select");
  return [...all].filter((element) => element.checkVisibility()).length;
}

/** What has the focus: how it is told, and whether one can see that it has it. */
export function focused() {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const middle = [Math.min(Math.max(box.left + 4, 1), innerWidth - 2), Math.min(Math.max(box.top + 4, 1), innerHeight - 2)];
  const top = document.elementFromPoint(...middle);
  return {
    place: element.id || element.getAttribute("href") || element.textContent.trim().slice(0, 40),
    kind: element.localName,
    seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    inView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    covered: top !== null && !element.contains(top) && !top.contains(element),
    order: [...document.querySelectorAll("*")].indexOf(element),
  };
}
