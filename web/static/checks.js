// Findings by kind: a group opens its list, an item shows its place, N goes on to the next.
import { typing } from "./chrome.js";
import { position } from "./card.js";
import { element, link, number, say } from "./dom.js";
import * as map from "./map.js";
import { state } from "./state.js";

const STEP = 100;

export function checks(page) {
  const groups = [...document.querySelectorAll(".group")], loaded = new Map(), place = document.getElementById("card");
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
    const item = found[index], button = element("button", { type: "button" }, item.text, item.bbox ? "" : element("span", { class: "note" }, " " + page.words.no_place));
    button.addEventListener("click", () => choose(group, index));
    return element("li", { "data-index": index }, button);
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
    const unit = item.units[0];
    if (unit && page.levels[unit[0]]) map.select(unit[0], unit[1], { zoom: !item.bbox });
    if (item.bbox && told) map.showFinding(item.index);
    draw(group, found, index);
  }

  function draw(group, found, index) {
    const item = found[index], error = group.dataset.severity === "error";
    const next = element("button", { type: "button", class: "button" }, page.words.next, " ", element("kbd", { "aria-hidden": "true" }, "N"));
    next.addEventListener("click", () => go(1));
    const close = element("button", { type: "button", class: "close", "aria-label": page.words.close }, "✕");
    close.addEventListener("click", () => { place.hidden = true; });
    const links = item.units.filter(([level]) => page.levels[level]).map(([level, code]) => element("a", { class: "code", href: link(page.urls.unit + encodeURIComponent(code), { level }, page) }, code));
    place.replaceChildren(
      element("div", { class: "card-head" }, element("h2", {}, group.querySelector("summary b").textContent), element("span", { class: "sign " + group.dataset.severity }, error ? "✕ " + page.words.error : "▲ " + page.words.warning),
        element("span", { class: "note" }, `${number(index + 1)} / ${number(found.length)}`), close),
      element("p", {}, item.text), item.bbox ? "" : element("p", { class: "note" }, page.words.no_place_long),
      element("div", { class: "card-foot" }, next, ...links));
    place.hidden = false;
    position(place, item.bbox);
  }

  async function go(step) {
    const shown = groups.filter(group => !group.hidden);
    if (!shown.length) return;
    let [group, index] = chosen || [shown[0], -1];
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
