// Where a label has room: places inside a set of cells, and whether a box of pixels lies inside it, in sight, without touching its outline.
import { nearestOn } from "./edit-places.js";

const LATTICE = 7, MARGIN_PX = 8;

export class Rooms {
  constructor(model, plan) { Object.assign(this, { model, plan }); }

  // Lines round some cells, their box, and places inside it, those with the most room first; all in the Mercator square.
  of(list) {
    const cells = new Set(list), shape = { cells, lines: this.plan.outline(cells), box: boxOfCells(this.model.ground, cells) };
    return { ...shape, places: this.#places(shape, shape.box) };
  }

  // The places of a shape that are in sight, in pixels of the canvas; null where none of it is.
  seen(shape, frame) {
    const box = overlap(shape.box, inSight(frame)), isWhole = box && box.every((v, i) => v === shape.box[i]);
    return box && (isWhole ? shape.places : this.#places(shape, box)).map(({ x, y }) => ({ x: x * frame.scale - frame.dx, y: y * frame.scale - frame.dy }));
  }

  #places({ cells, lines }, [west, north, east, south]) {
    const found = [], middle = [(west + east) / 2, (north + south) / 2];
    for (let i = 0; i < LATTICE; i++)
      for (let j = 0; j < LATTICE; j++) {
        const x = west + ((i + 0.5) / LATTICE) * (east - west), y = north + ((j + 0.5) / LATTICE) * (south - north);
        if (cells.has(this.model.places.at(x, y))) found.push({ x, y, room: toLines(lines, x, y) - 0.1 * Math.hypot(x - middle[0], y - middle[1]) });
      }
    return found.sort((a, b) => b.room - a.room);
  }
}

// Does a box of w × h pixels round a place lie inside a shape, in sight?
export function fits({ lines }, frame, { x, y }, w, h) {
  const { scale, dx, dy } = frame, sight = inSight(frame);
  const box = [(x - w / 2 + dx) / scale, (y - h / 2 + dy) / scale, (x + w / 2 + dx) / scale, (y + h / 2 + dy) / scale];
  return box[0] >= sight[0] && box[1] >= sight[1] && box[2] <= sight[2] && box[3] <= sight[3] && !lines.some(line => crosses(line, box));
}

// The part of the canvas that is seen, without the rim that is drawn for panning.
export function inSight({ scale, dx, dy, size, margin }) {
  const x = margin.x + MARGIN_PX, y = margin.y + MARGIN_PX;
  return [(dx + x) / scale, (dy + y) / scale, (dx + size.x - x) / scale, (dy + size.y - y) / scale];
}

export function boxOfCells(ground, cells) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const cell of cells)
    for (let k = 0; k < 4; k++) box[k] = (k < 2 ? Math.min : Math.max)(box[k], ground.box[4 * cell + k]);
  return box;
}

function overlap(a, b) {
  const box = [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])];
  return box[0] < box[2] && box[1] < box[3] ? box : null;
}

function toLines(lines, x, y) {
  let best = Infinity;
  for (const line of lines) for (let i = 2; i < line.length; i += 2) best = Math.min(best, nearestOn(line[i - 2], line[i - 1], line[i], line[i + 1], x, y).distance);
  return best;
}

function crosses(line, box) {
  for (let i = 2; i < line.length; i += 2) if (meets(line[i - 2], line[i - 1], line[i], line[i + 1], box)) return true;
  return false;
}

// Does a segment meet a box: Liang and Barsky's clipping (1984).
function meets(ax, ay, bx, by, [west, north, east, south]) {
  const dx = bx - ax, dy = by - ay;
  let from = 0, to = 1;
  for (const [way, gap] of [[-dx, ax - west], [dx, east - ax], [-dy, ay - north], [dy, south - ay]]) {
    if (way === 0 && gap < 0) return false;
    if (way < 0) from = Math.max(from, gap / way);
    else if (way > 0) to = Math.min(to, gap / way);
  }
  return from <= to;
}
