// What became of a request for live values, in few words: in the delivery log and on a ticket's page.
import { integrations } from "./integrations";

// Why Bloxlink gave nothing, as the API calls it.
const bloxlink: Record<string, string> = {
  no_key: "no Bloxlink key", key_closed: "the key has to be given again", key_refused: "key refused", limited: "too many requests", failing: "refused",
  bad_answer: "cannot be used", unreachable: "not reached",
};

// outcome is a class of failure in words, or that it went well; one that is not known here stands for itself.
export const outcome = (failure: string | undefined) => (failure ? (integrations.failures[failure] ?? bloxlink[failure] ?? failure) : integrations.good);
