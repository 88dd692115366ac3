// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Tensor} from "../types/Program.sol";
import {Elements} from "./Elements.sol";

/// @title TensorTree
/// @notice SHA-256 Merkle trees of fixed depth over the chunks of tensors. Twin: `src/protocol/tensor-tree.ts`.
/// @dev
/// ```
/// leaf    sha256(0x00 || kind (1) || tensor id (4) || chunk (4) || byte length (4) || data)
/// node    sha256(0x01 || left (32) || right (32))
/// absent  sha256(0x02)
/// ```
/// `kind` is the `Space` of the tensor, or `PROGRAM` for the descriptors of a program. Integers are
/// big-endian, data is what the provider committed to: up to 1,024 bytes of elements.
///
/// Successive nodes are proven together. Their path has, level by level from the bottom, the sibling on the left if
/// the first node is a right child, then the sibling on the right if the last node is a left child.
///
/// Position, depth, byte length and identity come from the descriptor, never from the proof; how many chunks there
/// are and which siblings the path has, from the length of the data and the position.
library TensorTree {
    uint256 internal constant CHUNK_BYTES = 1024;
    uint8 internal constant PROGRAM = 4;
    bytes32 internal constant ABSENT = 0xdbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986;

    /// @dev The path has more or less siblings than the position and the depth of the tree give.
    error PathLengthInvalid(uint256 length, uint256 expected);
    /// @dev The path does not lead to the root.
    error PathInvalid(bytes32 root, bytes32 computed);
    /// @dev The data is not one or several whole chunks: `expected` is the length of those that it reaches.
    error ChunkLengthInvalid(uint256 length, uint256 expected);
    /// @dev The chunk is not one of this tensor.
    error ChunkOutOfRange(uint256 chunk, uint256 count);

    /// @notice How many chunks the tensor has, which are so many leaves from its first one on.
    function chunkCount(Tensor memory tensor) internal pure returns (uint256) {
        unchecked {
            // Numbers of 32 bits, times 8 at most.
            return
                (uint256(tensor.length) * Elements.width(tensor.elementType) + CHUNK_BYTES - 1) / CHUNK_BYTES;
        }
    }

    /// @notice Reverts unless `data` is chunk `chunk` of `tensor` under `root`.
    function verifyChunk(
        bytes32 root,
        uint256 depth,
        Tensor memory tensor,
        uint256 chunk,
        bytes calldata data,
        bytes32[] calldata path
    ) internal view {
        if (data.length > CHUNK_BYTES) revert ChunkLengthInvalid(data.length, CHUNK_BYTES);
        verifyChunks(root, depth, tensor, chunk, data, path);
    }

    /// @notice Reverts unless `data` is chunk `first` of `tensor` under `root`, or several successive ones from it on.
    function verifyChunks(
        bytes32 root,
        uint256 depth,
        Tensor memory tensor,
        uint256 first,
        bytes memory data,
        bytes32[] calldata path
    ) internal view {
        uint256 count = _countChunks(tensor, first, data.length);
        uint256 prefix = _prefix(uint8(tensor.space), tensor.id, uint32(first));
        uint256 digests = _room(depth);
        assembly ("memory-safe") {
            let ok := 1
            let source := add(data, 32) // behind the length word
            let beyond := add(source, mload(data))
            for {
                let target := digests
            } lt(source, beyond) {
                target := add(target, 32)
            } {
                let length := sub(beyond, source)
                if gt(length, CHUNK_BYTES) {
                    length := CHUNK_BYTES
                }
                // The prefix takes the place of the length word, or of the end of the chunk before, which come back
                // when the message is hashed: so the data is where it will be read, and not copied.
                let word := sub(source, 32)
                let kept := mload(word)
                mstore(word, or(prefix, length))
                ok := and(ok, staticcall(gas(), 2, sub(source, 14), add(length, 14), target, 32))
                mstore(word, kept)
                prefix := add(prefix, shl(32, 1)) // the next chunk
                source := add(source, length)
            }
            if iszero(ok) {
                revert(0, 0)
            }
        }
        _verify(root, depth, tensor.firstLeaf + first, count, digests, path);
    }

    /// @notice Reverts unless `descriptor` is leaf `index` of the program tree under `root`.
    function verifyDescriptor(
        bytes32 root,
        uint256 depth,
        uint32 index,
        bytes calldata descriptor,
        bytes32[] calldata path
    ) internal view {
        verifyNode(root, depth, 0, index, leaf(PROGRAM, 0, index, descriptor), path);
    }

    /// @notice Reverts unless `digest` is node `index` at `height` above the leaves under `root`.
    function verifyNode(
        bytes32 root,
        uint256 depth,
        uint256 height,
        uint256 index,
        bytes32 digest,
        bytes32[] calldata path
    ) internal view {
        uint256 levels = depth - height;
        uint256 digests = _room(levels);
        assembly ("memory-safe") {
            mstore(digests, digest) // free memory
        }
        _verify(root, levels, index, 1, digests, path);
    }

    /// @notice The node above `digests`, which are all its descendants of one level; a power of two of them.
    function fold(bytes32[] calldata digests) internal view returns (bytes32 top) {
        uint256 levels;
        while (digests.length >> levels > 1) ++levels;
        uint256 first = _room(0);
        assembly ("memory-safe") {
            calldatacopy(first, digests.offset, shl(5, digests.length)) // to free memory
        }
        (top, ) = _climb(first, 0, digests.length - 1, levels, 0);
    }

    function leaf(
        uint8 kind,
        uint32 tensorId,
        uint32 chunk,
        bytes calldata data
    ) internal view returns (bytes32 digest) {
        uint256 prefix = _prefix(kind, tensorId, chunk);
        assembly ("memory-safe") {
            // The message in free memory, behind 18 bytes of zeros.
            let word := mload(0x40)
            mstore(word, or(prefix, and(data.length, 0xffffffff)))
            calldatacopy(add(word, 32), data.offset, data.length)
            if iszero(staticcall(gas(), 2, add(word, 18), add(data.length, 14), 0, 32)) {
                revert(0, 0)
            }
            digest := mload(0) // the scratch space
        }
    }

    function node(bytes32 left, bytes32 right) internal view returns (bytes32 digest) {
        uint256 pair = _room(0);
        assembly ("memory-safe") {
            // To free memory.
            mstore(pair, left)
            mstore(add(pair, 32), right)
        }
        (digest, ) = _climb(pair, 0, 1, 1, 0);
    }

    /// @dev Reverts unless the `count` digests in memory are nodes of the level `levels` below `root`.
    function _verify(
        bytes32 root,
        uint256 levels,
        uint256 index,
        uint256 count,
        uint256 digests,
        bytes32[] calldata path
    ) private view {
        uint256 siblings;
        assembly ("memory-safe") {
            siblings := path.offset
        }
        unchecked {
            // Positions are sums of numbers of 32 bits.
            uint256 last = index + count - 1;
            (bytes32 top, uint256 end) = _climb(digests, index, last, levels, siblings);
            uint256 used = (end - siblings) / 32;
            if (path.length != used) revert PathLengthInvalid(path.length, used);
            if (top != root || last >> levels != 0) revert PathInvalid(root, top);
        }
    }

    /// @dev Hashes nodes `index` to `last` of a level, whose digests are at the memory address `digests`, with their
    /// siblings, which are in calldata from `path` on, up to the only node so many levels above; that is, if no
    /// position leaves the tree. `end` is behind the last sibling; whether they are as many is up to the caller.
    function _climb(
        uint256 digests,
        uint256 index,
        uint256 last,
        uint256 levels,
        uint256 path
    ) private view returns (bytes32 top, uint256 end) {
        assembly ("memory-safe") {
            // All in free memory.
            let ok := 1
            end := path
            // While there are several nodes: each digest has 32 bytes, and siblings come to their ends.
            for {} mul(levels, sub(last, index)) {
                levels := sub(levels, 1)
            } {
                if and(index, 1) {
                    digests := sub(digests, 32)
                    mstore(digests, calldataload(end))
                    end := add(end, 32)
                }
                let isLeft := iszero(and(last, 1))
                index := shr(1, index)
                last := shr(1, last)
                let pair := add(digests, shl(6, sub(last, index))) // the last one
                if isLeft {
                    mstore(add(pair, 32), calldataload(end))
                    end := add(end, 32)
                }
                let beyond := add(pair, 64)
                let target := digests
                for {
                    pair := digests
                } lt(pair, beyond) {
                    pair := add(pair, 64)
                } {
                    // The byte before a pair belongs to the pair before, or to none: both are done with.
                    mstore8(sub(pair, 1), 1)
                    // The node replaces a digest that was hashed before, or the left one of its pair.
                    ok := and(ok, staticcall(gas(), 2, sub(pair, 1), 65, target, 32))
                    target := add(target, 32)
                }
            }
            top := mload(digests)
            // When there is one: node and sibling are at an even and an odd multiple of 32, behind one prefix for all.
            let pair := and(add(mload(0x40), 127), not(63))
            let prefix := sub(pair, 1)
            let bits := shl(5, index)
            let slot := or(pair, and(bits, 32))
            mstore8(prefix, 1)
            mstore(slot, top)
            for {
                let beyond := add(end, shl(5, levels))
            } lt(end, beyond) {
                end := add(end, 32)
            } {
                mstore(xor(slot, 32), calldataload(end))
                bits := shr(1, bits)
                slot := or(pair, and(bits, 32))
                ok := and(ok, staticcall(gas(), 2, prefix, 65, slot, 32))
            }
            if iszero(ok) {
                revert(0, 0)
            }
            top := mload(slot)
        }
    }

    /// @dev How many chunks `length` bytes are from chunk `first` on. Only the last one of a tensor may be shorter.
    function _countChunks(
        Tensor memory tensor,
        uint256 first,
        uint256 length
    ) private pure returns (uint256 count) {
        unchecked {
            // Numbers of 32 bits, times 1,024 at most; lengths of data.
            uint256 bytesInAll = uint256(tensor.length) * Elements.width(tensor.elementType);
            uint256 start = first * CHUNK_BYTES;
            if (start >= bytesInAll) revert ChunkOutOfRange(first, chunkCount(tensor));
            count = length == 0 ? 1 : (length + CHUNK_BYTES - 1) / CHUNK_BYTES;
            uint256 expected = count * CHUNK_BYTES;
            if (expected > bytesInAll - start) expected = bytesInAll - start;
            if (length != expected) revert ChunkLengthInvalid(length, expected);
        }
    }

    /// @dev What stands in front of the data, in the lowest 14 bytes of a word; without the length, the lowest four.
    function _prefix(uint8 kind, uint32 tensorId, uint32 chunk) private pure returns (uint256) {
        return (uint256(kind) << 96) | (uint256(tensorId) << 64) | (uint256(chunk) << 32);
    }

    /// @dev An address in free memory for digests. In front of it is room for one sibling of each level, and for the
    /// prefix of a message.
    function _room(uint256 levels) private pure returns (uint256 digests) {
        assembly ("memory-safe") {
            digests := add(mload(0x40), shl(5, add(levels, 1))) // behind all that is allocated
        }
    }
}
