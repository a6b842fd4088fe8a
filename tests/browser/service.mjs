// `huren serve` with the sample catalogue, on a port of its own, from start to end of a test. `{folder}`
// in a flag is the service's own.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const ROOT = process.env.ROOT;
const env = { ...process.env, HUREN_CONFIG: "/dev/null" };

function run(program, ...words) {
  const done = spawnSync(program, words, { cwd: ROOT, env, encoding: "utf8" });
  if (done.status !== 0) throw new Error(`${program} ${words.join(" ")}: ${done.error ?? done.stderr}`);
}

export async function startService(huren, ...flags) {
  const folder = mkdtempSync(join(tmpdir(), "huren-browser-"));
  const registry = join(folder, "registry");
  run(huren, "registry", "init", registry);
  run(huren, "registry", "publish", registry, "catalog/sample", "-m", "sample");
  const child = spawn(huren, ["serve", "--registry", registry, "--listen", "127.0.0.1:0", "--log", join(folder, "log"),
    ...flags.map((flag) => flag.replace("{folder}", folder))],
    { cwd: ROOT, env, stdio: ["ignore", "ignore", "pipe"] });
  const line = await new Promise((resolve, reject) => {
    createInterface(child.stderr).once("line", resolve);
    child.once("exit", (code) => reject(new Error(`huren serve ended: ${code}`)));
  });
  return {
    url: line.match(/http:\/\/127\.0\.0\.1:\d+/)[0],
    folder,
    publishBroken() {
      const clone = join(folder, "clone");
      const git = (...words) => run("git", "-C", clone, "-c", "user.name=x", "-c", "user.email=x@example.cn", ...words);
      run("git", "clone", "-q", registry, clone);
      writeFileSync(join(clone, "broken.xml"), "<no");
      git("add", "broken.xml");
      git("commit", "-qm", "broken");
      git("push", "-q", "origin", "HEAD:main");
    },
    async stop() {
      const code = await new Promise((resolve) => {
        child.removeAllListeners("exit");
        child.once("exit", resolve);
        child.kill("SIGTERM");
      });
      rmSync(folder, { recursive: true });
      return code;
    },
  };
}
