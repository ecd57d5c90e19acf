// Pointer events for the tools, mouse, pen and touch alike: where they are on the ground; two fingers belong to the map.
const CLICK_PX = 6, LONG_MS = 550; // a hand that moves less has clicked; a finger that rests so long means what the right button does

export class Pointer {
  constructor(view) {
    Object.assign(this, { view, map: view.map, node: view.map.getContainer(), down: null, fingers: new Set(), last: null, frame: 0 });
    this.heard = {
      pointerdown: e => this.#down(e), pointermove: e => this.#move(e), pointerup: e => this.#up(e), pointercancel: e => this.#cancel(e), pointerleave: () => this.#leave(),
      dblclick: e => { if (!isControl(e)) view.tool.double?.(this.place(e)); }, contextmenu: e => this.#menu(e),
    };
    for (const [name, fn] of Object.entries(this.heard)) this.node.addEventListener(name, fn);
  }

  destroy() {
    cancelAnimationFrame(this.frame);
    for (const [name, fn] of Object.entries(this.heard)) this.node.removeEventListener(name, fn);
    this.map.dragging.enable();
  }

  // Where an event is: on the ground (x, y of the Mercator square), on the screen (px), and what it is meant to do.
  place(e) {
    const box = this.node.getBoundingClientRect(), point = { x: e.clientX - box.left, y: e.clientY - box.top };
    const at = this.map.containerPointToLayerPoint([point.x, point.y]).add(this.map.getPixelOrigin()), scale = 256 * Math.pow(2, this.map.getZoom());
    return { x: at.x / scale, y: at.y / scale, px: point, scale, mode: e.altKey ? "remove" : e.shiftKey ? "add" : this.view.mode, event: e };
  }

  #down(e) {
    if (isControl(e) || e.button > 0) return;
    this.fingers.add(e.pointerId);
    if (this.fingers.size > 1) return this.#giveUp();
    const at = this.place(e);
    const down = this.down = { at, id: e.pointerId, moved: false };
    if (e.pointerType === "touch") setTimeout(() => { if (this.down === down && !down.moved) this.#menu(e); }, LONG_MS); // not every browser tells a long press
    if (this.view.tool.drags) {
      this.node.setPointerCapture(e.pointerId);
      this.view.tool.down?.(at);
    }
  }

  #move(e) {
    if (this.fingers.size > 1) return;
    const { view, down } = this;
    this.last = e;
    if (down && Math.hypot(e.clientX - down.at.event.clientX, e.clientY - down.at.event.clientY) > CLICK_PX) down.moved = true;
    if (down && view.tool.drags) for (const each of e.getCoalescedEvents?.() ?? []) view.tool.trail?.(this.place(each));
    if (!this.frame) this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      if (!this.last) return;
      if (this.down && !view.tool.drags && this.down.moved) view.hover([]);
      else if (!isControl(this.last) || this.down) view.tool.move?.(this.place(this.last), Boolean(this.down));
      else view.hover([]);
    });
  }

  #up(e) {
    this.fingers.delete(e.pointerId);
    const { down } = this;
    if (!down || down.id !== e.pointerId) return;
    this.down = null;
    const at = this.place(e);
    if (this.view.tool.drags) this.view.tool.up?.(at, down.moved);
    else if (!down.moved) this.view.tool.click?.(at);
  }

  #cancel(e) {
    this.fingers.delete(e.pointerId);
    this.#giveUp();
  }

  // A second finger: the map zooms and pans, the tool has not begun.
  #giveUp() {
    if (this.down && this.view.tool.drags) this.view.tool.cancel?.();
    this.down = null;
  }

  #leave() {
    this.last = null;
    if (!this.down) this.view.hover([]);
  }

  // The right button, or a long press: the unit there becomes the target.
  #menu(e) {
    if (isControl(e)) return;
    e.preventDefault();
    this.#giveUp();
    this.view.tools.target.click(this.place(e));
  }
}

const isControl = e => Boolean(e.target.closest?.(".leaflet-control, .leaflet-popup, [data-covers-map], button, a, input, select"));
