/** The smallest depth of a binary tree with that many leaves. Twin of `contracts/libraries/TreeDepth.sol`. */
export function treeDepth(leaves: number): number {
  let depth = 0
  while (2 ** depth < leaves) depth++
  return depth
}
