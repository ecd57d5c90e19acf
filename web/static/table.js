// A table of any length: only the rows in sight are in the page. It sorts, filters, and tells which row is chosen or under the pointer.
import { element, number, SIGNS } from "./dom.js";

const ROOM = 12, ON_PAPER = 500;

export class Table {
  constructor(scroll, { words, onChoose, onHover, onOpen, onCount }) {
    Object.assign(this, { scroll, words, onChoose, onHover, onOpen, onCount, order: [], chosen: "", sort: null, data: null, columns: [] });
    this.table = scroll.querySelector("table");
    this.head = this.table.tHead;
    this.body = this.table.tBodies[0];
    this.empty = document.getElementById("empty");
    scroll.addEventListener("scroll", () => this.draw(), { passive: true });
    scroll.addEventListener("keydown", event => this.key(event));
    new ResizeObserver(() => this.draw(true)).observe(scroll);
    addEventListener("beforeprint", () => this.lay());
    addEventListener("afterprint", () => this.fetch());
  }

  // Lay the table out on paper, below the answer and the map: all rows that pass the filters, so many that somebody reads them.
  lay() {
    if (!this.data || this.paper) return;
    const more = this.order.length - ON_PAPER, note = more > 0 ? element("p", { class: "note" }, this.words.not_on_paper.replace("{n}", number(more))) : "";
    Object.assign(this, { paper: element("section", { class: "paper" }, note), home: this.scroll.parentNode, beside: this.scroll.nextSibling, top: this.scroll.scrollTop });
    document.querySelector("main").append(this.paper);
    this.paper.append(this.scroll);
    this.drawHead();
    this.draw(true);
  }

  fetch() {
    if (!this.paper) return;
    this.home.insertBefore(this.scroll, this.beside);
    this.paper.remove();
    this.paper = null;
    this.drawHead();
    this.draw(true);
    this.scroll.scrollTop = this.top;
  }

  // Show data (as /data/…/tables answers); `columns` are those to draw, `sort` is [key, descending].
  show(data, columns, sort) {
    Object.assign(this, { data, columns, sort });
    const count = new Map();
    for (const label of data.labels) count.set(label, (count.get(label) || 0) + 1);
    this.twice = data.labels.map(label => count.get(label) > 1);
    this.drawHead();
    this.arrange();
  }

  // Keep the rows that `test(i)` is true for.
  filter(test) {
    this.test = test;
    if (this.data) this.arrange();
  }

  value(key, i) {
    return key === "name" ? this.data.labels[i] : this.data.values[key]?.[i];
  }

  arrange() {
    const rows = [];
    for (let i = 0; i < this.data.codes.length; i++) if (!this.test || this.test(i)) rows.push(i);
    const [key, down] = this.sort || [];
    if (key) {
      const way = down ? -1 : 1, values = key === "name" ? null : this.data.values[key];
      const compare = values && typeof values[0] !== "string" ? (a, b) => values[a] - values[b] : (a, b) => String(this.value(key, a)).localeCompare(String(this.value(key, b)), "zh", { numeric: true });
      rows.sort((a, b) => way * compare(a, b) || a - b);
    }
    this.order = rows;
    this.onCount?.(rows.length, this.data.codes.length);
    this.table.setAttribute("aria-rowcount", rows.length + 1);
    this.empty.hidden = rows.length > 0;
    this.empty.textContent = rows.length ? "" : this.data.codes.length ? this.words.none_fits : this.words.no_units;
    this.draw(true);
  }

  drawHead() {
    const row = element("tr", { "aria-rowindex": 1 });
    for (const column of this.columns) {
      const [key, down] = this.sort || [], here = key === column.key;
      const button = element("button", { type: "button" }, column.title, here ? element("span", { "aria-hidden": "true" }, down ? " ↓" : " ↑") : "");
      button.addEventListener("click", () => {
        this.sort = here ? [key, !down] : [column.key, column.kind === "number"];
        this.drawHead();
        this.arrange();
        this.head.querySelectorAll("button")[this.columns.indexOf(column)].focus();
      });
      row.append(element("th", { scope: "col", class: column.kind === "number" ? "n" : null, "aria-sort": here ? (down ? "descending" : "ascending") : null }, this.paper ? button.textContent : button)); // a head that is repeated on each page shows no buttons
    }
    this.head.replaceChildren(row);
  }

  draw(anew = false) {
    if (!this.data) return;
    const height = this.rowHeight(), first = this.paper ? 0 : Math.max(0, Math.floor(this.scroll.scrollTop / height) - ROOM);
    const last = Math.min(this.order.length, this.paper ? ON_PAPER : first + Math.ceil(this.scroll.clientHeight / height) + 2 * ROOM);
    if (!anew && first === this.first && last === this.last) return;
    Object.assign(this, { first, last });
    const rows = [this.spacer(first * height)];
    for (let at = first; at < last; at++) rows.push(this.row(at));
    if (!this.paper) rows.push(this.spacer((this.order.length - last) * height));
    this.body.replaceChildren(...rows);
  }

  rowHeight() {
    return parseFloat(getComputedStyle(document.documentElement).fontSize) * 1.9375;
  }

  spacer(height) {
    const row = element("tr", { class: "spacer", "aria-hidden": "true" }, element("td", { colspan: this.columns.length }));
    row.firstChild.style.height = height + "px";
    return row;
  }

  row(at) {
    const i = this.order[at], code = this.data.codes[i], row = element("tr", { "aria-rowindex": at + 2, "data-code": code, "aria-selected": code === this.chosen ? "true" : null });
    for (const column of this.columns) row.append(this.cell(column, i));
    row.addEventListener("click", () => code === this.chosen && !matchMedia("(hover: none)").matches ? this.onOpen?.(code) : this.choose(code, true));
    row.addEventListener("mouseenter", () => this.onHover?.(code));
    row.addEventListener("mouseleave", () => this.onHover?.(null));
    return row;
  }

  cell(column, i) {
    if (column.key === "name") {
      const above = this.twice[i] && this.data.above[i] ? element("span", { class: "note" }, this.data.above[i] + " ") : "";
      const name = above ? this.data.shorts[i] : this.data.labels[i];
      return element("td", { class: "name", title: `${this.data.above[i] ? this.data.above[i] + " · " : ""}${this.data.labels[i]} · ${this.data.codes[i]}` }, above, name);
    }
    const value = this.value(column.key, i), status = column.key === "households" ? this.data.status[i] : "";
    const sign = status === "above" || status === "below" ? element("span", { class: "sign " + status, title: this.words[status] }, SIGNS[status] + " ") : "";
    const zero = column.none && value === 0 ? "none" : "";
    return element("td", { class: (column.kind === "number" ? "n " : "") + zero }, sign, column.show ? column.show(value, this.data, i) : column.kind === "number" ? number(value) : value);
  }

  // Choose a row; `told` says that the reader did it here, so the map must follow.
  choose(code, told = false) {
    this.chosen = code;
    const at = this.order.findIndex(i => this.data.codes[i] === code), height = this.rowHeight();
    if (at >= 0 && (at * height < this.scroll.scrollTop || (at + 2) * height > this.scroll.scrollTop + this.scroll.clientHeight)) this.scroll.scrollTop = Math.max(0, (at - 2) * height);
    this.draw(true);
    if (told) this.onChoose?.(code);
  }

  key(event) {
    if (event.target.closest("button")) return;
    const at = this.order.findIndex(i => this.data.codes[i] === this.chosen);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: this.order.length - 1, PageDown: at + 10, PageUp: at - 10 }[event.key];
    if (next !== undefined && this.order.length) {
      this.choose(this.data.codes[this.order[Math.max(0, Math.min(this.order.length - 1, next))]], true);
      event.preventDefault();
    }
    if (event.key === "Enter" && at >= 0) this.onOpen?.(this.chosen);
  }
}
