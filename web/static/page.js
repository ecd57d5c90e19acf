// Start what a page has: the bar and panels, search, the map's link, then the page's own list.
import { chrome } from "./chrome.js";
import { cameras } from "./reach-cameras.js";
import { checks } from "./checks.js";
import { declared } from "./declared.js";
import { emergency } from "./emergency.js";
import { events } from "./events.js";
import { layers } from "./layers.js";
import { patrols } from "./patrols.js";
import { screen } from "./screen.js";
import { search } from "./search.js";
import { stations } from "./reach-stations.js";
import { unit } from "./unit.js";
import { units } from "./units.js";

const block = document.getElementById("page-data");
const page = block ? JSON.parse(block.textContent) : null;
chrome();
if (page) {
  search(page);
  layers();
  screen(page);
  ({ overview: units, stations, cameras, patrols, events, checks, emergency, declared, unit })[page.page]?.(page);
}
