import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** What starts a throw-away server for the Go tests; it ends when its standard input does, and leaves nothing. */
const keeper = fileURLToPath(new URL("../../internal/store/postgrestest/keeper.sh", import.meta.url));
const debian = "/usr/lib/postgresql";
/** The first release that the tests run on, see internal/store/postgrestest. */
const oldest = 15;

/** The folder of the newest PostgreSQL that is installed; undefined where there is none. */
function binaries() {
  const versions = (existsSync(debian) ? readdirSync(debian) : []).map(Number).filter((version) => version >= oldest && existsSync(`${debian}/${version}/bin/initdb`));
  if (versions.length) return `${debian}/${Math.max(...versions)}/bin`;
  return (process.env.PATH ?? "").split(":").find((folder) => folder && existsSync(`${folder}/initdb`) && existsSync(`${folder}/postgres`));
}

/** Why there is no PostgreSQL to walk on; undefined where there is one. */
export function missing() {
  if (process.env.USHER_TEST_DATABASE_URL || binaries()) return undefined;
  return "LEFT OUT, nothing was walked on PostgreSQL: install the package postgresql, or set USHER_TEST_DATABASE_URL";
}

/** Whom the server runs as: itself refuses root. */
function account() {
  if (process.geteuid() !== 0) return {};
  const id = (flag) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

/** A PostgreSQL for one walk: the one of USHER_TEST_DATABASE_URL, or a throw-away one without a port. */
export async function startPostgres() {
  const given = process.env.USHER_TEST_DATABASE_URL;
  if (given) return { url: given, stop: async () => undefined };
  const why = missing();
  if (why) throw new Error(why);
  const owner = account();
  const folder = await mkdtemp("/tmp/usher-postgres-"); // short: a socket's path is bounded by the kernel
  if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid);
  const child = spawn("/bin/sh", [keeper, binaries(), folder], { ...owner, cwd: folder, env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" }, stdio: ["pipe", "pipe", "pipe"], detached: true });
  const gone = once(child, "exit");
  let said = "";
  child.stderr.on("data", (piece) => (said += piece));
  const ready = await Promise.race([once(createInterface({ input: child.stdout }), "line"), gone]);
  if (ready[0] !== "ready") {
    await rm(folder, { recursive: true, force: true });
    throw new Error(`PostgreSQL did not start: ${said}`);
  }
  return {
    url: `postgres://usher@/postgres?host=${encodeURIComponent(folder)}`,
    stop: async () => {
      child.stdin.end();
      await gone;
    },
  };
}
