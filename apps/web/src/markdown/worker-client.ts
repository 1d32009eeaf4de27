interface Call<Request, Response> {
  request: Request;
  resolve: (response: Response | undefined) => void;
}

/**
 * Sends requests to a worker, one at a time, and terminates it if a response takes too long. So the time for text that is
 * slow to parse, by accident or on purpose, is bounded, and the main thread is never blocked.
 */
export class WorkerClient<Request, Response> {
  readonly #create: () => Worker;
  readonly #limitMs: number;
  readonly #waiting: Call<Request, Response>[] = [];
  #worker: Worker | undefined;
  #isReady = false;
  #current: Call<Request, Response> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param create starts the worker, which posts one message when it is ready, and one for each request
   * @param limitMs maximum time for one response, in ms, without the time to load the worker
   */
  constructor(create: () => Worker, limitMs: number) {
    this.#create = create;
    this.#limitMs = limitMs;
  }

  /** Resolves to the response; to undefined if it took too long, or if the worker failed or could not be loaded. */
  call(request: Request): Promise<Response | undefined> {
    return new Promise((resolve) => {
      this.#waiting.push({ request, resolve });
      if (this.#worker === undefined) this.#start();
      else if (this.#isReady && this.#current === undefined) this.#next();
    });
  }

  #start(): void {
    this.#isReady = false;
    const worker = (this.#worker = this.#create());
    worker.addEventListener('error', () => this.#terminate(worker));
    worker.addEventListener('message', ({ data }: MessageEvent<Response | undefined>) => {
      if (worker !== this.#worker) return;
      if (this.#isReady) this.#finish(data);
      else {
        this.#isReady = true;
        this.#next();
      }
    });
  }

  #next(): void {
    const call = (this.#current = this.#waiting.shift());
    if (call === undefined || this.#worker === undefined) return;
    const worker = this.#worker;
    this.#timer = setTimeout(() => this.#terminate(worker), this.#limitMs);
    worker.postMessage(call.request);
  }

  #finish(response: Response | undefined): void {
    clearTimeout(this.#timer);
    this.#current?.resolve(response);
    this.#current = undefined;
    this.#next();
  }

  /** Fails the current call. If the worker could not be loaded, there is none: all waiting calls fail. */
  #terminate(worker: Worker): void {
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
