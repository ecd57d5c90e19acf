// Normal times or emergency: the overlays on a line of time, what one does to whom, and ending one. Preparing one is in emergency-prepare.js.
import { card } from "./card.js";
import { ask as asking } from "./ask.js";
import { byId, clock, element, moment, number, say, svg } from "./dom.js";
import { draw, show } from "./emergency-map.js";
import { prepare } from "./emergency-prepare.js";
import * as map from "./map.js";
import { state } from "./state.js";

const YEAR = 365 * 864e5;

// Ask the service, or tell it something with a body; its answer is in the page's language.
export function ask(page, address, body) {
  const options = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json", "X-Geogrid-Token": page.emergency.token }, body: JSON.stringify(body) };
  return asking(page, address + (address.includes("?") ? "&" : "?") + `lang=${page.lang}`, options);
}

export async function emergency(page) {
  const { api, says, people } = page.emergency, at = state(["when", "overlay", "tab"]), { values } = at;
  let known = { overlays: [] }, shown = null;
  map.ready(it => it.on("ready", () => it.setLevel(page.level)));
  map.on("select", unit => card(page, unit?.level, unit?.code));
  document.addEventListener("geogrid:choose", event => map.select(event.detail.level, event.detail.code, { zoom: true }));

  async function load() {
    const when = values.when, found = await ask(page, `${api}?at=${encodeURIComponent(when)}`);
    if (when !== values.when) return; // another moment was chosen meanwhile
    known = found;
    const titles = ids => known.overlays.filter(each => ids.includes(each.id)).map(each => say(each.valid_to ? says.until : says.open_end, { name: each.name || each.id, time: clock(each.valid_to) })).join(page.words.comma);
    byId("now-word").textContent = says.now[known.state];
    byId("now-word").className = `is-${known.state}`;
    byId("now-words").textContent = known.in_force.length ? say(says.emergency_words, { names: titles(known.in_force) }) : says.normal_words;
    byId("drill-words").hidden = !known.drills.length;
    byId("drill-words").textContent = say(says.drills, { names: titles(known.drills) });
    byId("when").value = moment(values.when);
    byId("who").hidden = !people;
    if (people) byId("who").href = people + (people.includes("?") ? "&" : "?") + `when=${encodeURIComponent(values.when || known.at)}`;
    timeline();
  }

  function timeline() {
    byId("no-overlays").hidden = known.overlays.length > 0;
    const dates = known.overlays.flatMap(each => [each.valid_from, each.valid_to, each.planned_to]).filter(Boolean).map(text => Date.parse(text)).filter(Number.isFinite), now = Date.parse(known.at);
    const low = Math.max(now - YEAR, Math.min(now - 864e5, ...dates)), high = Math.min(now + YEAR, Math.max(now + 864e5, ...dates.map(each => each + 864e5)));
    const x = (text, open) => text ? Math.max(0, Math.min(300, 300 * (Date.parse(text) + (text.length === 10 && open ? 864e5 : 0) - low) / (high - low))) : open ? 300 : 0;
    byId("timeline").replaceChildren(...known.overlays.map(each => {
      const from = x(each.valid_from, false), to = x(each.valid_to, true), over = x(each.planned_to || each.valid_to, true);
      const drawing = svg("svg", { viewBox: "0 0 300 10", preserveAspectRatio: "none", "aria-hidden": "true" });
      drawing.append(svg("rect", { y: 3, width: 300, height: 4, class: "track" }));
      if (over > to || each.state === "withdrawn") drawing.append(svg("rect", { x: from, y: 1.5, width: Math.max(4, over - from), height: 7, class: "void" }));
      if (each.state !== "withdrawn" && each.state !== "faulty") drawing.append(svg("rect", { x: from, y: 1, width: Math.max(3, to - from), height: 8, class: `bar ${each.kind}` }));
      drawing.append(svg("rect", { x: x(known.at, false) - 0.75, width: 1.5, height: 10, class: "now" }));
      const dates = say(says.from_to, { from: clock(each.valid_from) || says.always, to: clock(each.valid_to) || says.no_end });
      const top = element("span", { class: "top" }, element("b", {}, each.name || each.id), element("span", { class: `em-kind ${each.kind}` }, says.kinds[each.kind]), element("span", { class: `em-state ${each.state}` }, says.states[each.state]));
      const button = element("button", { type: "button", "aria-pressed": String(each.id === values.overlay), "data-id": each.id }, top, drawing, element("span", { class: "note" }, dates));
      button.addEventListener("click", () => each.id === values.overlay ? choose("") : choose(each.id));
      return element("li", {}, button);
    }));
  }

  async function choose(id) {
    at.set({ overlay: id });
    for (const button of byId("timeline").querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.dataset.id === id));
    if (!id) return hide();
    const overlay = known.overlays.find(each => each.id === id);
    if (!overlay) return hide();
    wait(overlay.name || id);
    try {
      const told = await ask(page, `${page.emergency.data}effect/${encodeURIComponent(id)}.json`);
      if (values.overlay === id) tell(told, overlay);
    } catch (error) {
      byId("effect-meta").textContent = say(says.failed, { message: error.message });
    }
  }

  function wait(title) {
    byId("effect").hidden = false;
    byId("effect-title").textContent = title;
    byId("effect-meta").textContent = says.working;
    for (const name of ["effect-figures", "effect-list"]) byId(name).replaceChildren();
    byId("effect-back").textContent = "";
  }

  function hide() {
    byId("effect").hidden = true;
    shown = null;
    draw([], "", says);
  }

  // What an overlay, or one that is only prepared, does.
  function tell(told, overlay = null) {
    shown = told;
    const { figures: f, overlay: row } = told, dates = say(says.from_to, { from: clock(row.valid_from) || says.always, to: clock(row.valid_to) || says.no_end });
    const made = row.source === "given" ? says.given : overlay ? say(says.made, { who: row.made_by, time: clock(row.made_at) }) : says.preview;
    const ended = row.ended_at ? say(says.ended, { who: row.ended_by, time: clock(row.ended_at) }) : "";
    const reasons = [row.reason, row.ended_reason].filter(Boolean).join(page.words.comma);
    byId("effect").hidden = false;
    byId("effect-title").textContent = row.name || row.id;
    byId("effect-meta").textContent = [`${says.kinds[row.kind]} · ${dates}`, made, ended, reasons ? say(says.why, { reason: reasons }) : ""].filter(Boolean).join(" · ");
    byId("effect-drill").hidden = row.kind !== "drill";
    byId("effect-drill").textContent = says.drill_note;
    const lines = [["people_n", f.people], ["bodies_n", f.bodies], ["units_n", f.units], ["lacking_n", f.lacking, true], ["clashes_n", f.clashes, true]];
    byId("effect-figures").replaceChildren(...(f.people || f.bodies ? lines.filter(line => line[1]) : lines.slice(3).filter(line => line[1])).map(([key, n, bad]) => element("li", bad ? { class: "bad" } : {}, ...counted(says[key], n))));
    if (!f.people && !f.bodies) byId("effect-figures").prepend(element("li", {}, says.nobody_moves));
    byId("effect-back").textContent = f.is_back ? says.is_back : says.not_back;
    byId("effect-file").hidden = !overlay;
    if (overlay) byId("effect-file").href = `${page.emergency.files}${encodeURIComponent(row.id)}.xlsx?lang=${page.lang}`;
    const end = byId("effect-end");
    if (end) end.hidden = !overlay || !["prepared", "in_force"].includes(row.state);
    tab(["units", "people", "lacking", "clashes"].includes(values.tab) ? values.tab : "units");
    draw(told.flows, row.kind, says);
    show(told.flows);
  }

  const counted = (text, n) => text.split("{n}").flatMap((part, i) => i ? [element("b", {}, number(n)), part] : [part]);

  function tab(key) {
    at.set({ tab: key === "units" ? "" : key });
    for (const button of byId("effect-tabs").children) button.setAttribute("aria-pressed", String(button.dataset.tab === key));
    const made = { units: unitList, people: peopleList, lacking: lackingList, clashes: clashList }[key](shown);
    const all = { units: shown.figures.units, people: shown.n.people, lacking: shown.figures.lacking, clashes: shown.figures.clashes }[key], n = shown[key].length;
    byId("effect-list").replaceChildren(...made, ...(all > n ? [element("p", { class: "note" }, say(says.more, { n: number(all - n) }))] : []));
  }

  const unitButton = (level, code, name) => {
    const button = element("button", { type: "button", class: "link" }, name);
    button.addEventListener("click", () => map.select(level, code, { zoom: true }));
    return button;
  };
  const table = (heads, rows) => element("table", {}, element("thead", {}, element("tr", {}, ...heads.map(([text, kind]) => element("th", { class: kind, scope: "col" }, text)))), element("tbody", {}, ...rows));
  const cell = (child, kind) => element("td", { class: kind }, child);

  function unitList({ units }) {
    if (!units.length) return [element("p", { class: "empty" }, says.nobody_moves)];
    const heads = [[says.unit], [says.before, "n"], [says.during, "n"], [says.after, "n"], [says.sent, "n"]];
    return [table(heads, units.map(row => element("tr", {}, cell(unitButton(row.level, row.code, row.name)), cell(number(row.people_before), "n"), cell(number(row.people_after), row.people_after === row.people_before ? "n" : "n changed"), cell(number(row.people_later), "n"), cell(row.bodies_joined ? `+${number(row.bodies_joined)}` : row.bodies_left ? `−${number(row.bodies_left)}` : "", "n"))))];
  }

  function peopleList({ people }) {
    if (!people.length) return [element("p", { class: "empty" }, says.nobody_moves)];
    return [table([[says.who], [says.before], [says.during]], people.map(row => element("tr", {}, cell(element("span", {}, row.name, " ", element("span", { class: "note" }, row.role === "staff" ? row.post || row.kind : says.roles[row.role]))), cell(row.from || "–"), cell(row.to ? unitButton(row.level, row.code, row.to) : "–"))))];
  }

  function lackingList({ lacking }) {
    if (!lacking.length) return [element("p", { class: "empty" }, says.none_lacking)];
    return [table([[says.unit], [says.during]], lacking.map(row => element("tr", {}, cell(unitButton(row.level, row.code, row.name)), cell(row.text)))), ...(shown.overlay.id === "(new)" ? [element("p", { class: "note" }, says.lacking_hint)] : [])];
  }

  function clashList({ clashes }) {
    return clashes.length ? clashes.map(text => element("p", {}, text)) : [element("p", { class: "empty" }, says.none_doubtful)];
  }

  byId("effect-tabs").addEventListener("click", event => { const key = event.target.closest("button")?.dataset.tab; if (key && shown) tab(key); });
  byId("when").addEventListener("change", event => { at.set({ when: event.target.value }); load(); });
  byId("when-now").addEventListener("click", () => { at.set({ when: "" }); load(); });
  byId("effect-end")?.addEventListener("click", () => {
    const { id, name, state: is } = shown.overlay, title = name || id;
    confirm(byId("effect-end").textContent, say(is === "prepared" ? says.confirm_withdraw : says.confirm_end, { name: title }), true, async reason => {
      await ask(page, `${api}/${encodeURIComponent(id)}/end`, { reason, request_id: crypto.randomUUID() });
      await load();
      choose(id);
    });
  });

  // Ask once more before anything is switched; the dialog stays open until the service has said yes.
  function confirm(title, words, asksReason, go) {
    const dialog = byId("confirm"), form = dialog.querySelector("form");
    byId("confirm-title").textContent = title.replace(/[ …]+$/, "");
    byId("confirm-words").textContent = words;
    byId("confirm-go").textContent = title.replace(/[ …]+$/, "");
    byId("confirm-said").textContent = byId("confirm-reason").value = "";
    dialog.querySelector(".em-reason").hidden = !asksReason;
    form.onsubmit = async event => {
      if (event.submitter?.value !== "go") return;
      event.preventDefault();
      event.submitter.disabled = true;
      try {
        await go(byId("confirm-reason").value.trim());
        dialog.close();
      } catch (error) {
        byId("confirm-said").textContent = say(says.failed, { message: error.message });
      } finally {
        event.submitter.disabled = false;
      }
    };
    dialog.showModal();
  }

  prepare(page, { tell, hide, wait, confirm, done: async id => { await load(); choose(id); } });
  await load();
  if (values.overlay) choose(values.overlay);
}
