// The files as they are sent, and what must hold for all of them.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const SOURCE = fileURLToPath(new URL("../../web/film", import.meta.url));
const files = readdirSync(SOURCE);
const textOf = (name) => readFileSync(join(SOURCE, name), "utf8");
const importsOf = (name) => [...textOf(name).matchAll(/from "\.\/([a-z]+\.js)"/g)].map((m) => m[1]);

test("all pages together are at most 60 KB as they are sent", () => {
  const sent = readdirSync(process.env.DIST);
  const bytes = sent.reduce((sum, name) => sum + statSync(join(process.env.DIST, name)).size, 0);
  console.log(`${sent.length} files, ${bytes} bytes`);
  assert.deepEqual(sent.map((name) => name.replace(/\.gz$/, "")).sort(), files.sort());
  assert.ok(bytes <= 60 * 1024, `${bytes} bytes`);
});

// A script that is not told ahead is found one round trip later.
test("each shell tells ahead all scripts that it needs, and no other", () => {
  for (const shell of files.filter((name) => name.endsWith(".html"))) {
    const first = shell.replace("html", "js");
    const needed = new Set([first]);
    for (const name of needed) importsOf(name).forEach((other) => needed.add(other));
    const told = [...textOf(shell).matchAll(/(?:href|src)="\/film\/([a-z]+\.js)"/g)].map((m) => m[1]);
    assert.deepEqual(told.sort(), [...needed].sort(), shell);
  }
});

test("nothing inline, nothing of another origin, nothing stored, no text read as markup", () => {
  for (const name of files) {
    const text = textOf(name);
    assert.doesNotMatch(text, /https?:(?!\/\/www\.w3\.org\/2000\/svg)|localStorage|sessionStorage|indexedDB|document\.cookie/, name);
    assert.doesNotMatch(text, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/, name);
    if (name.endsWith(".html")) assert.doesNotMatch(text, /<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=/, name);
  }
});

test("every module is short enough to be read", () => {
  for (const name of files) assert.ok(textOf(name).split("\n").length <= 300, name);
});
