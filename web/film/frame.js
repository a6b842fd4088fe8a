// One frame, as the canvas takes it: grey values, colours, or a picture that the server has drawn.
import { frameBytes, Refusal, rendered } from "./api.js";

/** The bytes of a frame of explicit little endian; Refusal("short") when they are fewer than it says. */
export function readFrame(image, buffer) {
  const pixels = image.rows * image.columns;
  const bytes = image.kind === "rgb" ? 3 : image.allocated / 8;
  if (buffer.byteLength < pixels * bytes) throw new Refusal("short");
  return image.kind === "grey" && bytes === 2 ? new Uint16Array(buffer, 0, pixels) : new Uint8Array(buffer, 0, pixels * bytes);
}

/** A picture of the server's, ready to be drawn. */
export async function decodePicture(blob) {
  const url = URL.createObjectURL(blob);
  try {
    const picture = new Image();
    picture.src = url;
    await picture.decode();
    return picture;
  } catch (_) {
    throw new Refusal("not-shown");
  } finally {
    URL.revokeObjectURL(url);
  }
}

const drawn = async (image, signal) => {
  const picture = await decodePicture(await rendered(image, "", true, signal));
  return { picture, bytes: picture.naturalWidth * picture.naturalHeight * 4 };
};

/** { stored } or { picture }, with how many bytes it holds. What cannot be read here, the server draws. */
export async function loadFrame(image, signal) {
  if (image.kind === "server") return drawn(image, signal);
  try {
    const buffer = await frameBytes(image, signal);
    return { stored: readFrame(image, buffer), bytes: buffer.byteLength };
  } catch (refusal) {
    if (refusal.code !== "not-shown" && refusal.code !== "short") throw refusal;
    return drawn(image, signal);
  }
}

/** A first look, no larger than the screen; null when there is none. */
export async function firstLook(image, width, height, signal) {
  try {
    return await decodePicture(await rendered(image, `viewport=${width},${height}`, false, signal));
  } catch (_) {
    return null;
  }
}
