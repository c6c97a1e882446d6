// For tests in another language: runs the worker until standard input ends, and says where. KEYS is in the environment, the address to which
// every outgoing connection leads is the argument.

import { runWorker } from "./run.mjs";

const worker = runWorker({ keys: process.env.KEYS ?? "", outbound: process.argv[2] });
console.log(String(await worker.ready));
process.stdin.resume().on("end", async () => {
  await worker.dispose();
  process.exit(0);
});
