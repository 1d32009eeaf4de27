import { type ForeignConversation, type ForeignMessage, type ForeignNode } from './foreign-conversation.js';
import { type LeftOut } from './left-out.js';

/** A message in the order of its conversation. */
export interface OrderedMessage {
  message: ForeignMessage;
  /** The index of its parent in the list; undefined without a parent. */
  parent: number | undefined;
}

/** A message that is kept, in its tree. */
interface Kept {
  message: ForeignMessage;
  parent: Kept | undefined;
  children: Kept[];
}

/**
 * Orders the messages of a conversation: each after its parent, and the message that was shown last at the end, because the
 * last message of a conversation is its newest. Siblings keep their order, except that the message at the end comes after its
 * siblings. The children of a message that is left out belong to its parent.
 */
export function orderMessages(
  { nodes, current }: Pick<ForeignConversation, 'nodes' | 'current'>,
  leftOut: LeftOut,
): OrderedMessage[] {
  const { roots, keptById } = buildTree(nodes, leftOut);
  const newest = keptById.get(current ?? '') ?? newestOf([...keptById.values()]);
  return newest === undefined ? [] : inOrder(roots, newest);
}

/** The kept messages as trees, and for each id of a node its message or the nearest one above. */
function buildTree(nodes: readonly ForeignNode[], leftOut: LeftOut) {
  const byId = new Map<string, ForeignNode>();
  for (const node of nodes) {
    if (byId.has(node.id)) leftOut.add('duplicate_message');
    else byId.set(node.id, node);
  }
  const children = childrenOf(byId);
  const roots: Kept[] = [];
  const keptById = new Map<string, Kept | undefined>();
  const open = (children.get(undefined) ?? [])
    .reverse()
    .map((node) => ({ node, above: undefined as Kept | undefined }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, above } = next;
    const kept = node.message && { message: node.message, parent: above, children: [] };
    if (kept !== undefined) (above?.children ?? roots).push(kept);
    keptById.set(node.id, kept ?? above);
    for (const child of (children.get(node.id) ?? []).reverse())
      open.push({ node: child, above: kept ?? above });
  }
  for (const { id, message } of byId.values()) {
    if (message !== undefined && !keptById.has(id)) leftOut.add('unreachable_message');
  }
  return { roots, keptById };
}

/** The children of each node, in the order of its list; roots under undefined. */
function childrenOf(byId: ReadonlyMap<string, ForeignNode>): Map<string | undefined, ForeignNode[]> {
  const listedBy = new Map<string, { parent: string; place: number }>();
  for (const { id, children } of byId.values()) {
    children.forEach((child, place) => {
      if (!listedBy.has(child)) listedBy.set(child, { parent: id, place });
    });
  }
  const children = new Map<string | undefined, ForeignNode[]>();
  for (const node of byId.values()) {
    const parent = [node.parent, listedBy.get(node.id)?.parent].find(
      (id) => typeof id === 'string' && byId.has(id),
    );
    const siblings = children.get(parent ?? undefined);
    if (siblings === undefined) children.set(parent ?? undefined, [node]);
    else siblings.push(node);
  }
  const place = ({ id }: ForeignNode): number => listedBy.get(id)?.place ?? Number.MAX_SAFE_INTEGER;
  for (const siblings of children.values()) siblings.sort((a, b) => place(a) - place(b));
  return children;
}

/** The message with the latest time; without times the last one. */
function newestOf(messages: readonly (Kept | undefined)[]): Kept | undefined {
  let newest: Kept | undefined;
  for (const kept of messages) {
    if (kept !== undefined && (kept.message.createdAt ?? '') >= (newest?.message.createdAt ?? ''))
      newest = kept;
  }
  return newest;
}

function inOrder(roots: readonly Kept[], newest: Kept): OrderedMessage[] {
  const path: Kept[] = [];
  for (let at: Kept | undefined = newest; at !== undefined; at = at.parent) path.push(at);
  path.reverse();
  for (let child = newest.children.at(-1); child !== undefined; child = child.children.at(-1))
    path.push(child);
  const ordered: OrderedMessage[] = [];
  const indices = new Map<Kept, number>();
  const add = (kept: Kept): void => {
    indices.set(kept, ordered.length);
    ordered.push({ message: kept.message, parent: kept.parent && indices.get(kept.parent) });
  };
  let siblings = roots;
  for (const kept of path) {
    const isLast = kept === path.at(-1);
    for (const sibling of siblings) {
      if (sibling !== kept) addBelow(sibling, add);
      else if (!isLast) add(kept);
    }
    if (isLast) add(kept);
    siblings = kept.children;
  }
  return ordered;
}

/** Adds a message and everything below it, parents first. */
function addBelow(top: Kept, add: (kept: Kept) => void): void {
  const open = [top];
  for (let kept = open.pop(); kept !== undefined; kept = open.pop()) {
    add(kept);
    for (let at = kept.children.length - 1; at >= 0; at -= 1) open.push(kept.children[at]!);
  }
}
