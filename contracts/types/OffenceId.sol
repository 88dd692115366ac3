// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @dev Names one offence: hash of a request key and the fault that was proven about it.
type OffenceId is bytes32;
