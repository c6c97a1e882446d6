// Leaving a page on which something is not saved: who has unsaved changes asks here, one dialog of the app shows the question.
class Leave {
  // go is where the person was on the way to, as long as the question stands.
  go = $state.raw<() => void>();
  // sure is true while the page is left with its changes.
  sure = false;

  ask(go: () => void): void {
    this.go = go;
  }

  stay(): void {
    this.go = undefined;
  }

  leave(): void {
    this.sure = this.go !== undefined;
    this.again();
  }

  // again goes on to where the person was on the way to; what else is not saved there may ask anew.
  again(): void {
    const { go } = this;
    this.go = undefined;
    go?.();
  }
}

export const leave = new Leave();
