import { expect, it } from "vitest";
import { characters } from "./characters";

it("counts an emoji once (I-1)", () => expect([characters("🎫".repeat(32)), characters("Näme"), characters("")]).toEqual([32, 4, 0]));
