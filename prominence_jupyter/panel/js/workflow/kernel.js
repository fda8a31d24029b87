/** Whether the kernel that feeds a model is there; all views of the model share it. */
export class Kernel {
  constructor() {
    this.lost = false;
    this.listeners = new Set();
  }

  /** Call `listener` when it is lost; returns what ends that. */
  listen(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** It is gone, or another one: nothing will come any more, and nothing we send arrives. */
  lose() {
    if (this.lost) return;
    this.lost = true;
    for (const listener of [...this.listeners]) listener();
  }
}
