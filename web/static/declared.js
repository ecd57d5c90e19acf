// Declared figures: a row opens why, a list marks all its units on the map and zooms to them, an entry selects one.
import { card } from "./card.js";
import { element, number, say } from "./dom.js";
import * as map from "./map.js";
import { state } from "./state.js";

const STEP = 100;

export function declared(page) {
  const bodies = [...document.querySelectorAll("#declared tbody")], at = state(["verdict", "row", "list"]), loaded = new Map();
  const switches = document.querySelectorAll("#verdicts button");

  function open(body, on) {
    body.toggleAttribute("data-open", on);
    body.querySelector(".why").hidden = !on;
    body.querySelector(".figure-row button").setAttribute("aria-expanded", String(on));
  }

  function toggle(body) {
    const on = !body.hasAttribute("data-open");
    open(body, on);
    at.set({ row: on ? body.dataset.row : "", list: "" });
    if (!on) map.mark(null);
    const lists = body.querySelectorAll(".listing");
    if (on && lists.length) lists[0].open = true;
  }

  async function load(body, list) {
    const key = `${body.dataset.row}/${list.dataset.list}`;
    if (!loaded.has(key)) loaded.set(key, fetch(`${page.lists}${key}.json?lang=${page.lang}`).then(answer => answer.ok ? answer.json() : Promise.reject(answer.status)));
    return loaded.get(key);
  }

  async function show(body, list) {
    let found;
    try {
      found = await load(body, list);
    } catch (error) {
      loaded.delete(`${body.dataset.row}/${list.dataset.list}`);
      list.querySelector("ol").replaceChildren(element("li", {}, element("span", {}, page.row_words.failed)));
      return;
    }
    if (!list.querySelector("li")) more(list, found.cases, 0);
    at.set({ row: body.dataset.row, list: list.dataset.list });
    const units = page.levels[found.level] ? found.cases.map(one => one.code) : [];
    map.mark(units.length ? found.level : null, units);
    map.ring(null);
    if (found.bbox) map.fit(found.bbox);
    body.scrollIntoView({ block: "nearest" });
  }

  function more(list, cases, from) {
    const items = list.querySelector("ol");
    items.querySelector(".more")?.remove();
    items.append(...cases.slice(from, from + STEP).map(one => entry(items, one)));
    if (from + STEP < cases.length) {
      const button = element("button", { type: "button", class: "button small" }, say(page.words.more, { n: number(cases.length - from - STEP) }));
      button.addEventListener("click", () => more(list, cases, from + STEP));
      items.append(element("li", { class: "more" }, button));
    }
  }

  function entry(items, one) {
    const text = [one.label || one.code, one.label && one.label !== one.code ? element("span", { class: "note" }, " " + one.code) : "", one.detail ? element("span", { class: "note" }, " " + one.detail) : ""];
    if (!one.bbox) return element("li", {}, element("span", {}, ...text));
    const button = element("button", { type: "button" }, ...text), item = element("li", { "data-code": one.code }, button);
    button.addEventListener("click", () => {
      document.querySelector(".items li[aria-current]")?.removeAttribute("aria-current");
      item.setAttribute("aria-current", "true");
      if (page.levels[one.level]) { map.ring(null); map.select(one.level, one.code, { zoom: true, box: one.bbox }); }
      else { map.select(null, null); map.ring(one.bbox); map.fit(one.bbox); }
    });
    return item;
  }

  function limit() {
    for (const body of bodies) body.hidden = Boolean(at.values.verdict && body.dataset.verdict !== at.values.verdict);
    for (const button of switches) button.setAttribute("aria-pressed", String(button.dataset.verdict === at.values.verdict));
  }

  for (const body of bodies) {
    body.querySelector(".figure-row").addEventListener("click", () => toggle(body));
    for (const list of body.querySelectorAll(".listing")) list.addEventListener("toggle", () => { if (list.open) show(body, list); });
  }
  for (const button of switches) button.addEventListener("click", () => { at.set({ verdict: button.dataset.verdict }); limit(); });
  map.on("select", unit => card(page, unit?.code ? unit.level : "", unit?.code || ""));
  document.addEventListener("keydown", event => {
    if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) { map.select(null, null); map.mark(null); map.ring(null); }
  });
  limit();
  const asked = bodies[Number(at.values.row)];
  if (at.values.row && asked) {
    open(asked, true);
    asked.scrollIntoView({ block: "nearest" });
    const list = asked.querySelectorAll(".listing")[Number(at.values.list || 0)];
    if (list) map.on("ready", () => { list.open = true; });
  }
}
