// What is about to happen, over the plan: the selection hatched over the hue of its target, an arrow to it, what is hovered, and what a tool draws.
import { pattern, stroke, traceLine, traceRings } from "./edit-canvas.js";

const LOOK = window.geogrid.LOOK, ACCENT = "#17324d", NEAR_ZOOM = 16.5; // farther away the selection's line is thinner, or it would hide what it is round

export class Marks {
  constructor(model, plan) { Object.assign(this, { model, plan, shown: null, flashed: null }); }

  // The selection, and what a proposal would move.
  paint(c, frame) {
    const { model } = this, { selection, target } = model;
    this.#veil(c, frame);
    if (this.shown) for (const { cells, hue } of this.shown.moves) this.#hatch(c, frame, cells, hue, cells);
    if (this.shown && this.shown.line) stroke(c, () => traceLine(c, this.shown.line, frame), [["#ffffff", 6], [ACCENT, 2.5]], [8, 5]);
    if (target >= 0) this.#target(c, frame, target);
    if (selection.size) {
      const cells = model.selectedCells(), whole = cells.filter(cell => model.ground.atomsIn(cell).every(atom => selection.has(atom)));
      this.#hatch(c, frame, cells, target >= 0 ? model.units.get(target).hue : null, whole);
      if (target >= 0) this.#arrow(c, frame, cells, target);
    }
    if (this.flashed) stroke(c, () => this.#traceOutline(c, this.flashed, frame), [["#ffffff", 9], [LOOK.aboveMark, 4]]);
  }

  // Cells whole in the selection get dense lines, those of which only floors are selected wide ones.
  #hatch(c, frame, cells, hue, whole) {
    const full = new Set(whole);
    c.beginPath();
    for (const cell of cells) traceRings(c, this.model.ground.rings[cell], frame);
    c.fillStyle = hue === null ? "#ffffff" : LOOK.hues[hue];
    c.globalAlpha = hue === null ? 0.45 : 0.55;
    c.fill("evenodd");
    c.globalAlpha = 1;
    for (const [kind, same] of [["dense", cells.filter(cell => full.has(cell))], ["wide", cells.filter(cell => !full.has(cell))]]) {
      if (!same.length) continue;
      c.beginPath();
      for (const cell of same) traceRings(c, this.model.ground.rings[cell], frame);
      c.fillStyle = hatch(kind, frame.density);
      c.fill("evenodd");
    }
    stroke(c, () => this.#traceOutline(c, cells, frame), frame.zoom >= NEAR_ZOOM ? [["#ffffff", 7], ["#111111", 3]] : [["#ffffff", 4.5], ["#111111", 2.2]]);
  }

  // What can not be selected stands back: locked units, and all but the source where there is one.
  #veil(c, frame) {
    const { model } = this, { ground } = model;
    if (!model.locked.size && model.source < 0) return;
    c.beginPath();
    for (const cell of model.places.near(frame.box)) if (!ground.atomsIn(cell).some(atom => model.isFree(atom))) traceRings(c, ground.rings[cell], frame);
    c.fillStyle = "rgba(247, 245, 240, 0.62)";
    c.fill("evenodd");
  }

  #traceOutline(c, cells, frame) { for (const line of this.plan.outline(cells)) traceLine(c, line, frame); }

  #target(c, frame, target) {
    const cells = this.model.ground.cellsOfAtoms(this.model.units.atoms(target));
    stroke(c, () => this.#traceOutline(c, cells, frame), [["#ffffff", 5], [ACCENT, 2.5]]);
  }

  // From the selected cell nearest to the target to the target's cell nearest to it, bent a little.
  #arrow(c, frame, cells, target) {
    const { ground, units } = this.model, others = ground.cellsOfAtoms(units.atoms(target)).filter(cell => !cells.includes(cell));
    const pair = nearestPair(ground, cells, others);
    if (!pair) return;
    const place = cell => [ground.x[cell] * frame.scale - frame.dx, ground.y[cell] * frame.scale - frame.dy], from = place(pair[0]);
    let to = place(pair[1]);
    const long = Math.hypot(to[0] - from[0], to[1] - from[1]);
    if (long < 24) return;
    if (long > 160) to = [from[0] + ((to[0] - from[0]) * 160) / long, from[1] + ((to[1] - from[1]) * 160) / long];
    drawArrow(c, from, to);
  }

  // The cells under the pointer, as what a click would take.
  hover(c, frame, cells, mode) {
    if (!cells.length) return;
    c.beginPath();
    for (const cell of cells) traceRings(c, this.model.ground.rings[cell], frame);
    const { selection, ground } = this.model, within = cells.every(cell => ground.atomsIn(cell).every(atom => selection.has(atom)));
    c.fillStyle = within ? "#ffffff" : ACCENT;
    c.globalAlpha = within ? 0.3 : 0.1;
    c.fill("evenodd");
    c.globalAlpha = 1;
    if (!within || mode === "remove") stroke(c, () => this.#traceOutline(c, cells, frame), [["#ffffff", 4.5], [mode === "remove" ? LOOK.aboveMark : LOOK.ink, 2]]);
  }
}

function hatch(kind, density) {
  return pattern("hatch-" + kind, kind === "dense" ? 9 : 18, density, (c, side, k) => {
    c.strokeStyle = "#1c2329";
    c.lineWidth = 1.5 * k;
    c.beginPath();
    for (const i of [-1, 0, 1]) { c.moveTo(i * side - 1, -1); c.lineTo((i + 1) * side + 1, side + 1); }
    c.stroke();
  });
}

const MANY = 120; // of more cells than this every so-and-so-many'th is asked

function nearestPair(ground, cells, others) {
  const some = list => list.filter((_, i) => i % Math.ceil(list.length / MANY) === 0);
  let best = null, near = Infinity;
  for (const a of some(cells))
    for (const b of some(others)) {
      const away = (ground.x[a] - ground.x[b]) ** 2 + (ground.y[a] - ground.y[b]) ** 2;
      if (away < near) [best, near] = [[a, b], away];
    }
  return best;
}

function drawArrow(c, from, to) {
  const dx = to[0] - from[0], dy = to[1] - from[1], bend = [from[0] + dx / 2 - dy * 0.25, from[1] + dy / 2 + dx * 0.25];
  const angle = Math.atan2(to[1] - bend[1], to[0] - bend[0]), tip = 15, half = 0.48, neck = [to[0] - tip * 0.75 * Math.cos(angle), to[1] - tip * 0.75 * Math.sin(angle)];
  stroke(c, () => { c.moveTo(...from); c.quadraticCurveTo(...bend, ...neck); }, [["#ffffff", 7], ["#111111", 3.2]]);
  c.beginPath();
  c.moveTo(...to);
  for (const side of [half, -half]) c.lineTo(to[0] - tip * Math.cos(angle + side), to[1] - tip * Math.sin(angle + side));
  c.closePath();
  c.lineWidth = 3;
  c.strokeStyle = "#ffffff";
  c.stroke();
  c.fillStyle = "#111111";
  c.fill();
}
