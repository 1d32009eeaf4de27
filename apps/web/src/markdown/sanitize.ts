import purify from 'dompurify';

const allowed = {
  ALLOWED_TAGS: [
    ...['p', 'br', 'hr', 'h3', 'blockquote', 'ul', 'ol', 'li'],
    ...['strong', 'em', 'del', 'code', 'pre', 'a', 'span'],
    ...['table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
  ALLOWED_ATTR: ['href', 'title', 'class', 'align', 'start'],
  // Their values are not URLs, so ALLOWED_URI_REGEXP does not apply to them.
  ADD_URI_SAFE_ATTR: ['align', 'start'],
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:)/i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true as const,
};

/** Parses HTML and removes everything but formatting and links. Links open in a new tab. */
export function sanitize(html: string): DocumentFragment {
  const fragment = purify.sanitize(html, allowed);
  for (const link of fragment.querySelectorAll('a')) {
    // A link without text (its image became a link of its own), or with a URL that is not allowed.
    if (link.textContent === '' || !link.hasAttribute('href')) link.replaceWith(...link.childNodes);
    link.target = '_blank';
    link.rel = 'noopener noreferrer nofollow';
  }
  return fragment;
}
