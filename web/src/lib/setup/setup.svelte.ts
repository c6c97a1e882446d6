// The set-up of a fresh instance, as the server keeps it. Its API is no part of the public one: it is there only until Usher is set up,
// and described in internal/httpapi/setup.go. What is secret goes there once and never comes back.
import { Problem, problemText } from "$lib/api/problem";

export type Person = { id: string; name: string; shown: string; picture: string };
export type Finding = { code: string; text: string; link: string };
export type Server = { id: string; name: string; icon: string; missing: string[] };
export type State = {
  phase: "choosing" | "starting" | "failed" | "running";
  until: string;
  failure?: string;
  application?: { id: string; name: string; bot: Person; findings: Finding[] };
  address: string;
  redirect: string;
  registered: boolean;
  secret_known: boolean;
  operator?: Person;
  fixed: string[];
  invite: string;
  links: { applications: string; bot: string; oauth2: string };
  guilds: Server[];
};
type Answer = { session?: string; state?: State; problem?: object };

const kept = "usher-setup"; // in the tab's own storage, which other ports of this machine do not share
const patience = 25_000; // ms

export class Setup {
  state = $state<State>();
  // outside says why this browser may not set up; empty where it has no code.
  outside = $state<string>();
  lost = $state(false);
  #session = "";

  // begin takes the code from the page's address, or goes on where this tab was.
  async begin(hash: string): Promise<void> {
    const code = new URLSearchParams(hash.replace(/^#/, "")).get("code");
    this.#session = sessionStorage.getItem(kept) ?? "";
    if (code) {
      const answer = await this.#ask("POST", "/session", { code }).catch((error: unknown) => this.#out(problemText(error)));
      if (!answer?.session) {
        if (answer?.problem) this.#out(problemText(new Problem(403, answer.problem)));
        return;
      }
      this.#session = answer.session;
      sessionStorage.setItem(kept, answer.session);
    }
    if (!this.#session) this.#out("");
    else await this.look();
  }

  // look reads the state; where nobody answers, what was there stays.
  async look(): Promise<void> {
    try {
      this.#take(await this.#ask("GET", ""));
    } catch (error) {
      this.#stumble(error);
    }
  }

  // give sends a value to be checked and kept; what is wrong with it comes back.
  async give(path: "token" | "address" | "secret" | "operator" | "refresh" | "finish" | "done", body: Record<string, string> = {}): Promise<Problem | undefined> {
    try {
      const answer = await this.#ask("POST", `/${path}`, body);
      this.#take(answer);
      return answer.problem ? new Problem(422, answer.problem) : undefined;
    } catch (error) {
      this.#stumble(error);
      return error instanceof Problem ? error : new Problem(0, null);
    }
  }

  forget(): void {
    sessionStorage.removeItem(kept);
  }

  #take(answer: Answer): void {
    this.lost = false;
    if (answer.state) this.state = answer.state;
  }

  #out(why: string): void {
    this.outside = why;
  }

  #stumble(error: unknown): void {
    if (error instanceof Problem && (error.status === 403 || error.status === 404)) {
      this.forget();
      this.#out(error.status === 403 ? error.detail : "");
    } else {
      this.lost = true;
    }
  }

  async #ask(method: "GET" | "POST", path: string, body?: Record<string, string>): Promise<Answer> {
    const headers: Record<string, string> = { Authorization: `Bearer ${this.#session}` };
    if (body) headers["Content-Type"] = "application/json";
    const response = await fetch(`/api/setup${path}`, { method, headers, body: body ? JSON.stringify(body) : null, signal: AbortSignal.timeout(patience) }).catch(
      (why: unknown) => {
        throw new Problem(0, { detail: String(why) });
      },
    );
    const answer = (await response.json().catch(() => null)) as unknown;
    if (!response.ok) throw new Problem(response.status, answer);
    return (answer ?? {}) as Answer;
  }
}

// stepOf is the first step that is not done, for a page that is opened anew.
export function stepOf(state: State): number {
  if (state.phase === "running") return 5;
  if (!state.application) return 1;
  if (!state.address) return 2;
  return state.secret_known ? 4 : 3;
}
