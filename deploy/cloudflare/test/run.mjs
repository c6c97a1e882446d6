// Runs the worker in workerd, as Cloudflare would, with every outgoing connection led to one address.

import { Miniflare } from "miniflare";
import { readFileSync } from "node:fs";

const folder = new URL("../src/", import.meta.url);
const modules = ["worker.js", "names.js", "bytes.js", "signature.js"].map((name) => ({
  type: "ESModule", path: name, contents: readFileSync(new URL(name, folder), "utf8"),
}));
const settings = readFileSync(new URL("../wrangler.toml", import.meta.url), "utf8");

/**
 * @param {{keys: string, outbound: string, ports?: string, onOutput?: (text: string) => void}} options outbound: host:port
 */
export function runWorker({ keys, outbound, ports = "", onOutput }) {
  return new Miniflare({
    modules, modulesRoot: "/", compatibilityDate: /^compatibility_date = "(.+)"$/m.exec(settings)[1],
    bindings: { KEYS: keys, ALLOW_PORTS: ports },
    host: "127.0.0.1", port: 0, cf: false, telemetry: { enabled: false },
    outboundService: { external: { address: outbound, http: {} } },
    ...(onOutput && {
      handleRuntimeStdio(out, errs) {
        out.on("data", (b) => onOutput(String(b)));
        errs.on("data", (b) => onOutput(String(b)));
      },
    }),
  });
}
