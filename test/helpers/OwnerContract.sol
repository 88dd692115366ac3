// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title OwnerContract
/// @notice A provider that is a contract: one person signs for it.
contract OwnerContract is IERC1271 {
    address private immutable _person;

    constructor(address person) {
        _person = person;
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        (address signer, , ) = ECDSA.tryRecoverCalldata(digest, signature);
        return signer == _person ? IERC1271.isValidSignature.selector : bytes4(0);
    }
}
