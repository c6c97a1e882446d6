// Short words about what just happened, read out to those who do not see them.
type Toast = { id: number; tone: "good" | "bad"; words: string };

class Toasts {
  shown = $state<Toast[]>([]);
  #next = 1;

  good(words: string): void {
    this.#show("good", words, 4_000);
  }

  bad(words: string): void {
    this.#show("bad", words, 10_000);
  }

  dismiss(id: number): void {
    this.shown = this.shown.filter((toast) => toast.id !== id);
  }

  #show(tone: Toast["tone"], words: string, life: number): void {
    const id = this.#next++;
    this.shown = [...this.shown.slice(-2), { id, tone, words }];
    setTimeout(() => this.dismiss(id), life);
  }
}

export const toasts = new Toasts();
