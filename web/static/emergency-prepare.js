// Prepare an overlay: take a proposal or add rows, change where somebody goes, see what it would do, then switch. Nothing is kept until then.
import { ask } from "./emergency.js";
import { byId, clock, element, number, say } from "./dom.js";

const SHOWN = 100;

export function prepare(page, { tell, hide, wait, confirm, done }) {
  const form = byId("prepare");
  if (!form) return;
  const { api, data, says, units } = page.emergency;
  let rows = [], found = new Map(), request = "", asked = 0;
  const places = value => units.map(([code, name]) => element("option", { value: code, selected: code === value }, name));
  byId("member-to").append(...places(""));

  function open(on) {
    form.hidden = !on;
    byId("look").hidden = on;
    hide();
    list();
    (on ? byId("prepare-close") : byId("prepare-open")).focus();
  }

  // Whatever is changed has to be looked at before it can be switched.
  function touched() {
    byId("switch").disabled = true;
    request = "";
    byId("said").textContent = "";
  }

  // One line for each member: what he leaves, and where he goes.
  function list() {
    const wanted = byId("rows-filter").value.trim().toLowerCase(), members = new Map();
    for (const row of rows) members.set(row.member, [...(members.get(row.member) || []), row]);
    const fit = [...members.values()].filter(mine => !wanted || mine.some(row => `${row.name} ${row.member} ${row.where}`.toLowerCase().includes(wanted)));
    byId("rows-count").textContent = !rows.length ? says.no_rows : fit.length > SHOWN ? say(says.rows_shown, { n: number(SHOWN), all: number(fit.length) }) : say(says.rows_n, { n: number(fit.length) });
    byId("rows-clear").hidden = !rows.length;
    byId("rows-filter").hidden = members.size <= 8;
    byId("rows").replaceChildren(...fit.slice(0, SHOWN).map(item));
  }

  function item(mine) {
    const { name, member } = mine[0], left = mine.filter(row => row.action === "remove"), added = mine.filter(row => row.action === "add");
    const who = element("span", { class: "who", title: member }, name, left.length ? element("span", { class: "note" }, say(says.leaves, { where: left.map(row => row.where || says.anywhere).join(page.words.comma) })) : "");
    const strike = element("button", { type: "button", class: "strike", "aria-label": say(says.remove_row, { name }) }, "✕");
    strike.addEventListener("click", () => { rows = rows.filter(row => row.member !== member); touched(); list(); });
    return element("li", {}, who, element("span", { class: "where" }, ...added.map(choice)), strike);
  }

  function choice(row) {
    const to = element("select", { "aria-label": `${row.name}: ${says.goes}` }, ...(units.some(([code]) => code === row.target) ? [] : [element("option", { value: row.target, selected: true }, row.where)]), ...places(row.target));
    to.addEventListener("change", () => { Object.assign(row, { target: to.value, target_kind: "unit", where: to.selectedOptions[0].textContent }); touched(); });
    return to;
  }

  const draft = () => ({
    name: byId("name").value.trim(),
    kind: form.elements.kind.value,
    valid_from: byId("from").value,
    valid_to: byId("to").value,
    reason: byId("reason").value.trim(),
    changes: rows.map(({ action, member, target_kind, target, post }) => ({ action, member, target_kind, target, post })),
  });

  async function working(does) {
    byId("said").textContent = "";
    form.setAttribute("aria-busy", "true");
    try {
      await does();
    } catch (error) {
      byId("said").textContent = [says.no_rows, says.need_name, says.nobody_found].includes(error.message) ? error.message : say(says.failed, { message: error.message });
    } finally {
      form.removeAttribute("aria-busy");
    }
  }

  for (const button of form.querySelectorAll("[data-proposal]")) button.addEventListener("click", () => working(async () => {
    const keep = byId("keep")?.checked ? "1" : "", kind = button.dataset.proposal;
    byId("rows-count").textContent = says.working;
    const { changes } = await ask(page, `${data}proposal.json?kind=${kind}&keep=${keep}&from=${encodeURIComponent(byId("from").value)}`);
    const told = new Set(changes.map(change => change.member)); // taken anew, a proposal says all of whom it names
    rows = [...rows.filter(row => !told.has(row.member)), ...changes];
    touched();
    list();
  }));

  byId("member").addEventListener("input", async event => {
    const text = event.target.value, turn = ++asked;
    if (found.has(text) || text.trim().length < 2) return;
    const { members } = await ask(page, `${data}members.json?q=${encodeURIComponent(text)}`);
    if (turn !== asked) return;
    for (const each of members) found.set(`${each.name} · ${each.member}`, each);
    byId("members").replaceChildren(...members.map(each => element("option", { value: `${each.name} · ${each.member}` }, says.roles[each.role])));
  });
  // Enter adds the member that is written, or looks at what was written elsewhere: it never switches at once.
  form.addEventListener("keydown", event => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    if (event.target.id === "member") byId("member-add").click();
    else if (event.target.id !== "rows-filter") byId("try").click();
  });
  byId("member-add").addEventListener("click", () => working(async () => {
    const text = byId("member").value.trim();
    const who = found.get(text) || (text && (await ask(page, `${data}members.json?q=${encodeURIComponent(text)}`)).members.find(each => each.member === text || each.name === text));
    if (!who) throw new Error(says.nobody_found);
    const to = byId("member-to");
    rows = [{ action: "add", ...who, target_kind: "unit", target: to.value, post: "", where: to.selectedOptions[0].textContent }, ...rows];
    byId("member").value = "";
    touched();
    list();
  }));

  byId("try").addEventListener("click", () => working(async () => {
    if (!rows.length) throw new Error(says.no_rows);
    for (const name of ["name", "to"]) if (!byId(name).value.trim()) { byId(name).focus(); throw new Error(says.need_name); }
    wait(byId("name").value.trim() || says.preview);
    try {
      const told = await ask(page, `${api}/preview`, draft());
      tell(told);
      form.dataset.people = told.figures.people;
      byId("switch").disabled = false;
      byId("effect").scrollIntoView({ block: "nearest" });
    } catch (error) {
      hide();
      throw error;
    }
  }));

  form.addEventListener("submit", event => {
    event.preventDefault();
    if (byId("switch").disabled) return;
    const wanted = draft();
    request ||= crypto.randomUUID();
    const facts = { from: wanted.valid_from ? clock(wanted.valid_from) : says.now_word, to: wanted.valid_to ? clock(wanted.valid_to) : says.no_end, people: number(form.dataset.people) };
    confirm(byId("switch").textContent, say(wanted.kind === "drill" ? says.confirm_drill : says.confirm_real, facts), false, async () => {
      const made = await ask(page, api, { ...wanted, request_id: request });
      rows = [];
      form.reset();
      touched();
      open(false);
      await done(made.id);
    });
  });

  for (const name of ["name", "from", "to", "reason"]) byId(name).addEventListener("input", touched);
  for (const radio of form.elements.kind) radio.addEventListener("change", () => { byId("kind-note").hidden = form.elements.kind.value !== "drill"; touched(); });
  byId("rows-filter").addEventListener("input", list);
  byId("rows-clear").addEventListener("click", () => { rows = []; touched(); list(); });
  byId("prepare-open").addEventListener("click", () => open(true));
  byId("prepare-close").addEventListener("click", () => open(false));
}
