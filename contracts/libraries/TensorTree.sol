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
/// Position, depth, byte length and identity come from the descriptor, never from the proof.
library TensorTree {
    uint256 internal constant CHUNK_BYTES = 1024;
    uint8 internal constant PROGRAM = 4;

    /// @dev The path has a length other than the depth of the tree.
    error PathLengthInvalid(uint256 length, uint256 depth);
    /// @dev The path does not lead from the chunk to the root.
    error PathInvalid(bytes32 root, bytes32 computed);
    /// @dev The data has a length other than the descriptor gives to this chunk.
    error ChunkLengthInvalid(uint256 length, uint256 expected);
    /// @dev The chunk is not one of this tensor.
    error ChunkOutOfRange(uint256 chunk, uint256 count);

    /// @notice Reverts unless `data` is chunk `chunk` of `tensor` under `root`.
    function verifyChunk(
        bytes32 root,
        uint256 depth,
        Tensor memory tensor,
        uint256 chunk,
        bytes calldata data,
        bytes32[] calldata path
    ) internal pure {
        uint256 bytesInAll = uint256(tensor.length) * Elements.width(tensor.elementType);
        uint256 start = chunk * CHUNK_BYTES;
        if (start >= bytesInAll) revert ChunkOutOfRange(chunk, (bytesInAll + CHUNK_BYTES - 1) / CHUNK_BYTES);
        uint256 expected = bytesInAll - start < CHUNK_BYTES ? bytesInAll - start : CHUNK_BYTES;
        if (data.length != expected) revert ChunkLengthInvalid(data.length, expected);
        bytes32 digest = leaf(uint8(tensor.space), tensor.id, uint32(chunk), data);
        verifyNode(root, depth, 0, uint256(tensor.firstLeaf) + chunk, digest, path);
    }

    /// @notice Reverts unless `descriptor` is leaf `index` of the program tree under `root`.
    function verifyDescriptor(
        bytes32 root,
        uint256 depth,
        uint32 index,
        bytes calldata descriptor,
        bytes32[] calldata path
    ) internal pure {
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
    ) internal pure {
        uint256 levels = depth - height;
        if (path.length != levels) revert PathLengthInvalid(path.length, levels);
        for (uint256 level; level < levels; ++level) {
            digest = (index >> level) & 1 == 0 ? node(digest, path[level]) : node(path[level], digest);
        }
        if (digest != root || index >> levels != 0) revert PathInvalid(root, digest);
    }

    /// @notice The node above `digests`, which are all its descendants of one level; a power of two of them.
    function fold(bytes32[] calldata digests) internal view returns (bytes32 top) {
        assembly ("memory-safe") {
            // The digests, behind 32 bytes for the prefix of a message.
            let message := add(mload(0x40), 31)
            let first := add(message, 1)
            calldatacopy(first, digests.offset, shl(5, digests.length))
            for {
                let count := shr(1, digests.length)
            } count {
                count := shr(1, count)
            } {
                for {
                    let i := 0
                } lt(i, count) {
                    i := add(i, 1)
                } {
                    // The byte before a pair belongs to the pair before, or is free: both are done with.
                    let pair := add(first, shl(6, i))
                    mstore8(sub(pair, 1), 1)
                    // The node replaces digest `i`, which was hashed before.
                    if iszero(staticcall(gas(), 2, sub(pair, 1), 65, add(first, shl(5, i)), 32)) {
                        revert(0, 0)
                    }
                }
            }
            top := mload(first)
        }
    }

    function leaf(
        uint8 kind,
        uint32 tensorId,
        uint32 chunk,
        bytes calldata data
    ) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(bytes1(0x00), kind, tensorId, chunk, uint32(data.length), data));
    }

    function node(bytes32 left, bytes32 right) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(bytes1(0x01), left, right));
    }
}
