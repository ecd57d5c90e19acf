/* A page on reach that opens from disk: its switches choose a view, which has an answer, a table of units with their tint, and what the map draws. */
"use strict";
(function (geogrid) {
  const given = JSON.parse(document.getElementById("reach").textContent), chosen = given.first.split("|");

  /* Whole degrees and minutes are small on the page: places as they are needed, once. */
  function begin() {
    if (given.homes) geogrid.served.homes(given.homes);
    if (given.seen) geogrid.seen.show(given.seen);
    show();
  }

  function show() {
    const view = given.views[chosen.join("|")];
    document.getElementById("answer").textContent = view.answer;
    for (const button of document.querySelectorAll("button[data-key]")) button.setAttribute("aria-pressed", String(chosen[+button.dataset.group] === button.dataset.key));
    table(view.rows);
    geogrid.setMeasure(given.level, { codes: view.rows.map((row) => row[0]), shares: view.shares, steps: given.steps, hue: given.hue, text: view.rows.map((row) => row[2]) });
    if (view.walks !== undefined) {
      geogrid.served.walks({ minutes: given.walks[view.walks].minutes, station: given.walks[view.walks].station, names: given.names });
      geogrid.served.limit(view.limit);
    }
    if (view.kind !== undefined) for (const kind of geogrid.settings.kinds.stations) geogrid.setLayer("stations:" + kind.id, kind.id === view.kind);
  }

  function table(rows) {
    const body = document.getElementById("units");
    body.replaceChildren();
    for (const row of rows) {
      const line = body.insertRow();
      line.dataset.code = row[0];
      row.slice(1).forEach((text, i) => {
        const cell = line.insertCell();
        if (i) return void (cell.textContent = text);
        const button = cell.appendChild(document.createElement("button"));
        button.type = "button";
        button.textContent = text;
      });
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-key]");
    if (!button) return;
    chosen[+button.dataset.group] = button.dataset.key;
    show();
  });
  geogrid.on("ready", begin);
})(window.geogrid);
