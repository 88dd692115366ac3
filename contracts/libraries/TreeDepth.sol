// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title TreeDepth
/// @notice The depth of a tree follows from its number of leaves, never from the length of a proof.
library TreeDepth {
    /// @notice The smallest `depth` with `2^depth >= leaves`; zero for an empty tree.
    function forLeaves(uint256 leaves) internal pure returns (uint256 depth) {
        while (1 << depth < leaves) ++depth;
    }
}
