/** The part of Trusted Types that is used here: TypeScript does not know them yet. */
interface TrustedTypes {
  createPolicy: (
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ) => { createScriptURL: (url: string) => string };
}

/**
 * A `Worker` under `require-trusted-types-for 'script'`, which accepts no plain URLs: only scripts of the page's own
 * origin are trusted. The Content-Security-Policy (libs/page) names this policy.
 */
export function startTrustedWorker(url: URL, options: WorkerOptions | undefined): Worker {
  return new globalThis.Worker(policy().createScriptURL(url.href), options);
}

let known: ReturnType<TrustedTypes['createPolicy']> | undefined;

function policy(): ReturnType<TrustedTypes['createPolicy']> {
  const rules = {
    createScriptURL: (url: string): string => {
      if (new URL(url).origin === location.origin) return url;
      throw new TypeError(`A worker of another origin: ${url}`);
    },
  };
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  return (known ??= trustedTypes?.createPolicy('parley-worker', rules) ?? rules);
}
