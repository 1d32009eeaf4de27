interface Call<Question, Answer> {
  question: Question;
  resolve: (answer: Answer | undefined) => void;
}

/**
 * Calls a worker, one request at a time, and terminates it if a response takes too long: text that is slow to parse, by
 * accident or on purpose, takes a bounded time and never blocks the main thread.
 */
export class WorkerCalls<Question, Answer> {
  readonly #create: () => Worker;
  readonly #limitMs: number;
  readonly #waiting: Call<Question, Answer>[] = [];
  #worker: Worker | undefined;
  #current: Call<Question, Answer> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param create starts the worker, which posts one message when it is ready, and one for each request
   * @param limitMs longest time for one response, in ms, without the time to load the worker
   */
  constructor(create: () => Worker, limitMs: number) {
    this.#create = create;
    this.#limitMs = limitMs;
  }

  /** The response; undefined if it took too long, or if the worker failed or could not be loaded. */
  ask(question: Question): Promise<Answer | undefined> {
    return new Promise((resolve) => {
      this.#waiting.push({ question, resolve });
      if (this.#worker === undefined) this.#start();
      else if (this.#current === undefined) this.#next();
    });
  }

  #start(): void {
    const worker = (this.#worker = this.#create());
    worker.addEventListener('error', () => this.#end(worker));
    // The first message reports that it is ready.
    worker.addEventListener('message', () => this.#listen(worker), { once: true });
  }

  #listen(worker: Worker): void {
    worker.addEventListener('message', ({ data }: MessageEvent<Answer | undefined>) => {
      if (worker === this.#worker) this.#finish(data);
    });
    this.#next();
  }

  #next(): void {
    const call = (this.#current = this.#waiting.shift());
    if (call === undefined || this.#worker === undefined) return;
    const worker = this.#worker;
    this.#timer = setTimeout(() => this.#end(worker), this.#limitMs);
    worker.postMessage(call.question);
  }

  #finish(answer: Answer | undefined): void {
    clearTimeout(this.#timer);
    this.#current?.resolve(answer);
    this.#current = undefined;
    this.#next();
  }

  /** The request that it failed at has no response. If it could not be loaded, neither have the others. */
  #end(worker: Worker): void {
    if (worker !== this.#worker) return;
    worker.terminate();
    this.#worker = undefined;
    clearTimeout(this.#timer);
    if (this.#current === undefined) {
      for (const { resolve } of this.#waiting.splice(0)) resolve(undefined);
      return;
    }
    this.#current.resolve(undefined);
    this.#current = undefined;
    if (this.#waiting.length > 0) this.#start();
  }
}
