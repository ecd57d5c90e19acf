// The dialog that brings a workbook in: the file is looked at first; what was seen is what is taken.
import { ask } from "./ask.js";
import { byId, element, number, say } from "./dom.js";

export function bring(page) {
  const dialog = byId("bring"), button = byId("org-bring"), { says, token, bring: address } = page.organisations;
  if (!dialog || !button) return;
  const form = byId("bring-form"), told = byId("bring-told"), take = byId("bring-take");
  let seen = "";

  const forget = () => { seen = ""; take.hidden = true; told.replaceChildren(); };
  button.addEventListener("click", () => { forget(); dialog.showModal(); });
  byId("bring-close").addEventListener("click", () => dialog.close());
  form.addEventListener("input", forget);

  function send(more) {
    const body = new FormData(form);
    for (const [name, value] of Object.entries(more)) body.set(name, value);
    return ask(page, address + (page.asked ? "?lang=" + page.asked : ""), { method: "POST", body, headers: { "X-Geogrid-Token": token } });
  }

  async function run(more) {
    told.replaceChildren(element("p", { class: "note" }, says.looking));
    take.hidden = true;
    try {
      const got = await send(more);
      seen = got.seen;
      if (got.taken) {
        told.replaceChildren(element("p", {}, says.taken));
        location.reload();
        return;
      }
      told.replaceChildren(...lines(got));
      take.hidden = !got.changes;
    } catch (error) {
      told.replaceChildren(element("p", { class: "bad" }, error.message || says.failed));
    }
  }

  function lines(got) {
    const listed = (words, list, look) => list.n ? element("details", { open: list.n <= 5 }, element("summary", { class: look }, say(words, { n: number(list.n) })), element("ul", {}, ...list.lines.map(line => element("li", {}, line)), list.n > list.lines.length ? element("li", {}, say(says.more, { n: number(list.n - list.lines.length) })) : "")) : "";
    const roles = got.roles.map(role => element("section", {}, element("h3", {}, role.name + " " + number(role.rows)), ...["added", "changed", "removed"].map(key => listed(says[key], { n: role[key], lines: role.lists[key] }, key === "removed" ? "bad" : ""))));
    const cover = got.cover.map(one => element("p", { class: one.after > one.before ? "bad" : "" }, say(says.cover_change, { level: one.name, before: number(one.before), after: number(one.after) })));
    return [got.changes ? "" : element("p", {}, says.same), ...roles, ...cover, listed(says.rejected, got.rejected, "bad"), listed(says.faulty, got.faults, "bad")].filter(Boolean);
  }

  form.addEventListener("submit", event => { event.preventDefault(); run({}); });
  take.addEventListener("click", () => run({ take: "1", seen }));
}
