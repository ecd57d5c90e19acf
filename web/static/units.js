// The overview: level, filters and selection in table, map and address at once.
import { card } from "./card.js";
import { element, link, number, say, SIGNS } from "./dom.js";
import * as map from "./map.js";
import { state } from "./state.js";
import { Table } from "./table.js";

// Wire a page's table of units. `columns(data)` and `sort(data)` say what it shows, `test(data, i)` what else it leaves out, `chips()` which filters are
// set, `address(level)` where its data are, `download` the name of its files, `onData(data)` is told of the data, `tell(level, code)` shows what is chosen, `said` adds to its card.
export function unitsTable(page, { names = [], columns, sort, test = () => true, chips = () => [], extra = () => ({}), address, download = "", onData = () => {}, tell = null, said = null }) {
  const at = state(["level", "status", "q", "parent", ...names]), values = at.values;
  const filter = document.getElementById("filter"), count = document.getElementById("count"), kept = new Map();
  let data = null, lineage = null, chosen = {};
  values.level = page.levels[values.level] ? values.level : page.level;
  filter.value = values.q;
  const open = code => { location.href = link(page.urls.unit + encodeURIComponent(code), { level: values.level }, page); };
  const table = new Table(document.getElementById("scroll"), {
    words: page.words,
    onOpen: open,
    onHover: code => map.highlight(code ? values.level : null, code),
    onChoose: code => map.select(values.level, code, { zoom: true }),
    onCount: (n, all) => { count.textContent = n === all ? say(page.words.count_all, { n: number(all), level: page.levels[values.level][all === 1 ? "name" : "plural"] }) : say(page.words.count_some, { n: number(n), all: number(all), level: page.levels[values.level].plural }); },
  });

  function actions(code) {
    const lower = page.order[page.order.indexOf(values.level) + 1];
    if (!lower || page.page !== "overview") return [];
    const button = element("button", { type: "button", class: "button" }, say(page.words.list, { level: page.levels[lower].plural }));
    button.addEventListener("click", () => { at.set({ parent: code, status: "", q: "" }); filter.value = ""; setLevel(lower); });
    return [button];
  }

  const here = () => address ? address(values.level) : `${page.urls.table}${values.level}.json?lang=${page.asked || page.lang}`;

  async function load() {
    const level = values.level, from = here();
    if (!kept.has(from)) kept.set(from, fetch(from).then(answer => answer.json()));
    const got = await kept.get(from);
    lineage = values.parent ? await within(level, values.parent) : null;
    if (from !== here()) return;
    data = got;
    onData(data);
    table.chosen = chosen.level === level ? chosen.code : "";
    table.show(data, columns(data), sort(data));
    refine();
  }

  // Codes of a level inside a unit above it.
  async function within(level, parent) {
    const answer = await fetch(`${page.urls.codes}?level=${level}&parent=${encodeURIComponent(parent)}`);
    return answer.ok ? new Set((await answer.json()).codes) : null;
  }

  function refine() {
    if (!data) return;
    const text = values.q.trim().toLowerCase();
    table.filter(i => (!values.status || (values.status === "out" ? data.status[i] === "above" || data.status[i] === "below" : data.status[i] === values.status))
      && (!text || `${data.labels[i]}\n${data.above[i]}\n${data.codes[i]}`.toLowerCase().includes(text)) && (!lineage || lineage.has(data.codes[i])) && test(data, i));
    drawChips();
    for (const ending of ["xlsx", "geojson"]) {
      const file = document.getElementById("get-" + ending); // not there for who may not take files along
      if (file) file.href = link(`${page.urls.download}${download || values.level}.${ending}`, { ...(download ? { level: values.level } : {}), status: values.status, q: values.q, parent: values.parent, ...extra() }, page);
    }
    for (const mark of document.querySelectorAll("[data-status]")) mark.toggleAttribute("data-on", mark.dataset.status === values.status && mark.dataset.level === values.level);
    for (const button of document.querySelectorAll("#levels button")) button.setAttribute("aria-pressed", String(button.dataset.level === values.level));
  }

  function drawChips() {
    const set = [];
    if (values.status) set.push([`${SIGNS[values.status] || "◆"} ${page.words[values.status]}`, { status: "" }]);
    if (values.parent) set.push([say(page.words.within, { code: values.parent }), { parent: "" }]);
    document.getElementById("chips").replaceChildren(...[...set, ...chips()].map(([text, cleared]) => {
      const chip = element("button", { type: "button", class: "chip", "aria-label": say(page.words.clear, { text }) }, text, element("span", { "aria-hidden": "true" }, " ✕"));
      chip.addEventListener("click", () => { at.set(cleared); if ("parent" in cleared) lineage = null; if ("status" in cleared) map.filter(null); refine(); });
      return chip;
    }));
  }

  function setLevel(level, changes = {}) {
    at.set({ level, ...changes });
    paint();
    return load();
  }

  // The map fills the level of the table: by its bounds where it has any, else each unit by its own hue.
  function paint() {
    map.setLevel(values.level);
    if (page.page === "overview") map.setFill(page.levels[values.level].bounds ? "bounds" : "identity");
    map.filter(values.status ? (values.status === "out" ? ["above", "below"] : [values.status]) : null);
  }

  filter.addEventListener("input", () => { at.set({ q: filter.value }); refine(); });
  document.getElementById("levels").addEventListener("click", event => {
    const level = event.target.closest("button")?.dataset.level;
    if (level && level !== values.level) setLevel(level, { status: "", parent: "" });
  });
  document.addEventListener("click", event => {
    const number = event.target.closest("a[data-level]");
    if (!number || event.ctrlKey || event.metaKey || event.shiftKey || !number.closest(".rail")) return;
    event.preventDefault();
    const status = number.dataset.status || "";
    setLevel(number.dataset.level, { status: status === values.status && number.dataset.level === values.level ? "" : status, parent: "", q: "" });
    filter.value = "";
  });
  map.on("select", unit => {
    chosen = unit?.code ? { level: unit.level, code: unit.code } : {};
    if (tell) tell(chosen.level, chosen.code);
    else card(page, chosen.level, chosen.code, chosen.level === values.level ? actions(chosen.code) : []).then(feature => { if (feature) said?.(feature.properties.level || chosen.level, feature.properties.code || chosen.code); });
    if (data) table.choose(chosen.level === values.level ? chosen.code : "");
  });
  map.on("hover", unit => {
    for (const row of document.querySelectorAll("#table tr[data-hover]")) row.removeAttribute("data-hover");
    if (unit?.code) document.querySelector(`#table tr[data-code="${CSS.escape(unit.code)}"]`)?.setAttribute("data-hover", "");
  });
  document.addEventListener("geogrid:choose", event => {
    const { level, code } = event.detail;
    const show = () => map.select(level, code, { zoom: true });
    filter.value = "";
    level === values.level && !values.status && !values.parent && !values.q ? show() : setLevel(level, { status: "", parent: "", q: "" }).then(show);
  });
  document.addEventListener("keydown", event => {
    if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) map.select(null, null);
  });
  // The map opens with its own level (the finest the whole district can show) unless the address names one.
  if (page.page !== "overview" || new URLSearchParams(location.search).get("level")) map.on("ready", paint);
  load();
  return { values, at, load, refine: () => { if (data) { table.show(data, columns(data), sort(data)); refine(); } }, setLevel };
}

export function units(page) {
  const sort = data => data.columns.some(column => column.key === "out") ? ["out", true] : null;
  unitsTable(page, { columns: data => data.columns, sort });
}
