// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SumNode} from "../types/Batch.sol";
import {TreeDepth} from "./TreeDepth.sol";

/// @title SumTree
/// @notice Merkle tree whose every node carries the sum of the coverage below it.
/// @dev
/// ```
/// leaf    keccak256(0x10 || receiptId (32) || coverage (16))                   sum = coverage
/// node    keccak256(0x11 || left digest (32) || left sum (16) || right digest (32) || right sum (16))
/// absent  keccak256(0x12)                                                      sum = 0
/// ```
/// The depth is the smallest `d` with `2^d >= count`. A parent's digest fixes the sums of both
/// children, so all leaves that can be opened under one root add up to at most the root's sum: by
/// induction over the height, since every opening of a node finds the same two child sums.
library SumTree {
    bytes32 internal constant ABSENT = keccak256(hex"12");

    /// @dev The path has a length other than the depth of a tree with `count` leaves.
    error SumPathLengthInvalid(uint256 length, uint256 depth);
    /// @dev The leaf index is not below the number of leaves.
    error SumIndexOutOfRange(uint256 index, uint256 count);
    /// @dev The path does not lead to the root and its sum.
    error SumPathInvalid(bytes32 root, bytes32 computed);

    /// @notice Reverts unless a leaf (`receiptId`, `coverage`) stands at `index` of the tree.
    function verify(
        bytes32 root,
        uint256 total,
        uint256 count,
        bytes32 receiptId,
        uint128 coverage,
        uint256 index,
        SumNode[] calldata path
    ) internal pure {
        uint256 depth = TreeDepth.forLeaves(count);
        if (path.length != depth) revert SumPathLengthInvalid(path.length, depth);
        if (index >= count) revert SumIndexOutOfRange(index, count);
        bytes32 digest = leaf(receiptId, coverage);
        // 32 siblings of 128 bits: a 256-bit sum cannot overflow. A sum above 128 bits would be cut off
        // inside `node`; sums only grow on the way up, so such a path fails against `total` at the end.
        uint256 sum = coverage;
        for (uint256 level; level < depth; ++level) {
            SumNode calldata sibling = path[level];
            digest =
                (index >> level) & 1 == 0
                    ? node(digest, uint128(sum), sibling.digest, sibling.sum)
                    : node(sibling.digest, sibling.sum, digest, uint128(sum));
            sum += sibling.sum;
        }
        if (digest != root || sum != total) revert SumPathInvalid(root, digest);
    }

    function leaf(bytes32 receiptId, uint128 coverage) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(bytes1(0x10), receiptId, coverage));
    }

    function node(
        bytes32 left,
        uint128 leftSum,
        bytes32 right,
        uint128 rightSum
    ) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(bytes1(0x11), left, leftSum, right, rightSum));
    }
}
