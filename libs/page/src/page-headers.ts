/**
 * The page may run its own scripts and styles, and send requests to its own server. With Trusted Types, only Angular and
 * DOMPurify may turn text into HTML, and only the policy `parley-worker` of apps/web may start workers. Angular itself
 * chooses the names of its three policies.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types angular angular#unsafe-bypass angular#bundler dompurify parley-worker',
].join('; ');

const securityHeaders = {
  'content-security-policy': contentSecurityPolicy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** A file name with a hash of the content, as the build creates it: `main-Cn-b4Fr4.js`, `media/KaTeX_Main-Cn-b4Fr4.woff2`. */
const hashedName =
  /(?:\b(main|chunk|styles|polyfills|worker)-[\w-]{8}\.(js|css)(\.br|\.gz)?|\bmedia\/[\w-]+-[\w-]{8}\.woff2)$/;

/**
 * The response headers of a file of the page. Browsers cache files with a hash in their name for a year and revalidate others
 * for each request.
 */
export function pageHeaders(path: string): Record<string, string> {
  const isImmutable = hashedName.test(path);
  return {
    ...securityHeaders,
    'cache-control': isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
}
