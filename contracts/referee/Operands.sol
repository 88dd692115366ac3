// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The opened chunks of one operand, in memory.
struct Operand {
    /// The first `count` entries are filled.
    Chunk[] chunks;
    uint256 count;
    /// The entry that was found last.
    uint256 last;
}

/// @notice One chunk: its index within the tensor, and the memory address of its bytes.
struct Chunk {
    uint256 index;
    uint256 pointer;
}

/// @title Operands
/// @notice Chunks whose openings were verified, found by their index.
library Operands {
    /// @dev The evidence does not open the chunk that the element needs.
    error OperandNotOpened(uint256 tensorId, uint256 chunk);

    /// @notice Room for `size` chunks.
    function allocate(uint256 size) internal pure returns (Operand memory operand) {
        operand.chunks = new Chunk[](size);
    }

    /// @notice Adds a chunk whose opening was verified.
    function push(Operand memory operand, uint256 index, bytes memory data) internal pure {
        uint256 pointer;
        assembly ("memory-safe") {
            // Behind the length word.
            pointer := add(data, 32)
        }
        operand.chunks[operand.count++] = Chunk(index, pointer);
    }

    /// @notice The memory address of chunk `index`.
    /// @dev Looks from where it was last: evidence that opens chunks in the order of their use makes that cheap.
    function find(Operand memory operand, uint256 tensorId, uint256 index) internal pure returns (uint256) {
        uint256 count = operand.count;
        uint256 place = operand.last;
        unchecked {
            for (uint256 i; i < count; ++i) {
                Chunk memory chunk = operand.chunks[place];
                if (chunk.index == index) {
                    operand.last = place;
                    return chunk.pointer;
                }
                if (++place == count) place = 0;
            }
        }
        revert OperandNotOpened(tensorId, index);
    }
}
