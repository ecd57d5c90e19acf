/* What moved between two states, on the map of either: hatched, dashed where it was and solid where it is now, with its households. */
"use strict";
(function (geogrid) {
  const INK = "#1c2329", PIECE_PX = 14, SPECK_PX = 10, RING_PX = 9, WORLD = 40075016.685578488;

  const metrePx = (map) => (256 * Math.pow(2, map.getZoom())) / WORLD;

  const Moved = geogrid.Overlay.extend({
    initialize: function (moved) {
      geogrid.Overlay.prototype.initialize.call(this, "geogrid-moved", 610);
      this._moved = moved;
    },

    paint: function (c) {
      c.lineJoin = "round";
      const metre = metrePx(this._map);
      for (const piece of this._moved.pieces) {
        if (Math.max(...piece.room) * metre < SPECK_PX) this._ring(c, piece);
        else this._hatch(c, piece);
      }
    },

    /* From afar a piece is a speck: a ring says where it is. */
    _ring: function (c, piece) {
      const at = this.place(piece.at[1], piece.at[0]);
      c.beginPath();
      c.arc(at.x, at.y, RING_PX, 0, 7);
      this._outline(c, []);
    },

    _hatch: function (c, piece) {
      this._trace(c, piece);
      c.fillStyle = geogrid.pattern("lines", "rgba(0,0,0,0)", INK, 1);
      c.fill("evenodd");
      this._outline(c, this._moved.side === "before" ? [6, 4] : []);
    },

    _outline: function (c, dash) {
      this._stroke(c, "rgba(255,255,255,0.9)", 5, []);
      this._stroke(c, "#111111", 2.5, dash);
    },

    _trace: function (c, piece) {
      c.beginPath();
      for (const ring of piece.rings) {
        for (let i = 0; i < ring.length; i += 2) {
          const at = this.place(ring[i + 1], ring[i]);
          if (i) c.lineTo(at.x, at.y);
          else c.moveTo(at.x, at.y);
        }
        c.closePath();
      }
    },

    _stroke: function (c, style, width, dash) {
      c.strokeStyle = style;
      c.lineWidth = width;
      c.setLineDash(dash);
      c.stroke();
      c.setLineDash([]);
    },
  });

  /* The households of a piece are labels too, and the first to have room. */
  const stacks = geogrid.Labels.prototype._stacks;
  geogrid.Labels.include({
    _stacks: function (c) {
      const moved = geogrid.settings.moved, metre = metrePx(this._map);
      for (const piece of moved ? moved.pieces : []) {
        const at = this.place(piece.at[1], piece.at[0]), px = PIECE_PX * this._text, text = geogrid.say("households_short", { n: piece.households });
        c.font = "700 " + px + "px " + geogrid.FACE;
        const w = c.measureText(text).width + 6, h = px + 6;
        if (piece.room[0] * metre < 12 || !this._room.take([at.x - w / 2, at.y - h / 2, at.x + w / 2, at.y + h / 2])) continue;
        geogrid.halo(c, text, at.x, at.y + px * 0.36, INK);
      }
      stacks.call(this, c);
    },
  });

  geogrid.on("ready", () => { if (geogrid.settings.moved) new Moved(geogrid.settings.moved).addTo(geogrid.map); });
})(geogrid);
