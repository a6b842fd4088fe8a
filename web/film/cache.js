// Frames that were fetched, bounded in bytes; and in which order the next are fetched.
export class Cache {
  constructor(bytesMax) {
    this.bytesMax = bytesMax;
    this.bytes = 0;
    this.items = new Map();
  }

  has(key) {
    return this.items.has(key);
  }

  /** What is taken was used last. */
  get(key) {
    const item = this.items.get(key);
    if (item) {
      this.items.delete(key);
      this.items.set(key, item);
    }
    return item;
  }

  /** The ones used longest ago make room; the newest stays, however large. */
  put(key, item) {
    if (this.items.has(key)) this.bytes -= this.items.get(key).bytes;
    this.items.delete(key);
    this.items.set(key, item);
    this.bytes += item.bytes;
    for (const [old, { bytes }] of this.items) {
      if (this.bytes <= this.bytesMax || old === key) break;
      this.items.delete(old);
      this.bytes -= bytes;
    }
  }
}

/** Which frames come after `index`: those ahead, then a few behind. `direction` is 1 or -1. */
export function fetchOrder(index, direction, count, ahead = 12, behind = 3) {
  const order = [];
  for (let i = 1; i <= ahead; i++) order.push(index + direction * i);
  for (let i = 1; i <= behind; i++) order.push(index - direction * i);
  return order.filter((i) => i >= 0 && i < count);
}

/** A phone has less to give than a desk. */
export const cacheBytes = (deviceMemory = 4) => Math.max(48, Math.min(384, deviceMemory * 32)) * 1048576;
