// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ModelId} from "./ModelId.sol";

/// @notice Receipts of one provider for one model, put on-chain as the root of a sum tree (`SumTree`).
struct Batch {
    address provider;
    ModelId modelId;
    /// Hash of the sum tree's top node, without its sum.
    bytes32 root;
    /// Number of leaves; fixes the depth of the tree.
    uint32 count;
    /// Sum of the leaves' coverage in token units, enforced by the tree.
    uint128 coverage;
    /// Challenge window in seconds; every receipt in the batch must ask for exactly this one.
    uint32 window;
}

/// @notice Where a receipt's collateral is: in a batch, or in a record of its own.
/// @dev A batch with `count == 0` means that the receipt was attested directly.
struct Inclusion {
    Batch batch;
    uint32 index;
    SumNode[] path;
}

/// @notice One node of a sum tree.
struct SumNode {
    bytes32 digest;
    uint128 sum;
}
