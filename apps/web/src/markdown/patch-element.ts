/**
 * Makes the content of an element equal to that of another one. Equal nodes are kept, so that the browser lays out changed
 * nodes only. Moves nodes out of \`next\`.
 */
export function patchElement(element: Element, next: Element): void {
  const known = [...element.childNodes];
  // A copy, because used nodes are removed from `next`.
  const nodes = [...next.childNodes];
  nodes.forEach((node, at) => {
    const old = known[at];
    if (old === undefined) element.append(node);
    else if (old.isEqualNode(node)) return;
    else if (old instanceof Element && node instanceof Element && haveSameTag(old, node))
      patchElement(old, node);
    else old.replaceWith(node);
  });
  for (const old of known.slice(nodes.length)) old.remove();
}

/** Whether two elements are equal apart from their content. */
export function haveSameTag(one: Element, other: Element): boolean {
  return one.cloneNode(false).isEqualNode(other.cloneNode(false));
}
