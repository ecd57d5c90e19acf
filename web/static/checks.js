// Findings by kind: a group opens its list, an item shows its place, N goes on to the next.
import { typing } from "./chrome.js";
import { position } from "./card.js";
import { element, link, number, say } from "./dom.js";
import * as map from "./map.js";
import { state } from "./state.js";

const STEP = 100;

export function checks(page) {
  const groups = [...document.querySelectorAll(".group")], loaded = new Map(), details = new Map(), place = document.getElementById("card");
  const at = state(["rule", "severity", "finding"]);
  let chosen = null;

  async function load(group) {
    if (loaded.has(group)) return loaded.get(group);
    const { rule, level, severity } = group.dataset;
    const ask = fetch(`${page.urls.findings}?${new URLSearchParams({ rule, level, severity, lang: page.lang })}`).then(answer => answer.json());
    loaded.set(group, ask);
    const found = await ask;
    more(group, found, 0);
    return found;
  }

  function more(group, found, from) {
    const list = group.querySelector("ol");
    list.querySelector(".more")?.remove();
    found.slice(from, from + STEP).forEach((item, index) => list.append(entry(group, found, from + index)));
    if (from + STEP < found.length) {
      const button = element("button", { type: "button", class: "button small" }, say(page.words.more, { n: number(found.length - from - STEP) }));
      button.addEventListener("click", () => more(group, found, from + STEP));
      list.append(element("li", { class: "more" }, button));
    }
  }

  function entry(group, found, index) {
    const item = found[index], size = [item.width, item.size].filter(Boolean).join(page.words.comma);
    const button = element("button", { type: "button" }, ...(item.width ? [named(item), element("br"), element("span", { class: "note" }, size)] : [item.text]), item.bbox ? "" : element("span", { class: "note" }, " " + page.words.no_place));
    button.addEventListener("click", () => choose(group, index));
    return element("li", { "data-index": index }, button);
  }

  // "003, 007": who is concerned; the sentence stands on the card.
  function named(item) {
    return item.units.map(([, code]) => code).join(page.words.comma) + (item.more ? " " + say(page.words.more, { n: number(item.more) }) : "") || item.text;
  }

  async function choose(group, index, told = true) {
    group.open = true;
    const found = await load(group), item = found[index];
    if (!item) return;
    while (group.querySelectorAll("ol > li:not(.more)").length <= index) more(group, found, group.querySelectorAll("ol > li:not(.more)").length);
    document.querySelector(".items li[aria-current]")?.removeAttribute("aria-current");
    const row = group.querySelector(`li[data-index="${index}"]`);
    row.setAttribute("aria-current", "true");
    row.scrollIntoView({ block: "nearest" });
    chosen = [group, index];
    at.set({ finding: String(item.index) });
    const unit = item.units[0], known = unit && page.levels[unit[0]];
    const close = item.bbox ? await closeUp(item) : {};
    if (chosen[0] !== group || chosen[1] !== index) return; // N was pressed meanwhile
    if (known) map.select(unit[0], close.shape ? null : unit[1], { zoom: !item.bbox });
    if (item.bbox && told) map.showFinding(item.index);
    map.showFault(close.shape || close.box ? { ...close, label: item.width || "" } : null);
    draw(group, found, index, close);
  }

  async function closeUp(item) {
    if (!details.has(item.index)) details.set(item.index, fetch(`${page.urls.finding}${item.index}.json?${new URLSearchParams({ lang: page.lang })}`).then(answer => answer.ok ? answer.json() : {}, () => ({})));
    return details.get(item.index);
  }

  // Where the fault is widest, some ten times its width on the screen.
  function closer([[x0, y0], [x1, y1]]) {
    const x = (x0 + x1) / 2, y = (y0 + y1) / 2, reach = 5 * Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0));
    map.fit([x - reach, y - reach, x + reach, y + reach], { maxZoom: 23 });
  }

  function draw(group, found, index, detail) {
    const item = found[index], error = group.dataset.severity === "error";
    const next = element("button", { type: "button", class: "button" }, page.words.next, " ", element("kbd", { "aria-hidden": "true" }, "N"));
    next.addEventListener("click", () => go(1));
    const close = element("button", { type: "button", class: "close", "aria-label": page.words.close }, "✕");
    close.addEventListener("click", () => { place.hidden = true; });
    const wide = detail.line ? element("button", { type: "button", class: "button" }, page.words.see_width) : "";
    if (wide) wide.addEventListener("click", () => closer(detail.line));
    const links = item.units.filter(([level]) => page.levels[level]).map(([level, code]) => element("a", { class: "code", href: link(page.urls.unit + encodeURIComponent(code), { level }, page) }, code));
    place.replaceChildren(
      element("div", { class: "card-head" }, element("h2", {}, group.querySelector("summary b").textContent), element("span", { class: "sign " + group.dataset.severity }, error ? "✕ " + page.words.error : "▲ " + page.words.warning),
        element("span", { class: "note" }, `${number(index + 1)} / ${number(found.length)}`), close),
      element("p", {}, item.text), detail.homes ? element("p", {}, detail.homes) : "", detail.source ? element("p", { class: "note" }, detail.source) : "", item.bbox ? "" : element("p", { class: "note" }, page.words.no_place_long),
      element("div", { class: "card-foot" }, next, wide, ...links));
    place.hidden = false;
    position(place, item.bbox);
  }

  async function go(step) {
    const shown = groups.filter(group => !group.hidden);
    if (!shown.length) return;
    let [group, index] = chosen || [shown.find(one => one.open) || shown[0], -1];
    index += step;
    const found = await load(group);
    if (index >= found.length) [group, index] = [shown[(shown.indexOf(group) + 1) % shown.length], 0];
    await choose(group, index);
  }

  function limit() {
    for (const group of groups) group.hidden = Boolean((at.values.severity && group.dataset.severity !== at.values.severity));
    for (const button of document.querySelectorAll("#severities button")) button.setAttribute("aria-pressed", String(button.dataset.severity === at.values.severity));
    for (const ending of ["xlsx", "geojson"]) document.getElementById("get-" + ending).href = link(`${page.urls.download}findings.${ending}`, { severity: at.values.severity }, page);
  }

  for (const group of groups) group.addEventListener("toggle", () => { if (group.open) load(group); });
  document.getElementById("severities").addEventListener("click", event => {
    const button = event.target.closest("button");
    if (button) { at.set({ severity: button.dataset.severity }); limit(); }
  });
  document.addEventListener("keydown", event => {
    if (event.key.toLowerCase() === "n" && !typing(event)) { go(1); event.preventDefault(); }
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) place.hidden = true;
  });
  map.on("finding", async finding => {
    if (finding.by === "api") return;
    for (const group of groups.filter(one => one.dataset.rule === finding.rule)) {
      const index = (await load(group)).findIndex(item => item.index === finding.at);
      if (index >= 0) await choose(group, index, false);
    }
  });
  limit();
  const asked = groups.filter(group => group.dataset.rule === at.values.rule), wanted = at.values.finding;
  (async () => {
    for (const group of asked.length ? asked : groups.slice(0, 1)) {
      group.open = true;
      const found = await load(group), index = wanted ? found.findIndex(item => String(item.index) === wanted) : -1;
      if (index >= 0) choose(group, index);
    }
    if (asked.length) asked[0].scrollIntoView({ block: "start" });
  })();
}
