/* Names on the map: wholly inside their unit or left out, none over another or under a control; and the badges of stacked units. */
"use strict";
(function (geogrid) {
  const FACE = '"Noto Sans SC","Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif';
  const WORLD = 40075016.685578488;
  const LARGE_PX = [84, 46]; // room inside a unit of a fine level from which it is large on the screen

  geogrid.Labels = geogrid.Overlay.extend({
    initialize: function (state, ground, points) {
      geogrid.Overlay.prototype.initialize.call(this, "geogrid-labels", 630);
      this._state = state;
      this._ground = ground;
      this._points = points;
      this.badges = [];
      ground.on("painted load", () => this.redraw());
    },

    paint: function (c, size, margin) {
      this.badges = [];
      if (!this._state.layers.labels || this._state.isBase) return;
      this._room = geogrid.Room();
      this._furniture(margin);
      for (const p of this._points.hits) this._room.block([p.x - p.r + 3, p.y - p.r + 3, p.x + p.r - 3, p.y + p.r - 3]);
      c.textAlign = "center";
      c.textBaseline = "alphabetic";
      c.lineJoin = "round";
      this._stacks(c);
      this._alone(c, true);
      for (const level of this._order()) this._level(c, size, level);
      this._alone(c, false);
    },

    /* The level in question first, then from the top down. */
    _order: function () {
      const zoom = this._map.getZoom(), all = this._state.levels.filter((l) => this._state.layers["u:" + l.id] !== false), focus = this._state.focus;
      if (focus) {
        const own = all.findIndex((l) => l.id === focus.level);
        return all.filter((l, i) => i === own || (!l.fine && (i === own + 1 || (i > own && zoom >= l.label))));
      }
      const shown = all.filter((l) => zoom >= l.label && !this._stale(l, zoom));
      return shown.sort((a, b) => all.indexOf(a) - all.indexOf(b));
    },

    /* A level whose children are all labelled is labelled no more; a fine level never is wholly. */
    _stale: function (level, zoom) {
      const below = this._state.levels[this._state.levels.indexOf(level) + 1];
      return !!below && this._state.layers["u:" + below.id] !== false && !below.fine && zoom >= Math.max(below.label + 1.5, 13.5);
    },

    _level: function (c, size, level) {
      const table = (this._state.tables || {})[level.id];
      if (!table) return;
      const metre = (256 * Math.pow(2, this._map.getZoom())) / WORLD;
      for (const i of this._ranked(level, table)) {
        if (!this._wanted(level, table.code[i], table.y[i], table.x[i])) continue;
        const at = this.place(table.y[i], table.x[i]);
        if (at.x < 0 || at.y < 0 || at.x > size.x || at.y > size.y) continue;
        this._name(c, at, names(level, table, i), figure(this._state, level, table, i), table.w[i] * metre, table.h[i] * metre, level);
      }
    },

    /* On a unit's own page: its neighbours by name, its children inside it, not itself. */
    _wanted: function (level, code, lat, lon) {
      const focus = this._state.focus;
      if (!focus) return true;
      if (level.id === focus.level) return code !== focus.code;
      return this._inFocus(L.latLng(lat, lon));
    },

    _inFocus: function (latlng) {
      const focus = this._state.focus, feature = focus && this._ground.at(latlng, focus.level);
      return !focus || (!!feature && feature.p.code.split(" ").includes(focus.code));
    },

    /* Larger rooms first, the selected unit before all. */
    _ranked: function (level, table) {
      if (!table.ranked) table.ranked = table.code.map((_, i) => i).sort((a, b) => table.w[b] * table.h[b] - table.w[a] * table.h[a] || a - b);
      return table.ranked;
    },

    _name: function (c, at, candidates, figure, width, height, level) {
      const depth = this._state.levels.indexOf(level), k = this._text, sizes = level.fine ? [12] : depth === 0 ? [15, 13, 12] : depth === 1 ? [13, 12] : [14, 12];
      for (const text of candidates)
        for (const px of sizes.map((size) => size * k)) {
          c.font = (level.fine ? "400 " : "700 ") + px + "px " + FACE;
          const w = c.measureText(text).width + 6, two = figure && height >= px + 17 * k, h = two ? px + 19 * k : px + 5 * k;
          if (w > width || h > height || w < 8) continue;
          const spot = this._spot(at, w, h, width, height);
          if (!spot) continue;
          halo(c, text, spot.x, two ? spot.y - 1 : spot.y + px * 0.36, "#1c2329");
          if (two && c.measureText(figure).width < width) {
            c.font = "400 " + 12 * k + "px " + FACE;
            halo(c, figure, spot.x, spot.y + 14 * k, "#2f3941");
          }
          return true;
        }
      return false;
    },

    /* Finds room for a label near its place without leaving its unit; null where there is none. */
    _spot: function (at, w, h, width, height) {
      const dx = Math.min((width - w) / 2, 60), dy = Math.min((height - h) / 2, 40);
      for (const step of [[0, 0], [0, -0.5], [0, 0.5], [-0.5, 0], [0.5, 0], [0, -1], [0, 1], [-1, 0], [1, 0], [-1, -1], [1, 1]]) {
        const x = at.x + step[0] * dx, y = at.y + step[1] * dy;
        if (this._room.take([x - w / 2, y - h / 2, x + w / 2, y + h / 2])) return { x: x, y: y };
      }
      return null;
    },

    /* Badges of the units that lie over one another: number, and a sign when one is out of bounds. */
    _stacks: function (c) {
      const fine = this._fine(), k = this._text;
      if (!fine || this._map.getZoom() < fine.label) return;
      this._ground.points("p:" + fine.id, (f, latlng) => {
        if (!(f.p.n > 1) || !this._inFocus(latlng)) return;
        const at = this._map.latLngToLayerPoint(latlng).subtract(this._origin), zoom = this._map.getZoom();
        const mark = f.p.status === geogrid.STATUS.ABOVE ? "▲ " : f.p.status === geogrid.STATUS.BELOW ? "▼ " : "";
        const text = mark + geogrid.say(zoom >= 17.75 ? "stack" : "stack_short", { n: f.p.n }), px = (zoom >= 18 ? 14 : 12) * k;
        c.font = "700 " + px + "px " + FACE;
        const w = c.measureText(text).width + px * 1.3, h = px + 10, box = [at.x - w / 2, at.y - h / 2, at.x + w / 2, at.y + h / 2];
        if (!this._room.take(box)) {
          box[1] += 26 * k;
          box[3] += 26 * k;
          at.y += 26 * k;
          if (!this._room.take(box)) return;
        }
        c.fillStyle = "#ffffff";
        pill(c, box, 2);
        c.fillStyle = f.p.status === geogrid.STATUS.ABOVE ? "#a84300" : f.p.status === geogrid.STATUS.BELOW ? "#005f96" : "#17324d";
        pill(c, box, 0);
        c.fillStyle = "#ffffff";
        c.fillText(text, at.x, at.y + px * 0.36);
        this.badges.push({ box: box, feature: f, latlng: latlng, level: fine.id });
      });
    },

    /* Units of a fine level: those of the selected unit above, before other labels; elsewhere, after them, only those that are large on the screen. */
    _alone: function (c, chosen) {
      const fine = this._fine(), metre = (256 * Math.pow(2, this._map.getZoom())) / WORLD;
      if (!fine || this._map.getZoom() < fine.label || (chosen && !this._chosen(fine))) return;
      this._ground.points("p:" + fine.id, (f, latlng) => {
        if (f.p.n > 1 || !this._inFocus(latlng) || this._under(fine, latlng) !== chosen) return;
        const w = f.p.w * metre, h = f.p.h * metre;
        if (!chosen && (w < LARGE_PX[0] * this._text || h < LARGE_PX[1] * this._text)) return;
        const at = this._map.latLngToLayerPoint(latlng).subtract(this._origin);
        this._name(c, at, [f.p.name || f.p.code.slice(-(fine.digits || 3))], geogrid.say("households_short", { n: f.p.households }), w, h, fine);
      });
    },

    /* The selected unit when it is of the level just above a fine one, or null. */
    _chosen: function (fine) {
      const s = this._state.selected, all = this._state.levels;
      return s && all.findIndex((l) => l.id === s.level) === all.indexOf(fine) - 1 ? s : null;
    },

    _under: function (fine, latlng) {
      const s = this._chosen(fine), feature = s && this._ground.at(latlng, s.level);
      return !!feature && feature.p.code.split(" ").includes(s.code);
    },

    _fine: function () { return this._state.levels.find((l) => l.fine && this._state.layers["u:" + l.id] !== false); },

    _furniture: function (margin) {
      const frame = this._map.getContainer().getBoundingClientRect();
      for (const node of this._map.getContainer().querySelectorAll(".leaflet-control")) {
        const box = node.getBoundingClientRect(), x = box.left - frame.left + margin.x, y = box.top - frame.top + margin.y;
        this._room.block([x - 4, y - 4, x + box.width + 4, y + box.height + 4]);
      }
    },

    /* Returns the badge under a place of the map's container, or null. */
    badgeAt: function (point) {
      const p = this._map.containerPointToLayerPoint(point).subtract(this._origin || L.point(0, 0));
      return this.badges.find((b) => p.x >= b.box[0] && p.x <= b.box[2] && p.y >= b.box[1] && p.y <= b.box[3]) || null;
    },
  });

  /* A division without buildings knows no households: then no figure is shown, rather than a nought. */
  function counted(table) {
    if (table.counted === undefined) table.counted = table.households.some((n) => n > 0);
    return table.counted;
  }

  function figure(state, level, table, i) {
    const measured = geogrid.measureText(state, level.id, table.code[i]);
    return measured !== undefined ? measured : counted(table) ? geogrid.say("households_short", { n: table.households[i] }) : "";
  }

  function names(level, table, i) {
    const digits = level.digits ? table.code[i].slice(-level.digits) : "";
    const name = table.name[i] || (level.name + " " + (digits || table.code[i]));
    return digits && name !== digits ? [name, digits] : [name];
  }

  function halo(c, text, x, y, ink) {
    c.lineWidth = 3.4;
    c.strokeStyle = "rgba(255,255,255,0.94)";
    c.strokeText(text, x, y);
    c.fillStyle = ink;
    c.fillText(text, x, y);
  }

  function pill(c, b, grow) {
    c.beginPath();
    c.roundRect(b[0] - grow, b[1] - grow, b[2] - b[0] + 2 * grow, b[3] - b[1] + 2 * grow, (b[3] - b[1]) / 2 + grow);
    c.fill();
  }

  geogrid.FACE = FACE;
  geogrid.halo = halo;
})(geogrid);
