/**
 * Makes the content of an element what another one's is. What is the same already stays, so that only what is new has to be
 * laid out: a list of many items gets one more.
 */
export function patch(element: Element, next: Element): void {
  const known = [...element.childNodes];
  // A copy, because used nodes are removed from `next`.
  const nodes = [...next.childNodes];
  nodes.forEach((node, at) => {
    const old = known[at];
    if (old === undefined) element.append(node);
    else if (old.isEqualNode(node)) return;
    else if (old instanceof Element && node instanceof Element && areAlike(old, node)) patch(old, node);
    else old.replaceWith(node);
  });
  for (const old of known.slice(nodes.length)) old.remove();
}

/** The same but for their content. */
function areAlike(one: Element, other: Element): boolean {
  return one.cloneNode(false).isEqualNode(other.cloneNode(false));
}
