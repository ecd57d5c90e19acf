// A tree of any size: only what is open is in the page. Arrow keys move, open and close; one node is chosen, others may be marked.
import { element, number, say } from "./dom.js";

const MOST = 200;

export class TreeView {
  // `source`: roots() and children(key) give keys, label(key) { text, note, title, lacks }; parent(key). `onChoose(key)` is told of a choice by hand.
  constructor(root, source, { says, onChoose }) {
    Object.assign(this, { root, source, says, onChoose, open: new Set(), shown: new Map(), chosen: null, marked: new Set(), nodes: new Map(), at: null });
    root.addEventListener("keydown", event => this.key(event));
    root.setAttribute("aria-busy", "false");
    this.draw();
  }

  draw() {
    this.nodes.clear();
    this.root.replaceChildren(...this.items("", this.source.roots()));
    const first = this.nodes.get(this.at) || this.nodes.get(this.chosen) || this.root.querySelector("[role=treeitem]");
    if (first) first.tabIndex = 0;
  }

  items(above, keys) {
    const most = this.shown.get(above) || MOST, made = keys.slice(0, most).map(key => this.item(key));
    if (keys.length > most) {
      const more = element("button", { type: "button", class: "org-more" }, say(this.says.more, { n: number(keys.length - most) }));
      more.addEventListener("click", () => { this.shown.set(above, most + 5 * MOST); this.draw(); });
      made.push(element("li", { role: "none" }, more));
    }
    return made;
  }

  item(key) {
    const { text, note, title, lacks } = this.source.label(key), below = this.source.children(key), isOpen = this.open.has(key);
    const twist = element("span", { class: "org-twist", "aria-hidden": "true" }, below.length ? (isOpen ? "▾" : "▸") : "");
    const label = element("span", { class: "org-label", title: title || text }, lacks ? element("span", { class: "status above" }, "▲ ") : "", text);
    const row = element("div", { class: "org-row" }, twist, label, note ? element("span", { class: "note" }, note) : "");
    const made = element("li", { role: "treeitem", tabindex: "-1", "aria-expanded": below.length ? String(isOpen) : null, "aria-selected": String(key === this.chosen), class: this.marked.has(key) ? "marked" : null }, row);
    if (below.length && isOpen) made.append(element("ul", { role: "group" }, ...this.items(key, below)));
    twist.addEventListener("click", event => { event.stopPropagation(); if (below.length) this.turn(key, !isOpen); });
    row.addEventListener("click", () => this.choose(key, true));
    made.dataset.key = key;
    this.nodes.set(key, made);
    return made;
  }

  turn(key, isOpen) {
    isOpen ? this.open.add(key) : this.open.delete(key);
    this.at = key;
    const had = this.root.contains(document.activeElement);
    this.draw();
    if (had) this.nodes.get(key)?.focus();
  }

  // Choose a node; `told`: by hand, so who listens must follow.
  choose(key, told = false) {
    this.chosen = key;
    this.at = key;
    this.marked = new Set();
    if (key !== null) this.reveal([key]);
    const had = this.root.contains(document.activeElement);
    this.draw();
    this.settle();
    if (had) this.nodes.get(key)?.focus();
    if (told) this.onChoose(key);
  }

  // Mark nodes and open the way to the first of them.
  mark(keys) {
    this.chosen = null;
    this.marked = new Set(keys);
    this.reveal(keys.slice(0, 40));
    this.draw();
    this.settle();
  }

  // Bring what is chosen or marked into view again, after the page has moved.
  settle() {
    const key = this.chosen ?? [...this.marked][0];
    if (key !== undefined) this.nodes.get(key)?.firstChild.scrollIntoView({ block: "nearest" });
  }

  reveal(keys) {
    for (const key of keys) {
      let below = key, above = this.source.parent(key);
      while (above !== null) {
        this.open.add(above);
        this.show(above, below);
        [below, above] = [above, this.source.parent(above)];
      }
      this.show("", below);
    }
  }

  show(above, key) {
    const at = (above === "" ? this.source.roots() : this.source.children(above)).indexOf(key);
    if (at >= (this.shown.get(above) || MOST)) this.shown.set(above, at + MOST);
  }

  key(event) {
    const here = event.target.closest("[role=treeitem]");
    if (!here || event.target.closest("button")) return;
    const key = [...this.nodes.keys()].find(each => this.nodes.get(each) === here), all = [...this.root.querySelectorAll("[role=treeitem]")], at = all.indexOf(here);
    const below = this.source.children(key), isOpen = this.open.has(key);
    const go = node => { if (node) { here.tabIndex = -1; node.tabIndex = 0; node.focus(); } };
    if (event.key === "ArrowDown") go(all[at + 1]);
    else if (event.key === "ArrowUp") go(all[at - 1]);
    else if (event.key === "Home") go(all[0]);
    else if (event.key === "End") go(all[all.length - 1]);
    else if (event.key === "ArrowRight" && below.length) isOpen ? go(all[at + 1]) : this.turn(key, true);
    else if (event.key === "ArrowLeft") isOpen && below.length ? this.turn(key, false) : go(this.nodes.get(this.source.parent(key)));
    else if (event.key === "Enter" || event.key === " ") this.choose(key, true);
    else return;
    event.preventDefault();
  }
}

// The tree of units: keys are `level code`.
export function unitSource(units, says) {
  const keyOf = (level, code) => `${level} ${code}`, roots = [], below = new Map(), above = new Map(), labels = new Map();
  units.forEach((level, depth) => level.codes.forEach((code, i) => {
    const key = keyOf(level.level, code), upper = depth && level.parents[i] >= 0 ? keyOf(units[depth - 1].level, units[depth - 1].codes[level.parents[i]]) : null;
    labels.set(key, { text: level.labels[i], note: level.n[i] ? number(level.n[i]) : "", title: `${level.labels[i]} · ${code} · ${say(says.n_here, { n: number(level.n[i]) })}`, lacks: level.without[i] });
    above.set(key, upper);
    if (upper === null) roots.push(key);
    else below.has(upper) ? below.get(upper).push(key) : below.set(upper, [key]);
  }));
  return { roots: () => roots, children: key => below.get(key) || [], label: key => labels.get(key), parent: key => above.get(key) ?? null, has: key => labels.has(key) };
}

// The tree of organisations: keys are their ids.
export function bodySource(bodies, says) {
  const { ids, names, kinds, depths, below: n, words } = bodies, roots = [], below = new Map(), above = new Map(), rows = new Map(), way = [];
  ids.forEach((id, i) => {
    rows.set(id, i);
    way[depths[i]] = id;
    const upper = depths[i] ? way[depths[i] - 1] : null;
    above.set(id, upper);
    if (upper === null) roots.push(id);
    else below.has(upper) ? below.get(upper).push(id) : below.set(upper, [id]);
  });
  const label = id => { const i = rows.get(id), kind = words[kinds[i]]; return { text: names[i] || id, note: n[i] ? number(n[i]) : "", title: `${names[i] || id} · ${kind} · ${id}${n[i] ? " · " + say(says.below, { n: number(n[i]) }) : ""}` }; };
  return { roots: () => roots, children: id => below.get(id) || [], label, parent: id => above.get(id) ?? null, has: id => rows.has(id) };
}
