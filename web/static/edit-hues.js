// One of five hues for each unit, so that neighbours differ: the one it has on the other pages where that is known, else one that no neighbour has.
const HUES = 5;

// Gives hues to the units that have none; `known` (code → hue) are those of the other pages. Units keep theirs, also when they move.
export function givenHues(model, rows = null, known = {}) {
  const { units } = model, fresh = (rows || units.rows.map(unit => unit.row)).map(row => units.get(row)).filter(unit => !unit.gone);
  for (const unit of fresh) if (unit.hue === null && known[unit.code] !== undefined) unit.hue = known[unit.code];
  const wanting = fresh.filter(unit => unit.hue === null);
  if (!wanting.length) return;
  const near = neighbours(model, new Set(wanting.map(unit => unit.level))), used = units.levels.map(() => new Array(HUES).fill(0));
  const around = new Map(wanting.map(unit => [unit, new Array(HUES).fill(0)]));
  const settle = unit => {
    used[unit.level][unit.hue]++;
    for (const other of near.get(unit.row) || []) if (around.has(units.get(other))) around.get(units.get(other))[unit.hue]++;
  };
  for (const unit of units.live()) if (unit.hue !== null) settle(unit);
  wanting.sort((a, b) => (near.get(b.row)?.size || 0) - (near.get(a.row)?.size || 0) || a.row - b.row);
  while (wanting.length) {
    const next = mostTaken(wanting, around);
    next.hue = best(around.get(next), used[next.level]);
    wanting.splice(wanting.indexOf(next), 1);
    settle(next);
  }
}

// The unit with the most hues around it chooses next: DSATUR, as the other pages colour theirs.
function mostTaken(wanting, around) {
  let found = wanting[0], most = -1;
  for (const unit of wanting) {
    const taken = around.get(unit).reduce((n, times) => n + (times > 0), 0);
    if (taken > most) [found, most] = [unit, taken];
  }
  return found;
}

// The hue that fewest neighbours have (none, as a rule), of those the one that fewest units have.
function best(around, used) {
  let found = 0;
  for (let hue = 1; hue < HUES; hue++) if (around[hue] < around[found] || (around[hue] === around[found] && used[hue] < used[found])) found = hue;
  return found;
}

// Who touches whom, level by level; in stacks those on the same floors of cells side by side, and one above the other.
function neighbours({ ground, units }, levels) {
  const near = new Map(), join = (a, b) => {
    if (a < 0 || b < 0 || a === b) return;
    for (const [one, other] of [[a, b], [b, a]]) {
      if (!near.has(one)) near.set(one, new Set());
      near.get(one).add(other);
    }
  };
  for (const level of levels)
    for (let cell = 0; cell < ground.size; cell++) {
      const own = units.cellOwner(cell, level);
      if (own < -1) units.ownersOf(cell, level).forEach((unit, i, stack) => { if (i) join(stack[i - 1], unit); });
      for (const other of ground.neighbours(cell)) {
        const beside = units.cellOwner(other, level);
        if (other < cell) continue;
        if (own >= -1 && beside >= -1) join(own, beside);
        else onSameFloors(ground, cell, other, (a, b) => join(units.owner(a, level), units.owner(b, level)));
      }
    }
  return near;
}

function onSameFloors(ground, one, other, meet) {
  const { floor_from, floor_to } = ground.atom;
  for (const a of ground.atomsIn(one)) for (const b of ground.atomsIn(other)) if (floor_from[a] <= floor_to[b] && floor_from[b] <= floor_to[a]) meet(a, b);
}
