// The page /edit: makes the desk of model, map, drawer, rail, history and dialogs, and opens the area that the address names.
import { number } from "./dom.js";
import * as map from "./map.js";
import { Areas } from "./edit-areas.js";
import { Conflict } from "./edit-conflict.js";
import { Desk } from "./edit-desk.js";
import { Dialogs } from "./edit-dialogs.js";
import { Elevation } from "./edit-elevation.js";
import { codeLabel, personName, shortCode } from "./edit-facts.js";
import { deltaWords, editWords, History } from "./edit-history.js";
import { keys } from "./edit-keys.js";
import { EditMap } from "./edit-map.js";
import { EditModel } from "./edit-model.js";
import { Notices } from "./edit-notices.js";
import { Panel } from "./edit-panel.js";
import { Rail } from "./edit-rail.js";
import { Touch } from "./edit-touch.js";

const isLinked = location.hash.includes("at="); // the address says what to look at: before the map writes it itself
const page = JSON.parse(document.getElementById("page-data").textContent);
const desk = new Desk(page), notices = new Notices(desk), dialogs = new Dialogs(desk), panel = new Panel(desk, { dialogs });
const touch = new Touch(desk), rail = new Rail(desk, dialogs), history = new History(desk), elevation = new Elevation(desk, document.getElementById("elevation"));
const areas = new Areas(desk, code => go({ unit: code })), live = document.getElementById("live");

desk.announce = text => { live.textContent = text; };
desk.hue = row => desk.model.hue(row) ?? 0;
desk.short = row => desk.model.units.get(row).name || shortCode(desk, row);

// Another place is another page: a link to it can be copied. What is typed is asked for before it is lost.
function go(changes) { location.assign(desk.address(changes)); }

desk.setLevel = level => {
  desk.level = level;
  desk.model.setLevel(level);
  window.history.replaceState(null, "", desk.address() + location.hash);
  desk.setFocus(-1);
  desk.tell("level", level);
};

async function open() {
  notices.show("loading", desk.say("loading", { area: areas.name.textContent }));
  try {
    desk.model = await EditModel.load(desk.urls, { plan: desk.plan, unit: desk.unit, level: desk.level });
  } catch (error) {
    const why = (page.lang === "zh" ? error.answer?.message_zh : error.answer?.message) || error.message;
    notices.show("loading", desk.say("load_failed", { why }), { kind: "warn", act: [desk.say("retry"), open] });
    return;
  }
  notices.hide("loading");
  if (desk.model.unit) desk.unit = desk.model.unit;
  desk.acknowledge();
  await ready();
  desk.view = new EditMap(window.geogrid.map, desk.model, { words: page.words });
  listen();
  areas.opened(desk.unit);
  document.documentElement.classList.add("desk-open");
  window.geogrid.map.invalidateSize({ animate: false }); // the drawer has come
  desk.tell("opened");
  panel.draw();
  history.fetch();
  const focus = desk.told.focus ? desk.model.units.rowOf(desk.told.focus) : -1;
  if (focus >= 0) desk.setFocus(focus);
  if (focus >= 0) desk.view.zoomTo(focus);
  else if (!isLinked) map.fit(desk.model.bbox, { maxZoom: 19 });
  desk.poll();
}

function ready() { return new Promise(resolve => map.on("ready", resolve)); }

function listen() {
  const { model, view } = desk;
  for (const name of ["selection", "target", "lock"]) model.on(name, detail => desk.tell(name, detail));
  touch.listen(view);
  view.on("line", (coordinates, { tool }) => dialogs.line({ name: tool, coordinates }));
  view.on("focus", ({ cell }) => elevation.show(cell));
  view.on("cursor", ({ cell, lines }) => { elevation.show(cell); desk.announce(lines.join(" ")); });
  view.on("tool", name => rail.showTool(name));
  model.on("selection", () => {
    if (!model.selection.size && !desk.busy) desk.acknowledge();
    const cells = model.selectedCells();
    if (cells.length && model.ground.cell.building[cells.at(-1)]) elevation.show(cells.at(-1));
  });
}

desk.on("focus", row => {
  if (row < 0) return;
  if (!desk.model.selection.size) elevation.close();
  desk.view?.flash(desk.model.units.atoms(row));
});
desk.on("clear", () => panel.clear());
desk.on("fork", () => dialogs.fork());
desk.on("notice", ({ text }) => notices.show("hint", text, { for_ms: 4000 }));
desk.on("done", ({ answer, edit }) => {
  notices.hide("refused");
  notices.hide("touched");
  const { delta } = answer, made = (delta?.units || []).filter(unit => !unit.code_before && unit.level === (edit?.level || desk.level)).map(unit => unit.code);
  const what = edit ? editWords(desk, { edit, made }) : delta?.kind === "undo" ? desk.say("undone") : delta?.kind === "redo" ? desk.say("redone") : "", findings = answer.findings || [], found = findings.length;
  const first = found ? findings[0][page.lang === "zh" ? "message_zh" : "message"] : "";
  const said = { n: number(answer.version), what: what || desk.say("version", { n: number(answer.version) }), m: number(found), first };
  notices.show("done", desk.say(found ? "done_findings" : "done", said), { kind: "good", for_ms: found ? 10000 : 5000 });
});
desk.on("refused", ({ error, edit, reason }) => {
  if (error.details?.reason === "asks_homes" || error.details?.reason === "asks_households") return dialogs.homes(error, edit, reason);
  return dialogs.ask.isOpen ? undefined : notices.show("refused", desk.say("refused", { why: error.message }), { kind: "warn" });
});
desk.on("applied", ({ delta, moved, mine, touched }) => {
  if (mine) return;
  const codes = touched.length ? touched : (delta.units || []).map(unit => unit.code), units = codes.slice(0, 3).map(code => codeLabel(desk, code)).join(page.words.comma);
  notices.show(touched.length ? "touched" : "others", desk.say(touched.length ? "others_touch" : "others", { who: personName(desk, delta.author), what: deltaWords(desk, { delta, moved }), units }), { kind: touched.length ? "warn" : "", for_ms: touched.length ? 0 : 8000 });
});
keys({ desk, rail, panel, dialogs, history, elevation, areas });
new Conflict(desk, dialogs, panel);
document.getElementById("all-keys").addEventListener("click", () => document.getElementById("keys").showModal());
window.geogridDesk = desk; // for the console of whoever looks into a question, and for the tests

if (desk.unit || !areas.links.length) open();
