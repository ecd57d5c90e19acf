// Which notices shall be printed? The table's filters choose the units; a click shows the sheet; a download tells how far it is.
import { answer } from "./ask.js";
import { byId, element, link, number, say } from "./dom.js";
import * as map from "./map.js";
import { unitsTable } from "./units.js";

function sheets(page) {
  const { urls, says, paper_of } = page.sheets, kind = byId("sheet-kind"), paper = byId("sheet-paper"), lang = byId("sheet-lang"), form = byId("sheet-form");
  const said = byId("sheets-said"), bar = byId("sheets-progress"), button = byId("sheets-get"), card = byId("card");
  let chosen = null, data = null;
  const wanted = () => ({ kind: kind.value, paper: paper.value, sheet_lang: lang.value });

  const table = unitsTable(page, {
    columns: got => got.columns,
    sort: () => null,
    onData: got => { data = got; },
    tell: (level, code) => { chosen = code ? { level, code } : null; show(); },
  });

  // The sheet of what is selected, small, with the way to it.
  function show() {
    card.classList.toggle("sheet-card", Boolean(chosen));
    card.hidden = !chosen;
    if (!chosen) return;
    const { level, code } = chosen, at = data?.level === level ? data.codes.indexOf(code) : -1, name = at < 0 ? code : data.labels[at];
    const close = element("button", { type: "button", class: "close", "aria-label": says.close }, "✕"), asked = { ...wanted(), level };
    close.addEventListener("click", () => map.select(null, null));
    const picture = element("img", { src: link(`${urls.unit}${encodeURIComponent(code)}/preview.png`, { ...asked, small: 1 }, page), alt: say(says.preview, { name }), width: 700, height: 495 });
    picture.addEventListener("error", () => picture.replaceWith(element("p", { class: "note" }, says.failed)));
    card.replaceChildren(
      element("div", { class: "card-head" }, element("h2", {}, name), close), picture,
      element("div", { class: "card-foot" }, element("a", { class: "button primary", href: link(urls.unit + encodeURIComponent(code), asked, page) }, says.open), element("span", { class: "code" }, code)));
  }

  async function get() {
    const one = form.value === "pdf", values = table.values, key = crypto.getRandomValues(new Uint32Array(3)).join("");
    const filters = { level: values.level, status: values.status, q: values.q, parent: values.parent };
    const address = link(urls.download + (one ? "pdf" : "zip"), { ...wanted(), ...filters, format: form.value === "png" ? "png" : "pdf", key }, page);
    button.disabled = true;
    said.textContent = says.begin;
    bar.hidden = false;
    bar.removeAttribute("value");
    const watch = setInterval(() => tell(key), 700);
    try {
      const got = await answer(page, address);
      const name = decodeURIComponent(got.headers.get("Content-Disposition").split("filename*=UTF-8''")[1]), held = URL.createObjectURL(await got.blob());
      const file = element("a", { href: held, download: name });
      document.body.append(file);
      file.click();
      file.remove();
      setTimeout(() => URL.revokeObjectURL(held), 60000);
      said.textContent = says.done;
    } catch (error) {
      said.textContent = `${says.failed} ${error.message}`;
    }
    clearInterval(watch);
    bar.hidden = true;
    button.disabled = false;
  }

  async function tell(key) {
    const told = await fetch(`${urls.progress}${key}.json`).catch(() => null), at = told?.ok ? await told.json() : { n: 0 };
    if (!at.n || !button.disabled) return;
    bar.max = at.n;
    bar.value = at.done;
    said.textContent = say(says.working, { done: number(at.done), n: number(at.n) });
  }

  kind.addEventListener("change", () => { paper.value = paper_of[kind.value]; show(); });
  for (const field of [paper, lang]) field.addEventListener("change", show);
  byId("sheets-ask").addEventListener("submit", event => event.preventDefault());
  button.addEventListener("click", get);
}

const block = document.getElementById("page-data");
if (block) sheets(JSON.parse(block.textContent));
