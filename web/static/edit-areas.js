// Where to work: a list, a search, or a click on the map. The choice stands in the address.
import * as map from "./map.js";

export class Areas {
  constructor(desk, choose) {
    Object.assign(this, { desk, choose, section: document.getElementById("areas"), button: document.getElementById("area-button"), name: document.getElementById("area-name") });
    this.links = [...document.querySelectorAll("#area-list a")];
    this.button.disabled = !this.links.length;
    this.button.addEventListener("click", () => (this.isOpen ? this.close() : this.open()));
    for (const link of this.links) link.addEventListener("click", event => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      choose(link.dataset.code);
    });
    document.addEventListener("geogrid:choose", event => choose(this.#named(event.detail.level, event.detail.code)));
    document.addEventListener("keydown", event => { if (event.key === "Escape" && this.isOpen && this.section.contains(event.target) && desk.model) this.close(); });
    if (!desk.unit) {
      const level = desk.told.area_level || desk.level;
      map.setLayer("u:" + level, true);
      map.setLevel(level);
      map.setFill("identity");
      map.on("select", chosen => { if (chosen?.code && chosen.by === "map" && !desk.model) choose(this.#named(level, chosen.code)); });
    }
  }

  // What the address calls a unit: levels may share codes, then the level stands before it.
  #named(level, code) { return this.links.some(link => link.dataset.code === code) ? code : `${level}:${code}`; }

  get isOpen() { return !this.section.hidden; }

  open() {
    if (!this.links.length) return;
    this.#show(true);
    document.getElementById("search")?.focus();
  }

  close() {
    this.#show(false);
    this.button.focus();
  }

  #show(on) {
    this.section.hidden = !on;
    document.getElementById("desk").hidden = on || !this.desk.model;
    this.button.setAttribute("aria-expanded", String(on));
  }

  // The area was opened: its name stands on the button.
  opened(code) {
    for (const link of this.links) {
      const here = link.dataset.code === code;
      link.toggleAttribute("aria-current", here);
      if (here) { link.setAttribute("aria-current", "true"); this.name.textContent = link.firstElementChild.textContent; }
    }
    if (!this.links.length) this.name.textContent = this.desk.say("all_areas");
    this.#show(false);
  }
}
