/* Who is served, over the tiles: homes without a station as diamonds, the others as dots close up, the ground that is reached, a site that is tried.

   geogrid.served.homes({x, y, n, what})   places in degrees with what is counted there; what: "households" or "land"
   geogrid.served.walks({minutes, station, names} or null)   one entry a place; minutes null where no path leads to a station
   geogrid.served.limit(minutes)   area(GeoJSON geometry or null)   sites([{lon, lat, text, area, isTried, kind}])
   geogrid.served.at(latlng)   what is said of the place there, or null */
"use strict";
(function (geogrid) {
  const LOOK = { unserved: "#a84300", served: "#8fa89e", area: "#00664b" }, SERVED_ZOOM = 15, AREA_ZOOM = 13, LAND_STEP_M = 50, SIGN_PX = 11, HIT_PX = 7;
  const RADIUS_PX = [1.1, 1.6, 2.4, 4, 5.5, 7], RADIUS_ZOOMS = [10, 11.5, 13, 15, 17, 19]; // so that a district is not covered by its own homes
  const state = { homes: null, walks: null, limit: 0, area: null, sites: [] };
  let layer = null;

  /* Places of a world that is 1 wide, kept beside the columns. */
  function places(homes) {
    if (!homes.at) {
      homes.at = new Float64Array(2 * homes.x.length);
      homes.x.forEach((lon, i) => {
        homes.at[2 * i] = lon / 360 + 0.5;
        homes.at[2 * i + 1] = 0.5 - Math.log(Math.tan(Math.PI / 4 + (homes.y[i] * Math.PI) / 360)) / (2 * Math.PI);
      });
    }
    return homes.at;
  }

  const isServed = (i) => state.walks.minutes[i] !== null && state.walks.minutes[i] <= state.limit;

  const Served = geogrid.Overlay.extend({
    paint: function (c, size) {
      if (state.area && this._map.getZoom() >= AREA_ZOOM) this._outline(c, state.area, [7, 4], 1.6, LOOK.area);
      if (state.homes && state.walks) this._homes(c, size);
      for (const site of state.sites) if (site.area) this._catchment(c, site.area);
      for (const site of state.sites) this._site(c, site);
    },

    _homes: function (c, size) {
      const at = places(state.homes), k = 256 * Math.pow(2, this._map.getZoom()), origin = this._map.getPixelOrigin().add(this._origin), zoom = this._map.getZoom();
      const isLand = state.homes.what === "land", r = isLand ? Math.max(1, this._pixels(LAND_STEP_M / 2)) : geogrid.along(RADIUS_ZOOMS, RADIUS_PX, zoom);
      const served = new Path2D(), unserved = new Path2D();
      for (let i = 0; i < state.walks.minutes.length; i++) {
        const x = at[2 * i] * k - origin.x, y = at[2 * i + 1] * k - origin.y;
        if (x < -r || y < -r || x > size.x + r || y > size.y + r) continue;
        if (!isServed(i)) isLand ? unserved.rect(x - r, y - r, 2 * r, 2 * r) : diamond(unserved, x, y, r);
        else if (zoom >= SERVED_ZOOM) { const dot = isLand ? 2 : 0.5 * r; served.moveTo(x + dot, y); served.arc(x, y, dot, 0, 7); }
      }
      c.fillStyle = LOOK.served;
      c.fill(served);
      c.lineWidth = 1.6;
      c.strokeStyle = "#ffffff";
      if (zoom >= SERVED_ZOOM && !isLand) c.stroke(unserved);
      c.fillStyle = LOOK.unserved;
      c.globalAlpha = isLand ? 0.5 : 1;
      c.fill(unserved);
      c.globalAlpha = 1;
    },

    /* Pixels of a length at the middle of the map. */
    _pixels: function (metres) {
      return (metres * 256 * Math.pow(2, this._map.getZoom())) / (40075016.685578488 * Math.cos((this._map.getCenter().lat * Math.PI) / 180));
    },

    _outline: function (c, shape, dash, width, colour) {
      this._trace(c, shape);
      c.setLineDash(dash);
      c.lineWidth = width;
      c.strokeStyle = colour;
      c.stroke();
      c.setLineDash([]);
    },

    /* What one more station would reach: an estimate, so dashed, on a light ground. */
    _catchment: function (c, shape) {
      this._trace(c, shape);
      c.fillStyle = "rgba(23,50,77,0.08)";
      c.fill("evenodd");
      this._outline(c, shape, [9, 5], 4.5, "rgba(255,255,255,0.8)");
      this._outline(c, shape, [9, 5], 2, "#111111");
    },

    _trace: function (c, shape) {
      c.beginPath();
      for (const ring of rings(shape)) ring.forEach((xy, i) => { const p = this.place(xy[1], xy[0]); if (i) c.lineTo(p.x, p.y); else c.moveTo(p.x, p.y); });
    },

    _site: function (c, site) {
      const at = this.place(site.lat, site.lon), r = SIGN_PX * this._text;
      c.beginPath();
      c.arc(at.x, at.y, r + 2, 0, 7);
      c.fillStyle = "#ffffff";
      c.fill();
      c.beginPath();
      c.arc(at.x, at.y, r, 0, 7);
      c.lineWidth = 2;
      c.setLineDash(site.isTried ? [3, 2.5] : []);
      c.strokeStyle = LOOK.unserved;
      c.stroke();
      c.setLineDash([]);
      c.fillStyle = LOOK.unserved;
      c.font = "700 " + 12 * this._text + "px " + geogrid.FACE;
      c.textAlign = "center";
      c.fillText(site.text, at.x, at.y + 4.3 * this._text);
    },
  });

  function diamond(path, x, y, r) {
    path.moveTo(x, y - r);
    path.lineTo(x + r, y);
    path.lineTo(x, y + r);
    path.lineTo(x - r, y);
    path.closePath();
  }

  function rings(shape) { return shape.type === "Polygon" ? shape.coordinates : shape.type === "MultiPolygon" ? shape.coordinates.flat() : []; }

  /* Number of the place nearest to a point of the map, within some pixels, -1 for none. */
  function nearest(latlng) {
    const map = geogrid.map;
    if (!state.homes || !state.walks || map.getZoom() < SERVED_ZOOM) return -1;
    const at = places(state.homes), k = 256 * Math.pow(2, map.getZoom()), p = map.project(latlng, map.getZoom());
    let best = -1, least = HIT_PX * HIT_PX;
    for (let i = 0; i < state.walks.minutes.length; i++) {
      const dx = at[2 * i] * k - p.x, dy = at[2 * i + 1] * k - p.y, d = dx * dx + dy * dy;
      if (d < least) { least = d; best = i; }
    }
    return best;
  }

  function at(latlng) {
    const i = nearest(latlng);
    if (i < 0) return null;
    const walk = state.walks.minutes[i], name = state.walks.names[state.walks.station[i]];
    return [
      geogrid.say(state.homes.what === "land" ? "land_here" : "households", { n: state.homes.n[i] }),
      walk === null ? geogrid.say("no_path") : geogrid.say("walk_min", { n: walk.toFixed(1) }),
      name ? geogrid.say("nearest", { name: name }) : "",
    ];
  }

  function change(part) {
    Object.assign(state, part);
    if (!layer && geogrid.map) layer = new Served("geogrid-served", 610).addTo(geogrid.map);
    if (layer) layer.redraw();
  }

  geogrid.served = {
    homes: (homes) => change({ homes: homes }),
    walks: (walks) => change({ walks: walks }),
    limit: (minutes) => change({ limit: minutes }),
    area: (area) => change({ area: area }),
    sites: (sites) => change({ sites: sites }),
    at: at,
  };
})(geogrid);
