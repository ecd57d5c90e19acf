// One of five hues for each unit, so that neighbours differ: the one it has on the other pages where that is known, else one that no neighbour has.
const HUES = 5;

// Gives hues to the units that have none; `known` (code → hue) are those of the other pages. Units keep theirs, also when they move.
export function givenHues(model, rows = null, known = {}) {
  const { units } = model, fresh = (rows || units.rows.map(unit => unit.row)).map(row => units.get(row)).filter(unit => !unit.gone);
  for (const unit of fresh) if (unit.hue === null && known[unit.code] !== undefined) unit.hue = known[unit.code];
  const wanting = fresh.filter(unit => unit.hue === null);
  if (!wanting.length) return;
  const near = neighbours(model, new Set(wanting.map(unit => unit.level)));
  wanting.sort((a, b) => (near.get(b.row) || []).size - (near.get(a.row) || []).size || a.row - b.row);
  const used = units.levels.map(() => new Array(HUES).fill(0));
  for (const unit of units.live()) if (unit.hue !== null) used[unit.level][unit.hue]++;
  while (wanting.length) colour(units, near, used, wanting);
}

// The unit with the most hues around it chooses next: DSATUR, as the other pages colour theirs.
function colour(units, near, used, wanting) {
  let best = 0, most = -1;
  wanting.forEach((unit, i) => {
    const taken = around(units, near, unit.row).size;
    if (taken > most) [best, most] = [i, taken];
  });
  const [unit] = wanting.splice(best, 1), taken = around(units, near, unit.row), free = [0, 1, 2, 3, 4].filter(hue => !taken.has(hue));
  unit.hue = (free.length ? free : [0, 1, 2, 3, 4]).reduce((a, b) => (used[unit.level][b] < used[unit.level][a] ? b : a));
  used[unit.level][unit.hue]++;
}

function around(units, near, row) {
  return new Set([...(near.get(row) || [])].map(other => units.get(other).hue).filter(hue => hue !== null));
}

// Who touches whom, level by level: units of one cell touch too, for they lie over each other.
function neighbours({ ground, units }, levels) {
  const near = new Map(), join = (a, b) => {
    if (a < 0 || b < 0 || a === b) return;
    for (const [one, other] of [[a, b], [b, a]]) {
      if (!near.has(one)) near.set(one, new Set());
      near.get(one).add(other);
    }
  };
  for (const level of levels) {
    const owners = Array.from({ length: ground.size }, (_, cell) => units.ownersOf(cell, level));
    for (let cell = 0; cell < ground.size; cell++) {
      const near_ = [...ground.neighbours(cell)].filter(other => other > cell);
      for (const a of owners[cell]) for (const b of [...owners[cell], ...near_.flatMap(other => owners[other])]) join(a, b);
    }
  }
  return near;
}
