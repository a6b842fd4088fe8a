// /openapi.json against the OpenAPI schema, and every route in it called.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { ROOT } from "./service.mjs";

// What a call needs that the document cannot know.
const values = { uscc: "121100004000000014", q: "TSH", on: "2025-02-20", receiver: "121100004000000014", limit: "5",
  at: "2025-02-20", "mark-seen": "none" };
// The document's own example, else a report.
const bodyOf = (operation) => {
  const json = operation.requestBody?.content["application/json"]?.example;
  return json ? { body: JSON.stringify(json), headers: { "Content-Type": "application/json" } }
    : { body: readFileSync(join(ROOT, "tests/data/cda/thyroid.xml")), headers: { "Content-Type": "application/xml" } };
};

// One that the schema allows: the value above, else the default, else the first.
const valueOf = ({ name, schema }) => values[name] ?? schema?.default ?? schema?.enum?.[0];

const OF_FILMS = /^\/(dicom-web|v1\/(film-links|shares?|share-sessions|session|pickup-codes|qr|patient-sessions|claims|my))(\/|$)/;

export async function checkOpenapi(url) {
  const document = await (await fetch(`${url}/openapi.json`)).json();
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  assert.ok(valid, JSON.stringify(errors));
  let called = 0;
  for (const [pattern, methods] of Object.entries(document.paths)) {
    // They want films, or somebody with a session: integration/dicomweb.py, share_walk.py, patient.py, film_publish.py.
    if (OF_FILMS.test(pattern)) continue;
    for (const [method, operation] of Object.entries(methods)) {
      // What is kept of persons wants a token always: integration/settlement.py, settlement_command.py.
      if (!(operation.security ?? [{}]).some((way) => Object.keys(way).length === 0)) continue;
      let path = pattern;
      const query = new URLSearchParams();
      for (const parameter of operation.parameters ?? []) {
        const value = valueOf(parameter);
        if (parameter.in === "path") path = path.replace(`{${parameter.name}}`, encodeURIComponent(value));
        else if (value !== undefined) query.set(parameter.name, value);
      }
      const answer = await fetch(`${url}${path}?${query}`, {
        method: method.toUpperCase(),
        ...(method === "post" ? bodyOf(operation) : {}),
      });
      const type = answer.headers.get("content-type").split(";")[0];
      assert.equal(answer.status, 200, `${method} ${path}?${query}: ${await answer.clone().text()}`);
      assert.ok(type in operation.responses["200"].content, `${method} ${pattern} says ${type}`);
      await answer.arrayBuffer();
      called++;
    }
  }
  assert.ok(called >= 10);
}
