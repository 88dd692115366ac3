// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";
import {IOnus} from "../interfaces/IOnus.sol";
import {IPolicies} from "../interfaces/IPolicies.sol";
import {AccountabilityPolicy, Expected, Facts} from "../types/AccountabilityPolicy.sol";
import {Inclusion} from "../types/Batch.sol";
import {Receipt} from "../types/Receipt.sol";
import {PolicyCheck} from "./PolicyCheck.sol";

/// @title Policies
/// @notice `PolicyCheck` at an address, for one registry.
contract Policies is IPolicies, ERC165 {
    /// @inheritdoc IPolicies
    IOnus public immutable onus;

    constructor(IOnus onus_) {
        onus = onus_;
    }

    /// @inheritdoc IPolicies
    function check(
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        AccountabilityPolicy calldata policy,
        Expected calldata expected
    ) external view returns (uint256 unmet) {
        return PolicyCheck.unmet(onus, policy, receipt, inclusion, expected);
    }

    /// @inheritdoc IPolicies
    function facts(
        Receipt calldata receipt,
        Inclusion calldata inclusion
    ) external view returns (Facts memory) {
        return PolicyCheck.factsOf(onus, receipt, inclusion);
    }

    /// @inheritdoc IPolicies
    function firstName(uint256 unmet) external pure returns (string memory) {
        return PolicyCheck.firstName(unmet);
    }

    /// @notice ERC-165: `IPolicies`.
    function supportsInterface(bytes4 id) public view override returns (bool) {
        return id == type(IPolicies).interfaceId || super.supportsInterface(id);
    }
}
