// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The opened chunks of one operand, in memory.
struct Operand {
    /// The first `count` entries are filled.
    Range[] ranges;
    uint256 count;
    /// The entry that was found last.
    uint256 last;
}

/// @notice Successive chunks: the index of the first one within the tensor, how many, and the memory address of their
/// bytes.
struct Range {
    uint256 first;
    uint256 count;
    uint256 pointer;
}

/// @title Operands
/// @notice Chunks whose openings were verified, found by their index.
library Operands {
    uint256 private constant CHUNK_BYTES = 1024;

    /// @dev The evidence does not open the chunk that the element needs.
    error OperandNotOpened(uint256 tensorId, uint256 chunk);

    /// @notice Room for `size` ranges.
    function allocate(uint256 size) internal pure returns (Operand memory operand) {
        operand.ranges = new Range[](size);
    }

    /// @notice Adds chunks whose opening was verified.
    function push(Operand memory operand, uint256 first, bytes memory data) internal pure {
        uint256 pointer;
        assembly ("memory-safe") {
            // Behind the length word.
            pointer := add(data, 32)
        }
        uint256 count = (data.length + CHUNK_BYTES - 1) / CHUNK_BYTES;
        operand.ranges[operand.count++] = Range(first, count, pointer);
    }

    /// @notice The memory address of chunk `index`.
    /// @dev Looks from where it was last: evidence that opens chunks in the order of their use makes that cheap.
    function find(Operand memory operand, uint256 tensorId, uint256 index) internal pure returns (uint256) {
        uint256 count = operand.count;
        uint256 place = operand.last;
        unchecked {
            for (uint256 i; i < count; ++i) {
                Range memory range = operand.ranges[place];
                // Wraps to something large if the chunk lies before the range.
                uint256 offset = index - range.first;
                if (offset < range.count) {
                    operand.last = place;
                    return range.pointer + offset * CHUNK_BYTES;
                }
                if (++place == count) place = 0;
            }
        }
        revert OperandNotOpened(tensorId, index);
    }
}
