// A colleague was faster: both changes on small maps, three states of each unit, three ways on. Keys 1, 2, 3.
import { boundsOf, boundsText, button, changeBar, codeLabel, element, households, number, personName, statusWords, timeOf, unitLabel, whatIsSelected } from "./edit-facts.js";
import { deltaWords, editWords } from "./edit-history.js";
import { mini } from "./edit-mini.js";
import { movesOf } from "./edit-propose.js";

const MOST = 6; // so many units fit into the table

export class Conflict {
  constructor(desk, dialogs, panel) {
    Object.assign(this, { desk, dialogs, panel });
    desk.on("conflict", told => this.open(told));
    dialogs.ask.dialog.addEventListener("keydown", event => {
      if (!this.ways || event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input, select")) return;
      const way = this.ways[Number(event.key) - 1];
      if (way && !way.disabled) { event.preventDefault(); way.click(); }
    });
    dialogs.ask.dialog.addEventListener("close", () => { this.ways = null; });
  }

  async open({ error, edit, reason, base }) {
    const { desk } = this, { model } = desk, version = error.details.version || model.version;
    const foreign = desk.foreign.length ? desk.foreign : [{ delta: { version, units: [] }, moved: new Map(), before: {}, units: error.details.units || [] }];
    const mine = await this.#mine(edit), last = foreign.at(-1).delta, who = personName(desk, last.author), codes = [...new Set(foreign.flatMap(each => each.units))];
    const named = codes.map(code => codeLabel(desk, code)).join(desk.page.words.comma);
    const theirs = new Map(foreign.flatMap(({ moved }) => [...moved]));
    const ours = movesOf(model, edit), rows = this.#rows([...new Set([...codes, ...this.#ofLevel(mine)])].slice(0, MOST), foreign, mine);
    const maps = element("div", { class: "minis" },
      element("div", {}, element("h3", {}, desk.say("c_theirs", { n: number(version) }), element("span", {}, foreign.map(each => deltaWords(desk, each)).join(desk.page.words.comma))), mini(desk, { atoms: theirs, around: ours.keys(), label: desk.say("c_theirs", { n: number(version) }) })),
      element("div", {}, element("h3", {}, desk.say("c_mine"), element("span", {}, ours.size ? whatIsSelected(desk, [...ours.keys()]) : editWords(desk, { edit }))), mini(desk, { atoms: ours, around: theirs.keys(), label: desk.say("c_mine") })));
    const told = { edit, reason, version, base, theirs, mine, rows };
    this.dialogs.ask.last = document.activeElement;
    this.dialogs.ask.show(desk.say("c_title", { units: named || codeLabel(desk, "") }), [
      element("p", { class: "note" }, desk.say("c_lead", { base: number(base), who, version: number(version), time: timeOf(last.time) })),
      theirs.size || ours.size ? maps : "", rows.length ? this.#table(rows, base, version) : "", this.#ways(told)], true);
    (this.ways[1].disabled ? this.ways[0] : this.ways[1]).focus();
  }

  // What mine would make of the units as they are now: asked of the service, which knows every kind of edit.
  async #mine(edit) {
    const { desk } = this;
    try {
      const answer = await desk.net.post(desk.urls.preview, { plan: desk.plan, edit });
      return { units: new Map((answer.units || []).map(unit => [unit.code_before ?? unit.code, unit.after?.households ?? null])), refused: answer.refused || null };
    } catch (error) {
      const sides = edit.kind === "move" ? desk.model.preview().sides : [];
      return { units: new Map(sides.map(side => [side.code, side.after.households])), refused: error.status === 422 || error.status === 404 ? error.message : null };
    }
  }

  #ofLevel({ units }) {
    const { model } = this.desk;
    return [...units.keys()].filter(code => model.units.get(model.units.rowOf(code))?.level === model.depth);
  }

  #rows(codes, foreign, mine) {
    const { desk } = this, { model } = desk;
    return codes.flatMap(code => {
      const row = model.units.rowOf(code);
      if (row < 0) return [];
      const before = foreign.map(each => each.before[code]).find(n => n !== undefined), now = model.units.get(row).households;
      const after = mine.units.has(code) ? mine.units.get(code) : now;
      return [{ row, code, before: before ?? now, now, after, bounds: boundsOf(desk, model.units.get(row).level), status: after === null ? "" : model.statusOf(row, after) }];
    });
  }

  #table(rows, base, version) {
    const { desk } = this, bounds = rows[0].bounds;
    const head = ["", desk.say("c_base", { n: number(base) }), desk.say("c_after_theirs", { n: number(version) }), desk.say("c_after_mine"), bounds ? desk.say("bounds_of", { bounds: boundsText(bounds) }) : desk.say("c_bounds")];
    const cell = (n, from) => element("td", {}, households(desk, n), n !== from ? element("span", { class: "note" }, ` ${n > from ? "+" : "−"}${number(Math.abs(n - from))}`) : "");
    const body = rows.map(each => element("tr", { "data-code": each.code }, element("td", {}, unitLabel(desk, each.row)), element("td", {}, households(desk, each.before)), cell(each.now, each.before), each.after === null ? element("td", {}, "–") : cell(each.after, each.now),
      element("td", {}, each.bounds && each.after !== null && each.status !== "dedicated" ? changeBar(desk, each.now, each.after, each.bounds, each.status) : "", " ", element("span", { class: `status ${each.status}` }, each.after === null ? "" : statusWords(desk, each.status, each.after, each.bounds)))));
    return element("table", { class: "figures-table" }, element("thead", {}, element("tr", {}, ...head.map(text => (text ? element("th", { scope: "col" }, text) : element("td", {}))))), element("tbody", {}, ...body));
  }

  #ways(told) {
    const { desk } = this, sides = told.rows.filter(each => each.after !== null).map(each => `${unitLabel(desk, each.row)} ${households(desk, each.after)}`).join(desk.page.words.comma);
    const fine = told.rows.every(each => each.status !== "below" && each.status !== "above"), refused = told.mine.refused;
    const redoText = refused ? desk.say("c_redo_refused", { why: refusedText(desk, refused) }) : desk.say(fine ? "c_redo_ok" : "c_redo_bad", { sides });
    const way = (n, title, text, word, then, primary = false) => {
      const made = button(desk.say(word), then, { key: String(n), primary });
      return { made, node: element("div", { class: `way-card${primary ? " chosen" : ""}` }, element("h3", {}, title), element("p", {}, text), made) };
    };
    const ways = [
      way(1, desk.say("c_look"), desk.say("c_look_text", { n: number(told.version) }), "c_do_look", () => this.look(told)),
      way(2, desk.say("c_redo"), redoText, "c_do_redo", () => this.redo(told), true),
      way(3, desk.say("c_fork"), desk.say("c_fork_text", { n: number(told.base) }), "c_do_fork", () => this.fork(told)),
    ];
    ways[1].made.disabled = Boolean(refused);
    this.ways = ways.map(each => each.made);
    return element("div", { class: "ways" }, ...ways.map(each => each.node));
  }

  // Nothing is sent; the map shows theirs, the selection stays, and what is seen now is what the next confirm builds on.
  look({ theirs }) {
    const { desk } = this;
    desk.acknowledge();
    this.dialogs.ask.close();
    if (theirs.size) desk.view?.zoomTo([...theirs.keys(), ...desk.model.selection]);
    this.panel.later();
  }

  async redo({ edit, reason }) {
    const { desk } = this;
    desk.acknowledge();
    this.dialogs.ask.close();
    if (await desk.commit(edit, { reason })) this.panel.clear();
  }

  // A draft from the version I began with, with mine in it.
  async fork({ edit, reason, base }) {
    const { desk } = this;
    for (const way of this.ways) way.disabled = true;
    try {
      const made = await desk.fork(desk.say("c_draft_name", { n: number(base) }), base);
      await desk.net.deliver(desk.urls.edits, { plan: made.id, base_version: made.version, request_id: desk.newRequest(), reason, edit });
      location.assign(desk.address({ plan: made.id }));
    } catch (error) {
      this.dialogs.ask.close();
      desk.tell("refused", { error, edit, reason });
    }
  }
}

function refusedText(desk, refused) {
  if (typeof refused === "string") return refused;
  return (desk.page.lang === "zh" ? refused.message_zh : refused.message) || refused.message || "";
}
