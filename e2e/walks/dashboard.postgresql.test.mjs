import { onPostgreSQL } from "../src/demo.mjs";

await onPostgreSQL("dashboard.test.mjs");
