// One screen: the overview's lines come without holding up the page; what takes long (who is reached, what is seen) is asked for when the map is there.
import { ask as asking } from "./ask.js";
import { byId, dataLink, element } from "./dom.js";
import * as map from "./map.js";

const SIGNS = { bad: "◆", good: "✓" }, PATIENCE = 400;

export function screen(page) {
  const list = byId("screen");
  if (!list) return;
  const lines = new Map([...list.querySelectorAll("a")].map(line => [line.dataset.row, line]));
  let left = PATIENCE;

  async function ask(reach) {
    let told;
    try {
      told = await asking(page, dataLink(page.screen, { reach }, page));
    } catch (error) {
      for (const line of lines.values()) if (line.dataset.state === "waiting") show(line, { state: "", figure: "–", words: "" });
      return;
    }
    for (const row of told.rows) if (lines.has(row.key)) show(lines.get(row.key), row);
    list.setAttribute("aria-busy", String(told.rows.some(row => row.state === "waiting")));
    if (reach && left-- > 0 && told.rows.some(row => row.state === "waiting")) setTimeout(() => ask("1"), left > PATIENCE - 10 ? 1000 : 3000);
  }

  function show(line, row) {
    line.dataset.state = row.state;
    line.querySelector(".sign").textContent = SIGNS[row.state] || "";
    if (row.count) line.querySelector(".count").textContent = row.count;
    if (row.href) line.href = row.href;
    if (row.state !== "waiting") line.querySelector(".said").replaceChildren(element("b", {}, row.figure), row.words ? " " + row.words : "");
  }

  ask("");
  map.on("ready", () => setTimeout(() => ask("1"), 1500));
}
