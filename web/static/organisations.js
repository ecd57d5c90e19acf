// Which units have no organisation: the answer, two trees and the map that follow each other, lists of exceptions.
import { bring } from "./organisations-bring.js";
import { bodySource, TreeView, unitSource } from "./organisations-tree.js";
import { ask as asking } from "./ask.js";
import { byId, cover, dataLink, element, link, number, say } from "./dom.js";
import * as map from "./map.js";
import { unitsTable } from "./units.js";

const HUE = "#e58a4e";

function organisations(page) {
  const { says, data } = page.organisations, when = new URLSearchParams(location.search).get("when") || "";
  const address = (name, facts = {}) => dataLink(data + name + ".json", { when, ...facts }, page);
  const ask = (name, facts) => asking(page, address(name, facts));
  let told = null, unitTree = null, bodyTree = null, quiet = false, turn = 0;

  const table = unitsTable(page, {
    names: ["only", "view", "org"],
    address: level => address("table/" + level),
    columns: got => got.columns,
    sort: () => ["n", false],
    test: (got, i) => !values.only || (values.only === "without" ? got.shares[i] > 0 : got.several[i]),
    chips: () => values.only ? [[says["only_" + values.only], { only: "" }]] : [],
    onData: got => { tint(got); answer(); },
    tell: (level, code) => code ? unitCard(level, code) : close(),
  });
  const { values, at } = table;
  if (!byId("unit-tree")) return; // nothing was given: the page says what to do

  function tint(got) {
    map.setMeasure(got.level, { codes: got.codes, shares: got.shares, steps: [0], hue: HUE, close: true, text: got.shares.map(lacks => lacks ? "▲" : "") });
  }

  // What the page says first, for the level of the table.
  function answer() {
    for (const file of document.querySelectorAll("[data-without]")) file.href = link(file.pathname, { level: values.level, when }, page);
    for (const file of document.querySelectorAll("[data-when]")) file.href = link(file.pathname, { when }, page);
    byId("org-question").textContent = says.question[values.level];
    if (!told) return;
    const found = told.levels[values.level], name = page.levels[values.level].plural, has = found.units - found.without;
    byId("org-n").textContent = found.without && found.units ? number(found.without) : "";
    byId("org-n").className = found.without ? "lacking" : "";
    byId("org-words").textContent = !found.units ? says.no_units : say(found.without ? says.without : says.all, { all: number(found.units), level: name });
    byId("org-bar").setAttribute("width", found.units ? String(300 * has / found.units) : "0");
    byId("org-share").textContent = found.units ? say(says.cover, { share: cover(has, found.units) }) : "";
    byId("org-counts").textContent = (found.kinds.length ? say(says.counts, { kinds: found.kinds.join(page.words.comma) }) : says.counts_any) + (found.asked ? "" : " " + says.not_asked);
    byId("org-answer").setAttribute("aria-busy", "false");
    lists(found);
    for (const tree of [unitTree, bodyTree]) tree?.settle();
  }

  function lists(found) {
    const filters = [["without", found.without], ["several", found.several]].filter(([, n]) => n).map(([key, n]) => {
      const button = element("button", { type: "button", class: "chip", "aria-pressed": String(values.only === key) }, `${says["only_" + key]} ${number(n)}`);
      button.addEventListener("click", () => { at.set({ only: values.only === key ? "" : key }); view("table"); table.refine(); lists(found); });
      return button;
    });
    const named = [[say(says.spanning, { level: page.levels[values.level].plural }), found.spanning, "spanning_more", "n"], [says.orphans, told.lists.orphans, "orphans_more", "id"], [says.cycles, told.lists.cycles, "", ""], [says.misplaced, told.lists.misplaced, "misplaced_more", "kind"], [says.faults, told.lists.faults, "", ""]];
    const shown = named.filter(([, list]) => list.n).flatMap(([title, list, more, fact]) => [
      element("h3", {}, `${title} ${number(list.n)}`),
      element("ul", {}, ...list.lines.map(line => element("li", {}, line.id ? bodyLink(line.id, line.name || line.id) : line.name, " ", element("span", { class: "note" }, more ? say(says[more], { [fact]: line.more }) : line.more))), list.n > list.lines.length ? element("li", { class: "note" }, say(says.more, { n: number(list.n - list.lines.length) })) : "")]);
    const menu = byId("org-lists"), box = menu.querySelector("div");
    byId("org-exceptions").textContent = number(named.reduce((sum, [, list]) => sum + list.n, found.asked ? found.without : 0));
    box.replaceChildren(element("p", { class: "chips", id: "only" }, ...filters), ...shown, filters.length || shown.length ? "" : element("p", { class: "note" }, says.none));
  }

  const bodyLink = (id, text) => {
    const button = element("button", { type: "button", class: "org-link" }, text);
    button.addEventListener("click", () => { for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false; bodyCard(id); });
    return button;
  };
  const unitLink = (level, code, text) => {
    const button = element("button", { type: "button", class: "org-link" }, text);
    button.addEventListener("click", () => map.select(level, code, { zoom: true }));
    return button;
  };

  // -- the card: a unit with its organisations, or an organisation with its units

  function show(head, ...rest) {
    const place = byId("card"), shut = element("button", { type: "button", class: "close", "aria-label": page.words.close }, "✕");
    shut.addEventListener("click", () => map.select(null, null));
    place.replaceChildren(element("div", { class: "card-head" }, ...head, shut), ...rest);
    place.hidden = false;
  }

  function close() {
    if (quiet) return;
    turn++;
    byId("card").hidden = true;
    at.set({ org: "" });
    map.mark(null);
    map.ring(null);
    unitTree?.mark([]);
    bodyTree?.mark([]);
  }

  async function unitCard(level, code) {
    const mine = ++turn;
    at.set({ org: "" });
    map.mark(null);
    const key = `${level} ${code}`;
    if (unitTree?.source.has(key)) unitTree.choose(key);
    let got;
    try { got = await ask("unit", { level, code }); } catch (error) { return show([element("h2", {}, code)], element("p", { class: "note" }, error.message || says.failed)); }
    if (mine !== turn) return;
    bodyTree?.mark(got.organisations.filter(one => one.counts || got.organisations.length < 40).map(one => one.id).filter(id => bodyTree.source.has(id)));
    show([element("h2", {}, got.label), element("span", { class: "note" }, `${page.levels[level].name} ${code}`)],
      got.lacks ? element("p", {}, element("span", { class: "status above" }, "▲ " + says.lacks), got.kinds.length ? element("span", { class: "note" }, " " + got.kinds.join(page.words.comma)) : "") : "",
      element("h3", {}, say(says.here, { n: number(got.organisations.length) })),
      element("ul", {}, ...got.organisations.slice(0, 100).map(one => element("li", {}, bodyLink(one.id, one.name || one.id), " ", element("span", { class: "note" }, one.kind)))),
      got.organisations.length > 100 ? element("p", { class: "note" }, say(says.more, { n: number(got.organisations.length - 100) })) : "",
      element("div", { class: "card-foot" }, element("a", { class: "button primary", href: link(page.urls.unit + encodeURIComponent(code), { level }, page) }, say(page.words.open, { level: page.levels[level].name }))));
  }

  async function bodyCard(id) {
    const mine = ++turn;
    let got;
    try { got = await ask("one", { id }); } catch (error) { return show([element("h2", {}, id)], element("p", { class: "note" }, error.message || says.failed)); }
    if (mine !== turn) return;
    at.set({ org: id });
    if (bodyTree?.source.has(id)) bodyTree.choose(id);
    const levels = page.order.filter(level => got.units[level]?.length), lowest = levels.filter(level => unitTree.source.has(`${level} ${got.units[level][0].code}`)).pop();
    if (lowest) unitTree.mark(got.units[lowest].map(unit => `${lowest} ${unit.code}`));
    onMap(got, levels.includes(values.level) ? values.level : lowest);
    const days = [got.valid[0] ? say(says.from, { day: got.valid[0].slice(0, 10) }) : "", got.valid[1] ? say(says.to, { day: got.valid[1].slice(0, 10) }) : ""].filter(Boolean).join(page.words.comma);
    show([element("h2", {}, got.name || got.id), element("span", { class: "note" }, got.kind)],
      element("p", { class: "note" }, [got.id, got.below ? say(says.below, { n: number(got.below) }) : "", got.members ? say(says.members, { n: typeof got.members === "string" ? got.members : number(got.members) }) : "", days].filter(Boolean).join(" · ")),
      got.path.length ? element("p", {}, says.path + page.words.colon, ...got.path.flatMap((one, i) => [i ? " › " : "", bodyLink(one.id, one.name || one.id)])) : "",
      levels.length ? "" : element("p", { class: "note" }, says.no_unit),
      ...levels.flatMap(level => [element("h3", {}, say(says.in, { level: page.levels[level][got.units[level].length === 1 ? "name" : "plural"], n: number(got.units[level].length) })), element("ul", {}, ...got.units[level].slice(0, 60).map(unit => element("li", {}, unitLink(level, unit.code, unit.name), " ", element("span", { class: "note code" }, unit.code))))]));
  }

  // The units of an organisation, hatched; its own place in a ring.
  function onMap(got, level) {
    quiet = true; // the map lets go of what was chosen: that is no wish to close the card
    map.select(null, null);
    quiet = false;
    const codes = level ? got.units[level].map(unit => unit.code) : [];
    map.ready(it => {
      if (level) it.mark(level, codes);
      const place = got.place[0];
      it.ring(place ? [place.lon, place.lat, place.lon, place.lat] : null);
      if (place) it.map.setView([place.lat, place.lon], Math.max(15, it.map.getZoom()));
    });
    if (level && codes.length && !got.place.length) bring_into_view(level, codes);
  }

  async function bring_into_view(level, codes) {
    const boxes = await Promise.all(codes.slice(0, 12).map(code => fetch(link(page.urls.api_unit + encodeURIComponent(code), { level }, page)).then(answer => answer.ok ? answer.json() : null)));
    const all = boxes.map(feature => feature?.bbox).filter(Boolean);
    if (!all.length) return;
    const hull = [0, 1].map(i => Math.min(...all.map(box => box[i]))).concat([2, 3].map(i => Math.max(...all.map(box => box[i]))));
    map.fit(hull);
  }

  // -- trees, places, views

  async function trees() {
    const got = await ask("trees");
    unitTree = new TreeView(byId("unit-tree"), unitSource(got.units, says), { says, onChoose: key => { const [level, ...code] = key.split(" "); map.select(level, code.join(" "), { zoom: true }); } });
    bodyTree = new TreeView(byId("org-tree"), bodySource(got.organisations, says), { says, onChoose: bodyCard });
    if (values.org) bodyCard(values.org);
    else if (page.order.length && got.units.length && got.units[0].codes.length === 1) unitTree.turn(`${got.units[0].level} ${got.units[0].codes[0]}`, true);
  }

  async function places() {
    const all = await ask("places");
    if (!all.length) return;
    map.ready(it => it.on("ready", () => {
      const { L } = window, layer = L.layerGroup(), canvas = L.canvas({ padding: 0.5 });
      for (const one of all) {
        const dot = L.circleMarker([one.lat, one.lon], { renderer: canvas, radius: 5, color: "#fff", weight: 1.5, fillColor: "#8c2f39", fillOpacity: 1 }).addTo(layer);
        dot.bindTooltip(Object.assign(document.createElement("span"), { textContent: `${one.name} · ${one.kind}` }));
        dot.on("click", event => { L.DomEvent.stop(event); bodyCard(one.id); });
      }
      layer.addTo(it.map);
    }));
  }

  function view(name) {
    at.set({ view: name });
    byId("org-trees").hidden = name === "table";
    byId("org-table").hidden = name !== "table";
    for (const button of document.querySelectorAll("#org-views button")) button.setAttribute("aria-pressed", String(button.dataset.view === name));
  }

  byId("org-views").addEventListener("click", event => { const name = event.target.closest("button")?.dataset.view; if (name !== undefined) view(name); });
  view(values.view);
  ask("answer").then(got => { told = got; answer(); });
  trees();
  places();
}

const block = byId("page-data");
if (block) {
  const page = JSON.parse(block.textContent);
  organisations(page);
  bring(page);
}
