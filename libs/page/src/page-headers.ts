/**
 * What the page may do: run its own scripts and styles, talk to its own server. Text becomes markup by way of Angular
 * and DOMPurify alone (Trusted Types); `parley-worker` starts the page's own workers. Angular creates its three
 * policies under these names.
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

const always = {
  'content-security-policy': contentSecurityPolicy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** A name that changes with the content, as the build gives it: `main-Cn-b4Fr4.js`. */
const hashedName = /\b(main|chunk|styles|polyfills|worker)-[\w-]{8}\.(js|css)(\.br|\.gz)?$/;

/** The headers of a file of the page. One with a hash in its name never changes; any other is asked for each time. */
export function pageHeaders(path: string): Record<string, string> {
  const isForever = hashedName.test(path);
  return { ...always, 'cache-control': isForever ? 'public, max-age=31536000, immutable' : 'no-cache' };
}
