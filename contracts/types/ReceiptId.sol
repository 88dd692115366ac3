// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @dev The EIP-712 digest of a receipt; chain and registry are in its domain.
type ReceiptId is bytes32;
