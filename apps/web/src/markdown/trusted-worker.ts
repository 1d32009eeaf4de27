/** The part of the Trusted Types API that is used here; TypeScript has no types for it yet. */
interface TrustedTypes {
  createPolicy: (
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ) => { createScriptURL: (url: string) => string };
}

/**
 * Starts a worker. With `require-trusted-types-for 'script'`, `Worker` accepts only URLs approved by a policy, and this one
 * approves scripts of the page's own origin. The Content-Security-Policy (libs/page) allows it by its name.
 * @throws TypeError for a script of another origin
 */
export function startTrustedWorker(url: URL, options: WorkerOptions | undefined): Worker {
  return new globalThis.Worker(policy().createScriptURL(url.href), options);
}

let createdPolicy: ReturnType<TrustedTypes['createPolicy']> | undefined;

function policy(): ReturnType<TrustedTypes['createPolicy']> {
  const rules = {
    createScriptURL: (url: string): string => {
      if (new URL(url).origin === location.origin) return url;
      throw new TypeError(`The script of a worker has another origin: ${url}`);
    },
  };
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  return (createdPolicy ??= trustedTypes?.createPolicy('parley-worker', rules) ?? rules);
}
