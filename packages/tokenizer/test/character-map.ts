const encoder = new TextEncoder();

interface Node {
  readonly children: Map<number, Node>;
  replacement?: number;
}

/**
 * A `precompiled_charsmap` of these replacements, as SentencePiece would write it, but with a block of 256 entries for each node: what
 * leads from one to the next is then plain to see, and no two nodes share a place.
 */
export function characterMap(replacements: readonly (readonly [from: string, to: string])[]): Uint8Array {
  const root: Node = { children: new Map() };
  const texts: number[] = [];
  for (const [from, to] of replacements) {
    let node = root;
    for (const byte of encoder.encode(from)) {
      const child: Node = node.children.get(byte) ?? { children: new Map() };
      node.children.set(byte, child);
      node = child;
    }
    node.replacement = texts.length;
    texts.push(...encoder.encode(to), 0);
  }
  const entries = new Map<number, number>();
  let blocks = 1;
  const place = (node: Node): number => {
    const block = 256 * blocks++;
    if (node.replacement !== undefined) entries.set(block, node.replacement | 0x8000_0000);
    for (const [byte, child] of node.children) {
      const offset = place(child) ^ (block ^ byte);
      const isEnd = child.replacement === undefined ? 0 : 0x100;
      entries.set(block ^ byte, (offset << 10) | isEnd | byte);
    }
    return block;
  };
  entries.set(0, place(root) << 10);
  const bytes = new Uint8Array(4 + 4 * 256 * blocks + texts.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 4 * 256 * blocks, true);
  for (let index = 0; index < 256 * blocks; index++) {
    // 0xff is in no text: a free entry leads nowhere.
    view.setUint32(4 + 4 * index, (entries.get(index) ?? 0xff) >>> 0, true);
  }
  bytes.set(texts, 4 + 4 * 256 * blocks);
  return bytes;
}
