// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Access} from "../types/Program.sol";

/// @notice The opened chunks of one operand, in memory.
struct Operand {
    /// The first `count` entries are filled.
    Chunk[] chunks;
    uint256 count;
    /// The entry that was read last: reads mostly stay within one chunk.
    Chunk current;
}

/// @notice One chunk: its index within the tensor, and the memory address of its bytes (zero: none).
struct Chunk {
    uint256 index;
    uint256 pointer;
}

/// @title Operands
/// @notice Reads single elements out of opened chunks.
library Operands {
    /// @dev The evidence does not open the chunk that the element needs.
    error OperandNotOpened(uint256 tensorId, uint256 chunk);
    /// @dev The descriptor reads outside of its tensor: no valid model does.
    error AccessOutOfRange(uint256 tensorId, int256 position);

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

    /// @notice Reads `access` at the loop indices `index`.
    /// @return inside False when a guard fails: the read falls on padding and `bits` is +0.
    function read(
        Operand memory operand,
        Access memory access,
        int256[] memory index
    ) internal pure returns (bool inside, uint256 bits) {
        for (uint256 i; i < access.guards.length; ++i) {
            int256 coordinate = _affine(access.guards[i].coefficients, access.guards[i].offset, index);
            if (coordinate < 0 || coordinate >= access.guards[i].size) return (false, 0);
        }
        int256 position = _affine(access.strides, access.base, index);
        if (position < 0 || position >= int256(uint256(access.tensor.length))) {
            revert AccessOutOfRange(access.tensor.id, position);
        }
        return (true, _load(operand, access.tensor.id, uint256(position)));
    }

    function _affine(
        int64[] memory factors,
        int256 sum,
        int256[] memory index
    ) private pure returns (int256) {
        unchecked {
            // At most 16 products of 64-bit numbers: far from 256 bits.
            for (uint256 i; i < factors.length; ++i) sum += factors[i] * index[i];
        }
        return sum;
    }

    /// @dev Element `position`, 256 to a chunk, as a binary32 bit pattern.
    function _load(
        Operand memory operand,
        uint256 tensorId,
        uint256 position
    ) private pure returns (uint256 bits) {
        uint256 index = position >> 8;
        if (operand.current.pointer == 0 || operand.current.index != index) {
            operand.current = _find(operand, tensorId, index);
        }
        uint256 pointer = operand.current.pointer + ((position & 0xff) << 2);
        assembly ("memory-safe") {
            // The four bytes at `pointer`, first byte uppermost.
            bits := shr(224, mload(pointer))
        }
        // Little-endian in the commitment.
        bits = ((bits & 0x00ff00ff) << 8) | ((bits >> 8) & 0x00ff00ff);
        bits = ((bits & 0x0000ffff) << 16) | (bits >> 16);
    }

    function _find(
        Operand memory operand,
        uint256 tensorId,
        uint256 index
    ) private pure returns (Chunk memory) {
        for (uint256 i; i < operand.count; ++i) {
            if (operand.chunks[i].index == index) return operand.chunks[i];
        }
        revert OperandNotOpened(tensorId, index);
    }
}
