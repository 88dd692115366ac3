// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @dev The content hash of a model: semantics version, adjudication method, program and weights.
type ModelId is bytes32;
