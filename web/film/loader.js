// Fetches the frames of one stack: the one that is looked at first, then those that come next, a few
// at a time. Whoever turns pages fast leaves no queue behind: what is wanted is told anew each time.
import { fetchOrder } from "./cache.js";
import { loadFrame } from "./frame.js";

const AT_ONCE = 3;
const LARGE_PIXELS = 4e6;

export const keyOf = (image) => `${image.instance}/${image.frame}`;

export class Loader {
  /** `arrived(index, refusal)`: it is in the cache now, or will not be. */
  constructor(stack, cache, arrived) {
    Object.assign(this, { stack, cache, arrived, wanted: [], refused: new Map(), inFlight: new Set() });
    this.ended = new AbortController();
  }

  want(index, direction) {
    const ahead = this.stack[index].rows * this.stack[index].columns > LARGE_PIXELS ? 1 : 12;
    this.refused.delete(index);
    this.wanted = [index, ...fetchOrder(index, direction, this.stack.length, ahead, Math.min(3, ahead))];
    this.pump();
  }

  isMissing(index) {
    return !this.cache.has(keyOf(this.stack[index])) && !this.inFlight.has(index) && !this.refused.has(index);
  }

  pump() {
    while (this.inFlight.size < AT_ONCE && !this.ended.signal.aborted) {
      const index = this.wanted.find((i) => this.isMissing(i));
      if (index === undefined) return;
      this.fetch(index);
    }
  }

  async fetch(index) {
    let refusal = null;
    this.inFlight.add(index);
    try {
      this.cache.put(keyOf(this.stack[index]), await loadFrame(this.stack[index], this.ended.signal));
    } catch (error) {
      refusal = error;
      this.refused.set(index, error);
    }
    this.inFlight.delete(index);
    if (this.ended.signal.aborted) return;
    this.arrived(index, refusal);
    this.pump();
  }

  end() {
    this.ended.abort();
  }
}
