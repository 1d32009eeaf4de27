interface Call<Question, Answer> {
  question: Question;
  resolve: (answer: Answer | undefined) => void;
}

/**
 * Calls a worker, one question at a time, and ends it when an answer takes too long: text that is slow to parse, by
 * accident or on purpose, costs a bounded time and never the main thread's.
 */
export class WorkerCalls<Question, Answer> {
  readonly #create: () => Worker;
  readonly #limitMs: number;
  readonly #waiting: Call<Question, Answer>[] = [];
  #worker: Worker | undefined;
  #current: Call<Question, Answer> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param create starts the worker, which posts one message when it is ready, and one for each question
   * @param limitMs longest time for one answer, in ms; loading the worker is not part of it
   */
  constructor(create: () => Worker, limitMs: number) {
    this.#create = create;
    this.#limitMs = limitMs;
  }

  /** The answer; undefined when it took too long, when the worker failed, and when it could not be loaded. */
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
    // Its first message says that it is ready.
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

  /** The question that it failed at has no answer. If it could not be loaded, the others have none either. */
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
