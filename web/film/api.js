// What is asked of the server: same origin, no cache of the browser's, no referrer. Whatever goes
// wrong is a Refusal with a code that refusal.js has words for.
const PATIENCE_MS = 30000;

export class Refusal extends Error {
  constructor(code, status = 0) {
    super(code);
    this.code = code;
    this.status = status;
  }
}

const BY_STATUS = { 401: "session-unknown", 403: "no-right", 404: "not-here", 406: "not-shown", 410: "share-ended",
  413: "busy", 429: "busy", 502: "busy", 503: "busy", 504: "busy" };

/** The code that a problem document has, else what its status says. */
export function codeOf(status, problem) {
  const code = problem && typeof problem.code === "string" ? problem.code : "";
  return /^(share|patient|session)-[a-z]+$/.test(code) ? code : BY_STATUS[status] || "failed";
}

let ended = () => {};
/** Who is told when the session is over, whatever was asked. */
export function onEnd(tell) {
  ended = tell;
}

async function refuse(answer) {
  let problem = null;
  try {
    problem = await answer.json();
  } catch (_) {
    // The status says enough.
  }
  const refusal = new Refusal(codeOf(answer.status, problem), answer.status);
  if (answer.status === 401 || answer.status === 410) ended(refusal);
  throw refusal;
}

/** `as`: "json", "arrayBuffer", "blob" or "none". `signal` may end it. */
export async function ask(path, { method = "GET", json, accept = "application/json", as = "json", signal } = {}) {
  const patience = new AbortController();
  const stop = () => patience.abort();
  const timer = setTimeout(stop, PATIENCE_MS);
  if (signal) signal.addEventListener("abort", stop);
  try {
    const answer = await fetch(path, {
      method, credentials: "same-origin", cache: "no-store", referrerPolicy: "no-referrer", redirect: "error",
      headers: json === undefined ? { Accept: accept } : { Accept: accept, "Content-Type": "application/json" },
      body: json === undefined ? undefined : JSON.stringify(json), signal: patience.signal,
    });
    if (!answer.ok) await refuse(answer);
    return as === "none" || answer.status === 204 ? null : await answer[as]();
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(signal && signal.aborted ? "aborted" : "network");
  } finally {
    clearTimeout(timer);
    if (signal) signal.removeEventListener("abort", stop);
  }
}

export const post = (path, json, options = {}) => ask(path, { method: "POST", json, ...options });

const ROOT = "/dicom-web/studies";
export const DICOM_JSON = "application/dicom+json";
const FRAME = "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1";

const instancePath = (image) => `${ROOT}/${image.study}/series/${image.series}/instances/${image.instance}`;
const found = (path) => ask(path, { accept: DICOM_JSON }).then((rows) => rows || []);

export const findStudy = (study) => found(`${ROOT}?StudyInstanceUID=${study}&includefield=all`);
export const findSeries = (study) => found(`${ROOT}/${study}/series?includefield=all`);
export const seriesMetadata = (study, series) => found(`${ROOT}/${study}/series/${series}/metadata`);
export const thumbnail = (study, series) =>
  ask(`${ROOT}/${study}/series/${series}/thumbnail`, { accept: "image/jpeg", as: "blob" });
export const frameBytes = (image, signal) =>
  ask(`${instancePath(image)}/frames/${image.frame}`, { accept: FRAME, as: "arrayBuffer", signal });
export const bulk = (image, path) =>
  ask(`${instancePath(image)}/bulkdata/${path}`, { accept: "application/octet-stream", as: "arrayBuffer" });

/** `query`: "viewport=360,640" or "window=40,400,linear"; a JPEG, or a PNG when every pixel counts. */
export const rendered = (image, query, exact, signal) =>
  ask(`${instancePath(image)}/frames/${image.frame}/rendered${query ? `?${query}` : ""}`,
    { accept: exact ? "image/png" : "image/jpeg", as: "blob", signal });
