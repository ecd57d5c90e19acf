// The search box: `/` focuses it, arrows walk the hits, Enter shows one on the map (on other pages: opens it). A page with `urls.found` finds more than
// units: what has no code, a person or an address, is told as the event `geogrid:found`.
import { typing } from "./chrome.js";
import { element, link } from "./dom.js";
import { select } from "./map.js";

export function search(page) {
  const box = document.getElementById("search"), list = document.getElementById("hits");
  let hits = [], at = -1, timer = 0, asked = 0;

  const close = () => { list.hidden = true; at = -1; box.setAttribute("aria-expanded", "false"); box.removeAttribute("aria-activedescendant"); };
  const mark = next => {
    at = (next + hits.length) % hits.length;
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === at)));
    box.setAttribute("aria-activedescendant", "hit-" + at);
    list.children[at].scrollIntoView({ block: "nearest" });
  };
  const choose = index => {
    const hit = hits[index];
    if (!hit) return;
    close();
    if (!hit.code) {
      box.value = hit.address || hit.name;
      document.dispatchEvent(new CustomEvent("geogrid:found", { detail: hit }));
    } else if (page.page === "unit") location.href = link(page.urls.unit + encodeURIComponent(hit.code), { level: hit.level }, page);
    else {
      box.value = page.levels[hit.level].name === hit.name ? hit.code : hit.name || hit.code;
      if (page.page === "checks") select(hit.level, hit.code, { zoom: true });
      else document.dispatchEvent(new CustomEvent("geogrid:choose", { detail: hit }));
    }
  };
  const draw = () => {
    list.replaceChildren(...hits.map((hit, index) => {
      const item = element("li", { role: "option", id: "hit-" + index, "aria-selected": "false" },
        element("b", {}, hit.name || hit.address || `${page.levels[hit.level].name} ${hit.code.slice(-3)}`),
        element("span", { class: "note" }, hit.code ? [page.levels[hit.level].name, hit.parent_name, hit.code].filter(Boolean).join(" · ") : hit.kind));
      item.addEventListener("mousedown", event => { event.preventDefault(); choose(index); });
      return item;
    }), ...(hits.length ? [] : [element("li", { class: "none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, page.words.no_hits)]));
    list.hidden = false;
    box.setAttribute("aria-expanded", "true");
  };
  const ask = async () => {
    const text = box.value.trim(), mine = ++asked;
    if (!text) { hits = []; close(); return; }
    try {
      const answer = await (await fetch(link(page.urls.found || page.urls.search, { q: text }, page))).json();
      if (mine !== asked) return;
      hits = [...(answer.people || []), ...(answer.units || []), ...(answer.addresses || [])];
      at = -1;
      draw();
    } catch (error) { close(); }
  };
  box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 120); });
  box.addEventListener("blur", close);
  box.addEventListener("keydown", event => {
    if (event.key === "Escape") { box.value = ""; close(); box.blur(); }
    if (list.hidden || !hits.length) return;
    if (event.key === "ArrowDown") { mark(at + 1); event.preventDefault(); }
    if (event.key === "ArrowUp") { mark(at - 1); event.preventDefault(); }
    if (event.key === "Enter") { choose(Math.max(0, at)); event.preventDefault(); }
  });
  document.addEventListener("keydown", event => {
    if (event.key === "/" && !typing(event)) { box.focus(); box.select(); event.preventDefault(); }
  });
}
