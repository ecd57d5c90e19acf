// What is sent to the service. A change carries a request id: sent twice, it happens once; so what got no answer is sent again until there is one.
import { Refused } from "./ask.js";

const SOON_MS = [1000, 2000, 4000, 8000];

export function requestId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, "0")).join("");
}

const isAway = status => status === 502 || status === 503 || status === 504;

export class Net {
  // `told(state)` hears "away" and "back"; the token of the page goes along with every change.
  constructor({ lang, token, told }) {
    this.lang = lang;
    this.token = token;
    this.told = told;
    this.isAway = false;
    this.again = null;
    window.addEventListener("online", () => this.retry());
  }

  async ask(address, query = {}) {
    const asked = new URLSearchParams(Object.entries({ ...query, lang: this.lang }).filter(([, value]) => value !== "" && value !== null && value !== undefined));
    return this.#once(`${address}?${asked}`, { headers: { Accept: "application/json" } });
  }

  // One try, for questions: a preview, a proposal.
  async post(address, body) {
    const headers = { "Content-Type": "application/json", Accept: "application/json", "X-Geogrid-Token": this.token };
    return this.#once(`${address}?lang=${this.lang}`, { method: "POST", headers, body: JSON.stringify(body) });
  }

  // Until there is an answer, for changes: the same request id every time.
  async deliver(address, body) {
    for (let tries = 0; ; tries++) {
      try {
        return await this.post(address, body);
      } catch (error) {
        if (error instanceof Refused) throw error;
        await this.#pause(SOON_MS[Math.min(tries, SOON_MS.length - 1)]);
      }
    }
  }

  retry() { this.again?.(); }

  #pause(ms) {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, ms);
      this.again = () => { clearTimeout(timer); resolve(); };
    });
  }

  async #once(address, options) {
    let answer;
    try {
      answer = await fetch(address, { ...options, cache: "no-store" });
      if (isAway(answer.status)) throw new TypeError(String(answer.status));
    } catch (error) {
      this.#set(true);
      throw error;
    }
    this.#set(false);
    const body = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Refused(answer.status, body, this.lang);
    return body;
  }

  #set(away) {
    if (away === this.isAway) return;
    this.isAway = away;
    this.told(away ? "away" : "back");
  }
}
