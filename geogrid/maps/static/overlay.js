/* A canvas over the whole view, drawn anew when the map comes to rest: base of labels and points. */
"use strict";
(function (geogrid) {
  const MARGIN = 0.15; // share of the view drawn beyond each edge, so that a pan does not show an empty rim at once

  geogrid.Overlay = L.Layer.extend({
    initialize: function (pane, order) {
      this._paneName = pane;
      this._zIndex = order;
    },

    onAdd: function (map) {
      const pane = map.getPane(this._paneName) || map.createPane(this._paneName);
      pane.style.zIndex = this._zIndex;
      pane.style.pointerEvents = "none";
      this._canvas = L.DomUtil.create("canvas", "geogrid-overlay", pane);
      this.redraw();
    },

    getEvents: function () {
      return { moveend: this.redraw, zoomend: this.redraw, resize: this.redraw, zoomanim: this._hide, viewreset: this.redraw };
    },

    _hide: function () { this._canvas.style.visibility = "hidden"; },

    /* Draws in the next frame, once however often it is asked. */
    redraw: function () {
      if (this._asked) return;
      this._asked = requestAnimationFrame(() => { this._asked = 0; if (this._map) this._draw(); });
    },

    _draw: function () {
      const size = this._map.getSize(), margin = size.multiplyBy(MARGIN).round(), density = window.devicePixelRatio || 1;
      const c = this._canvas, full = size.add(margin.multiplyBy(2));
      /* Text on the canvas follows the page's text size: 1.25 when it is switched to large. */
      this._text = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
      this._origin = this._map.containerPointToLayerPoint([0, 0]).subtract(margin);
      c.width = full.x * density;
      c.height = full.y * density;
      c.style.width = full.x + "px";
      c.style.height = full.y + "px";
      c.style.visibility = "";
      L.DomUtil.setPosition(c, this._origin);
      const context = c.getContext("2d");
      context.scale(density, density);
      this.paint(context, full, margin);
    },

    /* Screen place on the canvas of a place on earth. */
    place: function (lat, lon) { return this._map.latLngToLayerPoint([lat, lon]).subtract(this._origin); },
  });

  /* Keeps rectangles apart: take(box) answers whether the box was free, and takes it. */
  geogrid.Room = function () {
    const taken = new Map(), side = 64;
    const squares = (b) => {
      const out = [];
      for (let x = Math.floor(b[0] / side); x <= b[2] / side; x++) for (let y = Math.floor(b[1] / side); y <= b[3] / side; y++) out.push(x + ":" + y);
      return out;
    };
    return {
      take: function (b) {
        const keys = squares(b);
        for (const k of keys) for (const o of taken.get(k) || []) if (b[0] < o[2] && b[2] > o[0] && b[1] < o[3] && b[3] > o[1]) return false;
        this.block(b, keys);
        return true;
      },
      block: function (b, keys) {
        for (const k of keys || squares(b)) { if (!taken.has(k)) taken.set(k, []); taken.get(k).push(b); }
      },
    };
  };
})(geogrid);
