// What else is asked of stations: one a unit, every community reached, all five directions, the way from hub to spokes; each in words, with its places.
import { element, say } from "./dom.js";
import * as map from "./map.js";

export function checks(page, chosen) {
  const place = document.getElementById("checks");
  if (!page.reach.checks) return () => {};
  const open = element("details", {}), head = element("summary", {}, element("span", {}, page.words.checks)), list = element("ul", {});
  open.append(head, list);
  place.replaceChildren(open);
  place.hidden = false;
  let shown = "";

  async function fill() {
    const key = chosen.values.kind + " " + chosen.values.minutes;
    if (!open.open || shown === key) return;
    shown = key;
    list.replaceChildren(element("li", {}, page.words.computing));
    try {
      const { body } = await chosen.ask("checks", { kind: chosen.values.kind, minutes: chosen.values.minutes });
      if (key === shown) list.replaceChildren(...body.checks.map(one => row(one)));
    } catch (error) {
      shown = "";
      list.replaceChildren(element("li", {}, error.message));
    }
  }

  function row(one) {
    const sign = element("span", { class: "sign " + (one.is_fine ? "good" : "warning"), "aria-hidden": "true" }, one.is_fine ? "✓" : "▲");
    const places = element("span", { class: "places" });
    one.units.forEach((unit, i) => {
      const button = element("button", { type: "button" }, unit.name);
      button.addEventListener("click", () => map.select(unit.level, unit.code, { zoom: true }));
      places.append(element("span", {}, button, i < one.units.length - 1 ? page.words.comma : ""));
    });
    return element("li", {}, sign, one.text, one.units.length ? page.words.colon : "", places, one.more ? say(page.words.others, { n: one.more }) : "");
  }

  open.addEventListener("toggle", fill);
  return fill;
}
