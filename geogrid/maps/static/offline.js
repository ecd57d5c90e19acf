/* Ties the table beside an offline map to the map: a row selects its unit, a selected unit marks its row. */
"use strict";
(function (geogrid) {
  const row = (code) => (code ? document.querySelector('tr[data-code="' + CSS.escape(code) + '"]') : null);
  document.addEventListener("click", (event) => {
    const chosen = event.target.closest("tr[data-code]");
    if (!chosen || event.target.closest("a")) return;
    geogrid.select(chosen.closest("table").dataset.level, chosen.dataset.code, { zoom: true });
  });
  document.addEventListener("mouseover", (event) => {
    const chosen = event.target.closest("tr[data-code]");
    if (chosen) geogrid.highlight(chosen.closest("table").dataset.level, chosen.dataset.code);
  });
  geogrid.on("select", (unit) => {
    for (const old of document.querySelectorAll("tr.chosen")) old.classList.remove("chosen");
    const found = row(unit.code);
    if (!found) return;
    found.classList.add("chosen");
    if (unit.by === "map") found.scrollIntoView({ block: "nearest" });
  });
})(window.geogrid);
