// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ModelLib} from "../libraries/ModelLib.sol";
import {ReceiptLib} from "../libraries/ReceiptLib.sol";
import {SumTree} from "../libraries/SumTree.sol";
import {TensorTree} from "../libraries/TensorTree.sol";
import {TreeDepth} from "../libraries/TreeDepth.sol";
import {SumNode} from "../types/Batch.sol";
import {ModelId} from "../types/ModelId.sol";
import {ModelHeader, Step, Tensor} from "../types/Program.sol";
import {Receipt} from "../types/Receipt.sol";
import {RequestKey} from "../types/RequestKey.sol";

/// @title LibraryHarness
/// @notice Exposes the hashing libraries, so that tests can compare them with their TypeScript twins.
contract LibraryHarness {
    using ReceiptLib for Receipt;

    /// @notice `abi.encode(step)`: the bytes of a descriptor.
    function encodeStep(Step calldata step) external pure returns (bytes memory) {
        return abi.encode(step);
    }

    function modelId(ModelHeader calldata header) external pure returns (ModelId) {
        return ModelLib.id(header);
    }

    function treeDepth(uint256 leaves) external pure returns (uint256) {
        return TreeDepth.forLeaves(leaves);
    }

    function requestKey(Receipt calldata receipt) external pure returns (RequestKey) {
        return receipt.requestKey();
    }

    function traceContext(Receipt calldata receipt, address registry) external view returns (bytes32) {
        return receipt.traceContext(registry);
    }

    function tensorLeaf(
        uint8 kind,
        uint32 tensorId,
        uint32 chunk,
        bytes calldata data
    ) external view returns (bytes32) {
        return TensorTree.leaf(kind, tensorId, chunk, data);
    }

    function tensorNode(bytes32 left, bytes32 right) external view returns (bytes32) {
        return TensorTree.node(left, right);
    }

    /// @notice Reverts unless `data` is chunk `chunk` of `tensor` under `root`.
    function verifyChunk(
        bytes32 root,
        uint256 depth,
        Tensor calldata tensor,
        uint256 chunk,
        bytes calldata data,
        bytes32[] calldata path
    ) external view {
        TensorTree.verifyChunk(root, depth, tensor, chunk, data, path);
    }

    /// @notice Reverts unless `data` is chunk `first` of `tensor` under `root`, or several successive ones from it on.
    /// @return intact Whether the data is still in memory as it was.
    /// @return used Gas of verifying.
    function verifyChunks(
        bytes32 root,
        uint256 depth,
        Tensor calldata tensor,
        uint256 first,
        bytes calldata data,
        bytes32[] calldata path
    ) external view returns (bool intact, uint256 used) {
        Tensor memory about = tensor;
        bytes memory copy = data;
        used = gasleft();
        TensorTree.verifyChunks(root, depth, about, first, copy, path);
        used -= gasleft();
        intact = keccak256(copy) == keccak256(data);
    }

    /// @notice Reverts unless `descriptor` is leaf `index` of the program tree under `root`.
    /// @return used Gas of verifying.
    function verifyDescriptor(
        bytes32 root,
        uint256 depth,
        uint32 index,
        bytes calldata descriptor,
        bytes32[] calldata path
    ) external view returns (uint256 used) {
        used = gasleft();
        TensorTree.verifyDescriptor(root, depth, index, descriptor, path);
        used -= gasleft();
    }

    function fold(bytes32[] calldata digests) external view returns (bytes32) {
        return TensorTree.fold(digests);
    }

    function sumLeaf(bytes32 receiptId, uint128 coverage) external pure returns (bytes32) {
        return SumTree.leaf(receiptId, coverage);
    }

    function sumNode(SumNode calldata left, SumNode calldata right) external pure returns (bytes32) {
        return SumTree.node(left.digest, left.sum, right.digest, right.sum);
    }

    /// @notice Reverts unless a receipt stands at `index` of a batch's tree.
    function verifySum(
        SumNode calldata root,
        uint256 count,
        bytes32 receiptId,
        uint128 coverage,
        uint256 index,
        SumNode[] calldata path
    ) external pure {
        SumTree.verify(root.digest, root.sum, count, receiptId, coverage, index, path);
    }
}
