// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @dev The content hash of an anchored batch.
type BatchId is bytes32;
