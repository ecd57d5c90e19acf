// The panel of layers: what stands here is what the map shows, and the other way round.
import * as map from "./map.js";

export function layers() {
  const panel = document.getElementById("layers");
  if (!panel) return;
  const boxes = [...panel.querySelectorAll("[data-layer]")], fills = [...panel.querySelectorAll("[name=fill]")];
  for (const box of boxes) box.addEventListener("change", () => map.setLayer(box.dataset.layer, box.checked));
  for (const fill of fills) fill.addEventListener("change", () => map.setFill(fill.value));
  const follow = () => {
    const { on, fill } = window.geogrid.state();
    for (const box of boxes) if (!box.dataset.layer.includes(":")) box.checked = on.includes(box.dataset.layer);
    for (const one of fills) one.checked = one.value === fill;
  };
  map.on("ready", follow);
  map.on("layer", follow);
  document.addEventListener("click", event => { if (panel.open && !panel.contains(event.target)) panel.open = false; });
  panel.addEventListener("keydown", event => { if (event.key === "Escape") { panel.open = false; panel.querySelector("summary").focus(); event.stopPropagation(); } });
}
