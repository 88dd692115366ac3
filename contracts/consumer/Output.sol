// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TensorTree} from "../libraries/TensorTree.sol";
import {Space} from "../types/Program.sol";
import {Receipt} from "../types/Receipt.sol";

/// @title Output
/// @notice Reads an answer of one chunk, which is the only output tensor and has at most 1,024 bytes.
library Output {
    uint256 private constant INFINITY = 0x7f800000;
    uint256 private constant SIGN = 0x80000000;

    /// @dev The bytes are not the answer that the receipt commits to.
    error OutputMismatch(bytes32 committed, bytes32 given);

    /// @notice Reverts with `OutputMismatch` unless the receipt commits to exactly these bytes.
    function requireCommitted(Receipt calldata receipt, bytes calldata data) internal view {
        // An output of one chunk: the leaf is the root, and holds the length.
        bytes32 root = TensorTree.leaf(uint8(Space.Output), 0, 0, data);
        if (root != receipt.outputCommitment) revert OutputMismatch(receipt.outputCommitment, root);
    }

    /// @notice The bits of float32 number `index`, which are little-endian bytes.
    function float32At(bytes calldata data, uint256 index) internal pure returns (uint256 bits) {
        for (uint256 i; i < 4; ++i) bits |= uint256(uint8(data[4 * index + i])) << (8 * i);
    }

    /// @notice Neither infinite nor not a number.
    function isFinite(uint256 bits) internal pure returns (bool) {
        return bits & INFINITY != INFINITY;
    }

    /// @notice Whether the first of two finite numbers is greater. Both zeros are equal.
    function isAbove(uint256 bits, uint256 limit) internal pure returns (bool) {
        return _order(bits) > _order(limit);
    }

    /// @dev Magnitudes order like their bit patterns, and negative numbers the other way round.
    function _order(uint256 bits) private pure returns (int256) {
        int256 magnitude = int256(bits & ~SIGN);
        return bits & SIGN == 0 ? magnitude : -magnitude;
    }
}
