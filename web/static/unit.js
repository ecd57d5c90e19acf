// A unit's page: rows and blocks light up on the map, the map's units open their page.
import { card } from "./card.js";
import * as map from "./map.js";

export function unit(page) {
  for (const mark of document.querySelectorAll("[data-code]")) {
    mark.addEventListener("mouseenter", () => map.highlight(mark.dataset.level, mark.dataset.code));
    mark.addEventListener("mouseleave", () => map.highlight(null, null));
    mark.addEventListener("focusin", () => map.highlight(mark.dataset.level, mark.dataset.code));
  }
  map.on("select", other => {
    for (const row of document.querySelectorAll("tr[data-code][aria-selected]")) row.removeAttribute("aria-selected");
    if (!other?.code || other.code === page.code) { card(page, "", ""); return; }
    document.querySelector(`tr[data-code="${CSS.escape(other.code)}"]`)?.setAttribute("aria-selected", "true");
    card(page, other.level, other.code);
  });
  document.addEventListener("keydown", event => { if (event.key === "Escape") document.getElementById("card").hidden = true; });
}
