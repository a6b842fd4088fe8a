// Reports that lie beside the images: structured ones as text, encapsulated ones as the file they are.
import { bulk } from "./api.js";
import { el } from "./dom.js";
import { personName, value, values } from "./study.js";

const CONTENT = "0040A730";
const DEPTH_MAX = 20;
const meaning = (ds, tag) => value(value(ds, tag, {}), "00080104", "");
const unitOf = (measured) => value(value(measured, "004008EA", {}), "00080100", "").replace(/^1$/, "");

/** What an item of the content tree says (PS3.3 C.17.3); "" for what is no words. */
const READ = {
  TEXT: (ds) => value(ds, "0040A160", ""),
  CODE: (ds) => meaning(ds, "0040A168"),
  NUM: (ds) => {
    const measured = value(ds, "0040A300", {});
    return `${value(measured, "0040A30A", "")} ${unitOf(measured)}`.trim();
  },
  DATE: (ds) => value(ds, "0040A121", ""),
  TIME: (ds) => value(ds, "0040A122", ""),
  DATETIME: (ds) => value(ds, "0040A120", ""),
  PNAME: (ds) => personName(ds, "0040A123"),
};

/** The content tree as lines: { level, name, text }. */
export function linesOf(ds, level = 0) {
  if (level > DEPTH_MAX) return [];
  return values(ds, CONTENT).flatMap((item) => {
    const type = value(item, "0040A040", "");
    const line = { level, name: meaning(item, "0040A043"), text: String((READ[type] || (() => ""))(item)) };
    const below = linesOf(item, level + 1);
    return line.text || below.length ? [line, ...below] : below;
  });
}

export const titleOf = (ds) => value(ds, "00420010", "") || meaning(ds, "0040A043") || value(ds, "0008103E", "");

/** The path below "bulkdata" at which the document lies; "" when it has none. */
const documentPath = (ds) => ((ds["00420011"] || {}).BulkDataURI || "").split("/bulkdata/")[1] || "";

function textReport(ds) {
  const lines = linesOf(ds);
  return el("div", { class: "sr" }, ...lines.map(({ level, name, text }) =>
    el("p", { class: `level-${Math.min(level, 4)}` }, name && el("strong", {}, text ? `${name}: ` : name), text)));
}

async function fileReport(ds) {
  const type = value(ds, "00420012", "application/pdf");
  const image = { study: value(ds, "0020000D"), series: value(ds, "0020000E"), instance: value(ds, "00080018") };
  const bytes = (ds["00420011"] || {}).InlineBinary
    ? Uint8Array.from(atob(ds["00420011"].InlineBinary), (c) => c.charCodeAt(0)) : await bulk(image, documentPath(ds));
  const isPdf = type === "application/pdf";
  // A page of the other kind could hold a script: it is saved, never opened here.
  const url = URL.createObjectURL(new Blob([bytes], { type: isPdf ? type : "application/octet-stream" }));
  return el("div", { class: "file" },
    isPdf && el("a", { class: "act", href: url, target: "_blank", rel: "noopener", say: "openReport" }),
    el("a", { class: isPdf ? "act quiet" : "act", href: url, download: isPdf ? "report.pdf" : "report.xml", say: "saveReport" }));
}

/** An element that shows the document. */
export const showReport = (ds) => (ds["00420011"] ? fileReport(ds) : Promise.resolve(textReport(ds)));
