// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @dev Names one request: hash of provider, consumer and the request id that the consumer chose.
type RequestKey is bytes32;
