/* Maps side by side move together. A map tells the page that holds it where it looks; the page tells the other maps. */
"use strict";
(function () {
  const MARK = "geogrid:view";
  const frames = () => Array.from(document.querySelectorAll("iframe"), (frame) => frame.contentWindow);

  /* the page that holds the maps: hand on what one of them says */
  window.addEventListener("message", (event) => {
    if (!event.data || event.data.mark !== MARK) return;
    const all = frames();
    if (all.includes(event.source)) for (const other of all) if (other !== event.source) other.postMessage(event.data, "*");
  });

  /* a map in such a page */
  if (!window.geogrid || window.parent === window) return;
  let told = "";
  const key = (center, zoom) => [center.lat.toFixed(6), center.lng.toFixed(6), zoom.toFixed(2)].join(" ");
  function follow(map) {
    map.on("move", () => {
      const center = map.getCenter(), zoom = map.getZoom(), now = key(center, zoom);
      if (now === told) return;
      told = now;
      window.parent.postMessage({ mark: MARK, lat: center.lat, lng: center.lng, zoom: zoom }, "*");
    });
    window.addEventListener("message", (event) => {
      if (event.source !== window.parent || !event.data || event.data.mark !== MARK) return;
      const { lat, lng, zoom } = event.data;
      if (![lat, lng, zoom].every(Number.isFinite)) return;
      told = key({ lat: lat, lng: lng }, zoom);
      map.setView([lat, lng], zoom, { animate: false });
    });
  }
  window.geogrid.on("ready", () => follow(window.geogrid.map));
})();
