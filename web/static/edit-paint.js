// Paints the plan: units by hue, who has none, buildings, cells dashed close up, and borders by level; all of it from cells and who owns them.
import { bordersOf } from "./edit-borders.js";
import { pattern, stroke, traceLine, traceRings } from "./edit-canvas.js";
import { boxOf, project } from "./edit-ground.js";

const { geogrid } = window;
const LOOK = geogrid.LOOK, FILL = 0.3, CELL_ZOOM = 16.5, BUILDING_ZOOM = 15.5, FINE_ZOOM = 15, CELL_RANK = 99;
const WIDTH_ZOOMS = [12, 15.5, 18, 19];

export class Plan {
  // `levels`: {id, far, near} of each level, line widths in pixels on the whole district and close up.
  constructor(model, levels) {
    this.model = model;
    this.widths = model.units.levels.map(level => levels.find(known => known.id === level.id) || { far: 0.4, near: 1.2 });
    this.buildings = model.buildings.map(building => ({ rings: project(building.rings), id: building.id })).map(each => ({ ...each, box: boxOf(each.rings) }));
    this.reground();
  }

  // After a cut: borders anew.
  reground() {
    this.borders = bordersOf(this.model.ground);
    this.ofCell = Array.from({ length: this.model.ground.size }, () => []);
    this.borders.forEach((border, i) => { for (const cell of [border.a, border.b]) if (cell >= 0) this.ofCell[cell].push(i); });
    this.seen = new Int32Array(this.borders.length);
    this.turn = 0;
    this.rerank();
  }

  // After a change: which level's border each is.
  rerank() { this.ranks = this.borders.map(border => this.#rank(border)); }

  #rank({ a, b }) {
    const { units } = this.model;
    for (let level = 0; level < units.levels.length; level++) {
      const own = units.cellOwner(a, level);
      if (b < 0 ? own >= 0 && !units.get(own).part : own !== units.cellOwner(b, level) || own < -1) return level;
    }
    return CELL_RANK;
  }

  // Rows of the borders round some cells, each once.
  bordersOfCells(cells) {
    const found = [], turn = ++this.turn;
    for (const cell of cells) for (const row of this.ofCell[cell]) if (this.seen[row] !== turn) { this.seen[row] = turn; found.push(row); }
    return found;
  }

  // Lines round a set of cells: borders that have one of them on one side only.
  outline(cells) {
    const inside = cells instanceof Set ? cells : new Set(cells);
    return this.bordersOfCells(inside).map(row => this.borders[row]).filter(border => inside.has(border.a) !== inside.has(border.b)).map(border => border.line);
  }

  paint(c, frame, box) {
    const cells = this.model.places.near(box);
    this.#fill(c, frame, cells);
    if (frame.zoom >= BUILDING_ZOOM) this.#built(c, frame, box);
    this.#lines(c, frame, cells);
    this.#beyond(c, frame, box);
  }

  #fill(c, frame, cells) {
    const { units, ground, depth } = this.model, groups = new Map();
    for (const cell of cells) {
      const own = units.cellOwner(cell, depth), key = own >= 0 ? units.get(own).hue : own === -1 ? "none" : "mixed:" + stackHues(units, cell, depth);
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(cell);
    }
    for (const [key, same] of groups) {
      c.beginPath();
      for (const cell of same) traceRings(c, ground.rings[cell], frame);
      c.globalAlpha = typeof key === "number" ? FILL : key === "none" ? 0.9 : FILL + 0.08;
      c.fillStyle = typeof key === "number" ? LOOK.hues[key] : key === "none" ? nobody(frame.density) : bands(key, frame.density);
      c.fill("evenodd");
      c.globalAlpha = 1;
    }
  }

  #built(c, frame, box) {
    const near = this.buildings.filter(each => each.box[0] <= box[2] && each.box[2] >= box[0] && each.box[1] <= box[3] && each.box[3] >= box[1]);
    c.beginPath();
    for (const each of near) traceRings(c, each.rings, frame);
    c.fillStyle = LOOK.building;
    c.globalAlpha = 0.8;
    c.fill("evenodd");
    c.globalAlpha = 1;
    c.strokeStyle = LOOK.buildingLine;
    c.lineWidth = 0.8;
    c.stroke();
  }

  #lines(c, frame, cells) {
    const byRank = new Map();
    for (const row of this.bordersOfCells(cells)) {
      const rank = this.ranks[row];
      if (!byRank.has(rank)) byRank.set(rank, []);
      byRank.get(rank).push(this.borders[row].line);
    }
    for (const rank of [...byRank.keys()].sort((a, b) => b - a)) {
      const lines = byRank.get(rank), trace = () => { for (const line of lines) traceLine(c, line, frame); };
      if (rank === CELL_RANK) {
        if (frame.zoom >= CELL_ZOOM) stroke(c, trace, [["#6f6a5e", 0.8]], [3, 2]);
      } else if (rank <= this.model.depth || frame.zoom >= FINE_ZOOM) stroke(c, trace, [this.#look(rank, frame.zoom)]);
    }
  }

  // The edited level and those above it in ink, those below it fainter.
  #look(rank, zoom) {
    const { far, near } = this.widths[rank], width = geogrid.along(WIDTH_ZOOMS, [far, near, near, near * 1.5], zoom);
    return rank > this.model.depth ? ["#857e6f", Math.max(0.7, width)] : [LOOK.ink, rank === this.model.depth ? Math.max(width, 1.3) : Math.max(width, 2.2)];
  }

  // Units that go on beyond this area: their outlines, faint.
  #beyond(c, frame, box) {
    const { units, outlines } = this.model;
    for (const unit of units.live()) {
      if (!unit.part || !outlines[unit.code]) continue;
      unit.outline = unit.outlineOf === outlines[unit.code] ? unit.outline : project((unit.outlineOf = outlines[unit.code]));
      const [west, north, east, south] = boxOf(unit.outline), isSeen = west <= box[2] && east >= box[0] && north <= box[3] && south >= box[1];
      if (isSeen) stroke(c, () => traceRings(c, unit.outline, frame), [["#57534a", this.widths[unit.level].far + 0.5]]);
    }
  }
}

function stackHues(units, cell, level) {
  return units.ownersOf(cell, level).map(row => (row >= 0 ? units.get(row).hue : -1)).slice(0, 4).join(",");
}

// Floors that belong to several units: bands of their hues, one above the other.
function bands(key, density) {
  const hues = key.slice(6).split(",").map(Number);
  return pattern(key, 5 * hues.length, density, (c, side) => {
    hues.forEach((hue, i) => {
      c.fillStyle = hue >= 0 ? LOOK.hues[hue] : "#ffffff";
      c.fillRect(0, Math.round((i * side) / hues.length), side, Math.ceil(side / hues.length));
    });
  });
}

// Nobody's: white with crosses.
function nobody(density) {
  return pattern("nobody", 12, density, (c, side, k) => {
    c.fillStyle = "#ffffff";
    c.fillRect(0, 0, side, side);
    c.strokeStyle = "#4b5661";
    c.lineWidth = 1.2 * k;
    c.beginPath();
    c.moveTo(side / 2 - 2.5 * k, side / 2);
    c.lineTo(side / 2 + 2.5 * k, side / 2);
    c.moveTo(side / 2, side / 2 - 2.5 * k);
    c.lineTo(side / 2, side / 2 + 2.5 * k);
    c.stroke();
  });
}
