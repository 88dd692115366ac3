// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SumNode} from "../../contracts/types/Batch.sol";

/// @title SumTreeBuilder
/// @notice Builds sum trees from their description, independently of the verifier in `SumTree`.
library SumTreeBuilder {
    function leaf(bytes32 receiptId, uint128 coverage) internal pure returns (SumNode memory) {
        return SumNode(keccak256(abi.encodePacked(hex"10", receiptId, coverage)), coverage);
    }

    function parent(SumNode memory left, SumNode memory right) internal pure returns (SumNode memory) {
        bytes32 digest = keccak256(abi.encodePacked(hex"11", left.digest, left.sum, right.digest, right.sum));
        return SumNode(digest, left.sum + right.sum);
    }

    function absent() internal pure returns (SumNode memory) {
        return SumNode(keccak256(hex"12"), 0);
    }

    /// @dev The top node over the smallest power of two of `leaves`.
    function top(SumNode[] memory leaves) internal pure returns (SumNode memory) {
        SumNode[] memory level = _pad(leaves);
        while (level.length > 1) level = _up(level);
        return level[0];
    }

    /// @dev The siblings on the way from leaf `index` to the top, lowest first.
    function path(SumNode[] memory leaves, uint256 index) internal pure returns (SumNode[] memory siblings) {
        SumNode[] memory level = _pad(leaves);
        uint256 depth;
        while (1 << depth < level.length) ++depth;
        siblings = new SumNode[](depth);
        for (uint256 i; i < depth; ++i) {
            siblings[i] = level[(index >> i) ^ 1];
            level = _up(level);
        }
    }

    function _pad(SumNode[] memory leaves) private pure returns (SumNode[] memory level) {
        uint256 size = 1;
        while (size < leaves.length) size *= 2;
        level = new SumNode[](size);
        for (uint256 i; i < size; ++i) level[i] = i < leaves.length ? leaves[i] : absent();
    }

    function _up(SumNode[] memory level) private pure returns (SumNode[] memory above) {
        above = new SumNode[](level.length / 2);
        for (uint256 i; i < above.length; ++i) above[i] = parent(level[2 * i], level[2 * i + 1]);
    }
}
