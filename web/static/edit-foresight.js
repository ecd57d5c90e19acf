// What only the service knows of a move that is not made yet: the codes that units get, and whether a rule forbids it. Asked when the hand rests.
const REST_MS = 350;

export class Foresight {
  constructor(desk, told) {
    Object.assign(this, { desk, told, codes: new Map(), refused: "", key: "", timer: 0 });
  }

  ask(edit) {
    const { desk } = this, key = JSON.stringify([desk.model.version, edit]);
    if (key === this.key) return;
    this.key = key;
    this.codes = new Map();
    this.refused = "";
    clearTimeout(this.timer);
    if (edit.atoms.length && desk.mayEdit) this.timer = setTimeout(() => this.#look(edit, key), REST_MS);
  }

  async #look(edit, key) {
    const { desk } = this;
    let found;
    try {
      found = await desk.net.post(desk.urls.preview, { plan: desk.plan, edit });
    } catch (error) {
      return; // what the page itself knows stands there already
    }
    if (key !== this.key) return;
    this.codes = new Map((found.units || []).filter(unit => unit.code && unit.code_before).map(unit => [unit.code_before, unit.code]));
    this.refused = found.refused ? (desk.page.lang === "zh" ? found.refused.message_zh : found.refused.message) || "" : "";
    this.told();
  }
}
